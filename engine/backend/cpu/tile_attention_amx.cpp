// Scores of 16 queries and four tiles of positions at a time, and then their weights times the
// values, both as products of tiles. Over all positions the greatest score is only known at the
// end: what was added up before a greater one came is scaled down (FlashAttention,
// arXiv:2205.14135).
#include <immintrin.h>

#include "engine/backend/cpu/tile_kernels.h"
#include "engine/backend/cpu/vector_avx512.h"

namespace engine::backend::cpu {
namespace {

constexpr int part_tiles = 16;  // of positions, whose scores stay in the first-level cache
constexpr int part_positions = part_tiles * tile_tokens;

struct alignas(64) Configuration {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
const Configuration eight_full_tiles;

struct alignas(64) Scores {
  float values[tile_tokens][part_positions];
  uint16_t weights[tile_tokens][part_positions];
};

// The tile loads of what was written before must stay behind it.
inline void barrier() { asm volatile("" ::: "memory"); }

// Two or four tiles of positions from `tile` on.
template <int N>
inline void score_tiles(const TileQueries& queries, const TileKeys& keys, int tile, float* scores) {
  const uint16_t* const key = keys.keys + size_t(tile) * keys.key_steps * tile_values;
  const int next = keys.key_steps * tile_values;
  _tile_zero(0);
  _tile_zero(1);
  if constexpr (N == 4) {
    _tile_zero(2);
    _tile_zero(3);
  }
  for (int offset = 0; offset < next; offset += tile_values) {
    _tile_loadd(4, queries.rows + offset, 64);
    _tile_loadd(5, key + offset, 64);
    _tile_dpbf16ps(0, 4, 5);
    _tile_loadd(6, key + next + offset, 64);
    _tile_dpbf16ps(1, 4, 6);
    if constexpr (N == 4) {
      _tile_loadd(7, key + 2 * next + offset, 64);
      _tile_dpbf16ps(2, 4, 7);
      _tile_loadd(5, key + 3 * next + offset, 64);
      _tile_dpbf16ps(3, 4, 5);
    }
  }
  constexpr int stride = part_positions * sizeof(float);
  _tile_stored(0, scores, stride);
  _tile_stored(1, scores + tile_tokens, stride);
  if constexpr (N == 4) {
    _tile_stored(2, scores + 2 * tile_tokens, stride);
    _tile_stored(3, scores + 3 * tile_tokens, stride);
  }
}

inline __m512 load_before(const float* values, int count) {
  return count >= Vector::width
             ? Vector::load(values)
             : _mm512_mask_loadu_ps(Vector::all(-3e38f), Vector::first(count), values);
}

void store_weights(uint16_t* to, __m512 weights) {
  const __m256bh rounded = _mm512_cvtneps_pbh(weights);
  __builtin_memcpy(to, &rounded, sizeof rounded);
}

// The scores of `valid` positions become weights, those behind them weigh nothing; returns by what
// the earlier sums are to be multiplied.
float weigh(const TileQueries& queries, int query, int valid, int width, Scores& scores) {
  const float* const values = scores.values[query];
  uint16_t* const weights = scores.weights[query];
  __m512 most = Vector::all(-3e38f);
  for (int p = 0; p < valid; p += 16)
    most = Vector::maximum(most, load_before(values + p, valid - p));
  const float earlier = queries.greatest[query];
  const float greatest = _mm512_reduce_max_ps(most) * queries.scale;
  const float now = greatest > earlier ? greatest : earlier;
  const __m512 factor = Vector::all(queries.scale), offset = Vector::all(-now);
  __m512 total = Vector::all(0);
  int p = 0;
  for (; p < valid; p += 16) {
    const __mmask16 there = valid - p >= 16 ? 0xffff : Vector::first(valid - p);
    const __m512 score = _mm512_maskz_loadu_ps(there, values + p);
    const __m512 weight =
        _mm512_maskz_mov_ps(there, Vector::exp(Vector::multiply_add(score, factor, offset)));
    total = Vector::add(total, weight);
    store_weights(weights + p, weight);
  }
  for (; p < width; p += 16) store_weights(weights + p, Vector::all(0));
  const float scale = earlier < now ? _mm512_cvtss_f32(Vector::exp(Vector::all(earlier - now))) : 1;
  queries.greatest[query] = now;
  queries.totals[query] = queries.totals[query] * scale + Vector::sum(total);
  return scale;
}

void scale_sums(float* sums, int size, float factor) {
  const __m512 factors = Vector::all(factor);
  for (int i = 0; i < size; i += 16) {
    Vector::store(sums + i, Vector::multiply(Vector::load(sums + i), factors));
  }
}

// N tiles of values, over all positions of the part.
template <int N>
inline void add_values(const Scores& scores, const uint16_t* values, int steps, int step_size,
                       float* sums, int stride) {
  _tile_loadd(0, sums, stride);
  if constexpr (N > 1) _tile_loadd(1, sums + 16, stride);
  if constexpr (N > 2) {
    _tile_loadd(2, sums + 32, stride);
    _tile_loadd(3, sums + 48, stride);
  }
  for (int step = 0; step < steps; ++step, values += step_size) {
    _tile_loadd(4, scores.weights[0] + step * step_columns, part_positions * sizeof(uint16_t));
    _tile_loadd(5, values, 64);
    _tile_dpbf16ps(0, 4, 5);
    if constexpr (N > 1) {
      _tile_loadd(6, values + tile_values, 64);
      _tile_dpbf16ps(1, 4, 6);
    }
    if constexpr (N > 2) {
      _tile_loadd(7, values + 2 * tile_values, 64);
      _tile_dpbf16ps(2, 4, 7);
      _tile_loadd(5, values + 3 * tile_values, 64);
      _tile_dpbf16ps(3, 4, 5);
    }
  }
  _tile_stored(0, sums, stride);
  if constexpr (N > 1) _tile_stored(1, sums + 16, stride);
  if constexpr (N > 2) {
    _tile_stored(2, sums + 32, stride);
    _tile_stored(3, sums + 48, stride);
  }
}

void add_all_values(const TileQueries& queries, const TileKeys& keys, int tile, int tiles,
                    const Scores& scores) {
  const int stride = keys.value_tiles * 16 * static_cast<int>(sizeof(float));
  const int step_size = keys.value_tiles * tile_values, steps = tiles / 2;
  const uint16_t* const values = keys.values + size_t(tile / 2) * step_size;
  int v = 0;
  for (; v + 4 <= keys.value_tiles; v += 4) {
    add_values<4>(scores, values + v * tile_values, steps, step_size, queries.sums + 16 * v,
                  stride);
  }
  for (; v + 2 <= keys.value_tiles; v += 2) {
    add_values<2>(scores, values + v * tile_values, steps, step_size, queries.sums + 16 * v,
                  stride);
  }
  if (v < keys.value_tiles) {
    add_values<1>(scores, values + v * tile_values, steps, step_size, queries.sums + 16 * v,
                  stride);
  }
}

void attend_part(const TileQueries& queries, const TileKeys& keys, int tile, int tiles,
                 Scores& scores) {
  const int first = keys.first + tile * tile_tokens, width = tiles * tile_tokens;
  barrier();
  int done = 0;
  for (; done + 4 <= tiles; done += 4) {
    score_tiles<4>(queries, keys, tile + done, scores.values[0] + done * tile_tokens);
  }
  if (done < tiles) {
    score_tiles<2>(queries, keys, tile + done, scores.values[0] + done * tile_tokens);
  }
  for (int query = 0; query < tile_tokens; ++query) {
    const int before = query < queries.count ? queries.seen[query] - first : 0;
    const int valid = before < width ? before : width;
    const float scale = valid > 0 ? weigh(queries, query, valid, width, scores) : 1;
    const int size = keys.value_tiles * 16;
    if (scale != 1) scale_sums(queries.sums + query * size, size, scale);
    for (int p = 0; p < width && valid <= 0; p += 16) {
      store_weights(scores.weights[query] + p, Vector::all(0));
    }
  }
  barrier();
  add_all_values(queries, keys, tile, tiles, scores);
}

}  // namespace

void attend_tiles_amx(const TileQueries& queries, const TileKeys& keys) {
  Scores scores;
  barrier();
  _tile_loadconfig(&eight_full_tiles);
  int end = 0;
  for (int query = 0; query < queries.count; ++query) {
    end = queries.seen[query] > end ? queries.seen[query] : end;
  }
  for (int tile = 0; tile < keys.tiles; tile += part_tiles) {
    const int left = keys.tiles - tile, first = keys.first + tile * tile_tokens;
    if (first >= end) break;
    // No further than the last query sees, by twos.
    const int seen = (end - first + 2 * tile_tokens - 1) / (2 * tile_tokens) * 2;
    int tiles = left < part_tiles ? left : part_tiles;
    tiles = tiles < seen ? tiles : seen;
    attend_part(queries, keys, tile, tiles, scores);
  }
  _tile_release();
}

}  // namespace engine::backend::cpu
