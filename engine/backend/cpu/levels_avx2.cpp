// Unpacking: one vector of bytes gives 32 levels at a time, in the order of their columns (the
// types are laid out for this). Products: maddubs multiplies levels, unsigned and at most 127 here,
// by rounded activations; its pairs fit in 16 bits, madd makes sums of four. In a row the lower
// four sums belong to the first part of a block and the upper four to the second, so that parts
// with scales of their own cost nothing extra.
#include "engine/backend/cpu/levels_avx2.h"

#include "engine/gguf/grid_units.h"

namespace engine::backend::cpu {
namespace {

constexpr int half_rows = 8;
constexpr int halves = group_rows / half_rows;
constexpr int part_quads = part_columns / 4;

void q4_0(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 32; ++block, row += 18) {
    const float d = half_at(row);
    set_block(to, block, d, 8 * d);
    store(to.levels + 32 * block, spread_nibbles(row + 2));
  }
}

void q4_1(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 32; ++block, row += 20) {
    set_block(to, block, half_at(row), -half_at(row + 2));
    store(to.levels + 32 * block, spread_nibbles(row + 4));
  }
}

void q5_0(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 32; ++block, row += 22) {
    const float d = half_at(row);
    set_block(to, block, d, 16 * d);
    store(to.levels + 32 * block, _mm256_or_si256(spread_nibbles(row + 6), fifth_bits(row + 2)));
  }
}

void q5_1(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 32; ++block, row += 24) {
    set_block(to, block, half_at(row), -half_at(row + 2));
    store(to.levels + 32 * block, _mm256_or_si256(spread_nibbles(row + 8), fifth_bits(row + 4)));
  }
}

void set_signed_block(const Levels& to, int block, float scale) {
  set_block(to, block, scale, 128 * scale);
}

__m256i plus_128(__m256i bytes) {
  return _mm256_xor_si256(bytes, _mm256_set1_epi8(static_cast<char>(0x80)));
}

void q8_0(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 32; ++block, row += 34) {
    set_signed_block(to, block, half_at(row));
    store(to.levels + 32 * block, plus_128(load(row + 2)));
  }
}

void iq4_nl(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 32; ++block, row += 18) {
    set_signed_block(to, block, half_at(row));
    store(to.levels + 32 * block, plus_128(iq4_values(row + 2)));
  }
}

void iq4_xs(const uint8_t* row, int columns, const Levels& to) {
  for (int span = 0; span < columns / span_columns; ++span, row += 136) {
    for (int i = 0; i < span_blocks; ++i) {
      set_signed_block(to, span_blocks * span + i, iq4_xs_scale(row, i));
      store(to.levels + span_columns * span + 32 * i, plus_128(iq4_values(row + 8 + 16 * i)));
    }
  }
}

void mxfp4(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 32; ++block, row += 17) {
    const float scale = mxfp4_scale(row[0]);
    set_block(to, block, scale, 12 * scale);
    store(to.levels + 32 * block, mxfp4_levels(row + 1));
  }
}

// Eight values, one for each 32 columns, as 16 for each 16.
void store_twice(float* to, __m256 values) {
  const __m256i first = _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3);
  const __m256i second = _mm256_add_epi32(first, _mm256_set1_epi32(4));
  _mm256_storeu_ps(to, _mm256_permutevar8x32_ps(values, first));
  _mm256_storeu_ps(to + 8, _mm256_permutevar8x32_ps(values, second));
}

// Of Q4_K and Q5_K.
void set_scales(const uint8_t* row, int block, const Levels& to) {
  const KScales scales = k_scales(row);
  store_twice(to.scales + 16 * block, scales.scales);
  store_twice(to.minimums + 16 * block, scales.minimums);
}

void q4_k(const uint8_t* row, int columns, const Levels& to) {
  for (int block = 0; block < columns / 256; ++block, row += 144) {
    set_scales(row, block, to);
    uint8_t* const levels = to.levels + 256 * block;
    for (int i = 0; i < 4; ++i) {
      const __m256i bytes = load(row + 16 + 32 * i);
      store(levels + 64 * i, low_nibbles(bytes));
      store(levels + 64 * i + 32, high_nibbles(bytes));
    }
  }
}

void q5_k(const uint8_t* row, int columns, const Levels& to) {
  const __m256i fifth = _mm256_set1_epi8(16);
  for (int block = 0; block < columns / 256; ++block, row += 176) {
    set_scales(row, block, to);
    uint8_t* const levels = to.levels + 256 * block;
    // Bit 0 belongs to the first 32 columns, bit 1 to the next, …
    __m256i high = load(row + 16);
    for (int i = 0; i < 4; ++i, high = _mm256_srli_epi16(high, 2)) {
      const __m256i bytes = load(row + 48 + 32 * i);
      const __m256i first = _mm256_and_si256(_mm256_slli_epi16(high, 4), fifth);
      const __m256i second = _mm256_and_si256(_mm256_slli_epi16(high, 3), fifth);
      store(levels + 64 * i, _mm256_or_si256(low_nibbles(bytes), first));
      store(levels + 64 * i + 32, _mm256_or_si256(high_nibbles(bytes), second));
    }
  }
}

// Sixteen bytes, times a factor.
void store_bytes(float* to, __m128i bytes, float factor) {
  const __m256 times = _mm256_set1_ps(factor);
  const __m256i first = _mm256_cvtepi8_epi32(bytes);
  const __m256i second = _mm256_cvtepi8_epi32(_mm_srli_si128(bytes, 8));
  _mm256_storeu_ps(to, _mm256_mul_ps(_mm256_cvtepi32_ps(first), times));
  _mm256_storeu_ps(to + 8, _mm256_mul_ps(_mm256_cvtepi32_ps(second), times));
}

// The two low bits of 256 levels, block after block.
template <typename Add>
void pairs_of_bits(const uint8_t* from, const Add& add) {
  for (int half = 0; half < 2; ++half) {
    __m256i bytes = load(from + 32 * half);
    for (int i = 0; i < 4; ++i, bytes = _mm256_srli_epi16(bytes, 2)) {
      add(4 * half + i, _mm256_and_si256(bytes, _mm256_set1_epi8(3)));
    }
  }
}

void q2_k(const uint8_t* row, int columns, const Levels& to) {
  const __m128i nibble = _mm_set1_epi8(15);
  for (int span = 0; span < columns / span_columns; ++span, row += 84) {
    const __m128i both = _mm_loadu_si128(reinterpret_cast<const __m128i*>(row));
    store_bytes(to.scales + 16 * span, _mm_and_si128(both, nibble), half_at(row + 80));
    store_bytes(to.minimums + 16 * span, _mm_and_si128(_mm_srli_epi16(both, 4), nibble),
                half_at(row + 82));
    pairs_of_bits(row + 16, [&](int block, __m256i levels) {
      store(to.levels + span_columns * span + block_columns * block, levels);
    });
  }
}

// Sixteen scales of 6 bits: the four low ones, then the two high ones of four scales a byte.
__m128i q3_k_scales(const uint8_t* from) {
  uint32_t s[3];
  __builtin_memcpy(s, from, sizeof s);
  const __m128i low =
      _mm_and_si128(_mm_setr_epi32(static_cast<int>(s[0]), static_cast<int>(s[1]),
                                   static_cast<int>(s[0] >> 4), static_cast<int>(s[1] >> 4)),
                    _mm_set1_epi8(15));
  const __m128i high = _mm_and_si128(
      _mm_srlv_epi32(_mm_set1_epi32(static_cast<int>(s[2])), _mm_setr_epi32(0, 2, 4, 6)),
      _mm_set1_epi8(3));
  return _mm_sub_epi8(_mm_or_si128(low, _mm_slli_epi16(high, 4)), _mm_set1_epi8(32));
}

void q3_k(const uint8_t* row, int columns, const Levels& to) {
  for (int span = 0; span < columns / span_columns; ++span, row += 110) {
    const __m128i scales = q3_k_scales(row + 96);
    const float d = half_at(row + 108);
    store_bytes(to.scales + 16 * span, scales, d);
    store_bytes(to.minimums + 16 * span, scales, 4 * d);
    // Bit 0 belongs to the first 32 columns, bit 1 to the next, …
    const __m256i high = load(row);
    pairs_of_bits(row + 32, [&](int block, __m256i low) {
      const __m256i bit = _mm256_slli_epi16(_mm256_srl_epi16(high, _mm_cvtsi32_si128(block)), 2);
      store(to.levels + span_columns * span + block_columns * block,
            _mm256_or_si256(low, _mm256_and_si256(bit, _mm256_set1_epi8(4))));
    });
  }
}

void q6_k(const uint8_t* row, int columns, const Levels& to) {
  for (int span = 0; span < columns / span_columns; ++span, row += 210) {
    for (int part = 0; part < 16; part += 8) {
      const __m256 scales = q6_k_scales(row, part);
      _mm256_storeu_ps(to.scales + 16 * span + part, scales);
      _mm256_storeu_ps(to.minimums + 16 * span + part, _mm256_mul_ps(scales, _mm256_set1_ps(32)));
    }
    q6_k_blocks(row, [&](int block, __m256i levels) {
      store(to.levels + span_columns * span + block_columns * block, levels);
    });
  }
}

// IQ1 to IQ3.
template <typename Type>
void of_grid(const uint8_t* row, int columns, const Levels& to) {
  for (int span = 0; span < columns / span_columns; ++span, row += Type::block_bytes) {
    uint8_t scales[span_blocks][block_parts];
    for (int i = 0; i < span_blocks; ++i) {
      const gguf::GridUnit unit = Type::unit(row, i);
      for (int part = 0; part < block_parts; ++part) scales[i][part] = unit.scales[part];
      const __m256i bytes = _mm256_set_epi64x(
          static_cast<int64_t>(unit.bytes[3]), static_cast<int64_t>(unit.bytes[2]),
          static_cast<int64_t>(unit.bytes[1]), static_cast<int64_t>(unit.bytes[0]));
      const __m256i minus = bytes_of_bits(unit.negative);
      const __m256i signed_bytes = _mm256_sub_epi8(_mm256_xor_si256(bytes, minus), minus);
      store(to.levels + span_columns * span + block_columns * i,
            _mm256_add_epi8(_mm256_set1_epi8(Type::base), signed_bytes));
    }
    const float d = Type::factor * _cvtsh_ss(Type::d(row));
    const __m128i all = _mm_loadu_si128(reinterpret_cast<const __m128i*>(scales));
    store_bytes(to.scales + 16 * span, all, d);
    store_bytes(to.minimums + 16 * span, all, Type::zero * d);
  }
}

__m256 load_first(const float* from, int count) {
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_maskload_ps(from, _mm256_cmpgt_epi32(_mm256_set1_epi32(count), lanes));
}

template <int T>
void multiply_tokens(const Levels& weights, int columns, const Row* x, float* const* y, int row) {
  __m256 sum[T], low[T];
  for (int t = 0; t < T; ++t) sum[t] = low[t] = _mm256_setzero_ps();
  const __m256i parts_of_block = _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1);
  for (int block = 0; block < columns / block_columns; ++block) {
    const __m256 four_blocks = _mm256_loadu_ps(weights.scales + block / 4 * 8);
    const __m256 scale = _mm256_permutevar8x32_ps(
        four_blocks, _mm256_add_epi32(parts_of_block, _mm256_set1_epi32(block % 4 * 2)));
    const __m256i levels = load(weights.levels + block * block_columns);
    for (int t = 0; t < T; ++t) {
      const __m256 factor = _mm256_mul_ps(scale, _mm256_set1_ps(x[t].scales[block]));
      sum[t] = _mm256_fmadd_ps(dot(levels, load(x[t].quantized + block * block_columns)), factor,
                               sum[t]);
    }
  }
  const int parts = columns / part_columns;
  for (int part = 0; part < parts; part += 8) {
    const __m256 minimum = _mm256_loadu_ps(weights.minimums + part);
    for (int t = 0; t < T; ++t) {
      low[t] = _mm256_fmadd_ps(minimum, load_first(x[t].part_sums + part, parts - part), low[t]);
    }
  }
  for (int t = 0; t < T; ++t) y[t][row] = sum_lanes(_mm256_sub_ps(sum[t], low[t]));
}

void multiply_row(const Levels& weights, int columns, const Row* x, int tokens, float* const* y,
                  int row) {
  int t = 0;
  for (; t + 4 <= tokens; t += 4) multiply_tokens<4>(weights, columns, x + t, y + t, row);
  for (; t < tokens; ++t) multiply_tokens<1>(weights, columns, x + t, y + t, row);
}

// Eight vectors of eight 32-bit elements, rows made columns.
void transpose(__m256 (&v)[8]) {
  __m256 pairs[8], fours[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = _mm256_unpacklo_ps(v[i], v[i + 1]);
    pairs[i + 1] = _mm256_unpackhi_ps(v[i], v[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    fours[i] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
    fours[i + 1] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
    fours[i + 2] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
    fours[i + 3] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
  }
  for (int i = 0; i < 4; ++i) {
    v[i] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x20);
    v[i + 4] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x31);
  }
}

// Four blocks have eight parts.
void interleave_scales(const Levels* rows, int half, int blocks, LevelBlock* group) {
  for (int first = 0; first < blocks; first += 4) {
    __m256 scales[half_rows], minimums[half_rows];
    for (int row = 0; row < half_rows; ++row) {
      scales[row] = _mm256_loadu_ps(rows[half + row].scales + first * block_parts);
      minimums[row] = _mm256_loadu_ps(rows[half + row].minimums + first * block_parts);
    }
    transpose(scales);
    transpose(minimums);
    const int parts = block_parts * (blocks - first < 4 ? blocks - first : 4);
    for (int part = 0; part < parts; ++part) {
      LevelBlock& to = group[first + part / block_parts];
      _mm256_store_ps(to.scale[part % block_parts] + half, scales[part]);
      _mm256_store_ps(to.minimum[part % block_parts] + half, minimums[part]);
    }
  }
}

void interleave(const Levels* rows, int blocks, LevelBlock* group) {
  for (int half = 0; half < group_rows; half += half_rows) {
    for (int block = 0; block < blocks; ++block) {
      __m256 quads[half_rows];
      for (int row = 0; row < half_rows; ++row) {
        quads[row] = _mm256_castsi256_ps(load(rows[half + row].levels + block * block_columns));
      }
      transpose(quads);
      for (int quad = 0; quad < 8; ++quad) {
        store(group[block].quad[quad][half], _mm256_castps_si256(quads[quad]));
      }
    }
    interleave_scales(rows, half, blocks, group);
  }
}

// `Quads` quads from `quad` on, which share a scale and a minimum, of all 16 rows. The products of
// `Depth` quads are added in 16 bits. The empty assembly keeps each sum where it is: the compiler
// would rather hold all products and add them at the end, for which there are not enough registers.
template <int T, int Depth, int Quads>
inline void add_quads(const LevelBlock& weights, int block, int quad, const Row* x,
                      __m256 (&sum)[T][halves]) {
  __m256i dots[T][halves];
#pragma GCC unroll 8
  for (int first = quad; first < quad + Quads; first += Depth) {
    __m256i pairs[T][halves];
#pragma GCC unroll 8
    for (int i = 0; i < Depth; ++i) {
      const __m256i levels[halves] = {load(weights.quad[first + i][0]),
                                      load(weights.quad[first + i][half_rows])};
#pragma GCC unroll 8
      for (int t = 0; t < T; ++t) {
        int32_t four;
        __builtin_memcpy(&four, x[t].quantized + block * block_columns + 4 * (first + i), 4);
        const __m256i values = _mm256_set1_epi32(four);
        for (int half = 0; half < halves; ++half) {
          const __m256i products = _mm256_maddubs_epi16(levels[half], values);
          __m256i& all = pairs[t][half];
          all = i == 0 ? products : _mm256_add_epi16(all, products);
          __asm__("" : "+x"(all));
        }
      }
    }
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) {
      for (int half = 0; half < halves; ++half) {
        const __m256i four = _mm256_madd_epi16(pairs[t][half], _mm256_set1_epi16(1));
        dots[t][half] = first == quad ? four : _mm256_add_epi32(dots[t][half], four);
      }
    }
  }
  const int part = quad / part_quads;
#pragma GCC unroll 8
  for (int t = 0; t < T; ++t) {
    const __m256 x_scale = _mm256_set1_ps(x[t].scales[block]);
    const float* const part_sums = x[t].part_sums + block * block_parts + part;
    const __m256 x_sum =
        _mm256_set1_ps(Quads == part_quads ? part_sums[0] : part_sums[0] + part_sums[1]);
    for (int half = 0; half < halves; ++half) {
      const __m256 scale = _mm256_load_ps(weights.scale[part] + half * half_rows);
      const __m256 minimum = _mm256_load_ps(weights.minimum[part] + half * half_rows);
      sum[t][half] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dots[t][half]),
                                     _mm256_mul_ps(scale, x_scale), sum[t][half]);
      sum[t][half] = _mm256_fnmadd_ps(minimum, x_sum, sum[t][half]);
    }
  }
}

// The same for all eight quads of levels that are signed bytes plus 128. maddubs takes one factor
// unsigned, so the sign of each weight moves to the activation it meets.
template <int T>
inline void add_signed_quads(const LevelBlock& weights, int block, const Row* x,
                             __m256 (&sum)[T][halves]) {
  __m256i dots[T][halves];
  for (int t = 0; t < T; ++t) dots[t][0] = dots[t][1] = _mm256_setzero_si256();
  for (int quad = 0; quad < block_columns / 4; ++quad) {
    const __m256i bytes[halves] = {plus_128(load(weights.quad[quad][0])),
                                   plus_128(load(weights.quad[quad][half_rows]))};
    const __m256i magnitudes[halves] = {_mm256_abs_epi8(bytes[0]), _mm256_abs_epi8(bytes[1])};
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) {
      int32_t four;
      __builtin_memcpy(&four, x[t].quantized + block * block_columns + 4 * quad, 4);
      const __m256i values = _mm256_set1_epi32(four);
      for (int half = 0; half < halves; ++half) {
        const __m256i pairs =
            _mm256_maddubs_epi16(magnitudes[half], _mm256_sign_epi8(values, bytes[half]));
        dots[t][half] =
            _mm256_add_epi32(dots[t][half], _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
      }
    }
  }
  for (int t = 0; t < T; ++t) {
    const __m256 x_scale = _mm256_set1_ps(x[t].scales[block]);
    for (int half = 0; half < halves; ++half) {
      const __m256 scale = _mm256_load_ps(weights.scale[0] + half * half_rows);
      sum[t][half] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dots[t][half]),
                                     _mm256_mul_ps(scale, x_scale), sum[t][half]);
    }
  }
}

constexpr int signed_bytes = 0;  // as a depth

// Adds the products with blocks `first` to `end` to sums[t][row], of T tokens.
template <int T, int Depth, int Quads>
void multiply_tile(const LevelBlock* group, int first, int end, const Row* x,
                   float (*sums)[group_rows]) {
  __m256 sum[T][halves];
  for (int t = 0; t < T; ++t) {
    for (int half = 0; half < halves; ++half) {
      sum[t][half] = _mm256_loadu_ps(sums[t] + half * half_rows);
    }
  }
  for (int block = first; block < end; ++block) {
    if constexpr (Depth == signed_bytes) {
      add_signed_quads<T>(group[block], block, x, sum);
      continue;
    } else {
      add_quads<T, Depth, Quads>(group[block], block, 0, x, sum);
    }
    if constexpr (Depth != signed_bytes && Quads == part_quads) {
      add_quads<T, Depth, Quads>(group[block], block, part_quads, x, sum);
    }
  }
  for (int t = 0; t < T; ++t) {
    for (int half = 0; half < halves; ++half) {
      _mm256_storeu_ps(sums[t] + half * half_rows, sum[t][half]);
    }
  }
}

// The weights of so many blocks stay in the first-level cache while all tokens meet them.
constexpr int cached_blocks = 16;
constexpr int stack_tokens = 64;  // whose sums are on the stack

template <int Depth, int Quads>
void multiply_some(const LevelBlock* group, int blocks, const Row* x, int tokens, float* const* y,
                   int first_row, int rows) {
  float sums[stack_tokens][group_rows] = {};
  for (int first = 0; first < blocks; first += cached_blocks) {
    const int end = first + cached_blocks < blocks ? first + cached_blocks : blocks;
    int t = 0;
    for (; t + 4 <= tokens; t += 4) {
      multiply_tile<4, Depth, Quads>(group, first, end, x + t, sums + t);
    }
    for (; t < tokens; ++t) multiply_tile<1, Depth, Quads>(group, first, end, x + t, sums + t);
  }
  for (int t = 0; t < tokens; ++t) {
    for (int row = 0; row < rows; ++row) y[t][first_row + row] = sums[t][row];
  }
}

void multiply(const LevelBlock* group, int blocks, LevelRange range, const Row* x, int tokens,
              float* const* y, int first_row, int rows) {
  // 2 · 127 · depth · the greatest level stays below 2^15.
  const bool shared = range.scales == Scales::of_blocks;
  const auto some = range.most <= 15 ? (shared ? multiply_some<8, 8> : multiply_some<4, 4>)
                    : range.most <= 31 && shared ? multiply_some<4, 8>
                    : range.most <= 63           ? multiply_some<2, 4>
                    : range.most <= 127          ? multiply_some<1, 4>
                                                 : multiply_some<signed_bytes, 8>;
  for (int t = 0; t < tokens; t += stack_tokens) {
    const int count = tokens - t < stack_tokens ? tokens - t : stack_tokens;
    some(group, blocks, x + t, count, y + t, first_row, rows);
  }
}

}  // namespace

extern const LevelKernels level_kernels_avx2 = {.q4_0 = q4_0,
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
