#include "engine/backend/cuda/rotate.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 128, latent_threads = 288;
constexpr int loads_at_once = 16;  // of a lane: latency is paid once

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

// Warp 0 stores the slot, the others turn the queries.
KERNEL(latent_threads) rotate_latent_kernel(PARAMETER(LatentArguments) a) {
  wait_for_previous_kernel();
  const int token = block_x(), rope = a.rotation.dim, width = a.lora + rope;
  const int position = a.tokens.positions[token];
  if (warp_index() == 0) {
    const View<const float> row = a.latents.from(size_t(token) * width);
    const size_t slot = size_t(a.tokens.slots[token]) * a.cache.width;
    const float factor = warp_norm_factor(row, a.lora, a.epsilon);
    for (int first = lane_index(); first < a.lora; first += 32 * loads_at_once) {
      float x[loads_at_once];
#pragma unroll
      for (int n = 0; n < loads_at_once; ++n) {
        const int i = first + n * 32;
        x[n] = i < a.lora ? row[i] * factor * a.norm[i] : 0;
      }
#pragma unroll
      for (int n = 0; n < loads_at_once; ++n) {
        if (first + n * 32 < a.lora) a.cache.set(slot + first + n * 32, x[n]);
      }
    }
    for (int pair = lane_index(); pair < rope / 2; pair += 32) {
      const Turned t = turn(a.rotation, position, pair, row.from(a.lora));
      a.cache.set(slot + a.lora + t.first, t.a);
      a.cache.set(slot + a.lora + t.second, t.b);
    }
    return;
  }
  for (int i = thread_index() - 32; i < a.heads * rope / 2; i += thread_count() - 32) {
    const size_t head = size_t(token) * a.heads + i / (rope / 2);
    const View<const float> pe = a.projected.from(head * a.head_stride + a.nope);
    const Turned t = turn(a.rotation, position, i % (rope / 2), pe);
    a.queries[head * width + a.lora + t.first] = t.a;
    a.queries[head * width + a.lora + t.second] = t.b;
  }
}

// One warp: norms and turns a head, and hands each value to `put`. Lanes read what others write,
// so that all reading of turned values comes first.
template <typename Put>
DEVICE void turn_head(const GroupedArguments& a, int position, View<const float> head,
                      View<const float> norm, Put put) {
  const float factor = norm.empty() ? 1.0f : warp_norm_factor(head, a.key_dim, a.epsilon);
  const auto normed = [&](int i) { return norm.empty() ? head[i] : head[i] * factor * norm[i]; };
  const int half = a.rotation.dim / 2;
  for (int pair = lane_index(); pair < half; pair += 32) {
    const size_t at = size_t(position) * a.rotation.dim + size_t(pair) * 2;
    const float cosine = a.rotation.table[at], sine = a.rotation.table[at + 1];
    const int first = a.rotation.halves ? pair : 2 * pair;
    const int second = a.rotation.halves ? pair + half : 2 * pair + 1;
    const float x = normed(first), y = normed(second);
    put(first, x * cosine - y * sine);
    put(second, x * sine + y * cosine);
  }
  for (int i = a.rotation.dim + lane_index(); i < a.key_dim; i += 32) put(i, normed(i));
}

// Warps take turns over the heads of queries, then of keys; the block ends with the values.
KERNEL(threads) rotate_grouped_kernel(PARAMETER(GroupedArguments) a) {
  wait_for_previous_kernel();
  const int token = block_x(), position = a.tokens.positions[token];
  const size_t slot = size_t(a.tokens.slots[token]) * a.cache.width;
  for (int h = warp_index(); h < a.heads + a.kv_heads; h += warp_count()) {
    if (h < a.heads) {
      const View<float> head = a.queries.from((size_t(token) * a.heads + h) * a.key_dim);
      turn_head(a, position, head, a.q_norm, [&](int i, float value) { head[i] = value; });
    } else {
      const int k = h - a.heads;
      const View<const float> head = a.keys.from((size_t(token) * a.kv_heads + k) * a.key_dim);
      turn_head(a, position, head, a.k_norm,
                [&](int i, float value) { a.cache.set(slot + size_t(k) * a.key_dim + i, value); });
    }
  }
  const size_t values_at = slot + size_t(a.kv_heads) * a.key_dim;
  for (int i = thread_index(); i < a.value_width; i += thread_count()) {
    a.cache.set(values_at + i, a.values[size_t(token) * a.value_width + i]);
  }
}

}  // namespace

void rotate_latent(Stream& stream, const LatentArguments& arguments) {
  launch(stream, {{arguments.tokens.count}, latent_threads}, rotate_latent_kernel, arguments);
}

void rotate_grouped(Stream& stream, const GroupedArguments& arguments) {
  launch(stream, {{arguments.tokens.count}, threads}, rotate_grouped_kernel, arguments);
}

}  // namespace engine::backend::cuda
