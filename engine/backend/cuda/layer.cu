#include "engine/backend/cuda/layer.h"

#include "engine/backend/cuda/mla_tensor.h"

namespace engine::backend::cuda {
namespace {

void attend_latent(const Machine& machine, const DeviceLayer& layer, const LayerCache& cache,
                   Step& step) {
  Stream& stream = machine.stream;
  project(stream, queries_and_latents(machine, layer, step));
  if (machine.config.mla.q_lora_rank > 0) project(stream, second_queries(machine, layer, step));
  rotate_latents(machine, layer, cache, step);
  project(stream, absorbed_queries(machine, layer, step));
  const AttentionArguments a = latent_attention(machine, cache, step);
  if (machine.small_on_tensor_cores && step.tokens.count <= small_batch) {
    TiledAttention tensor;
    tensor.common = a;
    attend_on_tensor_cores(stream, tensor, 16);
  } else {
    attend(stream, a);
  }
  merge_splits(stream, a);
  project(stream, values_of_heads(machine, layer, step));
}

void attend_grouped(const Machine& machine, const DeviceLayer& layer, const LayerCache& cache,
                    Step& step) {
  project(machine.stream, grouped_projections(machine, layer, step));
  rotate_heads(machine, layer, cache, step);
  const AttentionArguments a = grouped_attention(machine, layer, cache, step);
  attend(machine.stream, a);
  merge_splits(machine.stream, a);
}

NormaliseArguments normalised(const Machine& machine, const View<const float>& from,
                              const View<const float>& norm, const Step& step) {
  const Widths& w = machine.widths;
  NormaliseArguments a;
  a.from = {from, norm, w.hidden, w.group};
  a.columns = machine.config.hidden;
  a.epsilon = machine.config.norm_epsilon;
  a.tokens = step.tokens.count;
  return a;
}

void write_to(NormaliseArguments& a, const View<float>& to, int stride, int group) {
  a.to = to;
  a.to_stride = stride;
  a.to_group = group;
}

}  // namespace

void rotate_latents(const Machine& machine, const DeviceLayer& layer, const LayerCache& cache,
                    Step& step) {
  rotate_latent(machine.stream, turned_latents(machine, layer, cache, step));
}

void rotate_heads(const Machine& machine, const DeviceLayer& layer, const LayerCache& cache,
                  Step& step) {
  rotate_grouped(machine.stream, turned_heads(machine, layer, cache, step));
}

void choose_experts(const Machine& machine, int index, Step& step) {
  const DeviceLayer& layer = machine.weights.layers[index];
  const ProjectArguments router = router_scores(machine, layer, step);
  if (step.tokens.count > small_batch && layer.router.format == Format::f32) {
    route_many(machine.stream, {router.input, router.epsilon, layer.router, layer.router_bias,
                                step.rows.router.view(), step.tokens.count});
  } else {
    project(machine.stream, router);
  }
  moe_gate(machine.stream, choice_of_experts(machine, layer, step));
  if (!step.tells) return;
  const size_t choices = size_t(step.tokens.count) * machine.config.experts.used;
  machine.stream.copy(step.told.data() + (index - machine.config.dense_layers) * choices,
                      step.rows.chosen.data(), choices * sizeof(int32_t));
}

void embed_tokens(const Machine& machine, const DeviceMatrix& table, Step& step) {
  embed(machine.stream, embedding_of(machine, table, step));
}

void attend_layer(const Machine& machine, int index, const LayerCache& cache, Step& step) {
  const DeviceLayer& layer = machine.weights.layers[index];
  if (machine.config.is_latent()) {
    attend_latent(machine, layer, cache, step);
  } else {
    attend_grouped(machine, layer, cache, step);
  }
  project(machine.stream, output_of_heads(machine, layer, step));
}

void feed_forward_layer(const Machine& machine, int index, Step& step) {
  const DeviceLayer& layer = machine.weights.layers[index];
  const bool dense = machine.config.is_dense(index);
  if (!dense) choose_experts(machine, index, step);
  if (!dense && machine.host != nullptr) machine.host->take(index, step);
  const GateUpArguments first = first_products(machine, layer, step, dense);
  gate_up(machine.stream, first);
  down(machine.stream, second_products(machine, layer, step, first));
  if (!dense && machine.host != nullptr) machine.host->give(index, step);
}

void compute_logits(const Machine& machine, const Head& head, Step& step) {
  if (step.wanted_count > 0) project(machine.stream, logits_of(machine, head, step));
}

void keep_states(const Machine& machine, const View<float>& states, Step& step) {
  NormaliseArguments a =
      normalised(machine, step.rows.hidden.view(), machine.weights.output_norm, step);
  write_to(a, states, machine.widths.hidden, machine.widths.group);
  normalise(machine.stream, a);
}

void join_states(const Machine& machine, const View<const float>& states, Step& step) {
  const DevicePrediction& prediction = machine.weights.prediction;
  const Widths& w = machine.widths;
  NormaliseArguments embedding =
      normalised(machine, step.rows.hidden.view(), prediction.embedding_norm, step);
  write_to(embedding, step.rows.joined.view(), w.joined, w.joined_group);
  normalise(machine.stream, embedding);
  NormaliseArguments state = normalised(machine, states, prediction.state_norm, step);
  state.rows = step.states;
  state.first = machine.config.hidden;
  write_to(state, step.rows.joined.view(), w.joined, w.joined_group);
  normalise(machine.stream, state);
}

void project_joined(const Machine& machine, Step& step) {
  project(machine.stream, joined_input(machine, step));
}

}  // namespace engine::backend::cuda
