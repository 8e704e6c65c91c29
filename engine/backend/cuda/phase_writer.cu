#include "engine/backend/cuda/phase_writer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/backend/cuda/phase_work.h"

namespace engine::backend::cuda {
namespace {

constexpr int phase_warps = phase_threads / 32;

bool suits(const DeviceLayer& layer) {
  return takes_bytes(layer.gate.all, layer.up.all) && takes_bytes(layer.down.all) &&
         takes_bytes(layer.shared_gate, layer.shared_up) && takes_bytes(layer.shared_down);
}

bool has_levels(const DeviceMatrix& m) { return m.format != Format::other; }
bool is_known(const DeviceMatrix& m) {
  const Known known = known_of(m);
  return m.units == 0 || known == Known::q8_0 || known == Known::q4_k || known == Known::q6_k;
}

// Whether the types of a phase's weights are those that the persistent kernel is compiled for
// (Known::one_of_these).
bool is_for_persistent(const Phase& phase) {
  const auto all = [](const ProjectArguments& a, bool (*is)(const DeviceMatrix&)) {
    return std::all_of(a.projections, a.projections + a.count,
                       [is](const Projection& p) { return is(p.matrix); });
  };
  switch (phase.kind) {
    case PhaseKind::project:
      return all(phase.as<ProjectArguments>(), is_known);
    case PhaseKind::project_floats:
      return all(phase.as<ProjectArguments>(), has_levels);
    case PhaseKind::turn:
      return all(phase.as<TurnPhase>().absorb, has_levels);
    case PhaseKind::route:
      return all(phase.as<RoutePhase>().router, has_levels) &&
             is_known(phase.as<RoutePhase>().shared.shared_gate);
    case PhaseKind::experts:
      return is_known(phase.as<ExpertsPhase>().routed.gate.all);
    case PhaseKind::down:
      return is_known(phase.as<DownArguments>().down.all) &&
             is_known(phase.as<DownArguments>().shared_down);
    default:
      return true;
  }
}

// Writes the phases of a step down.
class Writer {
 public:
  Writer(const Machine& machine, Step& step) : machine_(machine), step_(step) {}

  void layer(int index, const LayerCache& cache) {
    const DeviceLayer& layer = machine_.weights.layers[index];
    const bool latent_queries = machine_.config.mla.q_lora_rank > 0;
    project(queries_and_latents(machine_, layer, step_));
    if (latent_queries) project(second_queries(machine_, layer, step_));
    TurnPhase turn{turned_latents(machine_, layer, cache, step_),
                   absorbed_queries(machine_, layer, step_)};
    prepare(turn.absorb);
    add(PhaseKind::turn, turn, pieces_of(turn.turn) + turn.absorb.bundles, 0);
    know(layer.key);
    reads({&layer.key});
    TiledAttention attention;
    attention.common = latent_attention(machine_, cache, step_);
    const AttentionArguments& common = attention.common;
    add(PhaseKind::attend, attention, common.splits * ((common.heads + 15) / 16) * phase_warps,
        mla_shared_bytes(16, common.keys.width));
    if (common.splits > 1) {
      add(PhaseKind::merge, common, merge_pieces(common), merge_bytes(phase_warps));
    }
    project(values_of_heads(machine_, layer, step_));
    project(output_of_heads(machine_, layer, step_));
    feed_forward(index, layer);
  }
  void embedding() {
    add(PhaseKind::embed, embedding_of(machine_, machine_.weights.token_embedding, step_), 1, 0);
  }
  void logits() {
    if (step_.wanted_count > 0) project(logits_of(machine_, model_head(machine_), step_));
  }

  std::vector<Phase> phases;

 private:
  template <typename Arguments>
  void add(PhaseKind kind, const Arguments& arguments, int pieces, size_t shared_bytes) {
    Phase phase;
    phase.kind = kind;
    phase.pieces = pieces;
    phase.shared_bytes = static_cast<uint32_t>(shared_bytes);
    std::memset(phase.arguments, 0, sizeof phase.arguments);
    phase.as<Arguments>() = arguments;
    phases.push_back(phase);
  }
  void project(ProjectArguments arguments) {
    prepare(arguments);
    const bool bytes = arguments.bytes != 0;
    add(bytes ? PhaseKind::project : PhaseKind::project_floats, arguments, arguments.bundles,
        bytes ? byte_row_bytes(arguments.projections[0].matrix.units) : 0);
    const DeviceMatrix &first = arguments.projections[0].matrix,
                       &second = arguments.projections[1].matrix;
    know(first, second);
    reads({&first, &second});
  }
  // The last phase's weights.
  void know(const DeviceMatrix& one, const DeviceMatrix& other = {}) {
    phases.back().known = known_of_both(one, other);
  }
  // The last phase reads these, as far as they are there and fit into a part of the L2 cache.
  void reads(std::initializer_list<const DeviceMatrix*> matrices) {
    constexpr uint64_t most = 16 << 20;
    int count = 0;
    for (const DeviceMatrix* m : matrices) {
      if (m->units == 0) continue;
      phases.back().weights[count++] = {m->data, std::min<uint64_t>(most, m->row_at(m->rows))};
    }
  }
  void feed_forward(int index, const DeviceLayer& layer) {
    const bool dense = machine_.config.is_dense(index);
    GateUpArguments first = first_products(machine_, layer, step_, dense);
    DownArguments second = second_products(machine_, layer, step_, first);
    prepare(second);
    const size_t row_bytes = byte_row_bytes(units_of(machine_.config.hidden));
    RoutePhase route;
    route.shared = first;
    route.shared.routed = 0;
    prepare(route.shared);
    size_t choice_bytes = 0;
    if (!dense) {
      route.router = router_scores(machine_, layer, step_);
      prepare(route.router);
      route.gate = choice_of_experts(machine_, layer, step_);
      route.finished = step_.rows.finished.view();
      choice_bytes = shared_bytes_of(route.gate);
    }
    add(PhaseKind::route, route, bundles_of(route.shared) + route.router.bundles,
        row_bytes + choice_bytes);
    know(first.shared_gate);
    if (!dense && known_of(layer.router) != Known::floats) phases.back().known = Known::nothing;
    reads({&layer.shared_gate, &layer.shared_up, &layer.router});
    if (!dense) {
      first.shared = 0;
      prepare(first);
      add(PhaseKind::experts, ExpertsPhase{first, second}, bundles_of(first), row_bytes);
      know(first.gate.all);
    }
    add(PhaseKind::down, second, second.blocks * phase_warps, shared_bytes_of(second, phase_warps));
    know(second.down.all, second.shared_down);
    reads({&layer.shared_down});
  }

  const Machine& machine_;
  Step& step_;
};

}  // namespace

bool has_phases(const Machine& machine) {
  if (machine.host != nullptr || !machine.bytes) return false;
  if (!machine.config.is_latent() || !machine.small_on_tensor_cores) return false;
  const auto first = machine.weights.layers.begin();
  return std::all_of(first, first + machine.config.layers, suits);
}

base::Result<const PhaseList*> phases_of(const Machine& machine,
                                         const std::function<LayerCache(int layer)>& cache_of,
                                         Step& step) {
  PhaseList& list = step.phase_lists[{step.wanted_count, step.splits}];
  if (!list.on_host.empty()) return &list;
  Writer writer(machine, step);
  writer.embedding();
  for (int layer = 0; layer < machine.config.layers; ++layer) writer.layer(layer, cache_of(layer));
  writer.logits();
  const size_t count = writer.phases.size();
  auto device = Buffer<Phase>::allocate(count, "the phases of a step");
  if (!device.ok()) return device.error();
  auto host = Buffer<Phase>::allocate(count, "the phases of a step", Where::host);
  if (!host.ok()) return host.error();
  std::copy(writer.phases.begin(), writer.phases.end(), host->data());
  machine.stream.copy(device->data(), host->data(), count * sizeof(Phase));
  if (auto status = machine.stream.finish(); !status.ok()) return status.error();
  for (const Phase& phase : writer.phases) {
    list.shared_bytes = std::max(list.shared_bytes, phase.shared_bytes);
  }
  list.persistent = std::all_of(writer.phases.begin(), writer.phases.end(), is_for_persistent);
  list.phases = std::move(*device);
  list.on_host = std::move(writer.phases);
  return &list;
}

}  // namespace engine::backend::cuda
