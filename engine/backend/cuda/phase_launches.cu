#include <algorithm>

#include "engine/backend/cuda/phase_work.h"
#include "engine/backend/cuda/phased_step.h"

namespace engine::backend::cuda {
namespace {

// How many blocks of a phase's kernel have to fit onto a processor, which bounds its registers.
constexpr int crowd_of(PhaseKind kind) {
  switch (kind) {
    case PhaseKind::project:
    case PhaseKind::merge:
    case PhaseKind::experts:
      return 4;
    case PhaseKind::down:
      return 3;
    default:
      return 2;
  }
}

template <PhaseKind kind>
KERNEL_CROWDED(phase_threads, crowd_of(kind))
phase_kernel(PARAMETER(Phase) phase) {
  wait_for_previous_kernel();
  const Workers workers = launched_workers();
  if constexpr (kind == PhaseKind::embed) {
    embed_token(phase.as<EmbedArguments>(), 0);
  } else if constexpr (kind == PhaseKind::project) {
    project_bytes<1>(phase.as<ProjectArguments>(), workers, 0, 0);
  } else if constexpr (kind == PhaseKind::project_floats) {
    project_floats<1>(phase.as<ProjectArguments>(), workers, 0);
  } else if constexpr (kind == PhaseKind::turn) {
    const TurnPhase& turn = phase.as<TurnPhase>();
    turn_phase(turn.turn, workers);
    project_floats<1>(turn.absorb, workers.behind(pieces_of(turn.turn)), 0);
  } else if constexpr (kind == PhaseKind::attend) {
    attend_phase(phase.as<MlaTensorArguments>(), workers, 0);
  } else if constexpr (kind == PhaseKind::merge) {
    merge_phase(phase.as<AttentionArguments>(), workers, 0);
  } else if constexpr (kind == PhaseKind::route) {
    const RoutePhase& route = phase.as<RoutePhase>();
    gate_up_bytes(route.shared, {}, prepare_shared(route.shared, 0).input, workers, 0);
    project_floats<1>(route.router, workers.behind(bundles_of(route.shared)), 0);
  } else if constexpr (kind == PhaseKind::experts) {
    const ExpertsPhase& experts = phase.as<ExpertsPhase>();
    const Prepared prepared = prepare_experts(experts, workers, 0);
    gate_up_bytes(experts.routed, prepared.chosen, prepared.input, workers, 0);
    prefetch_down(experts.down, prepared.chosen, workers);
  } else {
    down_phase(phase.as<DownArguments>(), workers, 0);
  }
}

using Kernel = void (*)(Phase);

Kernel kernel_of(PhaseKind kind) {
  static constexpr Kernel kernels[phase_kinds] = {phase_kernel<PhaseKind::embed>,
                                                  phase_kernel<PhaseKind::project>,
                                                  phase_kernel<PhaseKind::project_floats>,
                                                  phase_kernel<PhaseKind::turn>,
                                                  phase_kernel<PhaseKind::attend>,
                                                  phase_kernel<PhaseKind::merge>,
                                                  phase_kernel<PhaseKind::route>,
                                                  phase_kernel<PhaseKind::experts>,
                                                  phase_kernel<PhaseKind::down>};
  return kernels[static_cast<int>(kind)];
}

}  // namespace

void launch_phases(Stream& stream, const PhaseList& list) {
  for (const Phase& phase : list.on_host) {
    const Kernel kernel = kernel_of(phase.kind);
    const int most =
        resident_blocks(reinterpret_cast<const void*>(kernel), phase_threads, phase.shared_bytes);
    const int blocks = (phase.pieces + phase_threads / 32 - 1) / (phase_threads / 32);
    launch(stream, {{std::min(std::max(most, 1), blocks)}, phase_threads, phase.shared_bytes},
           kernel, phase);
  }
}

}  // namespace engine::backend::cuda
