#include "engine/backend/cuda/layer_arguments.h"

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

// A product for each head with its own rows of the matrix.
Projection by_heads(Projection p, int rows, int input, int output) {
  p.head_rows = rows;
  p.head_input = input;
  p.head_output = output;
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

Projection query_projection(const Machine& machine, const DeviceMatrix& matrix, Step& step) {
  const model::Mla& mla = machine.config.mla;
  const int width = machine.widths.q_head;
  Projection q = to_rows(matrix, step.rows.projected.view(), mla.heads * width, 1);
  q.head_rows = mla.query_dim();
  q.head_output = width;
  return q;
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
  slots.clamped = machine.config.experts.activation == model::Activation::clamped_swiglu ? 1 : 0;
  return slots;
}

}  // namespace

EmbedArguments embedding_of(const Machine& machine, const DeviceMatrix& table, Step& step) {
  EmbedArguments a;
  a.table = table;
  a.ids = step.tokens.ids;
  a.hidden = step.rows.hidden.view();
  a.stride = machine.widths.hidden;
  a.group = machine.widths.group;
  a.tokens = step.tokens.count;
  return a;
}

ProjectArguments queries_and_latents(const Machine& machine, const DeviceLayer& layer, Step& step) {
  const model::Mla& mla = machine.config.mla;
  const Widths& w = machine.widths;
  ProjectArguments a = arguments_for(machine, step, hidden_input(machine, step, layer.norm));
  const int low_group = group_of(units_of(mla.q_lora_rank));
  add(a, mla.q_lora_rank > 0 ? to_rows(layer.q_a, step.rows.low.view(), w.low, low_group)
                             : query_projection(machine, layer.q, step));
  if (layer.kv_a.units == a.projections[0].matrix.units) {
    add(a, to_rows(layer.kv_a, step.rows.latents.view(), w.latents, 1));
  }
  return a;
}

ProjectArguments second_queries(const Machine& machine, const DeviceLayer& layer, Step& step) {
  const int group = group_of(units_of(machine.config.mla.q_lora_rank));
  ProjectArguments a = arguments_for(
      machine, step, {step.rows.low.view(), layer.q_a_norm, machine.widths.low, group});
  add(a, query_projection(machine, layer.q_b, step));
  return a;
}

LatentArguments turned_latents(const Machine& machine, const DeviceLayer& layer,
                               const LayerCache& cache, Step& step) {
  const model::Mla& mla = machine.config.mla;
  LatentArguments a;
  a.tokens = step.tokens;
  a.cache = cache;
  a.rotation = machine.rotation;
  a.latents = step.rows.latents.view();
  a.norm = layer.kv_a_norm;
  a.epsilon = machine.config.norm_epsilon;
  a.lora = mla.kv_lora_rank;
  a.projected = step.rows.projected.view();
  a.heads = mla.heads;
  a.nope = mla.nope_dim;
  a.head_stride = machine.widths.q_head;
  a.queries = step.rows.queries.view();
  return a;
}

ProjectArguments absorbed_queries(const Machine& machine, const DeviceLayer& layer, Step& step) {
  const model::Mla& mla = machine.config.mla;
  const Widths& w = machine.widths;
  ProjectArguments a =
      arguments_for(machine, step, {step.rows.projected.view(), {}, mla.heads * w.q_head, 1});
  add(a, by_heads(to_rows(layer.key, step.rows.queries.view(), w.queries, 1), mla.kv_lora_rank,
                  w.q_head, w.query_head));
  return a;
}

AttentionArguments latent_attention(const Machine& machine, const LayerCache& cache, Step& step) {
  const model::Mla& mla = machine.config.mla;
  const Widths& w = machine.widths;
  AttentionArguments a;
  a.tokens = step.tokens;
  a.cache = cache;
  a.queries = step.rows.queries.view();
  a.keys = {0, 0, mla.cache_dim()};
  a.values = {0, 0, mla.kv_lora_rank};
  a.heads = a.group = mla.heads;
  a.splits = step.splits;
  a.scale = static_cast<float>(mla.score_scale);
  a.partial = step.rows.partial.view();
  a.stats = step.rows.stats.view();
  a.output = step.rows.attended.view();
  a.output_stride = mla.heads * w.attended_head;
  a.output_head = w.attended_head;
  return a;
}

ProjectArguments values_of_heads(const Machine& machine, const DeviceLayer& layer, Step& step) {
  const model::Mla& mla = machine.config.mla;
  const Widths& w = machine.widths;
  ProjectArguments a =
      arguments_for(machine, step, {step.rows.attended.view(), {}, mla.heads * w.attended_head, 1});
  Projection value = by_heads(to_rows(layer.value, step.rows.heads.view(), w.heads, w.heads_group),
                              mla.value_dim, w.attended_head, 0);
  value.output_in_heads = 1;
  add(a, value);
  return a;
}

ProjectArguments grouped_projections(const Machine& machine, const DeviceLayer& layer, Step& step) {
  const model::Gqa& gqa = machine.config.gqa;
  const Widths& w = machine.widths;
  ProjectArguments a = arguments_for(machine, step, hidden_input(machine, step, layer.norm));
  add(a, to_rows(layer.q, step.rows.projected.view(), gqa.heads * gqa.key_dim, 1));
  add(a, to_rows(layer.k, step.rows.keys.view(), w.keys, 1));
  add(a, to_rows(layer.v, step.rows.values.view(), w.values, 1));
  a.projections[0].bias = layer.q_bias;
  a.projections[1].bias = layer.k_bias;
  a.projections[2].bias = layer.v_bias;
  return a;
}

GroupedArguments turned_heads(const Machine& machine, const DeviceLayer& layer,
                              const LayerCache& cache, Step& step) {
  const model::Gqa& gqa = machine.config.gqa;
  GroupedArguments a;
  a.tokens = step.tokens;
  a.cache = cache;
  a.rotation = layer.windowed ? machine.windowed_rotation : machine.rotation;
  a.queries = step.rows.projected.view();
  a.keys = step.rows.keys.view();
  a.values = step.rows.values.view();
  a.q_norm = layer.q_norm;
  a.k_norm = layer.k_norm;
  a.epsilon = machine.config.norm_epsilon;
  a.heads = gqa.heads;
  a.kv_heads = gqa.kv_heads;
  a.key_dim = gqa.key_dim;
  a.value_width = machine.widths.values;
  return a;
}

AttentionArguments grouped_attention(const Machine& machine, const DeviceLayer& layer,
                                     const LayerCache& cache, Step& step) {
  const model::Gqa& gqa = layer.windowed ? machine.config.windowed_gqa : machine.config.gqa;
  const Widths& w = machine.widths;
  AttentionArguments a;
  a.tokens = step.tokens;
  a.cache = cache;
  a.queries = step.rows.projected.view();
  a.keys = {0, gqa.key_dim, gqa.key_dim};
  a.values = {w.keys, gqa.value_dim, gqa.value_dim};
  a.heads = gqa.heads;
  a.group = gqa.group();
  a.splits = step.splits;
  a.window = gqa.window;
  a.sinks = layer.sinks;
  a.scale = static_cast<float>(gqa.score_scale);
  a.partial = step.rows.partial.view();
  a.stats = step.rows.stats.view();
  a.output = step.rows.heads.view();
  a.output_stride = w.heads;
  a.output_head = gqa.value_dim;
  a.output_group = w.heads_group;
  return a;
}

ProjectArguments output_of_heads(const Machine& machine, const DeviceLayer& layer, Step& step) {
  const Widths& w = machine.widths;
  ProjectArguments a =
      arguments_for(machine, step, {step.rows.heads.view(), {}, w.heads, w.heads_group});
  add(a, to_rows(layer.output, step.rows.hidden.view(), w.hidden, w.group));
  a.projections[0].store = Store::add;
  a.projections[0].bias = layer.output_bias;
  return a;
}

ProjectArguments router_scores(const Machine& machine, const DeviceLayer& layer, Step& step) {
  const int experts = machine.config.experts.count;
  ProjectArguments a =
      arguments_for(machine, step, hidden_input(machine, step, layer.feed_forward_norm));
  add(a, to_rows(layer.router, step.rows.router.view(), experts, 1));
  a.projections[0].bias = layer.router_bias;
  return a;
}

GateArguments choice_of_experts(const Machine& machine, const DeviceLayer& layer, Step& step) {
  const model::Experts& experts = machine.config.experts;
  GateArguments a;
  a.logits = step.rows.router.view();
  a.bias = layer.selection_bias;
  a.chosen = step.rows.chosen.view();
  a.weights = step.rows.weights.view();
  a.tokens = step.tokens.count;
  a.experts = experts.count;
  a.used = experts.used;
  a.groups = experts.groups;
  a.groups_used = experts.groups_used;
  a.sigmoid = experts.gate == model::Gate::sigmoid;
  a.two_best = experts.group_score == model::GroupScore::two_best;
  a.normalise = experts.normalise_weights;
  a.scale = experts.weight_scale;
  return a;
}

GateUpArguments first_products(const Machine& machine, const DeviceLayer& layer, Step& step,
                               bool dense) {
  GateUpArguments a;
  a.slots = slots_for(machine, layer, step, dense);
  a.gate = layer.gate;
  a.up = layer.up;
  a.shared_gate = layer.shared_gate;
  a.shared_up = layer.shared_up;
  a.input = hidden_input(machine, step, layer.feed_forward_norm);
  a.epsilon = machine.config.norm_epsilon;
  a.bytes = machine.bytes ? 1 : 0;
  return a;
}

DownArguments second_products(const Machine& machine, const DeviceLayer& layer, Step& step,
                              const GateUpArguments& first) {
  DownArguments a;
  a.slots = first.slots;
  a.down = layer.down;
  a.shared_down = layer.shared_down;
  a.hidden = step.rows.hidden.view();
  a.hidden_stride = machine.widths.hidden;
  a.hidden_group = machine.widths.group;
  a.bytes = first.bytes;
  return a;
}

ProjectArguments logits_of(const Machine& machine, const Head& head, Step& step) {
  ProjectArguments a = arguments_for(machine, step, hidden_input(machine, step, head.norm));
  a.tokens = step.wanted_count;
  a.input_rows = step.wanted;
  add(a, to_rows(head.output, step.rows.logits.view(), machine.config.vocab_size, 1));
  return a;
}

ProjectArguments joined_input(const Machine& machine, Step& step) {
  const Widths& w = machine.widths;
  ProjectArguments a =
      arguments_for(machine, step, {step.rows.joined.view(), {}, w.joined, w.joined_group});
  add(a, to_rows(machine.weights.prediction.join, step.rows.hidden.view(), w.hidden, w.group));
  return a;
}

}  // namespace engine::backend::cuda
