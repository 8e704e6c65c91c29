#include <algorithm>

#include "engine/backend/cpu/gqa_attention.h"
#include "engine/backend/cpu/step.h"

namespace engine::backend::cpu {
namespace {

// The bias, the norm and the rotation of `heads` heads of one token.
void finish_heads(const model::Config& config, std::span<const float> rotation,
                  const model::Vector& bias, const model::Vector& norm, int heads,
                  std::span<float> row) {
  const int key = config.gqa.key_dim;
  for (size_t i = 0; i < bias.size(); ++i) row[i] += bias[i];
  if (!norm.empty()) reference::rms_norm(row, norm, config.norm_epsilon, row);
  for (int head = 0; head < heads; ++head) {
    rotate(config.rope.pairs, rotation, row.subspan(head * key, config.gqa.rope_dim));
  }
}

void project(const Machine& machine, const Layer& layer, Step& step) {
  const int tokens = step.normed.rows();
  step.queries.resize(tokens, layer.q.rows());
  step.keys.resize(tokens, layer.k.rows());
  step.values.resize(tokens, layer.v.rows());
  const auto rows = step.normed.views();
  const auto query_rows = targets(step.queries), key_rows = targets(step.keys),
             value_rows = targets(step.values);
  const Product products[] = {{&layer.q, 0, rows, query_rows},
                              {&layer.k, 0, rows, key_rows},
                              {&layer.v, 0, rows, value_rows}};
  multiply(machine, products);
}

void finish_projections(const Machine& machine, const model::Config& config, const Layer& layer,
                        const LayerCache& cache, Step& step) {
  const model::AttentionWeights& source = layer.source->attention;
  const model::Gqa& gqa = config.gqa;
  const std::span<const float> rotations =
      layer.is_windowed ? step.windowed_rotations : step.rotations;
  machine.threads.parallel_for(step.queries.rows(), [&](int i, int) {
    const auto rotation = rotations.subspan(size_t(i) * gqa.rope_dim, gqa.rope_dim);
    const auto key = step.keys.row(i), value = step.values.row(i);
    finish_heads(config, rotation, source.q_bias, source.q_norm, gqa.heads, step.queries.row(i));
    finish_heads(config, rotation, source.k_bias, source.k_norm, gqa.kv_heads, key);
    for (size_t v = 0; v < source.v_bias.size(); ++v) value[v] += source.v_bias[v];
    const Cells slot = cache.at(step.tokens[i].block_table, step.tokens[i].position);
    write(machine.floats, key, slot);
    write(machine.floats, value, slot + key.size());
  });
}

}  // namespace

void attend_grouped(const Machine& all, const model::Config& config, const Layer& layer,
                    const LayerCache& cache, LastLayer last, Step& step) {
  const model::Gqa& gqa = layer.is_windowed ? config.windowed_gqa : config.gqa;
  normalise(all, layer.source->attention.norm, config.norm_epsilon, step.hidden, step.normed);
  project(all, layer, step);
  finish_projections(all, config, layer, cache, step);
  if (last == LastLayer::yes) keep_wanted(step, gqa.rope_dim, step.queries);
  if (step.tokens.empty()) return;
  const Machine machine = all.for_rows(static_cast<int>(step.tokens.size()));
  step.heads.resize(step.queries.rows(), gqa.heads * gqa.value_dim);
  gqa_attention(machine, gqa, layer, cache, step.tokens, step.queries, step.heads, step.attention);
  add_output(machine, layer, step);
}

}  // namespace engine::backend::cpu
