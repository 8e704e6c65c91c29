#include "engine/backend/cuda/phase_work.h"
#include "engine/backend/cuda/phased_step.h"

namespace engine::backend::cuda {
namespace {

constexpr int blocks_a_processor = 2;
constexpr size_t slot_bytes = 2 * sizeof(Phase);
constexpr Known known = Known::one_of_these;

struct PersistentArguments {
  View<const Phase> phases;
  int32_t count = 0;
  View<uint32_t> arrivals;
};

DEVICE void load_phase(const PersistentArguments& a, int index, Phase& to) {
  static_assert(sizeof(Phase) % sizeof(Words4) == 0);
  const auto* const from = reinterpret_cast<const Words4*>(&a.phases[index]);
  for (int i = thread_index(); i < static_cast<int>(sizeof(Phase) / sizeof(Words4));
       i += thread_count()) {
    reinterpret_cast<Words4*>(&to)[i] = from[i];
  }
}

// Each of the large operations stands here once, whichever phases need it: inlined twice, they
// would be twice the code.
DEVICE void run_phase(const Phase& phase, const Workers& workers, size_t used) {
  const ProjectArguments* floats = nullptr;
  const GateUpArguments* pairs = nullptr;
  int before_floats = 0, before_pairs = 0;
  switch (phase.kind) {
    case PhaseKind::embed:
      if (workers.block == 0) embed_token(phase.as<EmbedArguments>(), 0);
      return;
    case PhaseKind::attend:
      return attend_phase(phase.as<TiledAttention>(), workers, used);
    case PhaseKind::merge:
      return merge_phase(phase.as<AttentionArguments>(), workers, used);
    case PhaseKind::down:
      return down_phase<known>(phase.as<DownArguments>(), workers, used);
    case PhaseKind::project:
      return project_bytes<1, known>(phase.as<ProjectArguments>(), workers, 0, used, [] {});
    case PhaseKind::project_floats:
      floats = &phase.as<ProjectArguments>();
      break;
    case PhaseKind::turn:
      turn_phase(phase.as<TurnPhase>().turn, workers);
      floats = &phase.as<TurnPhase>().absorb;
      before_floats = pieces_of(phase.as<TurnPhase>().turn);
      break;
    case PhaseKind::route:
      pairs = &phase.as<RoutePhase>().shared;
      floats = &phase.as<RoutePhase>().router;
      before_pairs = floats->bundles;
      break;
    case PhaseKind::experts:
      pairs = &phase.as<ExpertsPhase>().routed;
      break;
  }
  ByteRow input;
  if (pairs != nullptr) input = round_input(*pairs, 0, used);
  if (floats != nullptr) {
    project_floats<1, known>(*floats, workers.behind(before_floats), 0);
    if (phase.kind == PhaseKind::route) choose_if_last(phase.as<RoutePhase>(), workers, used);
  }
  if (pairs != nullptr) {
    gate_up_bytes<known>(*pairs, workers.behind(before_pairs), 0, [&] { return input; });
  }
  if (phase.kind == PhaseKind::experts) prefetch_down(phase.as<ExpertsPhase>().down, workers);
}

KERNEL_CROWDED(phase_threads, blocks_a_processor)
persistent_kernel(PARAMETER(PersistentArguments) a) {
  size_t used = 0;
  const View<Phase> slots = shared<Phase>(2, used);
  const Workers workers = launched_workers();
  uint32_t arrivals = 0;
  load_phase(a, 0, slots[0]);
  block_barrier();
  for (int index = 0; index < a.count; ++index) {
    const Phase& phase = slots[index % 2];
    run_phase(phase, workers, used);
    if (index + 1 == a.count) return;
    Phase& next = slots[(index + 1) % 2];
    load_phase(a, index + 1, next);
    block_barrier();
    ask_for_weights(next, workers);
    grid_barrier(a.arrivals.data, arrivals);
  }
}

}  // namespace

std::unique_ptr<PersistentKernel> PersistentKernel::create() {
  auto arrivals = Buffer<uint32_t>::allocate(1, "a counter");
  if (!arrivals.ok()) return nullptr;
  auto kernel = std::make_unique<PersistentKernel>();
  kernel->arrivals_ = std::move(*arrivals);
  return kernel;
}

bool PersistentKernel::run(Stream& stream, const PhaseList& list) {
  has_run_ = false;
  if (!list.persistent) return false;
  Launch shape{{}, phase_threads, slot_bytes + list.shared_bytes, true};
  if (shape.shared_bytes != asked_bytes_) {
    asked_bytes_ = shape.shared_bytes;
    blocks_ = resident_blocks(reinterpret_cast<const void*>(persistent_kernel), phase_threads,
                              shape.shared_bytes);
  }
  if (blocks_ == 0) return false;
  has_run_ = true;
  shape.grid.x = blocks_;
  stream.fill_with_zeros(arrivals_.data(), sizeof(uint32_t));
  launch(stream, shape, persistent_kernel,
         {list.phases.view(), static_cast<int32_t>(list.on_host.size()), arrivals_.view()});
  return true;
}

}  // namespace engine::backend::cuda
