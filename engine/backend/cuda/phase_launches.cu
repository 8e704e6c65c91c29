#include <algorithm>

#include "engine/backend/cuda/phase_work.h"
#include "engine/backend/cuda/phased_step.h"

namespace engine::backend::cuda {
namespace {

// How many blocks of a phase's kernel have to fit onto a processor, which bounds its registers.
constexpr int crowd_of(PhaseKind kind, Known known) {
  if (kind == PhaseKind::merge) return 4;
  const bool crowded = kind == PhaseKind::project || kind == PhaseKind::experts;
  return crowded && known != Known::nothing ? 3 : 2;
}

template <PhaseKind kind, Known known>
KERNEL_CROWDED(phase_threads, crowd_of(kind, known))
phase_kernel(PARAMETER(Phase) phase) {
  const Workers workers = launched_workers();
  if (phase.overlapping != 0) ask_for_weights(phase, workers);
  const auto ready = [] { wait_for_previous_kernel(); };
  if constexpr (kind == PhaseKind::project) {
    return project_bytes<1, known>(phase.as<ProjectArguments>(), workers, 0, 0, ready);
  }
  ready();
  if constexpr (kind == PhaseKind::embed) {
    embed_token(phase.as<EmbedArguments>(), 0);
  } else if constexpr (kind == PhaseKind::project_floats) {
    project_floats<1, known>(phase.as<ProjectArguments>(), workers, 0);
  } else if constexpr (kind == PhaseKind::turn) {
    const TurnPhase& turn = phase.as<TurnPhase>();
    turn_phase(turn.turn, workers);
    project_floats<1, known>(turn.absorb, workers.behind(pieces_of(turn.turn)), 0);
  } else if constexpr (kind == PhaseKind::attend) {
    attend_phase(phase.as<TiledAttention>(), workers, 0);
  } else if constexpr (kind == PhaseKind::merge) {
    merge_phase(phase.as<AttentionArguments>(), workers, 0);
  } else if constexpr (kind == PhaseKind::route) {
    route_phase<known>(phase.as<RoutePhase>(), workers, 0);
  } else if constexpr (kind == PhaseKind::experts) {
    experts_phase<known>(phase.as<ExpertsPhase>(), workers, 0);
  } else {
    down_phase<known>(phase.as<DownArguments>(), workers, 0);
  }
}

using Kernel = void (*)(Phase);

template <PhaseKind kind>
struct Kernels {
  template <Known known>
  static Kernel of() {
    return phase_kernel<kind, known>;
  }
};

template <PhaseKind kind>
Kernel kernel_for_floats(Known known) {
  switch (known) {
    case Known::floats:
      return phase_kernel<kind, Known::floats>;
    case Known::linear:
      return phase_kernel<kind, Known::linear>;
    default:
      return byte_kernel<Kernels<kind>>(known);
  }
}

Kernel kernel_of(const Phase& phase) {
  switch (phase.kind) {
    case PhaseKind::embed:
      return phase_kernel<PhaseKind::embed, Known::nothing>;
    case PhaseKind::project:
      return byte_kernel<Kernels<PhaseKind::project>>(phase.known);
    case PhaseKind::project_floats:
      return kernel_for_floats<PhaseKind::project_floats>(phase.known);
    case PhaseKind::turn:
      return kernel_for_floats<PhaseKind::turn>(phase.known);
    case PhaseKind::attend:
      return phase_kernel<PhaseKind::attend, Known::nothing>;
    case PhaseKind::merge:
      return phase_kernel<PhaseKind::merge, Known::nothing>;
    case PhaseKind::route:
      return byte_kernel<Kernels<PhaseKind::route>>(phase.known);
    case PhaseKind::experts:
      return byte_kernel<Kernels<PhaseKind::experts>>(phase.known);
    case PhaseKind::down:
      return byte_kernel<Kernels<PhaseKind::down>>(phase.known);
  }
  return nullptr;
}

}  // namespace

void launch_phases(Stream& stream, const PhaseList& list, bool overlapping) {
  for (Phase phase : list.on_host) {
    phase.overlapping = overlapping ? 1 : 0;
    const Kernel kernel = kernel_of(phase);
    const int most =
        resident_blocks(reinterpret_cast<const void*>(kernel), phase_threads, phase.shared_bytes);
    const int blocks = (phase.pieces + phase_threads / 32 - 1) / (phase_threads / 32);
    const GridExtent grid{std::min(std::max(most, 1), blocks)};
    launch(stream, {grid, phase_threads, phase.shared_bytes, false, overlapping}, kernel, phase);
  }
}

}  // namespace engine::backend::cuda
