// What rotate.h does with latent attention, in pieces for warps: piece 0 stores the new slot of the
// cache, each other one turns 32 pairs of the queries.
#pragma once

#include "engine/backend/cuda/rotate.h"
#include "engine/backend/cuda/workers.h"

namespace engine::backend::cuda {

inline constexpr int loads_at_once = 16;  // of a lane: latency is paid once

struct Turned {
  int first, second;  // indices of the pair
  float a, b;
};

// Pair `pair` of `v`, turned by what `position` asks for.
DEVICE Turned turn(const Rotation& rotation, int position, int pair, View<const float> v) {
  const int half = rotation.dim / 2;
  const size_t at = size_t(position) * rotation.dim + size_t(pair) * 2;
  const float cosine = rotation.table[at], sine = rotation.table[at + 1];
  const int first = rotation.halves ? pair : 2 * pair;
  const int second = rotation.halves ? pair + half : 2 * pair + 1;
  const float a = v[first], b = v[second];
  return {first, second, a * cosine - b * sine, a * sine + b * cosine};
}

// By one warp: 1 / sqrt(mean square + epsilon).
DEVICE float warp_norm_factor(View<const float> v, int count, float epsilon) {
  float squares[1] = {0};
  for (int first = lane_index(); first < count; first += 32 * loads_at_once) {
    float x[loads_at_once];
#pragma unroll
    for (int n = 0; n < loads_at_once; ++n) x[n] = first + n * 32 < count ? v[first + n * 32] : 0;
#pragma unroll
    for (int n = 0; n < loads_at_once; ++n) squares[0] = multiply_add(x[n], x[n], squares[0]);
  }
  warp_sum(squares, 32);
  return 1.0f / square_root(squares[0] / static_cast<float>(count) + epsilon);
}

// The least power of two that takes `most` into e4m3's range, which is up to 448 = 1.75 · 2^8; with
// it codes become halves without rounding, and no half is past its range.
DEVICE float scale_for(float most) {
  const uint32_t bits = float_to_bits(most);
  const int least = static_cast<int>(bits >> 23) - 127 - 8 + ((bits & 0x7fffff) > 0x600000);
  const int power = least < -15 ? -15 : least > 7 ? 7 : least;
  return bits_to_float(static_cast<uint32_t>(power + 127) << 23);
}

// By one warp: codes from `first` on, of which lane l brings every 32nd, and their groups' scales.
DEVICE void store_codes(const LatentArguments& a, size_t slot, int first,
                        const float (&x)[loads_at_once]) {
  constexpr int each = codes_of_scale / 32;
  static_assert(loads_at_once % each == 0);
#pragma unroll
  for (int group = 0; group < loads_at_once / each; ++group) {
    const int begin = first + group * codes_of_scale;
    if (begin >= a.lora) return;
    float most = 0;
#pragma unroll
    for (int n = 0; n < each; ++n) {
      const float size = absolute(x[group * each + n]);
      most = size > most ? size : most;
    }
    const float scale = scale_for(warp_max(most)), per_scale = 1.0f / scale;
    if (lane_index() == 0) a.cache.halves[a.cache.scale_at(slot, begin)] = float_to_half(scale);
#pragma unroll
    for (int n = 0; n < each; ++n) {
      const int i = begin + n * 32 + lane_index();
      if (i >= a.lora) break;
      a.cache.codes[slot * a.cache.latent.bytes + i] =
          static_cast<uint8_t>(pack_e4m3(x[group * each + n] * per_scale, 0));
    }
  }
}

DEVICE void store_latent(const LatentArguments& a, int token, int position) {
  const int rope = a.rotation.dim;
  const View<const float> row = a.latents.from(size_t(token) * (a.lora + rope));
  const size_t slot = a.tokens.slots[token], start = slot * a.cache.width;
  const float factor = warp_norm_factor(row, a.lora, a.epsilon);
  for (int first = 0; first < a.lora; first += 32 * loads_at_once) {
    float x[loads_at_once];
#pragma unroll
    for (int n = 0; n < loads_at_once; ++n) {
      const int i = first + lane_index() + n * 32;
      x[n] = i < a.lora ? row[i] * factor * a.norm[i] : 0;
    }
    if (a.cache.is_fp8()) {
      store_codes(a, slot, first, x);
      continue;
    }
#pragma unroll
    for (int n = 0; n < loads_at_once; ++n) {
      const int i = first + lane_index() + n * 32;
      if (i < a.lora) a.cache.set(start + i, x[n]);
    }
  }
  const size_t turned = a.cache.is_fp8() ? a.cache.rope_at(slot) : start + a.lora;
  for (int pair = lane_index(); pair < rope / 2; pair += 32) {
    const Turned t = turn(a.rotation, position, pair, row.from(a.lora));
    a.cache.set(turned + t.first, t.a);
    a.cache.set(turned + t.second, t.b);
  }
}

ANYWHERE int pieces_of(const LatentArguments& a) {
  return 1 + (a.heads * a.rotation.dim / 2 + 31) / 32;
}

DEVICE void rotate_piece(const LatentArguments& a, int token, int piece) {
  const int position = a.tokens.positions[token], half = a.rotation.dim / 2;
  if (piece == 0) return store_latent(a, token, position);
  const int i = (piece - 1) * 32 + lane_index();
  if (i >= a.heads * half) return;
  const size_t head = size_t(token) * a.heads + i / half;
  const View<const float> pe = a.projected.from(head * a.head_stride + a.nope);
  const Turned t = turn(a.rotation, position, i % half, pe);
  const size_t to = head * (a.lora + a.rotation.dim) + a.lora;
  a.queries[to + t.first] = t.a;
  a.queries[to + t.second] = t.b;
}

}  // namespace engine::backend::cuda
