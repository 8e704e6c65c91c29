#include "engine/backend/cuda/gate_phase.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 32;

KERNEL(threads) moe_gate_kernel(PARAMETER(GateArguments) a) {
  wait_for_previous_kernel();
  choose_experts_of(a, block_x(), 0);
}

}  // namespace

size_t shared_bytes_of(const GateArguments& a) {
  return (size_t(a.experts) * 2 + a.groups + size_t(a.used) * 3) * sizeof(float) + 96;
}

void moe_gate(Stream& stream, const GateArguments& arguments) {
  INVARIANT(arguments.experts <= max_experts && arguments.used <= arguments.experts);
  launch(stream, {{arguments.tokens}, threads, shared_bytes_of(arguments)}, moe_gate_kernel,
         arguments);
}

}  // namespace engine::backend::cuda
