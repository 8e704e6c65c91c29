// The weight types of GGUF files: their numbers, names and block geometry.
//
// A row of a tensor is stored as consecutive blocks of `values` weights in `bytes` bytes each.
// Numbers and layouts are those of the GGUF specification.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace engine::gguf {

enum class WeightType : uint32_t {
  f32 = 0,
  f16 = 1,
  q4_0 = 2,
  q4_1 = 3,
  q5_0 = 6,
  q5_1 = 7,
  q8_0 = 8,
  q2_k = 10,
  q3_k = 11,
  q4_k = 12,
  q5_k = 13,
  q6_k = 14,
  iq2_xxs = 16,
  iq2_xs = 17,
  iq3_xxs = 18,
  iq1_s = 19,
  iq4_nl = 20,
  iq3_s = 21,
  iq2_s = 22,
  iq4_xs = 23,
  iq1_m = 29,
  bf16 = 30,
  mxfp4 = 39,
};

struct BlockGeometry {
  std::string_view name;  // as llama.cpp prints it: "q8_0", "q4_K"
  uint32_t values;        // weights a block
  uint32_t bytes;         // bytes a block
};

// Nothing for a number that is no known type.
std::optional<WeightType> weight_type_from_id(uint32_t id);
// The type called `name`, in any case.
std::optional<WeightType> weight_type_from_name(std::string_view name);
const BlockGeometry& geometry(WeightType type);
// IQ1 to IQ3, which are read and never written.
bool is_of_grid(WeightType type);

// Bytes of a row of `values` weights. `values` must be a multiple of the block size.
size_t row_bytes(WeightType type, size_t values);

// What llama.cpp calls a type that lemma does not read, for messages; empty for a number that names
// no type at all.
std::string_view unsupported_weight_type_name(uint32_t id);

}  // namespace engine::gguf
