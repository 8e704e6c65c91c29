// Every wrapper of dialect.h on given bits, so that the instructions of a GPU can be compared with
// what the emulation does in their place (tests/gpu/twins.cpp).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace engine::backend::cuda {

inline constexpr int twin_inputs = 32 * 32;   // words, [32 per lane][lane]
inline constexpr int twin_outputs = 64 * 32;  // floats, [output][lane]

// `output` receives, in this order: 4 of multiply_tiles, 8 and 8 of load_tiles and its transposed
// form, 5 sums, maximum, best, ballot, 4 bytes, halves, packed halves, exponential, square root,
// quotient, dot product of bytes, rounding, maximum of four lanes, 4 scaled bytes, 5 of e4m3, 2
// products of halves; then zeros.
base::Status run_twins(std::span<const uint32_t> input, std::span<float> output);

}  // namespace engine::backend::cuda
