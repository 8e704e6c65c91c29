// How queries and latents come into the shared memory of mla_phase.h.
#pragma once

#include "engine/backend/cuda/mla_tile.h"

namespace engine::backend::cuda {

// Rows are copied by warps, two at a time, and each of their loads is under way before the first is
// stored: latency is paid once. No index is divided.
inline constexpr int rows_at_once = 2, pieces_of_lane = (max_head_cells + 255) / 256;

template <int warps>
DEVICE void load_queries(const AttentionArguments& c, const Part& part, int rows,
                         const Memory64& m) {
  const int width = c.keys.width, pitch = pitch_of(width);
  for (int first = warp_index(); first < rows; first += warps * rows_at_once) {
    Float4 x[rows_at_once][pieces_of_lane][2];
#pragma unroll
    for (int r = 0; r < rows_at_once; ++r) {
#pragma unroll
      for (int n = 0; n < pieces_of_lane; ++n) {
        const int row = first + r * warps, column = (lane_index() + n * 32) * 8;
        x[r][n][0] = x[r][n][1] = {0, 0, 0, 0};
        if (row >= part.rows || column >= width) continue;
        const size_t at = size_t(part.first_row + row) * width + column;
        x[r][n][0] = load_float4(c.queries, at), x[r][n][1] = load_float4(c.queries, at + 4);
      }
    }
#pragma unroll
    for (int r = 0; r < rows_at_once; ++r) {
#pragma unroll
      for (int n = 0; n < pieces_of_lane; ++n) {
        const int row = first + r * warps, column = (lane_index() + n * 32) * 8;
        if (row >= rows || column >= padded(width)) continue;
        const Float4 &low = x[r][n][0], &high = x[r][n][1];
        store_halves(m.queries, size_t(row) * pitch + column,
                     {pack_halves(low.x, low.y), pack_halves(low.z, low.w),
                      pack_halves(high.x, high.y), pack_halves(high.z, high.w)});
      }
    }
  }
  for (int row = thread_index(); row < rows; row += warps * 32) {
    m.most[row] = lowest;
    m.sum[row] = 0;
  }
}

DEVICE size_t slot_at(const Tokens& tokens, int start, int position) {
  const int block = tokens.tables[start + position / block_slots];
  return size_t(block) * block_slots + position % block_slots;
}

// What a lane reads of a position kept as fp8: 16 codes of one scale, and 8 values of k_pe.
struct Fp8Piece {
  Words4 codes, turned;
  uint32_t scale;  // twice in a word
};

DEVICE Fp8Piece load_fp8(const AttentionArguments& c, size_t slot) {
  const LayerCache& cache = c.cache;
  const int lane = lane_index(), code = lane * 16, lora = c.values.width;
  Fp8Piece piece = {};
  if (code < lora) {
    const uint32_t scale = cache.halves[cache.scale_at(slot, code)];
    piece.codes = load_bytes(View<const uint8_t>(cache.codes), slot * cache.latent.bytes + code);
    piece.scale = scale | scale << 16;
  }
  if (lane * 8 < c.keys.width - lora) {
    piece.turned = load_halves(View<const uint16_t>(cache.halves), cache.rope_at(slot) + lane * 8);
  }
  return piece;
}

// Eight codes as halves. The scale is a power of two, and nothing is rounded.
DEVICE Words4 scaled(uint32_t low, uint32_t high, uint32_t scale) {
  return {multiply_halves(e4m3_to_halves(low), scale),
          multiply_halves(e4m3_to_halves(low >> 16), scale),
          multiply_halves(e4m3_to_halves(high), scale),
          multiply_halves(e4m3_to_halves(high >> 16), scale)};
}

DEVICE void store_fp8(const AttentionArguments& c, const Fp8Piece& piece, size_t at,
                      const Memory64& m) {
  const int lane = lane_index(), code = lane * 16, lora = c.values.width;
  if (code < lora) {
    const Words4 low = scaled(piece.codes.x, piece.codes.y, piece.scale);
    const Words4 high = scaled(piece.codes.z, piece.codes.w, piece.scale);
    // Eight neighbouring lanes store at a time: in this order each to banks of its own.
    const bool turns = lane / 4 % 2 != 0;
    store_halves(m.latents, at + code + (turns ? 8 : 0), turns ? high : low);
    store_halves(m.latents, at + code + (turns ? 0 : 8), turns ? low : high);
  }
  if (lora + lane * 8 < padded(c.keys.width)) {
    store_halves(m.latents, at + lora + lane * 8, piece.turned);
  }
}

// As load_latents does, and with no more registers, which all kernels pay for that have both.
// Latents are at most as wide as 32 lanes take, k_pe as well (mla_tile_rows).
template <int warps>
DEVICE void load_fp8_latents(const AttentionArguments& c, const Part& part, int first,
                             const Memory64& m) {
  const int pitch = pitch_of(c.keys.width);
  const int start = c.tokens.table_starts[part.first_row / c.heads];
  for (int from = warp_index(); from < tile_positions; from += warps * rows_at_once) {
    Fp8Piece pieces[rows_at_once];
#pragma unroll
    for (int r = 0; r < rows_at_once; ++r) {
      const int position = first + from + r * warps;
      pieces[r] = {};
      if (position < part.end) pieces[r] = load_fp8(c, slot_at(c.tokens, start, position));
    }
#pragma unroll
    for (int r = 0; r < rows_at_once; ++r) {
      store_fp8(c, pieces[r], size_t(from + r * warps) * pitch, m);
    }
  }
}

template <int warps>
DEVICE void load_latents(const AttentionArguments& c, const Part& part, int first,
                         const Memory64& m) {
  if (c.cache.is_fp8()) return load_fp8_latents<warps>(c, part, first, m);
  const int width = c.keys.width, pitch = pitch_of(width);
  const int start = c.tokens.table_starts[part.first_row / c.heads];
  for (int from = warp_index(); from < tile_positions; from += warps * rows_at_once) {
    Words4 words[rows_at_once][pieces_of_lane];
#pragma unroll
    for (int r = 0; r < rows_at_once; ++r) {
      const int position = first + from + r * warps;
      const int read = position < part.end ? position : part.end - 1;
      const size_t slot = slot_at(c.tokens, start, read);
#pragma unroll
      for (int n = 0; n < pieces_of_lane; ++n) {
        const int column = (lane_index() + n * 32) * 8;
        words[r][n] = {0, 0, 0, 0};
        if (position >= part.end || column >= width) continue;
        words[r][n] = load_halves(View<const uint16_t>(c.cache.halves), slot * width + column);
      }
    }
#pragma unroll
    for (int r = 0; r < rows_at_once; ++r) {
#pragma unroll
      for (int n = 0; n < pieces_of_lane; ++n) {
        const int column = (lane_index() + n * 32) * 8;
        if (column >= padded(width)) continue;
        store_halves(m.latents, size_t(from + r * warps) * pitch + column, words[r][n]);
      }
    }
  }
}

}  // namespace engine::backend::cuda
