// A row of activations rounded to bytes in a block's shared memory. Each unit of 32 values has a
// scale of its own, |value| ≤ 127 · scale, and the sum of each run, by which the weights' offsets
// count.
#pragma once

#include "engine/backend/cuda/dot.h"

namespace engine::backend::cuda {

// In planes, so that lanes read neighbouring bytes.
struct ByteRow {
  View<uint32_t> words;  // [2][units][4]: first the values of each unit's first run
  View<float> scales;    // [units]
  View<int32_t> sums;    // [units][2]
  View<float> squares;   // [units]: Σ x² of the values before the norm's weights
};

inline constexpr size_t byte_row_bytes(int units) { return size_t(units) * 48 + 64; }

DEVICE ByteRow lay_out_byte_row(int units, size_t& used) {
  ByteRow row;
  row.words = shared<uint32_t>(size_t(units) * 8, used);
  row.scales = shared<float>(units, used);
  row.sums = shared<int32_t>(size_t(units) * 2, used);
  row.squares = shared<float>(units, used);
  return row;
}

// Eight values of unit `unit`, those of its quarter `quarter`, under the norm's weights; returns Σ
// x² of the values before them, 0 without a norm.
DEVICE float load_quarter(const Input& input, size_t at, int unit, int quarter, float (&x)[8]) {
  const size_t first = interleaved_four(unit, quarter * 2, input.group);
  float squares = 0;
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    const size_t four = first + size_t(half) * input.group * 4;
    const Float4 v = load_float4(input.values, at + four);
    float* const y = x + half * 4;
    y[0] = v.x, y[1] = v.y, y[2] = v.z, y[3] = v.w;
    if (input.norm.empty()) continue;
    const Float4 g = load_float4(input.norm, four);
#pragma unroll
    for (int e = 0; e < 4; ++e) squares = multiply_add(y[e], y[e], squares);
    y[0] *= g.x, y[1] *= g.y, y[2] *= g.z, y[3] *= g.w;
  }
  return squares;
}

// Four values as bytes, each rounded to the nearest integer, halves to the even one: past 2^23 a
// float has no room for anything else, and its low bits are the integer.
DEVICE uint32_t round_four(const float* x, float inverse) {
  uint32_t rounded[4];
#pragma unroll
  for (int e = 0; e < 4; ++e) rounded[e] = float_to_bits(x[e] * inverse + 12582912.0f);
  return low_bytes(rounded[0], rounded[1], rounded[2], rounded[3]);
}

// Rounds the eight values that load_quarter gave for quarter i % 4 of unit i / 4.
DEVICE void store_quarter(const float (&x)[8], float of_squares, bool has_norm, int i, int units,
                          const ByteRow& row) {
  const int unit = i >> 2, quarter = i & 3;
  float squares[1] = {of_squares};
  // Magnitudes are ordered like their bits, and what is not finite above all others.
  uint32_t most_bits = 0;
#pragma unroll
  for (int e = 0; e < 8; ++e) {
    const uint32_t magnitude = float_to_bits(x[e]) & 0x7fffffffu;
    most_bits = magnitude > most_bits ? magnitude : most_bits;
  }
  const float most = bits_to_float(quad_max(most_bits));
  if (has_norm) warp_sum(squares, 4);
  const float inverse = most > 0 ? 127.0f / most : 0.0f;
  const Words2 words{round_four(x, inverse), round_four(x + 4, inverse)};
  constexpr uint32_t ones = 0x01010101u;
  float sum[1] = {static_cast<float>(dot4(ones, words.x, dot4(ones, words.y, 0)))};
  warp_sum(sum, 2);
  if (unit >= units) return;
  store_words2(row.words, (size_t(quarter / 2) * units + unit) * 4 + quarter % 2 * 2, words);
  if (quarter % 2 == 0) row.sums[size_t(unit) * 2 + quarter / 2] = static_cast<int>(sum[0]);
  if (quarter == 1) row.scales[unit] = most * (1.0f / 127.0f);
  if (has_norm && quarter == 3) row.squares[unit] = squares[0];
}

// Units `begin` … of a row, `units` of them, by whole warps of which this thread is number `thread`
// of `count`, four lanes to a unit; a barrier has to follow.
DEVICE void round_to_bytes(const Input& input, size_t at, int begin, int units, const ByteRow& row,
                           int thread, int count) {
  constexpr int at_once = 3;  // loads, so that their latency is paid less often
  const int rounded_up = (units * 4 + 31) / 32 * 32;
  for (int first = thread; first < rounded_up; first += count * at_once) {
    float x[at_once][8], squares[at_once];
#pragma unroll
    for (int n = 0; n < at_once; ++n) {
      const int i = first + n * count, unit = i >> 2 < units ? i >> 2 : units - 1;
      if (i >= rounded_up) break;
      squares[n] = load_quarter(input, at, begin + unit, i & 3, x[n]);
    }
#pragma unroll
    for (int n = 0; n < at_once; ++n) {
      if (first + n * count >= rounded_up) break;
      store_quarter(x[n], squares[n], !input.norm.empty(), first + n * count, units, row);
    }
  }
}

// The norm's factor, of a row in shared memory; every warp finds it by itself.
DEVICE float byte_row_factor(const Input& input, const ByteRow& row, int units, int columns,
                             float epsilon) {
  if (input.norm.empty()) return 1;
  float squares[1] = {0};
#pragma unroll 1
  for (int unit = lane_index(); unit < units; unit += 32) squares[0] += row.squares[unit];
  warp_sum(squares, 32);
  return norm_factor(input, squares[0], columns, epsilon);
}

}  // namespace engine::backend::cuda
