#include "engine/backend/cuda/block_sum.h"
#include "engine/backend/cuda/operations.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 256;

// One block a token. The row comes from the L1 cache the second time.
KERNEL(threads) normalise_kernel(PARAMETER(NormaliseArguments) a) {
  wait_for_previous_kernel();
  const int row = a.rows.empty() ? block_x() : a.rows[block_x()];
  const auto load = [&](int column) {
    const size_t at = size_t(row) * a.from.stride + interleaved(column, a.from.group);
    return row < 0 ? 0.0f : a.from.values[at];
  };
  float squares = 0;
  for (int i = thread_index(); i < a.columns; i += threads) {
    squares = multiply_add(load(i), load(i), squares);
  }
  const float factor = norm_factor(a.from, block_sum<threads>(squares), a.columns, a.epsilon);
  const View<float> to = a.to.from(size_t(block_x()) * a.to_stride);
  for (int i = thread_index(); i < a.columns; i += threads) {
    to[interleaved(a.first + i, a.to_group)] =
        load(i) * factor * a.from.norm[interleaved(i, a.from.group)];
  }
}

}  // namespace

void normalise(Stream& stream, const NormaliseArguments& arguments) {
  launch(stream, {{arguments.tokens}, threads, threads / 32 * sizeof(float)}, normalise_kernel,
         arguments);
}

}  // namespace engine::backend::cuda
