#include "engine/backend/cpu/layer.h"

namespace engine::backend::cpu {
namespace {

FeedForward pack(const model::FeedForward& weights) {
  return {WeightStack::from(weights.gate), WeightStack::from(weights.up),
          WeightStack::from(weights.down)};
}

// [count][rows][columns] to [count][columns][rows]
model::Vector transposed(const model::Vector& values, int count, int rows, int columns) {
  model::Vector result(values.size());
  for (int index = 0; index < count; ++index) {
    const size_t first = size_t(index) * rows * columns;
    for (int row = 0; row < rows; ++row) {
      for (int column = 0; column < columns; ++column) {
        result[first + size_t(column) * rows + row] =
            values[first + size_t(row) * columns + column];
      }
    }
  }
  return result;
}

void pack_latent_projections(const model::Mla& mla, const model::AttentionWeights& weights,
                             Layer& layer) {
  // What had been rounded in the file is rounded to 8 bits, in whichever direction its rows run.
  // Halves stay such, unless an adapter has been added to them.
  const model::Matrix& given = weights.kv_b.empty() ? weights.v_b : weights.kv_b;
  using Precision = WeightStack::Precision;
  const bool is_adapted = !weights.kv_b_adapters.empty() || !weights.k_b_adapters.empty() ||
                          !weights.v_b_adapters.empty();
  const bool is_half = given.type == gguf::WeightType::f16 && !is_adapted;
  const Precision precision = is_half                                  ? Precision::f16
                              : gguf::geometry(given.type).values == 1 ? Precision::as_given
                                                                       : Precision::q8_0;
  const int heads = mla.heads, lora = mla.kv_lora_rank, nope = mla.nope_dim;
  const auto [key, value] = model::latent_projections(mla, weights);
  layer.expand_key =
      WeightStack::from(transposed(key, heads, lora, nope), heads, nope, lora, precision);
  layer.absorb_key = WeightStack::from(key, heads, lora, nope, precision);
  layer.value = WeightStack::from(value, heads, mla.value_dim, lora, precision);
}

}  // namespace

Layer make_layer(const model::Config& config, int index, const model::LayerWeights& weights) {
  const model::AttentionWeights& attention = weights.attention;
  Layer layer;
  layer.source = &weights;
  layer.is_windowed = config.is_windowed(index);
  layer.q = WeightStack::from(attention.q);
  layer.q_a = WeightStack::from(attention.q_a);
  layer.q_b = WeightStack::from(attention.q_b);
  layer.kv_a = WeightStack::from(attention.kv_a);
  layer.k = WeightStack::from(attention.k);
  layer.v = WeightStack::from(attention.v);
  layer.output = WeightStack::from(attention.output);
  if (config.is_latent()) pack_latent_projections(config.mla, attention, layer);

  const model::ExpertWeights& experts = weights.experts;
  layer.dense = pack(weights.dense);
  layer.router = WeightStack::from(experts.router);
  layer.experts = {WeightStack::from(experts.gate), WeightStack::from(experts.up),
                   WeightStack::from(experts.down)};
  layer.shared = pack(experts.shared);
  return layer;
}

}  // namespace engine::backend::cpu
