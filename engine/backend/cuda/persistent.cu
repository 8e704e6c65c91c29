#include "engine/backend/cuda/persistent.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/backend/cuda/persistent_phases.h"
#include "engine/base/check.h"

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

KERNEL_CROWDED(persistent_threads, blocks_a_processor)
persistent_kernel(PARAMETER(PersistentArguments) a) {
  size_t used = 0;
  const View<Phase> slots = shared<Phase>(2, used);
  const Workers workers = launched_workers();
  uint32_t arrivals = 0;
  load_phase(a, 0, slots[0]);
  block_barrier();
  for (int index = 0; index < a.count; ++index) {
    Phase& phase = slots[index % 2];
    run_phase(phase, workers, used);
    ask_ahead(phase, workers);
    if (index + 1 == a.count) return;
    load_phase(a, index + 1, slots[(index + 1) % 2]);
    grid_barrier(a.arrivals.data, arrivals);
  }
}

// Whether the kernel has what a layer's feed-forward networks need: it takes their input as bytes.
bool suits(const DeviceLayer& layer) {
  const auto are_bytes = [](const DeviceMatrix& gate, const DeviceMatrix& up,
                            const DeviceMatrix& down) {
    return gate.units == 0 ||
           (has_byte_levels(gate.format) && gate.type == up.type && has_byte_levels(down.format));
  };
  return are_bytes(layer.gate.all, layer.up.all, layer.down.all) &&
         are_bytes(layer.shared_gate, layer.shared_up, layer.shared_down);
}

// Units of the widest part of down that a warp takes; a dense layer is cut into eight.
int widest_part(const model::Config& config) {
  const model::Experts& experts = config.experts;
  const int dense = config.dense_layers > 0 ? units_of(config.feed_forward) / 8 + 1 : 0;
  const int shared = units_of(std::max(1, experts.shared) * experts.feed_forward);
  return std::max(
      {dense, units_of(experts.feed_forward), shared / std::max(1, experts.shared) + 1});
}

// What any phase takes behind the slots.
size_t phase_bytes(const Machine& machine) {
  const model::Config& config = machine.config;
  const int units = std::max({units_of(config.hidden), units_of(config.mla.q_lora_rank),
                              units_of(config.mla.heads * config.mla.value_dim)});
  constexpr int warps = persistent_threads / 32, most_rows = 32 * down_rows * down_byte_steps;
  const int parts = std::max(8, config.experts.used + config.experts.shared);
  const size_t down =
      warps * byte_row_bytes(widest_part(config)) + parts * most_rows * sizeof(float) + 16;
  GateArguments gate;
  gate.experts = config.experts.count;
  gate.used = config.experts.used;
  gate.groups = config.experts.groups;
  return std::max({byte_row_bytes(units) + shared_bytes_of(gate), down,
                   mla_shared_bytes(16, config.cache_dim()), merge_bytes(warps)});
}

// Writes the phases of a step down.
class Writer {
 public:
  Writer(const Machine& machine, Step& step) : machine_(machine), step_(step) {}

  void layer(int index, const LayerCache& cache) {
    const DeviceLayer& layer = machine_.weights.layers[index];
    const bool latent_queries = machine_.config.mla.q_lora_rank > 0;
    project(queries_and_latents(machine_, layer, step_));
    ahead({&layer.key, latent_queries ? &layer.q_b : nullptr, &layer.value, &layer.output});
    if (latent_queries) project(second_queries(machine_, layer, step_));
    TurnPhase turn{turned_latents(machine_, layer, cache, step_),
                   absorbed_queries(machine_, layer, step_)};
    prepare(turn.absorb);
    add(PhaseKind::turn, turn);
    ahead({&layer.router, &layer.shared_gate, &layer.shared_up});
    MlaTensorArguments attention;
    attention.common = latent_attention(machine_, cache, step_);
    add(PhaseKind::attend, attention);
    ahead({&layer.shared_down});
    if (attention.common.splits > 1) add(PhaseKind::merge, attention.common);
    project(values_of_heads(machine_, layer, step_));
    project(output_of_heads(machine_, layer, step_));
    feed_forward(index, layer);
  }
  void embedding() {
    add(PhaseKind::embed, embedding_of(machine_, step_));
    const DeviceLayer& first = machine_.weights.layers[0];
    ahead({&first.q, &first.q_a, &first.kv_a});
  }
  void logits() {
    if (step_.wanted_count > 0) project(logits_of(machine_, step_));
  }

  std::vector<Phase> phases;

 private:
  template <typename Arguments>
  void add(PhaseKind kind, const Arguments& arguments) {
    Phase phase;
    phase.kind = kind;
    std::memset(phase.arguments, 0, sizeof phase.arguments);
    phase.as<Arguments>() = arguments;
    phases.push_back(phase);
  }
  void project(ProjectArguments arguments) {
    prepare(arguments);
    add(PhaseKind::project, arguments);
  }
  // Weights that the last phase asks for, as far as they fit into a part of the L2 cache.
  void ahead(std::initializer_list<const DeviceMatrix*> matrices) {
    constexpr uint64_t most = 16 << 20;
    int count = 0;
    for (const DeviceMatrix* m : matrices) {
      if (m == nullptr || m->units == 0) continue;
      phases.back().ahead[count++] = {m->data, std::min<uint64_t>(most, m->row_at(m->rows))};
    }
  }
  void feed_forward(int index, const DeviceLayer& layer) {
    const bool dense = machine_.config.is_dense(index);
    GateUpArguments first = first_products(machine_, layer, step_, dense);
    DownArguments second = second_products(machine_, layer, step_, first);
    prepare(second);
    if (dense) {
      prepare(first);
      RoutePhase alone;
      alone.shared = first;
      add(PhaseKind::route, alone);
      ahead({&layer.shared_down});
    } else {
      GateUpArguments shared = first;
      shared.routed = 0;
      first.shared = 0;
      prepare(shared);
      prepare(first);
      RoutePhase route{router_scores(machine_, layer, step_), shared};
      prepare(route.router);
      add(PhaseKind::route, route);
      add(PhaseKind::experts,
          ExpertsPhase{choice_of_experts(machine_, layer, step_), first, second});
    }
    add(PhaseKind::down, second);
    if (index + 1 < machine_.config.layers) {
      const DeviceLayer& next = machine_.weights.layers[index + 1];
      ahead({&next.q, &next.q_a, &next.kv_a, &next.key});
    } else {
      ahead({&machine_.weights.output});
    }
  }

  const Machine& machine_;
  Step& step_;
};

base::Result<const PhaseList*> list_for(const Machine& machine, std::span<const LayerCache> caches,
                                        Step& step) {
  PhaseList& list = step.phase_lists[{step.wanted_count, step.splits}];
  if (list.count > 0) return &list;
  Writer writer(machine, step);
  writer.embedding();
  for (int layer = 0; layer < machine.config.layers; ++layer) writer.layer(layer, caches[layer]);
  writer.logits();
  const size_t count = writer.phases.size();
  auto device = Buffer<Phase>::allocate(count, "the phases of a step");
  if (!device.ok()) return device.error();
  auto host = Buffer<Phase>::allocate(count, "the phases of a step", Where::host);
  if (!host.ok()) return host.error();
  std::copy(writer.phases.begin(), writer.phases.end(), host->data());
  machine.stream.copy(device->data(), host->data(), count * sizeof(Phase));
  if (auto status = machine.stream.finish(); !status.ok()) return status.error();
  list.phases = std::move(*device);
  list.count = static_cast<int>(count);
  return &list;
}

}  // namespace

std::unique_ptr<PersistentStep> PersistentStep::create(const Machine& machine) {
  const bool whole = machine.host == nullptr && machine.bytes;
  if (!whole || !machine.config.is_latent() || !machine.small_on_tensor_cores) return nullptr;
  for (const DeviceLayer& layer : machine.weights.layers) {
    if (!suits(layer)) return nullptr;
  }
  auto step = std::make_unique<PersistentStep>();
  step->shared_bytes_ = slot_bytes + phase_bytes(machine);
  step->blocks_ = resident_blocks(reinterpret_cast<const void*>(persistent_kernel),
                                  persistent_threads, step->shared_bytes_);
  auto arrivals = Buffer<uint32_t>::allocate(1, "a counter");
  if (step->blocks_ == 0 || !arrivals.ok()) return nullptr;
  step->arrivals_ = std::move(*arrivals);
  return step;
}

base::Status PersistentStep::run(const Machine& machine, std::span<const LayerCache> caches,
                                 Step& step) {
  INVARIANT(step.tokens.count == 1);
  const auto list = list_for(machine, caches, step);
  if (!list.ok()) return list.error();
  machine.stream.fill_with_zeros(arrivals_.data(), sizeof(uint32_t));
  PersistentArguments a;
  a.phases = (*list)->phases.view();
  a.count = (*list)->count;
  a.arrivals = arrivals_.view();
  Launch shape{{blocks_}, persistent_threads, shared_bytes_};
  shape.cooperative = true;
  launch(machine.stream, shape, persistent_kernel, a);
  return base::Done{};
}

}  // namespace engine::backend::cuda
