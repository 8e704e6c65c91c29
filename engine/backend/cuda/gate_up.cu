#include <algorithm>

#include "engine/backend/cuda/gate_up_phase.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 256;

KERNEL(threads) gate_up_kernel(PARAMETER(GateUpArguments) a) {
  wait_for_previous_kernel();
  gate_up_floats(a, launched_workers(), block_y());
}

// The same with the input as bytes, for formats that suit it.
template <Known known>
KERNEL_CROWDED(threads, known == Known::nothing ? 2 : 3)
gate_up_bytes_kernel(PARAMETER(GateUpArguments) a) {
  wait_for_previous_kernel();
  gate_up_bytes<known>(a, launched_workers(), block_y(), [&] {
    size_t used = 0;
    return round_input(a, block_y(), used);
  });
}

struct Kernels {
  using Kernel = void (*)(GateUpArguments);
  template <Known known>
  static Kernel of() {
    return gate_up_bytes_kernel<known>;
  }
};

bool suits_bytes(const GateUpArguments& a) {
  return a.bytes != 0 && takes_bytes(a.gate.all, a.up.all) &&
         takes_bytes(a.shared_gate, a.shared_up);
}

}  // namespace

void prepare(GateUpArguments& a) {
  a.bytes = suits_bytes(a) ? 1 : 0;
  const auto bundles = [&](int rows, const DeviceMatrix& m) {
    const int rows_a_bundle = 32 / m.lanes;
    return (rows + rows_a_bundle - 1) / rows_a_bundle;
  };
  a.routed = a.routed != 0 && a.slots.used > 0 ? 1 : 0;
  a.shared = a.shared != 0 && a.slots.shared_parts > 0 ? 1 : 0;
  a.routed_bundles = a.routed != 0 ? bundles(a.gate.rows, a.gate.all) : 0;
  a.shared_bundles = a.shared != 0 ? bundles(a.shared_gate.rows, a.shared_gate) : 0;
}

void gate_up(Stream& stream, const GateUpArguments& arguments) {
  GateUpArguments a = arguments;
  prepare(a);
  const int bundles = a.routed_bundles * a.slots.used + a.shared_bundles;
  INVARIANT(bundles > 0 && a.slots.tokens > 0);
  const int units = std::max(a.gate.all.units, a.shared_gate.units);
  const int blocks = (bundles + threads / 32 - 1) / (threads / 32);
  const Known known = known_of_both(a.gate.all, a.shared_gate);
  launch(stream, {{blocks, a.slots.tokens}, threads, a.bytes != 0 ? byte_row_bytes(units) : 0},
         a.bytes != 0 ? byte_kernel<Kernels>(known) : gate_up_kernel, a);
}

}  // namespace engine::backend::cuda
