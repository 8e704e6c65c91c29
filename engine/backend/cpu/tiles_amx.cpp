// AMX: a tile of 16 rows × 32 columns meets a tile of 16 tokens, and 16 × 16 sums grow by their
// products. Weights are the left factor, whose rows lie as they are; tokens are the right one,
// whose pairs of columns lie side by side. Two tiles of weights meet two or three of tokens, over
// all columns, so that the sums stay in the unit's tiles. What limits is how fast the second-level
// cache gives tiles: of those there are five for six products (four for four, with two of tokens).
//
// The compiler does not know that tile loads read memory: a barrier stands between what this file
// writes and what it loads as a tile.
#include <immintrin.h>

#include <algorithm>

#include "engine/backend/cpu/tile_kernels.h"

namespace engine::backend::cpu {
namespace {

__mmask16 first_lanes(int count) { return static_cast<__mmask16>((1u << count) - 1); }

// 32 values in bfloat16; `first` before `second`.
__m512i to_bfloat(__m512 first, __m512 second) {
  const __m512bh both = _mm512_cvtne2ps_pbh(second, first);
  __m512i bits;
  __builtin_memcpy(&bits, &both, sizeof bits);
  return bits;
}

// --- rounding ------------------------------------------------------------------------------------

// A block whose weights share scale and minimum has few values: they are rounded, and looked up.
template <int Most>
__m512i look_up(const uint8_t* levels, float scale, float minimum) {
  const __m512 first = _mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512 scales = _mm512_set1_ps(scale), minimums = _mm512_set1_ps(minimum);
  const __m512 low = _mm512_fmsub_ps(first, scales, minimums);
  __m512i table;
  if constexpr (Most > 15) {
    const __m512 second = _mm512_add_ps(first, _mm512_set1_ps(16));
    table = to_bfloat(low, _mm512_fmsub_ps(second, scales, minimums));
  } else {
    const __m256bh half = _mm512_cvtneps_pbh(low);
    __m256i bits;
    __builtin_memcpy(&bits, &half, sizeof bits);
    table = _mm512_castsi256_si512(bits);
  }
  const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(levels));
  return _mm512_permutexvar_epi16(_mm512_cvtepu8_epi16(bytes), table);
}

template <int Most>
void look_up_row(const Levels& levels, int columns, uint16_t* to) {
  for (int step = 0; step < columns / step_columns; ++step, to += tile_values) {
    _mm512_store_si512(
        to, look_up<Most>(levels.levels + step * step_columns, levels.scales[step * block_parts],
                          levels.minimums[step * block_parts]));
  }
}

__m512 part_values(const uint8_t* levels, float scale, float minimum) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(levels));
  const __m512 values = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(bytes));
  return _mm512_fmsub_ps(values, _mm512_set1_ps(scale), _mm512_set1_ps(minimum));
}

void round_levels(const Levels& levels, int columns, LevelRange range, uint16_t* to) {
  static_assert(step_columns == block_columns);
  const bool shared = range.scales == Scales::of_blocks;
  if (shared && range.most <= 15) return look_up_row<15>(levels, columns, to);
  if (shared && range.most <= 31) return look_up_row<31>(levels, columns, to);
  for (int step = 0; step < columns / step_columns; ++step, to += tile_values) {
    const uint8_t* const from = levels.levels + step * step_columns;
    const float* const scales = levels.scales + step * block_parts;
    const float* const minimums = levels.minimums + step * block_parts;
    _mm512_store_si512(to, to_bfloat(part_values(from, scales[0], minimums[0]),
                                     part_values(from + part_columns, scales[1], minimums[1])));
  }
}

// 16 vectors of 16 elements of 32 bits, rows made columns.
void transpose(__m512i (&v)[16]) {
  __m512i pairs[16], fours[16];
  for (int i = 0; i < 16; i += 2) {
    pairs[i] = _mm512_unpacklo_epi32(v[i], v[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_epi32(v[i], v[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    fours[i] = _mm512_unpacklo_epi64(pairs[i], pairs[i + 2]);
    fours[i + 1] = _mm512_unpackhi_epi64(pairs[i], pairs[i + 2]);
    fours[i + 2] = _mm512_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
    fours[i + 3] = _mm512_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
  }
  // fours[4 r + c]: column 4 l + c of rows 4 r … in each lane l.
  for (int c = 0; c < 4; ++c) {
    const __m512i low02 = _mm512_shuffle_i32x4(fours[c], fours[4 + c], 0x88);
    const __m512i low13 = _mm512_shuffle_i32x4(fours[c], fours[4 + c], 0xdd);
    const __m512i high02 = _mm512_shuffle_i32x4(fours[8 + c], fours[12 + c], 0x88);
    const __m512i high13 = _mm512_shuffle_i32x4(fours[8 + c], fours[12 + c], 0xdd);
    v[c] = _mm512_shuffle_i32x4(low02, high02, 0x88);
    v[4 + c] = _mm512_shuffle_i32x4(low13, high13, 0x88);
    v[8 + c] = _mm512_shuffle_i32x4(low02, high02, 0xdd);
    v[12 + c] = _mm512_shuffle_i32x4(low13, high13, 0xdd);
  }
}

__m512 signed_values(const int8_t* bytes, float scale) {
  const __m128i some = _mm_load_si128(reinterpret_cast<const __m128i*>(bytes));
  return _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(some)), _mm512_set1_ps(scale));
}

// Two blocks at a time: their quads are 16 vectors, which become a row each.
void round_blocks(const WeightBlock* group, int blocks, uint16_t* to) {
  for (int block = 0; block < blocks; block += 2) {
    const int count = blocks - block < 2 ? 1 : 2;
    __m512i rows[group_rows];
    for (int i = 0; i < group_rows; ++i) {
      rows[i] = i / 8 < count ? _mm512_load_si512(group[block + i / 8].quad[i % 8])
                              : _mm512_setzero_si512();
    }
    transpose(rows);
    for (int row = 0; row < group_rows; ++row) {
      alignas(64) int8_t bytes[2 * block_columns];
      _mm512_store_si512(bytes, rows[row]);
      for (int i = 0; i < count; ++i) {
        const float scale = group[block + i].scale[row];
        const int8_t* const from = bytes + i * block_columns;
        _mm512_store_si512(to + (block + i) * tile_values + row * step_columns,
                           to_bfloat(signed_values(from, scale), signed_values(from + 16, scale)));
      }
    }
  }
}

// --- layout --------------------------------------------------------------------------------------

// Some columns of a row, zeros behind the last.
__m512i step_values(const float* row, int columns) {
  if (columns >= step_columns) return to_bfloat(_mm512_loadu_ps(row), _mm512_loadu_ps(row + 16));
  const __m512 first = _mm512_maskz_loadu_ps(first_lanes(columns < 16 ? columns : 16), row);
  const __m512 second =
      _mm512_maskz_loadu_ps(first_lanes(columns < 16 ? 0 : columns - 16), row + 16);
  return to_bfloat(first, second);
}

void round_rows(const float* const* x, int rows, int columns, uint16_t* to) {
  for (int first = 0; first < columns; first += step_columns) {
    for (int row = 0; row < group_rows; ++row, to += step_columns) {
      _mm512_store_si512(
          to, row < rows ? step_values(x[row] + first, columns - first) : _mm512_setzero_si512());
    }
  }
}

void store_pairs(__m512i (&rows)[tile_tokens], uint16_t* pairs) {
  transpose(rows);
  for (int pair = 0; pair < 16; ++pair) _mm512_store_si512(pairs + pair * 32, rows[pair]);
}

// Every second word of both, from word 0 or 1 on.
__m512i every_second(__m512i first, int from, __m512i second) {
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512i four = _mm512_mullo_epi32(lanes, _mm512_set1_epi32(0x00040004));
  const __m512i order = _mm512_add_epi32(four, _mm512_set1_epi32(0x00020000 + from * 0x00010001));
  return _mm512_permutex2var_epi16(first, order, second);
}

void interleave_woven(const float* const* x, int tokens, int columns, uint16_t* pairs) {
  for (int first = 0; first < columns; first += woven_columns) {
    for (int half = 0; half < 2; ++half, pairs += 2 * tile_values) {
      __m512i even[tile_tokens], odd[tile_tokens];
      for (int t = 0; t < tile_tokens; ++t) {
        const float* const from = x[t < tokens ? t : 0] + first + half * step_columns;
        const __m512i one = step_values(from, step_columns);
        const __m512i other = step_values(from + 2 * step_columns, step_columns);
        even[t] = t < tokens ? every_second(one, 0, other) : _mm512_setzero_si512();
        odd[t] = t < tokens ? every_second(one, 1, other) : _mm512_setzero_si512();
      }
      store_pairs(even, pairs);
      store_pairs(odd, pairs + tile_values);
    }
  }
}

void interleave(const float* const* x, int tokens, int columns, ColumnOrder order,
                uint16_t* pairs) {
  if (order == ColumnOrder::woven) return interleave_woven(x, tokens, columns, pairs);
  for (int first = 0; first < columns; first += step_columns, pairs += tile_values) {
    __m512i rows[tile_tokens];
    for (int t = 0; t < tile_tokens; ++t) {
      rows[t] = t < tokens ? step_values(x[t] + first, columns - first) : _mm512_setzero_si512();
    }
    store_pairs(rows, pairs);
  }
}

void weave(uint16_t* row, int columns) {
  for (int first = 0; first < columns; first += woven_columns, row += 4 * tile_values) {
    __m512i steps[4];
    for (int i = 0; i < 4; ++i) steps[i] = _mm512_load_si512(row + i * tile_values);
    for (int i = 0; i < 4; ++i) {
      _mm512_store_si512(row + i * tile_values,
                         every_second(steps[i / 2], i % 2, steps[i / 2 + 2]));
    }
  }
}

// Tokens are far from each other in memory; a pair of groups later, what follows here is written.
void prefetch_next(const float* target) { __builtin_prefetch(target + 2 * group_rows, 1); }

void store(const TileSums& sums, int tokens, float* const* y, int first_row, int rows) {
  __m512i v[group_rows];
  for (int row = 0; row < group_rows; ++row) v[row] = _mm512_load_si512(sums[row]);
  transpose(v);
  const __mmask16 there = first_lanes(rows);
  for (int t = 0; t < tokens; ++t) {
    _mm512_mask_storeu_epi32(y[t] + first_row, there, v[t]);
    prefetch_next(y[t] + first_row);
  }
}

void add(const TileSums& sums, int tokens, const float* weights, float* const* y, int first_row,
         int rows) {
  __m512i v[group_rows];
  for (int row = 0; row < group_rows; ++row) v[row] = _mm512_load_si512(sums[row]);
  transpose(v);
  const __mmask16 there = first_lanes(rows);
  for (int t = 0; t < tokens; ++t) {
    float* const target = y[t] + first_row;
    const __m512 sum = _mm512_fmadd_ps(_mm512_castsi512_ps(v[t]), _mm512_set1_ps(weights[t]),
                                       _mm512_maskz_loadu_ps(there, target));
    _mm512_mask_storeu_ps(target, there, sum);
    prefetch_next(target);
  }
}

// Elements of two vectors in turn, in bfloat16.
__m512i pair(__m512 first, __m512 second) {
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  // Words i and 16 + i.
  const __m512i order =
      _mm512_or_si512(lanes, _mm512_slli_epi32(_mm512_add_epi32(lanes, _mm512_set1_epi32(16)), 16));
  return _mm512_permutexvar_epi16(order, to_bfloat(first, second));
}

void pair_rows(const TileSums& sums, uint16_t* pairs) {
  for (int row = 0; row < group_rows; row += 2) {
    const __m512i both = pair(_mm512_load_ps(sums[row]), _mm512_load_ps(sums[row + 1]));
    _mm512_store_si512(pairs + row * tile_tokens, both);
  }
}

void pair_tokens(const TileSums& sums, uint16_t* pairs) {
  __m512i v[group_rows];
  for (int row = 0; row < group_rows; ++row) v[row] = _mm512_load_si512(sums[row]);
  transpose(v);
  for (int t = 0; t < tile_tokens; t += 2) {
    const __m512i both = pair(_mm512_castsi512_ps(v[t]), _mm512_castsi512_ps(v[t + 1]));
    _mm512_store_si512(pairs + t * group_rows, both);
  }
}

void pair_positions(const float* const* x, int positions, int columns, uint16_t* pairs) {
  const auto values = [&](int position, int column) {
    return position < positions ? _mm512_loadu_ps(x[position] + column) : _mm512_setzero_ps();
  };
  for (int column = 0; column < columns; column += 16, pairs += tile_values) {
    for (int p = 0; p < tile_tokens; p += 2) {
      _mm512_store_si512(pairs + p * 16, pair(values(p, column), values(p + 1, column)));
    }
  }
}

// --- products ------------------------------------------------------------------------------------

struct alignas(64) Configuration {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
const Configuration eight_full_tiles;

inline void barrier() { asm volatile("" ::: "memory"); }

// Runs the pieces of what is done meanwhile, as evenly as they go among the products: a piece every
// so many of the `ticks`.
class Pieces {
 public:
  Pieces(const Meanwhile& meanwhile, int ticks) : meanwhile_(meanwhile), ticks_(ticks) {}
  void tick() {
    for (due_ += meanwhile_.pieces; due_ >= ticks_; due_ -= ticks_) {
      meanwhile_.run(meanwhile_.state, next_++);
    }
  }

 private:
  const Meanwhile meanwhile_;
  const int ticks_;
  int64_t due_ = 0;
  int next_ = 0;
};

// One or two groups of weights by one or two tiles of tokens; sums[group][tile]. A tick for each
// tile of tokens.
template <int G, int N>
void multiply_steps(const uint16_t* const* w, const uint16_t* const* x, int steps,
                    TileSums* const* sums, Pieces& pieces) {
  _tile_zero(0);
  if constexpr (N == 2) _tile_zero(1);
  if constexpr (G == 2) _tile_zero(2);
  if constexpr (G == 2 && N == 2) _tile_zero(3);
  for (int offset = 0; offset < steps * tile_values; offset += tile_values) {
    _tile_loadd(4, w[0] + offset, 64);
    _tile_loadd(6, x[0] + offset, 64);
    _tile_dpbf16ps(0, 4, 6);
    if constexpr (G == 2) {
      _tile_loadd(5, w[1] + offset, 64);
      _tile_dpbf16ps(2, 5, 6);
    }
    pieces.tick();
    if constexpr (N == 2) {
      _tile_loadd(7, x[1] + offset, 64);
      _tile_dpbf16ps(1, 4, 7);
      if constexpr (G == 2) _tile_dpbf16ps(3, 5, 7);
      pieces.tick();
    }
  }
  _tile_stored(0, sums[0][0], 64);
  if constexpr (N == 2) _tile_stored(1, sums[0][1], 64);
  if constexpr (G == 2) _tile_stored(2, sums[1][0], 64);
  if constexpr (G == 2 && N == 2) _tile_stored(3, sums[1][1], 64);
}

// Two groups by three tiles. Six tiles of sums leave two for the factors: of two products in a row
// one is always the same.
void multiply_three(const uint16_t* const* w, const uint16_t* const* x, int steps,
                    TileSums* const* sums, Pieces& pieces) {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  _tile_zero(4);
  _tile_zero(5);
  for (int offset = 0; offset < steps * tile_values; offset += tile_values) {
    _tile_loadd(6, w[0] + offset, 64);
    _tile_loadd(7, x[0] + offset, 64);
    pieces.tick();
    _tile_dpbf16ps(0, 6, 7);
    _tile_loadd(6, w[1] + offset, 64);
    _tile_dpbf16ps(3, 6, 7);
    _tile_loadd(7, x[1] + offset, 64);
    pieces.tick();
    _tile_dpbf16ps(4, 6, 7);
    _tile_loadd(6, w[0] + offset, 64);
    _tile_dpbf16ps(1, 6, 7);
    _tile_loadd(7, x[2] + offset, 64);
    pieces.tick();
    _tile_dpbf16ps(2, 6, 7);
    _tile_loadd(6, w[1] + offset, 64);
    _tile_dpbf16ps(5, 6, 7);
  }
  _tile_stored(0, sums[0][0], 64);
  _tile_stored(1, sums[0][1], 64);
  _tile_stored(2, sums[0][2], 64);
  _tile_stored(3, sums[1][0], 64);
  _tile_stored(4, sums[1][1], 64);
  _tile_stored(5, sums[1][2], 64);
}

// How many of the tiles that are left go together: no single one is left behind two or more.
template <int G>
int tiles_at_once(int left) {
  const bool pairs = G == 1 || left == 4;
  return std::min(left, pairs ? 2 : 3);
}

template <int G>
void multiply_groups(const uint16_t* const* weights, const uint16_t* const* x, int tiles, int steps,
                     TileSums* sums, Pieces& pieces) {
  for (int tile = 0; tile < tiles;) {
    TileSums* const own[] = {sums + tile, sums + tiles + tile};
    const int count = tiles_at_once<G>(tiles - tile);
    if (count == 3) multiply_three(weights, x + tile, steps, own, pieces);
    if (count == 2) multiply_steps<G, 2>(weights, x + tile, steps, own, pieces);
    if (count == 1) multiply_steps<G, 1>(weights, x + tile, steps, own, pieces);
    tile += count;
  }
}

void multiply(const uint16_t* const* weights, int groups, const uint16_t* const* x, int tiles,
              int steps, TileSums* sums, const Meanwhile& meanwhile) {
  barrier();
  _tile_loadconfig(&eight_full_tiles);
  Pieces pieces(meanwhile, tiles * steps);
  const auto run = groups == 2 ? multiply_groups<2> : multiply_groups<1>;
  run(weights, x, tiles, steps, sums, pieces);
  _tile_release();
}

}  // namespace

extern const TileKernels tile_kernels_amx = {
    round_levels, round_blocks, interleave,     weave,      multiply,         store,           add,
    pair_rows,    pair_tokens,  pair_positions, round_rows, attend_tiles_amx, byte_kernels_amx};

}  // namespace engine::backend::cpu
