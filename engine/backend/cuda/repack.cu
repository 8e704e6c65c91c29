#include "engine/backend/cuda/repack.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "engine/base/check.h"
#include "engine/gguf/dequantize.h"
#include "engine/gguf/grid_units.h"
#include "engine/gguf/half.h"

namespace engine::backend::cuda {
namespace {

using gguf::WeightType;

// A row being taken apart: blocks come in, planes go out.
struct Row {
  const uint8_t* from;
  uint8_t* to;
  int units;
  RowLayout layout;
};

void copy(uint8_t* to, const uint8_t* from, size_t bytes) { std::memcpy(to, from, bytes); }

// One bit of each of 32 values, from bit i for value i, to byte e, bit w for value 4w + e.
uint32_t spread_bits(uint32_t bits) {
  uint32_t spread = 0;
  for (int i = 0; i < 32; ++i) spread |= (bits >> i & 1) << (i % 4 * 8 + i / 4);
  return spread;
}

// Two bits of each of 16 values: byte e, bits 2w and 2w + 1 for value 4w + e.
uint32_t spread_pairs(const uint8_t (&levels)[16]) {
  uint32_t spread = 0;
  for (int i = 0; i < 16; ++i) spread |= uint32_t(levels[i] & 3) << (i % 4 * 8 + i / 4 * 2);
  return spread;
}

void put_word(uint8_t* to, uint32_t word) { copy(to, reinterpret_cast<uint8_t*>(&word), 4); }

// Blocks of 32 with `scales` bytes of scales first, then high bits where there are any, then
// 16 bytes of levels, whose order is already ours.
void linear(const Row& row, int scales, bool five) {
  const int high = five ? 4 : 0, bytes = scales + high + 16;
  for (int u = 0; u < row.units; ++u) {
    const uint8_t* const block = row.from + u * bytes;
    copy(row.to + u * 16, block + scales + high, 16);
    copy(row.to + row.layout.scales + u * scales, block, scales);
    if (!five) continue;
    uint32_t bits;
    std::memcpy(&bits, block + scales, 4);
    put_word(row.to + row.layout.high + u * 4, spread_bits(bits));
  }
}

void q8_0(const Row& row) {
  for (int u = 0; u < row.units; ++u) {
    const uint8_t* const block = row.from + u * 34;
    copy(row.to + row.layout.scales + u * 2, block, 2);
    for (int i = 0; i < 32; ++i) row.to[u * 32 + i] = block[2 + i] ^ 0x80;
  }
}

// 4-bit levels of 64 values in 32 bytes, low ones first, become two units.
void halves_of_64(const uint8_t* from, uint8_t* to) {
  for (int j = 0; j < 16; ++j) {
    to[j] = (from[j] & 15) | (from[j + 16] & 15) << 4;
    to[16 + j] = from[j] >> 4 | (from[j + 16] & 0xf0);
  }
}

// d and dmin stay; the eight scales and minima of 6 bits, which the format spreads over 12 bytes,
// go to where two shifts find them (unit_scales.h).
void k_header(const uint8_t* block, uint8_t* to) {
  copy(to, block, 4);
  const uint8_t* const packed = block + 4;
  uint32_t high = 0;
  for (int u = 0; u < 8; ++u) {
    const int first = packed[u % 4], second = packed[4 + u % 4], third = packed[8 + u % 4];
    const int scale = u < 4 ? first & 63 : (third & 15) | first >> 6 << 4;
    const int minimum = u < 4 ? second & 63 : third >> 4 | second >> 6 << 4;
    to[4 + u] = static_cast<uint8_t>(scale | (minimum & 3) << 6);
    high |= uint32_t(minimum >> 2) << u * 4;
  }
  put_word(to + 12, high);
}

void q4_k(const Row& row, bool five) {
  const int bytes = five ? 176 : 144;
  for (int b = 0; b < row.units / 8; ++b) {
    const uint8_t* const block = row.from + b * bytes;
    k_header(block, row.to + row.layout.blocks + b * 16);
    for (int part = 0; part < 4; ++part) {
      halves_of_64(block + (five ? 48 : 16) + part * 32, row.to + b * 128 + part * 32);
    }
    for (int u = 0; u < 8 && five; ++u) {
      uint32_t bits = 0;
      for (int i = 0; i < 32; ++i) bits |= uint32_t(block[16 + i] >> u & 1) << i;
      put_word(row.to + row.layout.high + (b * 8 + u) * 4, spread_bits(bits));
    }
  }
}

void q6_k(const Row& row) {
  for (int b = 0; b < row.units / 8; ++b) {
    const uint8_t* const block = row.from + b * 210;
    copy(row.to + row.layout.scales + b * 16, block + 192, 16);
    copy(row.to + row.layout.blocks + b * 2, block + 208, 2);
    for (int u = 0; u < 8; ++u) {
      const int half = u / 4, quarter = u % 4;
      const uint8_t* const low = block + half * 64 + quarter % 2 * 32;
      const uint8_t* const high = block + 128 + half * 32;
      uint8_t* const levels = row.to + (b * 8 + u) * 16;
      const int shift = quarter / 2 * 4;
      for (int j = 0; j < 16; ++j) {
        levels[j] = (low[j] >> shift & 15) | (low[j + 16] >> shift & 15) << 4;
      }
      for (int run = 0; run < 2; ++run) {
        uint8_t pairs[16];
        for (int i = 0; i < 16; ++i) pairs[i] = high[run * 16 + i] >> quarter * 2;
        put_word(row.to + row.layout.high + (b * 8 + u) * 8 + run * 4, spread_pairs(pairs));
      }
    }
  }
}

// The two low bits of each value of a block of 256.
void pairs_of_block(const uint8_t* levels, uint8_t* to) {
  for (int u = 0; u < 8; ++u) {
    for (int run = 0; run < 2; ++run) {
      uint8_t pairs[16];
      for (int i = 0; i < 16; ++i) {
        pairs[i] = levels[u / 4 * 32 + run * 16 + i] >> u % 4 * 2;
      }
      put_word(to + u * 8 + run * 4, spread_pairs(pairs));
    }
  }
}

void q2_k(const Row& row) {
  for (int b = 0; b < row.units / 8; ++b) {
    const uint8_t* const block = row.from + b * 84;
    copy(row.to + row.layout.scales + b * 16, block, 16);
    copy(row.to + row.layout.blocks + b * 4, block + 80, 4);
    pairs_of_block(block + 16, row.to + b * 64);
  }
}

void q3_k(const Row& row) {
  for (int b = 0; b < row.units / 8; ++b) {
    const uint8_t* const block = row.from + b * 110;
    const uint8_t* const scales = block + 96;
    copy(row.to + row.layout.blocks + b * 2, block + 108, 2);
    pairs_of_block(block + 32, row.to + b * 64);
    for (int u = 0; u < 8; ++u) {
      uint32_t bits = 0;
      for (int i = 0; i < 32; ++i) bits |= uint32_t(block[i] >> u & 1) << i;
      put_word(row.to + row.layout.high + (b * 8 + u) * 4, spread_bits(bits));
    }
    for (int part = 0; part < 16; ++part) {
      const int scale =
          (scales[part % 8] >> part / 8 * 4 & 15) | (scales[8 + part % 4] >> part / 4 * 2 & 3) << 4;
      row.to[row.layout.scales + b * 16 + part] = static_cast<uint8_t>(scale - 32);
    }
  }
}

void iq4_xs(const Row& row) {
  for (int b = 0; b < row.units / 8; ++b) {
    const uint8_t* const block = row.from + b * 136;
    copy(row.to + row.layout.blocks + b * 2, block, 2);
    copy(row.to + b * 128, block + 8, 128);
    for (int u = 0; u < 8; ++u) {
      const int high = block[2 + u / 4] >> u % 4 * 2 & 3;
      const int scale = (block[4 + u / 2] >> u % 2 * 4 & 15) | high << 4;
      row.to[row.layout.scales + b * 8 + u] = static_cast<uint8_t>(scale - 32);
    }
  }
}

// Levels become a sign and the index of their magnitude, in which dividing them by `step` results.
template <typename Type>
void of_grid(const Row& row, int step) {
  for (int b = 0; b < row.units / 8; ++b) {
    const uint8_t* const block = row.from + b * Type::block_bytes;
    const uint16_t d = Type::d(block);
    copy(row.to + row.layout.blocks + b * 2, reinterpret_cast<const uint8_t*>(&d), 2);
    for (int u = 0; u < 8; ++u) {
      const gguf::GridUnit unit = Type::unit(block, u);
      copy(row.to + row.layout.scales + (b * 8 + u) * 2, unit.scales, 2);
      uint8_t* const levels = row.to + (b * 8 + u) * 16;
      for (int i = 0; i < 32; ++i) {
        const int level = gguf::level_at<Type>(unit, i) - Type::zero;
        const int index = std::abs(level) / step | (level < 0 ? 8 : 0);
        levels[i % 16] = static_cast<uint8_t>(levels[i % 16] | index << i / 16 * 4);
      }
    }
  }
}

// Bytes for each unit: levels, high bits, scales; and for each 8 units.
struct PlaneBytes {
  int levels, high, scales, blocks;
};

PlaneBytes plane_bytes(WeightType type) {
  switch (type) {
    case WeightType::f32:
      return {128, 0, 0, 0};
    case WeightType::f16:
    case WeightType::bf16:
      return {64, 0, 0, 0};
    case WeightType::q8_0:
      return {32, 0, 2, 0};
    case WeightType::q4_0:
    case WeightType::iq4_nl:
      return {16, 0, 2, 0};
    case WeightType::q4_1:
      return {16, 0, 4, 0};
    case WeightType::q5_0:
      return {16, 4, 2, 0};
    case WeightType::q5_1:
      return {16, 4, 4, 0};
    case WeightType::q4_k:
      return {16, 0, 0, 16};
    case WeightType::q5_k:
      return {16, 4, 0, 16};
    case WeightType::q6_k:
      return {16, 8, 2, 2};
    case WeightType::q2_k:
      return {8, 0, 2, 4};
    case WeightType::q3_k:
      return {8, 4, 2, 2};
    case WeightType::iq4_xs:
      return {16, 0, 1, 2};
    case WeightType::mxfp4:
      return {16, 0, 1, 0};
    case WeightType::iq1_s:
    case WeightType::iq1_m:
    case WeightType::iq2_xxs:
    case WeightType::iq2_xs:
    case WeightType::iq2_s:
    case WeightType::iq3_xxs:
    case WeightType::iq3_s:
      return {16, 0, 2, 2};
  }
  return {};
}

void repack_blocks(WeightType type, const Row& row) {
  switch (type) {
    case WeightType::q8_0:
      return q8_0(row);
    case WeightType::q4_0:
    case WeightType::iq4_nl:
      return linear(row, 2, false);
    case WeightType::mxfp4:
      return linear(row, 1, false);
    case WeightType::q4_1:
      return linear(row, 4, false);
    case WeightType::q5_0:
      return linear(row, 2, true);
    case WeightType::q5_1:
      return linear(row, 4, true);
    case WeightType::q4_k:
      return q4_k(row, false);
    case WeightType::q5_k:
      return q4_k(row, true);
    case WeightType::q6_k:
      return q6_k(row);
    case WeightType::q2_k:
      return q2_k(row);
    case WeightType::q3_k:
      return q3_k(row);
    case WeightType::iq4_xs:
      return iq4_xs(row);
    case WeightType::iq2_xxs:
      return of_grid<gguf::Iq2Xxs>(row, 17);
    case WeightType::iq2_xs:
      return of_grid<gguf::Iq2Xs>(row, 17);
    case WeightType::iq2_s:
      return of_grid<gguf::Iq2S>(row, 17);
    case WeightType::iq3_xxs:
      return of_grid<gguf::Iq3Xxs>(row, 8);
    case WeightType::iq3_s:
      return of_grid<gguf::Iq3S>(row, 2);
    case WeightType::iq1_s:
      return of_grid<gguf::Iq1S>(row, 4);
    case WeightType::iq1_m:
      return of_grid<gguf::Iq1M>(row, 4);
    default:
      INVARIANT(false);
  }
}

}  // namespace

Format format_of(WeightType type) {
  switch (type) {
    case WeightType::f32:
      return Format::f32;
    case WeightType::f16:
    case WeightType::bf16:
      return Format::f16;
    case WeightType::q8_0:
      return Format::q8_0;
    case WeightType::q4_0:
    case WeightType::q4_1:
    case WeightType::q5_0:
    case WeightType::q5_1:
      return Format::q4;
    case WeightType::q4_k:
    case WeightType::q5_k:
      return Format::k;
    case WeightType::q6_k:
      return Format::q6_k;
    default:
      return Format::other;
  }
}

RowLayout row_layout(WeightType type, int columns) {
  const uint32_t units = units_of(columns);
  const PlaneBytes bytes = plane_bytes(type);
  const auto aligned = [](uint32_t size) { return (size + 15) / 16 * 16; };
  RowLayout layout;
  layout.high = aligned(units * bytes.levels);
  layout.scales = layout.high + aligned(units * bytes.high);
  layout.blocks = layout.scales + aligned(units * bytes.scales);
  layout.bytes = layout.blocks + aligned(units / 8 * bytes.blocks);
  return layout;
}

void repack_row(WeightType type, int columns, std::span<const std::byte> row,
                std::span<std::byte> to) {
  const RowLayout layout = row_layout(type, columns);
  INVARIANT(to.size() == layout.bytes);
  std::fill(to.begin(), to.end(), std::byte{0});
  const bool is_float = format_of(type) == Format::f32 || format_of(type) == Format::f16;
  if (is_float) {
    std::copy(row.begin(), row.end(), to.begin());
    return;
  }
  repack_blocks(type, {reinterpret_cast<const uint8_t*>(row.data()),
                       reinterpret_cast<uint8_t*>(to.data()), units_of(columns), layout});
}

DeviceMatrix device_matrix(WeightType type, int64_t rows, int64_t columns) {
  DeviceMatrix m;
  m.rows = static_cast<int32_t>(rows);
  m.columns = static_cast<int32_t>(columns);
  m.units = units_of(m.columns);
  m.lanes = lanes_of(m.units);
  m.format = format_of(type);
  m.type = static_cast<int32_t>(type);
  m.layout = row_layout(type, m.columns);
  return m;
}

namespace {

// The row and what the adapter adds to it, as float32 or half.
std::vector<std::byte> merged_row(const model::Matrix& matrix, int64_t row, WeightType as) {
  const model::LowRank& adapter = matrix.adapter;
  std::vector<float> values(matrix.columns);
  gguf::dequantize_row(matrix.type, matrix.row(row), values);
  for (int64_t k = 0; k < adapter.rank; ++k) {
    const float factor = adapter.b[k * adapter.stride + row];
    const float* const a = adapter.a + k * matrix.columns;
    for (int64_t i = 0; i < matrix.columns; ++i) values[i] += factor * a[i];
  }
  std::vector<std::byte> bytes(gguf::row_bytes(as, matrix.columns));
  if (as == WeightType::f32) {
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
  }
  INVARIANT(as == WeightType::f16);
  for (int64_t i = 0; i < matrix.columns; ++i) {
    const uint16_t half = gguf::float_to_half(values[i]);
    std::memcpy(&bytes[i * sizeof half], &half, sizeof half);
  }
  return bytes;
}

}  // namespace

void repack(const model::Matrix& matrix, WeightType as, std::byte* to) {
  const int columns = static_cast<int>(matrix.columns);
  const size_t bytes = row_layout(as, columns).bytes;
  const bool is_merged = !matrix.adapter.empty();
  INVARIANT(is_merged || as == matrix.type);
  constexpr int64_t rows_worth_a_thread = 256;
  const int64_t most = std::max<int64_t>(1, matrix.rows / rows_worth_a_thread);
  const int64_t count = std::min<int64_t>(most, std::max(1u, std::thread::hardware_concurrency()));
  const auto repack_share = [&](int64_t share) {
    for (int64_t row = matrix.rows * share / count; row < matrix.rows * (share + 1) / count;
         ++row) {
      const std::span<std::byte> there{to + row * bytes, bytes};
      if (is_merged) {
        repack_row(as, columns, merged_row(matrix, row, as), there);
      } else {
        repack_row(as, columns, matrix.row(row), there);
      }
    }
  };
  std::vector<std::thread> others;
  for (int64_t share = 1; share < count; ++share) others.emplace_back(repack_share, share);
  repack_share(0);
  for (std::thread& thread : others) thread.join();
}

}  // namespace engine::backend::cuda
