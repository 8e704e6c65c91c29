// Every wrapper of dialect.h on given bits, so that the instructions of a GPU can be compared with
// what the emulation does in their place (tests/gpu/twins.cpp).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace engine::backend::cuda {

inline constexpr int twin_inputs = 32 * 32;  // words, [32 per lane][lane]
// Floats: of a warp, [output][lane], and of a warp group, [output][thread].
inline constexpr int twin_warp_outputs = 64 * 32, twin_group_outputs = (1 + 8 + 32 + 64) * 128;
inline constexpr int twin_outputs = twin_warp_outputs + twin_group_outputs;

// `output` receives, in this order: 4 of multiply_tiles, 8 and 8 of load_tiles and its transposed
// form, 10 sums, maximum, best, ballot, 4 bytes, halves, packed halves, exponential, square root,
// quotient, dot product of bytes, byte of eight, 2 of low bytes, maximum of four lanes, 4 scaled
// bytes, 5 of e4m3, 2 products of halves; then zeros. Of the group: 1 where there are its
// instructions, and else only zeros; 8, 32 and 64 of multiply_group_tiles for 16, 64 and 128
// columns.
base::Status run_twins(std::span<const uint32_t> input, std::span<float> output);

}  // namespace engine::backend::cuda
