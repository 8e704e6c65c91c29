#include <algorithm>

#include "engine/backend/cuda/down_phase.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int max_threads = 288;

KERNEL(max_threads) down_kernel(PARAMETER(DownArguments) a) {
  wait_for_previous_kernel();
  down_floats(a, block_x(), block_y(), 0);
}

template <Known known>
KERNEL_CROWDED(max_threads, 2)
down_bytes_kernel(PARAMETER(DownArguments) a) {
  wait_for_previous_kernel();
  down_bytes<known>(a, block_x(), block_y(), 0);
}

struct Kernels {
  using Kernel = void (*)(DownArguments);
  template <Known known>
  static Kernel of() {
    return down_bytes_kernel<known>;
  }
};

int units_of_parts(const DownArguments& a) {
  const int parts = std::max(1, a.slots.shared_parts);
  const int shared = (a.shared_down.units + parts - 1) / parts;
  return std::max(a.slots.used > 0 ? a.down.all.units : 0, shared);
}

bool suits_bytes(const DownArguments& a) {
  return a.bytes != 0 && takes_bytes(a.down.all) && takes_bytes(a.shared_down);
}

}  // namespace

void prepare(DownArguments& a) {
  const ExpertSlots& s = a.slots;
  a.lanes = 32;
  if (s.used > 0) a.lanes = std::min(a.lanes, a.down.all.lanes);
  if (s.shared_parts > 0) a.lanes = std::min(a.lanes, a.shared_down.lanes);
  a.bytes = suits_bytes(a) ? 1 : 0;
  a.rows_in_block = 32 / a.lanes * down_rows * (a.bytes != 0 ? down_byte_steps : 1);
  a.blocks = (s.hidden_rows + a.rows_in_block - 1) / a.rows_in_block;
  if (a.bytes == 0) return;
  a.byte_row_units = units_of_parts(a);
  a.byte_row_bytes = static_cast<int32_t>(byte_row_bytes(a.byte_row_units) / 16 * 16);
}

size_t shared_bytes_of(const DownArguments& a, int warps) {
  const int parts = a.slots.used + a.slots.shared_parts;
  return size_t(parts) * (a.rows_in_block + 1) * sizeof(float) + 32 +
         size_t(warps) * a.byte_row_bytes;
}

void down(Stream& stream, const DownArguments& arguments) {
  DownArguments a = arguments;
  const int parts = a.slots.used + a.slots.shared_parts;
  INVARIANT(parts > 0 && a.slots.tokens > 0);
  prepare(a);
  const Known known = known_of_both(a.down.all, a.shared_down);
  // A block writes its rows with one thread each.
  const int warps = std::min(max_threads / 32, std::max(parts, (a.rows_in_block + 31) / 32));
  launch(stream, {{a.blocks, a.slots.tokens}, warps * 32, shared_bytes_of(a, warps)},
         a.bytes != 0 ? byte_kernel<Kernels>(known) : down_kernel, a);
}

}  // namespace engine::backend::cuda
