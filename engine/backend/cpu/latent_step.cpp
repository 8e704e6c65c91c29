#include <algorithm>

#include "engine/backend/cpu/mla_attention.h"
#include "engine/backend/cpu/step.h"

namespace engine::backend::cpu {
namespace {

// The latents of all tokens, and what the queries are made of.
void project(const Machine& machine, const Layer& layer, const WeightStack& query,
             Activations& queries, Step& step) {
  step.latents.resize(step.normed.rows(), layer.kv_a.rows());
  queries.resize(step.normed.rows(), query.rows());
  const auto rows = step.normed.views();
  const auto latent_rows = targets(step.latents), query_rows = targets(queries);
  const Product products[] = {{&layer.kv_a, 0, rows, latent_rows}, {&query, 0, rows, query_rows}};
  multiply(machine, products);
}

std::span<const float> rotation_of(const Step& step, int token, int rope_dim) {
  return std::span(step.rotations).subspan(size_t(token) * rope_dim, rope_dim);
}

void store_latents(const Machine& machine, const model::Config& config, const Layer& layer,
                   const LayerCache& cache, Step& step) {
  const size_t lora = config.mla.kv_lora_rank;
  for (int i = 0; i < step.latents.rows(); ++i) {
    const auto row = step.latents.row(i);
    const Query& token = step.tokens[i];
    reference::rms_norm(row.first(lora), layer.source->attention.kv_a_norm, config.norm_epsilon,
                        row.first(lora));
    rotate(config.rope.pairs, rotation_of(step, i, config.mla.rope_dim), row.subspan(lora));
    write(machine.floats, row, cache.at(token.block_table, token.position));
  }
}

void rotate_queries(const model::Config& config, Step& step) {
  const model::Mla& mla = config.mla;
  for (int i = 0; i < step.queries.rows(); ++i) {
    const auto rotation = rotation_of(step, i, mla.rope_dim);
    for (int head = 0; head < mla.heads; ++head) {
      rotate(config.rope.pairs, rotation,
             step.queries.row(i).subspan(head * mla.query_dim() + mla.nope_dim, mla.rope_dim));
    }
  }
}

}  // namespace

void attend_latent(const Machine& all, const model::Config& config, const Layer& layer,
                   const LayerCache& cache, LastLayer last, Step& step) {
  const model::Mla& mla = config.mla;
  const bool low_rank = mla.q_lora_rank > 0;
  const model::AttentionWeights& source = layer.source->attention;
  Activations& queries = low_rank ? step.low : step.queries;
  normalise(all, source.norm, config.norm_epsilon, step.hidden, step.normed);
  project(all, layer, low_rank ? layer.q_a : layer.q, queries, step);
  store_latents(all, config, layer, cache, step);
  if (last == LastLayer::yes) keep_wanted(step, mla.rope_dim, queries);
  if (step.tokens.empty()) return;
  const Machine machine = all.for_rows(static_cast<int>(step.tokens.size()));

  if (low_rank) {
    normalise(machine, source.q_a_norm, config.norm_epsilon, step.low, step.low);
    multiply(machine, layer.q_b, step.low, step.queries);
  }
  rotate_queries(config, step);
  step.heads.resize(step.queries.rows(), mla.heads * mla.value_dim);
  mla_attention(machine, mla, layer, cache, step.tokens, step.queries, step.heads, step.attention);
  add_output(machine, layer, step);
}

}  // namespace engine::backend::cpu
