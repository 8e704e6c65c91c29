#include "engine/gguf/quantize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "engine/base/check.h"
#include "engine/gguf/half.h"

namespace engine::gguf {
namespace {

using QuantizeBlock = void (*)(const float* values, std::byte* block);

void write_u16(std::byte* to, uint16_t value) { std::memcpy(to, &value, sizeof value); }

void f32(const float* values, std::byte* block) { std::memcpy(block, values, sizeof(float)); }

void f16(const float* values, std::byte* block) { write_u16(block, float_to_half(*values)); }

void bf16(const float* values, std::byte* block) { write_u16(block, float_to_bfloat(*values)); }

// half d; int8 q[32]: d = max|x| / 127, q = x / d rounded away from zero at ties. The division uses
// d before it is rounded to a half.
void q8_0(const float* values, std::byte* block) {
  float largest = 0;
  for (int index = 0; index < 32; ++index) largest = std::max(largest, std::fabs(values[index]));
  const float scale = largest / 127;
  const float inverse = scale > 0 ? 1 / scale : 0;
  write_u16(block, float_to_half(scale));
  for (int index = 0; index < 32; ++index) {
    const float level = std::round(values[index] * inverse);
    const bool finite = std::fabs(level) <= 127;  // false for NaN
    block[2 + index] = static_cast<std::byte>(finite ? static_cast<int8_t>(level) : int8_t{0});
  }
}

struct Entry {
  WeightType type;
  QuantizeBlock block;
};

constexpr std::array entries = {
    Entry{WeightType::f32, f32},
    Entry{WeightType::f16, f16},
    Entry{WeightType::bf16, bf16},
    Entry{WeightType::q8_0, q8_0},
};

QuantizeBlock find(WeightType type) {
  for (const Entry& entry : entries) {
    if (entry.type == type) return entry.block;
  }
  return nullptr;
}

}  // namespace

bool can_quantize(WeightType type) { return find(type) != nullptr; }

void quantize_row(WeightType type, std::span<const float> values, std::span<std::byte> row) {
  const QuantizeBlock quantize = find(type);
  INVARIANT(quantize != nullptr);
  INVARIANT(row.size() == row_bytes(type, values.size()));
  const BlockGeometry& block = geometry(type);
  const size_t blocks = values.size() / block.values;
  for (size_t index = 0; index < blocks; ++index) {
    quantize(values.data() + index * block.values, row.data() + index * block.bytes);
  }
}

}  // namespace engine::gguf
