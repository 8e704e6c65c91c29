#include "engine/gguf/dequantize.h"

#include <array>
#include <cstdint>
#include <cstring>

#include "engine/base/check.h"
#include "engine/gguf/half.h"

namespace engine::gguf {
namespace {

// The weights of one block, from its bytes.
using DequantizeBlock = void (*)(const std::byte* block, float* values);

uint16_t read_u16(const std::byte* from) {
  uint16_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

void f32(const std::byte* block, float* values) { std::memcpy(values, block, sizeof(float)); }

void f16(const std::byte* block, float* values) { *values = half_to_float(read_u16(block)); }

void bf16(const std::byte* block, float* values) { *values = bfloat_to_float(read_u16(block)); }

// half d; int8 q[32]: d·q
void q8_0(const std::byte* block, float* values) {
  const float scale = half_to_float(read_u16(block));
  for (int index = 0; index < 32; ++index) {
    values[index] = scale * static_cast<float>(static_cast<int8_t>(block[2 + index]));
  }
}

struct Entry {
  WeightType type;
  DequantizeBlock block;
};

constexpr std::array entries = {
    Entry{WeightType::f32, f32},
    Entry{WeightType::f16, f16},
    Entry{WeightType::bf16, bf16},
    Entry{WeightType::q8_0, q8_0},
};

DequantizeBlock find(WeightType type) {
  for (const Entry& entry : entries) {
    if (entry.type == type) return entry.block;
  }
  return nullptr;
}

}  // namespace

bool can_dequantize(WeightType type) { return find(type) != nullptr; }

void dequantize_row(WeightType type, std::span<const std::byte> row, std::span<float> values) {
  const DequantizeBlock dequantize = find(type);
  INVARIANT(dequantize != nullptr);
  INVARIANT(row.size() == row_bytes(type, values.size()));
  const BlockGeometry& block = geometry(type);
  const size_t blocks = values.size() / block.values;
  for (size_t index = 0; index < blocks; ++index) {
    dequantize(row.data() + index * block.bytes, values.data() + index * block.values);
  }
}

}  // namespace engine::gguf
