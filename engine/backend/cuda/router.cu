// A block makes 8 tokens × 8 experts. Its threads lie side by side over the columns, so that each
// float4 that is loaded takes part in eight products, and the norm costs no pass of its own.
#include "engine/backend/cuda/operations.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 128, warps = threads / 32;
constexpr int block_tokens = 8, block_experts = 8;
constexpr int products = block_tokens * block_experts;
constexpr int sums = products + block_tokens;  // [token][expert], then Σ x² of each token

DEVICE int at_most(int index, int last) { return index < last ? index : last; }

// The products of columns 4 · four … with all of the block's tokens and experts.
DEVICE void add_four(const RouterArguments& a, int four, float (&total)[sums]) {
  const size_t column = interleaved_four(four / 8, four % 8, a.rows.group);
  const Float4 g = load_float4(a.rows.norm, column);
  Float4 x[block_tokens];
#pragma unroll
  for (int t = 0; t < block_tokens; ++t) {
    const int token = at_most(block_y() * block_tokens + t, a.tokens - 1);
    x[t] = load_float4(a.rows.values, size_t(token) * a.rows.stride + column);
    float& squares = total[products + t];
    squares = multiply_add(x[t].x, x[t].x, squares),
    squares = multiply_add(x[t].y, x[t].y, squares);
    squares = multiply_add(x[t].z, x[t].z, squares),
    squares = multiply_add(x[t].w, x[t].w, squares);
    x[t].x *= g.x, x[t].y *= g.y, x[t].z *= g.z, x[t].w *= g.w;
  }
#pragma unroll
  for (int e = 0; e < block_experts; ++e) {
    const int expert = at_most(block_x() * block_experts + e, a.router.rows - 1);
    const Words4 words = load_weights(a.router.data, a.router.row_at(expert) + size_t(four) * 16);
#pragma unroll
    for (int t = 0; t < block_tokens; ++t) {
      float& sum = total[t * block_experts + e];
      sum = multiply_add(bits_to_float(words.x), x[t].x, sum);
      sum = multiply_add(bits_to_float(words.y), x[t].y, sum);
      sum = multiply_add(bits_to_float(words.z), x[t].z, sum);
      sum = multiply_add(bits_to_float(words.w), x[t].w, sum);
    }
  }
}

KERNEL(threads) router_kernel(PARAMETER(RouterArguments) a) {
  wait_for_previous_kernel();
  size_t used = 0;
  const View<float> of_warps = shared<float>(size_t(warps) * sums, used);
  float total[sums] = {};
  for (int four = thread_index(); four < a.router.units * 8; four += threads) {
    add_four(a, four, total);
  }
  warp_sum(total, 32);
  if (lane_index() == 0) {
#pragma unroll
    for (int i = 0; i < sums; ++i) of_warps[size_t(warp_index()) * sums + i] = total[i];
  }
  block_barrier();
  const auto sum_of = [&](int i) {
    float sum = 0;
    for (int warp = 0; warp < warps; ++warp) sum += of_warps[size_t(warp) * sums + i];
    return sum;
  };
  const int i = thread_index(), t = i / block_experts;
  const int token = block_y() * block_tokens + t, expert = block_x() * block_experts + i % 8;
  if (i >= products || token >= a.tokens || expert >= a.router.rows) return;
  const float factor = norm_factor(a.rows, sum_of(products + t), a.router.columns, a.epsilon);
  const float bias = a.bias.empty() ? 0.0f : a.bias[expert];
  a.logits[size_t(token) * a.router.rows + expert] = sum_of(i) * factor + bias;
}

}  // namespace

void route_many(Stream& stream, const RouterArguments& a) {
  INVARIANT(a.router.format == Format::f32 && !a.rows.norm.empty());
  launch(stream,
         {{(a.router.rows + block_experts - 1) / block_experts,
           (a.tokens + block_tokens - 1) / block_tokens},
          threads,
          size_t(warps) * sums * sizeof(float)},
         router_kernel, a);
}

}  // namespace engine::backend::cuda
