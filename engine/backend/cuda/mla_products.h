// The products of mla_phase.h and the softmax between them, over shared memory.
#pragma once

#include "engine/backend/cuda/mla_tile.h"

namespace engine::backend::cuda {

// scores[row][position] of the tile, unscaled: this warp's 16 rows and 8 · column_tiles positions.
template <int column_tiles>
DEVICE void score(int width, int first_row, int first_column, const Memory64& m) {
  const int lane = lane_index(), pitch = pitch_of(width);
  float s[column_tiles][4] = {};
#pragma unroll 2
  for (int k = 0; k < padded(width); k += 32) {
    uint32_t a[2][4];
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      load_tiles(a[half],
                 &m.queries[size_t(first_row + lane % 16) * pitch + k + half * 16 + lane / 16 * 8]);
    }
#pragma unroll
    for (int j = 0; j < column_tiles; ++j) {
      uint32_t b[4];
      load_tiles(b, &m.latents[size_t(first_column + j * 8 + lane % 8) * pitch + k + lane / 8 * 8]);
      multiply_tiles(s[j], a[0], b[0], b[1]);
      multiply_tiles(s[j], a[1], b[2], b[3]);
    }
  }
#pragma unroll
  for (int j = 0; j < column_tiles; ++j) {
#pragma unroll
    for (int part = 0; part < 4; ++part) {
      const int row = first_row + lane / 4 + part / 2 * 8;
      m.scores[size_t(row) * score_pitch + first_column + j * 8 + lane % 4 * 2 + part % 2] =
          s[j][part];
    }
  }
}

// The tile's weights exp(score − most), and the factor for what was summed with a lower `most`.
template <int warps>
DEVICE void soften(const AttentionArguments& c, const Part& part, int rows, int first,
                   const Memory64& m) {
  const int lane = lane_index();
#pragma unroll(warps == mla_many_warps ? 2 : 1)
  for (int row = warp_index(); row < rows; row += warps) {
    const bool there = row < part.rows;
    const int last = there ? c.tokens.positions[(part.first_row + row) / c.heads] : -1;
    float scores[2], most = m.most[row];
    const float before = most;
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const int position = first + i * 32 + lane;
      const bool seen = position <= last && position < part.end;
      scores[i] = seen ? m.scores[size_t(row) * score_pitch + i * 32 + lane] * c.scale : lowest;
      most = scores[i] > most ? scores[i] : most;
    }
    most = warp_max(most);
    float total[1] = {0};
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const float weight = scores[i] > lowest ? exponential(scores[i] - most) : 0.0f;
      total[0] += weight;
      m.weights[size_t(row) * weight_pitch + i * 32 + lane] =
          static_cast<uint16_t>(pack_halves(weight, 0));
    }
    warp_sum(total, 32);  // behind which all lanes have read what the first now writes
    warp_barrier();
    if (lane != 0) continue;
    const float factor = exponential(before - most);
    m.factor[row] = factor;
    m.most[row] = most;
    m.sum[row] = multiply_add(m.sum[row], factor, total[0]);
  }
}

// values += weights · latents, over this warp's columns: 8 · column_tiles from `first_column`.
template <int row_tiles, int column_tiles>
DEVICE void add_values(int width, int first_column, const Memory64& m,
                       float (&values)[row_tiles][column_tiles][4]) {
  const int lane = lane_index(), pitch = pitch_of(width);
#pragma unroll
  for (int i = 0; i < row_tiles; ++i) {
    const float upper = m.factor[i * 16 + lane / 4], lower = m.factor[i * 16 + lane / 4 + 8];
#pragma unroll
    for (int j = 0; j < column_tiles; ++j) {
      values[i][j][0] *= upper, values[i][j][1] *= upper;
      values[i][j][2] *= lower, values[i][j][3] *= lower;
    }
  }
#pragma unroll 1
  for (int k = 0; k < tile_positions; k += 16) {
    uint32_t a[row_tiles][4];
#pragma unroll
    for (int i = 0; i < row_tiles; ++i) {
      load_tiles(a[i], &m.weights[size_t(i * 16 + lane % 16) * weight_pitch + k + lane / 16 * 8]);
    }
#pragma unroll
    for (int j = 0; j < column_tiles; j += 2) {
      uint32_t b[4];
      load_tiles_transposed(b, &m.latents[size_t(k + lane / 8 % 2 * 8 + lane % 8) * pitch +
                                          first_column + j * 8 + lane / 16 * 8]);
#pragma unroll
      for (int i = 0; i < row_tiles; ++i) {
        multiply_tiles(values[i][j], a[i], b[0], b[1]);
        multiply_tiles(values[i][j + 1], a[i], b[2], b[3]);
      }
    }
  }
}

}  // namespace engine::backend::cuda
