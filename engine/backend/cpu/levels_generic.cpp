// Rows unpacked to levels, and their products, in plain C++. gguf/dequantize.cpp says what the
// bytes of each type mean.
#include <cstring>

#include "engine/backend/cpu/kernels.h"
#include "engine/gguf/dequantize.h"
#include "engine/gguf/grid_units.h"
#include "engine/gguf/half.h"

namespace engine::backend::cpu {
namespace {

float half_at(const uint8_t* from) {
  uint16_t half;
  std::memcpy(&half, from, sizeof half);
  return gguf::half_to_float(half);
}

// One scale and minimum for the 32 columns of `block`.
void set_block(const Levels& to, int block, float scale, float minimum) {
  for (int part = block * block_parts; part < (block + 1) * block_parts; ++part) {
    to.scales[part] = scale;
    to.minimums[part] = minimum;
  }
}

void spread_nibbles(const uint8_t* from, uint8_t* levels) {
  for (int i = 0; i < 16; ++i) {
    levels[i] = from[i] & 15;
    levels[i + 16] = from[i] >> 4;
  }
}

void add_fifth_bits(const uint8_t* from, uint8_t* levels) {
  uint32_t bits;
  std::memcpy(&bits, from, sizeof bits);
  for (int i = 0; i < 32; ++i) levels[i] = static_cast<uint8_t>(levels[i] | (bits >> i & 1) << 4);
}

void q4_0(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 32; ++block, row += 18) {
    const float d = half_at(row);
    set_block(to, block, d, 8 * d);
    spread_nibbles(row + 2, to.levels + 32 * block);
  }
}

void q4_1(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 32; ++block, row += 20) {
    set_block(to, block, half_at(row), -half_at(row + 2));
    spread_nibbles(row + 4, to.levels + 32 * block);
  }
}

void q5_0(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 32; ++block, row += 22) {
    const float d = half_at(row);
    set_block(to, block, d, 16 * d);
    spread_nibbles(row + 6, to.levels + 32 * block);
    add_fifth_bits(row + 2, to.levels + 32 * block);
  }
}

void q5_1(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 32; ++block, row += 24) {
    set_block(to, block, half_at(row), -half_at(row + 2));
    spread_nibbles(row + 8, to.levels + 32 * block);
    add_fifth_bits(row + 4, to.levels + 32 * block);
  }
}

// Signed bytes become levels by 128 more.
void set_signed_block(const Levels& to, int block, float scale) {
  set_block(to, block, scale, 128 * scale);
}

void q8_0(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 32; ++block, row += 34) {
    set_signed_block(to, block, half_at(row));
    for (int i = 0; i < 32; ++i) to.levels[32 * block + i] = row[2 + i] ^ 128;
  }
}

void spread_iq4(const uint8_t* from, uint8_t* levels) {
  spread_nibbles(from, levels);
  for (int i = 0; i < 32; ++i) {
    levels[i] = static_cast<uint8_t>(gguf::iq4_levels[levels[i]] + 128);
  }
}

void iq4_nl(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 32; ++block, row += 18) {
    set_signed_block(to, block, half_at(row));
    spread_iq4(row + 2, to.levels + 32 * block);
  }
}

void iq4_xs(const uint8_t* row, int columns, const Levels& to) {
  for (int span = 0; span < columns / 256; ++span, row += 136) {
    const float d = half_at(row);
    for (int i = 0; i < 8; ++i) {
      const int high = row[2 + i / 4] >> i % 4 * 2 & 3, low = row[4 + i / 2] >> i % 2 * 4 & 15;
      set_signed_block(to, 8 * span + i, d * static_cast<float>((high << 4 | low) - 32));
      spread_iq4(row + 8 + 16 * i, to.levels + 256 * span + 32 * i);
    }
  }
}

// The levels are −12 … 12, taken from −12 up.
void mxfp4(const uint8_t* row, int columns, const Levels& to) {
  constexpr uint8_t levels[16] = {12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0};
  for (int block = 0; block < columns / 32; ++block, row += 17) {
    // 2^(e − 128) is the float with exponent e − 1; the two below are subnormal.
    const uint32_t bits = row[0] < 2 ? 0x00200000u << row[0] : (row[0] - 1u) << 23;
    float scale;
    std::memcpy(&scale, &bits, sizeof scale);
    set_block(to, block, scale, 12 * scale);
    uint8_t* const own = to.levels + 32 * block;
    spread_nibbles(row + 1, own);
    for (int i = 0; i < 32; ++i) own[i] = levels[own[i]];
  }
}

// The parts of a 256-value block that begins at `first` in the row.
struct Parts {
  uint8_t* levels;
  float* scales;
  float* minimums;
};
Parts parts_at(const Levels& to, int block) {
  return {to.levels + 256 * block, to.scales + 16 * block, to.minimums + 16 * block};
}

void q2_k(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 256; ++block, row += 84) {
    const Parts own = parts_at(to, block);
    const float d = half_at(row + 80), d_min = half_at(row + 82);
    for (int part = 0; part < 16; ++part) {
      own.scales[part] = d * static_cast<float>(row[part] & 15);
      own.minimums[part] = d_min * static_cast<float>(row[part] >> 4);
    }
    for (int i = 0; i < 256; ++i) {
      own.levels[i] = row[16 + i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
    }
  }
}

void q3_k(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 256; ++block, row += 110) {
    const Parts own = parts_at(to, block);
    const uint8_t* const scales = row + 96;
    const float d = half_at(row + 108);
    for (int part = 0; part < 16; ++part) {
      const int scale =
          (scales[part % 8] >> part / 8 * 4 & 15) | (scales[8 + part % 4] >> part / 4 * 2 & 3) << 4;
      own.scales[part] = d * static_cast<float>(scale - 32);
      own.minimums[part] = 4 * own.scales[part];
    }
    for (int i = 0; i < 256; ++i) {
      const int low = row[32 + i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
      own.levels[i] = static_cast<uint8_t>(low | (row[i % 32] >> i / 32 & 1) << 2);
    }
  }
}

// Of Q4_K and Q5_K.
void set_scales(const uint8_t* row, const Parts& own) {
  const float d = half_at(row), d_min = half_at(row + 2);
  const uint8_t* const s = row + 4;
  for (int i = 0; i < 8; ++i) {
    const int scale = i < 4 ? s[i] & 63 : (s[i + 4] & 15) | s[i - 4] >> 6 << 4;
    const int minimum = i < 4 ? s[i + 4] & 63 : s[i + 4] >> 4 | s[i] >> 6 << 4;
    for (int part = 2 * i; part < 2 * i + 2; ++part) {
      own.scales[part] = d * static_cast<float>(scale);
      own.minimums[part] = d_min * static_cast<float>(minimum);
    }
  }
}

void q4_k(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 256; ++block, row += 144) {
    const Parts own = parts_at(to, block);
    set_scales(row, own);
    for (int i = 0; i < 256; ++i) {
      own.levels[i] = row[16 + i / 64 * 32 + i % 32] >> i % 64 / 32 * 4 & 15;
    }
  }
}

void q5_k(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 256; ++block, row += 176) {
    const Parts own = parts_at(to, block);
    set_scales(row, own);
    for (int i = 0; i < 256; ++i) {
      const int low = row[48 + i / 64 * 32 + i % 32] >> i % 64 / 32 * 4 & 15;
      own.levels[i] = static_cast<uint8_t>(low | (row[16 + i % 32] >> i / 32 & 1) << 4);
    }
  }
}

void q6_k(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 256; ++block, row += 210) {
    const Parts own = parts_at(to, block);
    const float d = half_at(row + 208);
    for (int part = 0; part < 16; ++part) {
      own.scales[part] = d * static_cast<float>(static_cast<int8_t>(row[192 + part]));
      own.minimums[part] = 32 * own.scales[part];
    }
    for (int i = 0; i < 256; ++i) {
      const int half = i / 128, quarter = i % 128 / 32;
      const int low = row[half * 64 + quarter % 2 * 32 + i % 32] >> quarter / 2 * 4 & 15;
      const int high = row[128 + half * 32 + i % 32] >> quarter * 2 & 3;
      own.levels[i] = static_cast<uint8_t>(low | high << 4);
    }
  }
}

template <typename Type>
void of_grid(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 256; ++block, row += Type::block_bytes) {
    const Parts own = parts_at(to, block);
    const float d = Type::factor * gguf::half_to_float(Type::d(row));
    for (int u = 0; u < 8; ++u) {
      const gguf::GridUnit unit = Type::unit(row, u);
      for (int part = 0; part < 2; ++part) {
        own.scales[2 * u + part] = d * static_cast<float>(unit.scales[part]);
        own.minimums[2 * u + part] = Type::zero * own.scales[2 * u + part];
      }
      for (int i = 0; i < 32; ++i) {
        own.levels[32 * u + i] = static_cast<uint8_t>(gguf::level_at<Type>(unit, i));
      }
    }
  }
}

float product(const Levels& weights, int columns, const Row& x) {
  float sum = 0;
  for (int part = 0; part < columns / part_columns; ++part) {
    int32_t dot = 0;
    for (int c = part * part_columns; c < (part + 1) * part_columns; ++c) {
      dot += weights.levels[c] * x.quantized[c];
    }
    sum += static_cast<float>(dot) * (weights.scales[part] * x.scales[part / block_parts]);
    sum -= weights.minimums[part] * x.part_sums[part];
  }
  return sum;
}

void multiply_row(const Levels& weights, int columns, const Row* x, int tokens, float* const* y,
                  int row) {
  for (int t = 0; t < tokens; ++t) y[t][row] = product(weights, columns, x[t]);
}

void interleave(const Levels* rows, int blocks, LevelBlock* group) {
  for (int row = 0; row < group_rows; ++row) {
    for (int block = 0; block < blocks; ++block) {
      LevelBlock& to = group[block];
      for (int quad = 0; quad < block_columns / 4; ++quad) {
        std::memcpy(to.quad[quad][row], rows[row].levels + block * block_columns + 4 * quad, 4);
      }
      for (int part = 0; part < block_parts; ++part) {
        to.scale[part][row] = rows[row].scales[block * block_parts + part];
        to.minimum[part][row] = rows[row].minimums[block * block_parts + part];
      }
    }
  }
}

void multiply_one(const LevelBlock* group, int blocks, const Row& x, float* y, int rows) {
  float sums[group_rows] = {};
  for (int part = 0; part < blocks * block_parts; ++part) {
    const LevelBlock& weights = group[part / block_parts];
    const int8_t* const values = x.quantized + part * part_columns;
    int32_t dots[group_rows] = {};
    for (int quad = 0; quad < part_columns / 4; ++quad) {
      const auto& levels = weights.quad[part % block_parts * part_columns / 4 + quad];
      for (int row = 0; row < group_rows; ++row) {
        for (int i = 0; i < 4; ++i) dots[row] += levels[row][i] * values[4 * quad + i];
      }
    }
    const float scale = x.scales[part / block_parts];
    for (int row = 0; row < group_rows; ++row) {
      const float factor = weights.scale[part % block_parts][row] * scale;
      sums[row] += static_cast<float>(dots[row]) * factor;
      sums[row] -= weights.minimum[part % block_parts][row] * x.part_sums[part];
    }
  }
  for (int row = 0; row < rows; ++row) y[row] = sums[row];
}

void multiply(const LevelBlock* group, int blocks, LevelRange, const Row* x, int tokens,
              float* const* y, int first_row, int rows) {
  for (int t = 0; t < tokens; ++t) multiply_one(group, blocks, x[t], y[t] + first_row, rows);
}

}  // namespace

extern const LevelKernels level_kernels_generic = {.q4_0 = q4_0,
                                                   .q4_1 = q4_1,
                                                   .q5_0 = q5_0,
                                                   .q5_1 = q5_1,
                                                   .q8_0 = q8_0,
                                                   .q2_k = q2_k,
                                                   .q3_k = q3_k,
                                                   .q4_k = q4_k,
                                                   .q5_k = q5_k,
                                                   .q6_k = q6_k,
                                                   .iq4_nl = iq4_nl,
                                                   .iq4_xs = iq4_xs,
                                                   .mxfp4 = mxfp4,
                                                   .iq2_xxs = of_grid<gguf::Iq2Xxs>,
                                                   .iq2_xs = of_grid<gguf::Iq2Xs>,
                                                   .iq2_s = of_grid<gguf::Iq2S>,
                                                   .iq3_xxs = of_grid<gguf::Iq3Xxs>,
                                                   .iq3_s = of_grid<gguf::Iq3S>,
                                                   .iq1_s = of_grid<gguf::Iq1S>,
                                                   .iq1_m = of_grid<gguf::Iq1M>,
                                                   .multiply_row = multiply_row,
                                                   .interleave = interleave,
                                                   .multiply = multiply};

}  // namespace engine::backend::cpu
