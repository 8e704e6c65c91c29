#include "engine/backend/cuda/phase_work.h"
#include "engine/backend/cuda/phased_step.h"

namespace engine::backend::cuda {
namespace {

constexpr int blocks_a_processor = 2;
constexpr size_t slot_bytes = 2 * sizeof(Phase);

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

DEVICE void ask_ahead(const Phase& phase, const Workers& workers) {
  const int thread = thread_index() * workers.blocks + workers.block;
#pragma unroll
  for (int i = 0; i < max_ahead; ++i) {
    prefetch(phase.ahead[i].bytes, 0, phase.ahead[i].count, thread,
             workers.blocks * thread_count());
  }
}

// Each of the large operations stands here once, whichever phases need it: inlined twice, they
// would be twice the code.
DEVICE void run_phase(const Phase& phase, const Workers& workers, size_t used) {
  const ProjectArguments* floats = nullptr;
  const GateUpArguments* pairs = nullptr;
  Prepared prepared;
  int taken = 0;
  switch (phase.kind) {
    case PhaseKind::embed:
      if (workers.block == 0) embed_token(phase.as<EmbedArguments>(), 0);
      return;
    case PhaseKind::attend:
      return attend_phase(phase.as<MlaTensorArguments>(), workers, used);
    case PhaseKind::merge:
      return merge_phase(phase.as<AttentionArguments>(), workers, used);
    case PhaseKind::down:
      return down_phase(phase.as<DownArguments>(), workers, used);
    case PhaseKind::project:
      return project_bytes<1>(phase.as<ProjectArguments>(), workers, 0, used);
    case PhaseKind::project_floats:
      floats = &phase.as<ProjectArguments>();
      break;
    case PhaseKind::turn:
      turn_phase(phase.as<TurnPhase>().turn, workers);
      floats = &phase.as<TurnPhase>().absorb;
      taken = pieces_of(phase.as<TurnPhase>().turn);
      break;
    case PhaseKind::route:
      pairs = &phase.as<RoutePhase>().shared;
      prepared = prepare_shared(*pairs, used);
      floats = &phase.as<RoutePhase>().router;
      taken = bundles_of(*pairs);
      break;
    case PhaseKind::experts:
      prepared = prepare_experts(phase.as<ExpertsPhase>(), workers, used);
      pairs = &phase.as<ExpertsPhase>().routed;
      break;
  }
  if (pairs != nullptr) gate_up_bytes(*pairs, prepared.chosen, prepared.input, workers, 0);
  if (floats != nullptr) project_floats<1>(*floats, workers.behind(taken), 0);
  if (phase.kind == PhaseKind::experts) {
    prefetch_down(phase.as<ExpertsPhase>().down, prepared.chosen, workers);
  }
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
    ask_ahead(phase, workers);
    if (index + 1 == a.count) return;
    load_phase(a, index + 1, slots[(index + 1) % 2]);
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
  Launch shape{{}, phase_threads, slot_bytes + list.shared_bytes, true};
  if (shape.shared_bytes != asked_bytes_) {
    asked_bytes_ = shape.shared_bytes;
    blocks_ = resident_blocks(reinterpret_cast<const void*>(persistent_kernel), phase_threads,
                              shape.shared_bytes);
  }
  if (blocks_ == 0) return false;
  shape.grid.x = blocks_;
  stream.fill_with_zeros(arrivals_.data(), sizeof(uint32_t));
  launch(stream, shape, persistent_kernel,
         {list.phases.view(), static_cast<int32_t>(list.on_host.size()), arrivals_.view()});
  return true;
}

}  // namespace engine::backend::cuda
