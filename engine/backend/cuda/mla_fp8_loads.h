// How latents that are kept as fp8 come into the shared memory of mla_phase.h: as halves, so that
// all that follows is the same.
#pragma once

#include "engine/backend/cuda/mla_tile.h"

namespace engine::backend::cuda {

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

}  // namespace engine::backend::cuda
