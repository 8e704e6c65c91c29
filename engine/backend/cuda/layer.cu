#include "engine/backend/cuda/layer.h"

#include "engine/backend/cuda/mla_tensor.h"
#include "engine/backend/cuda/operations.h"
#include "engine/backend/cuda/project.h"

namespace engine::backend::cuda {
namespace {

Input hidden_input(const Machine& machine, Step& step, View<const float> norm) {
  return {step.rows.hidden.view(), norm, machine.widths.hidden, machine.widths.group};
}

Projection to_rows(const DeviceMatrix& matrix, View<float> output, int stride, int group) {
  Projection p;
  p.matrix = matrix;
  p.output = output;
  p.output_stride = stride;
  p.output_group = group;
  return p;
}

ProjectArguments arguments_for(const Machine& machine, const Step& step, const Input& input) {
  ProjectArguments a;
  a.input = input;
  a.epsilon = machine.config.norm_epsilon;
  a.tokens = step.tokens.count;
  a.bytes = machine.bytes ? 1 : 0;
  return a;
}

void add(ProjectArguments& a, const Projection& projection) {
  a.projections[a.count++] = projection;
}

void project_output(const Machine& machine, const DeviceLayer& layer, Step& step) {
  const Widths& w = machine.widths;
  const Input heads{step.rows.heads.view(), {}, w.heads, w.heads_group};
  ProjectArguments a = arguments_for(machine, step, heads);
  add(a, to_rows(layer.output, step.rows.hidden.view(), w.hidden, w.group));
  a.projections[0].store = Store::add;
  a.projections[0].bias = layer.output_bias;
  project(machine.stream, a);
}

// q by one product or two, and kv_a, which has the same input as the first.
void project_latent(const Machine& machine, const DeviceLayer& layer, Step& step) {
  const model::Mla& mla = machine.config.mla;
  const Widths& w = machine.widths;
  Step::Rows& rows = step.rows;
  Projection q = to_rows(mla.q_lora_rank > 0 ? layer.q_b : layer.q, rows.projected.view(),
                         mla.heads * w.q_head, 1);
  q.head_rows = mla.query_dim();
  q.head_output = w.q_head;
  ProjectArguments a = arguments_for(machine, step, hidden_input(machine, step, layer.norm));
  const int low_group = group_of(units_of(mla.q_lora_rank));
  add(a, mla.q_lora_rank > 0 ? to_rows(layer.q_a, rows.low.view(), w.low, low_group) : q);
  if (layer.kv_a.units == a.projections[0].matrix.units) {
    add(a, to_rows(layer.kv_a, rows.latents.view(), w.latents, 1));
  }
  project(machine.stream, a);
  if (mla.q_lora_rank == 0) return;
  ProjectArguments b =
      arguments_for(machine, step, {rows.low.view(), layer.q_a_norm, w.low, low_group});
  add(b, q);
  project(machine.stream, b);
}

// A product for each head with its own rows of the matrix.
Projection by_heads(Projection p, int rows, int input, int output) {
  p.head_rows = rows;
  p.head_input = input;
  p.head_output = output;
  return p;
}

void attend_latent(const Machine& machine, const DeviceLayer& layer, const LayerCache& cache,
                   Step& step) {
  const model::Mla& mla = machine.config.mla;
  const Widths& w = machine.widths;
  Step::Rows& rows = step.rows;
  project_latent(machine, layer, step);
  rotate_latents(machine, layer, cache, step);

  ProjectArguments absorb =
      arguments_for(machine, step, {rows.projected.view(), {}, mla.heads * w.q_head, 1});
  add(absorb, by_heads(to_rows(layer.key, rows.queries.view(), w.queries, 1), mla.kv_lora_rank,
                       w.q_head, w.query_head));
  project(machine.stream, absorb);

  const AttentionArguments a = latent_attention(machine, cache, step);
  if (machine.small_on_tensor_cores && step.tokens.count <= small_batch) {
    MlaTensorArguments tensor;
    tensor.common = a;
    attend_on_tensor_cores(machine.stream, tensor, 16);
  } else {
    attend(machine.stream, a);
  }
  merge_splits(machine.stream, a);

  ProjectArguments values =
      arguments_for(machine, step, {rows.attended.view(), {}, a.output_stride, 1});
  Projection value = by_heads(to_rows(layer.value, rows.heads.view(), w.heads, w.heads_group),
                              mla.value_dim, w.attended_head, 0);
  value.output_in_heads = 1;
  add(values, value);
  project(machine.stream, values);
}

void attend_grouped(const Machine& machine, const DeviceLayer& layer, const LayerCache& cache,
                    Step& step) {
  const model::Gqa& gqa = machine.config.gqa;
  const Widths& w = machine.widths;
  Step::Rows& rows = step.rows;
  ProjectArguments p = arguments_for(machine, step, hidden_input(machine, step, layer.norm));
  add(p, to_rows(layer.q, rows.projected.view(), gqa.heads * gqa.key_dim, 1));
  add(p, to_rows(layer.k, rows.keys.view(), w.keys, 1));
  add(p, to_rows(layer.v, rows.values.view(), w.values, 1));
  p.projections[0].bias = layer.q_bias;
  p.projections[1].bias = layer.k_bias;
  p.projections[2].bias = layer.v_bias;
  project(machine.stream, p);

  rotate_heads(machine, layer, cache, step);
  const AttentionArguments a = grouped_attention(machine, cache, step);
  attend(machine.stream, a);
  merge_splits(machine.stream, a);
}

ExpertSlots slots_for(const Machine& machine, const DeviceLayer& layer, Step& step, bool dense) {
  const Widths& w = machine.widths;
  ExpertSlots slots;
  slots.chosen = step.rows.chosen.view();
  slots.weights = step.rows.weights.view();
  slots.act = step.rows.act.view();
  slots.shared_act = step.rows.shared_act.view();
  slots.act_stride = w.act;
  slots.act_group = w.act_group;
  slots.shared_stride = w.shared_act;
  slots.used = dense ? 0 : machine.config.experts.used;
  const bool has_shared = layer.shared_down.units > 0;
  slots.shared_group = group_of(layer.shared_down.units);
  slots.shared_parts = dense ? 8 : has_shared ? machine.config.experts.shared : 0;
  slots.hidden_rows = machine.config.hidden;
  slots.tokens = step.tokens.count;
  return slots;
}

}  // namespace

void rotate_latents(const Machine& machine, const DeviceLayer& layer, const LayerCache& cache,
                    Step& step) {
  const model::Mla& mla = machine.config.mla;
  const Widths& w = machine.widths;
  Step::Rows& rows = step.rows;
  LatentArguments turn;
  turn.tokens = step.tokens;
  turn.cache = cache;
  turn.rotation = machine.rotation;
  turn.latents = rows.latents.view();
  turn.norm = layer.kv_a_norm;
  turn.epsilon = machine.config.norm_epsilon;
  turn.lora = mla.kv_lora_rank;
  turn.projected = rows.projected.view();
  turn.heads = mla.heads;
  turn.nope = mla.nope_dim;
  turn.head_stride = w.q_head;
  turn.queries = rows.queries.view();
  rotate_latent(machine.stream, turn);
}

AttentionArguments latent_attention(const Machine& machine, const LayerCache& cache, Step& step) {
  const model::Mla& mla = machine.config.mla;
  const Widths& w = machine.widths;
  Step::Rows& rows = step.rows;
  AttentionArguments a;
  a.tokens = step.tokens;
  a.cache = cache;
  a.queries = rows.queries.view();
  a.keys = {0, 0, mla.cache_dim()};
  a.values = {0, 0, mla.kv_lora_rank};
  a.heads = a.group = mla.heads;
  a.splits = step.splits;
  a.scale = static_cast<float>(mla.score_scale);
  a.partial = rows.partial.view();
  a.stats = rows.stats.view();
  a.output = rows.attended.view();
  a.output_stride = mla.heads * w.attended_head;
  a.output_head = w.attended_head;
  return a;
}

void rotate_heads(const Machine& machine, const DeviceLayer& layer, const LayerCache& cache,
                  Step& step) {
  const model::Gqa& gqa = machine.config.gqa;
  const Widths& w = machine.widths;
  Step::Rows& rows = step.rows;
  GroupedArguments turn;
  turn.tokens = step.tokens;
  turn.cache = cache;
  turn.rotation = machine.rotation;
  turn.queries = rows.projected.view();
  turn.keys = rows.keys.view();
  turn.values = rows.values.view();
  turn.q_norm = layer.q_norm;
  turn.k_norm = layer.k_norm;
  turn.epsilon = machine.config.norm_epsilon;
  turn.heads = gqa.heads;
  turn.kv_heads = gqa.kv_heads;
  turn.key_dim = gqa.key_dim;
  turn.value_width = w.values;
  rotate_grouped(machine.stream, turn);
}

AttentionArguments grouped_attention(const Machine& machine, const LayerCache& cache, Step& step) {
  const model::Gqa& gqa = machine.config.gqa;
  const Widths& w = machine.widths;
  Step::Rows& rows = step.rows;
  AttentionArguments a;
  a.tokens = step.tokens;
  a.cache = cache;
  a.queries = rows.projected.view();
  a.keys = {0, gqa.key_dim, gqa.key_dim};
  a.values = {w.keys, gqa.value_dim, gqa.value_dim};
  a.heads = gqa.heads;
  a.group = gqa.group();
  a.splits = step.splits;
  a.scale = static_cast<float>(gqa.score_scale);
  a.partial = rows.partial.view();
  a.stats = rows.stats.view();
  a.output = rows.heads.view();
  a.output_stride = w.heads;
  a.output_head = gqa.value_dim;
  a.output_group = w.heads_group;
  return a;
}

void choose_experts(const Machine& machine, const DeviceLayer& layer, Step& step) {
  const model::Experts& experts = machine.config.experts;
  Step::Rows& rows = step.rows;
  const Input input = hidden_input(machine, step, layer.feed_forward_norm);
  if (step.tokens.count > small_batch && layer.router.format == Format::f32) {
    route_many(machine.stream, {input, machine.config.norm_epsilon, layer.router,
                                rows.router.view(), step.tokens.count});
  } else {
    ProjectArguments router = arguments_for(machine, step, input);
    add(router, to_rows(layer.router, rows.router.view(), experts.count, 1));
    project(machine.stream, router);
  }

  GateArguments gate;
  gate.logits = rows.router.view();
  gate.bias = layer.selection_bias;
  gate.chosen = rows.chosen.view();
  gate.weights = rows.weights.view();
  gate.tokens = step.tokens.count;
  gate.experts = experts.count;
  gate.used = experts.used;
  gate.groups = experts.groups;
  gate.groups_used = experts.groups_used;
  gate.sigmoid = experts.gate == model::Gate::sigmoid;
  gate.two_best = experts.group_score == model::GroupScore::two_best;
  gate.normalise = experts.normalise_weights;
  gate.scale = experts.weight_scale;
  moe_gate(machine.stream, gate);
}

void embed_tokens(const Machine& machine, Step& step) {
  EmbedArguments a;
  a.table = machine.weights.token_embedding;
  a.ids = step.tokens.ids;
  a.hidden = step.rows.hidden.view();
  a.stride = machine.widths.hidden;
  a.group = machine.widths.group;
  a.tokens = step.tokens.count;
  embed(machine.stream, a);
}

void attend_layer(const Machine& machine, int index, const LayerCache& cache, Step& step) {
  const DeviceLayer& layer = machine.weights.layers[index];
  if (machine.config.is_latent()) {
    attend_latent(machine, layer, cache, step);
  } else {
    attend_grouped(machine, layer, cache, step);
  }
  project_output(machine, layer, step);
}

void feed_forward_layer(const Machine& machine, int index, Step& step) {
  const DeviceLayer& layer = machine.weights.layers[index];
  const bool dense = machine.config.is_dense(index);
  if (!dense) choose_experts(machine, layer, step);
  if (!dense && machine.host != nullptr) machine.host->take(index, step);
  GateUpArguments in;
  in.slots = slots_for(machine, layer, step, dense);
  in.gate = layer.gate;
  in.up = layer.up;
  in.shared_gate = layer.shared_gate;
  in.shared_up = layer.shared_up;
  in.input = hidden_input(machine, step, layer.feed_forward_norm);
  in.epsilon = machine.config.norm_epsilon;
  in.bytes = machine.bytes ? 1 : 0;
  gate_up(machine.stream, in);

  DownArguments out;
  out.slots = in.slots;
  out.down = layer.down;
  out.shared_down = layer.shared_down;
  out.hidden = step.rows.hidden.view();
  out.hidden_stride = machine.widths.hidden;
  out.hidden_group = machine.widths.group;
  out.bytes = in.bytes;
  down(machine.stream, out);
  if (!dense && machine.host != nullptr) machine.host->give(index, step);
}

void compute_logits(const Machine& machine, Step& step) {
  if (step.wanted_count == 0) return;
  ProjectArguments a =
      arguments_for(machine, step, hidden_input(machine, step, machine.weights.output_norm));
  a.tokens = step.wanted_count;
  a.input_rows = step.wanted;
  add(a, to_rows(machine.weights.output, step.rows.logits.view(), machine.config.vocab_size, 1));
  project(machine.stream, a);
}

}  // namespace engine::backend::cuda
