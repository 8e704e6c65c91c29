#include "engine/backend/cuda/rotate_phase.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 128, latent_threads = 288;

KERNEL(latent_threads) rotate_latent_kernel(PARAMETER(LatentArguments) a) {
  wait_for_previous_kernel();
  for (int piece = warp_index(); piece < pieces_of(a); piece += warp_count()) {
    rotate_piece(a, block_x(), piece);
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
