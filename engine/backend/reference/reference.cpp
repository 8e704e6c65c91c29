// The step as a whole, as plainly as it can be said: embeddings, layer after layer, logits, and the
// same once more for multi-token prediction. A layer reads like the papers; its operations are in
// files of their own (operations.h).
#include "engine/backend/reference/reference.h"

#include <algorithm>
#include <new>

#include "engine/backend/batch.h"
#include "engine/backend/reference/operations.h"
#include "engine/base/format.h"
#include "engine/gguf/dequantize.h"

namespace engine::backend::reference {
namespace {

class Reference final : public Backend {
 public:
  Reference(model::Weights weights, int blocks, std::unique_ptr<float[]> cache)
      : weights_(std::move(weights)),
        config_(weights_.config),
        frequencies_(rope_frequencies(config_.rope, config_.rope_dim(), weights_.rope_factors)),
        windowed_frequencies_(
            rope_frequencies(config_.windowed_rope, config_.rope_dim(), weights_.rope_factors)),
        block_count_(blocks),
        cache_(std::move(cache)) {
    if (!config_.is_latent()) return;
    for (int layer = 0; layer < weights_.layer_count(); ++layer) {
      projections_.push_back(
          model::latent_projections(config_.mla, weights_.layer(layer).attention));
    }
  }

  const model::Config& config() const override { return config_; }
  const char* name() const override { return "reference"; }
  int block_count() const override { return block_count_; }
  void copy_block(BlockId from, BlockId to) override;
  bool shifts() const override { return true; }
  base::Status copy_cells(const Place& from, const Place& to, int count) override;
  base::Result<RunEnd> run(const Batch& batch, std::span<float> logits,
                           const KeepGoing& keep_going) override;
  bool predicts() const override { return weights_.prediction.has_value(); }
  base::Status predict(const Batch& batch, std::span<const int> before,
                       std::span<float> logits) override;

 private:
  Vector embed(const Matrix& table, const Batch& batch) const;
  Vector project_queries(const model::AttentionWeights& weights, std::span<const float> x) const;
  void store_latents(const LayerCache& cache, const model::AttentionWeights& weights,
                     std::span<const float> x, std::span<const SequenceRun> runs) const;
  Vector attend_latent(int layer, std::span<const float> x,
                       std::span<const SequenceRun> runs) const;
  Vector project_heads(const Matrix& weights, const Vector& bias, const Vector& norm,
                       std::span<const float> x) const;
  void store_keys_and_values(int layer, std::span<const float> x,
                             std::span<const SequenceRun> runs) const;
  Vector attend_grouped(int layer, std::span<const float> x,
                        std::span<const SequenceRun> runs) const;
  std::vector<Choice> run_layer(int layer, std::span<const SequenceRun> runs,
                                std::span<float> hidden) const;
  void compute_logits(const Batch& batch, const Matrix& output, std::span<const float> states,
                      std::span<float> logits) const;
  LayerCache layer_cache(int layer) const;
  const std::vector<double>& frequencies(int layer) const {
    return config_.is_windowed(layer) ? windowed_frequencies_ : frequencies_;
  }

  const model::Weights weights_;
  const model::Config& config_;
  const std::vector<double> frequencies_, windowed_frequencies_;
  std::vector<model::LatentProjections> projections_;  // [layer], with latent attention
  const int block_count_;
  const std::unique_ptr<float[]> cache_;  // [layer][block][slot][Config::cache_dim()]
  Vector states_;                         // of the last finished run, [token][hidden]
};

void add(std::span<float> x, std::span<const float> y) {
  for (size_t i = 0; i < x.size(); ++i) x[i] += y[i];
}

LayerCache Reference::layer_cache(int layer) const {
  const size_t width = config_.cache_dim();
  return {cache_.get() + layer * (size_t(block_count_) * block_tokens * width), int(width)};
}

void Reference::copy_block(BlockId from, BlockId to) {
  INVARIANT(from >= 0 && from < block_count_ && to >= 0 && to < block_count_);
  const size_t size = size_t(block_tokens) * config_.cache_dim();
  for (int layer = 0; layer < weights_.layer_count() && from != to; ++layer) {
    float* const data = layer_cache(layer).data;
    std::copy_n(data + from * size, size, data + to * size);
  }
}

base::Status Reference::copy_cells(const Place& from, const Place& to, int count) {
  for (int layer = 0; layer < weights_.layer_count(); ++layer) {
    const LayerCache cache = layer_cache(layer);
    for (int i = 0; i < count; ++i) {
      const auto source = cache.at(from.block_table, from.position + i);
      const auto cell = cache.at(to.block_table, to.position + i);
      std::copy(source.begin(), source.end(), cell.begin());
      for (int key = 0; key < config_.cached_keys(); ++key) {
        rope(config_.rope.pairs, frequencies(layer), to.position - from.position,
             cell.subspan(config_.cached_key(key), config_.rope_dim()));
      }
    }
  }
  return base::Done{};
}

Vector Reference::embed(const Matrix& table, const Batch& batch) const {
  const size_t width = config_.hidden;
  Vector hidden(batch.tokens.size() * width);
  for (size_t i = 0; i < batch.tokens.size(); ++i) {
    gguf::dequantize_row(table.type, table.row(batch.tokens[i].id),
                         std::span(hidden).subspan(i * width, width));
  }
  return hidden;
}

Vector Reference::project_queries(const model::AttentionWeights& weights,
                                  std::span<const float> x) const {
  const size_t tokens = x.size() / config_.hidden;
  Vector queries(tokens * config_.mla.heads * config_.mla.query_dim());
  if (config_.mla.q_lora_rank == 0) {
    matmul(weights.q, x, queries);
    return queries;
  }
  Vector low(tokens * config_.mla.q_lora_rank);
  matmul(weights.q_a, x, low);
  rms_norm(low, weights.q_a_norm, config_.norm_epsilon, low);
  matmul(weights.q_b, low, queries);
  return queries;
}

void Reference::store_latents(const LayerCache& cache, const model::AttentionWeights& weights,
                              std::span<const float> x, std::span<const SequenceRun> runs) const {
  const size_t width = cache.width, lora = config_.mla.kv_lora_rank;
  Vector rows(x.size() / config_.hidden * width);
  matmul(weights.kv_a, x, rows);
  for (const SequenceRun& run : runs) {
    for (size_t i = 0; i < run.count; ++i) {
      const int position = run.position + static_cast<int>(i);
      const auto row = std::span(rows).subspan((run.first + i) * width, width);
      const auto slot = cache.at(run.block_table, position);
      rms_norm(row.first(lora), weights.kv_a_norm, config_.norm_epsilon, slot.first(lora));
      rope(config_.rope.pairs, frequencies_, position, row.subspan(lora));
      std::copy(row.begin() + lora, row.end(), slot.begin() + lora);
    }
  }
}

Vector Reference::attend_latent(int layer, std::span<const float> x,
                                std::span<const SequenceRun> runs) const {
  const auto& weights = weights_.layer(layer).attention;
  const model::Mla& mla = config_.mla;
  const LayerCache cache = layer_cache(layer);
  Vector queries = project_queries(weights, x);
  store_latents(cache, weights, x, runs);

  const size_t query_width = size_t(mla.heads) * mla.query_dim();
  const size_t output_width = size_t(mla.heads) * mla.value_dim;
  Vector heads(x.size() / config_.hidden * output_width);
  for (const SequenceRun& run : runs) {
    for (size_t i = 0; i < run.count; ++i) {
      const int position = run.position + static_cast<int>(i);
      const auto query = std::span(queries).subspan((run.first + i) * query_width, query_width);
      for (int head = 0; head < mla.heads; ++head) {
        rope(config_.rope.pairs, frequencies_, position,
             query.subspan(head * mla.query_dim() + mla.nope_dim, mla.rope_dim));
      }
      mla_attention(mla, projections_[layer], cache, run.block_table, position, query,
                    std::span(heads).subspan((run.first + i) * output_width, output_width));
    }
  }
  Vector output(x.size());
  matmul(weights.output, heads, output);
  return output;
}

// weights · x + bias, and each head normalised where there is a norm.
Vector Reference::project_heads(const Matrix& weights, const Vector& bias, const Vector& norm,
                                std::span<const float> x) const {
  const size_t width = weights.rows;
  Vector heads(x.size() / config_.hidden * width);
  matmul(weights, x, heads);
  for (size_t i = 0; i < heads.size() && !bias.empty(); ++i) heads[i] += bias[i % width];
  if (!norm.empty()) rms_norm(heads, norm, config_.norm_epsilon, heads);
  return heads;
}

void Reference::store_keys_and_values(int layer, std::span<const float> x,
                                      std::span<const SequenceRun> runs) const {
  const auto& weights = weights_.layer(layer).attention;
  const model::Gqa& gqa = config_.gqa;
  const LayerCache cache = layer_cache(layer);
  const size_t key_width = gqa.key_width(), value_width = gqa.value_width();
  Vector keys = project_heads(weights.k, weights.k_bias, weights.k_norm, x);
  const Vector values = project_heads(weights.v, weights.v_bias, {}, x);
  for (const SequenceRun& run : runs) {
    for (size_t i = 0; i < run.count; ++i) {
      const int position = run.position + static_cast<int>(i);
      const auto key = std::span(keys).subspan((run.first + i) * key_width, key_width);
      const auto value = std::span(values).subspan((run.first + i) * value_width, value_width);
      for (int head = 0; head < gqa.kv_heads; ++head) {
        rope(config_.rope.pairs, frequencies(layer), position,
             key.subspan(head * gqa.key_dim, gqa.rope_dim));
      }
      const auto slot = cache.at(run.block_table, position);
      std::copy(key.begin(), key.end(), slot.begin());
      std::copy(value.begin(), value.end(), slot.begin() + key_width);
    }
  }
}

Vector Reference::attend_grouped(int layer, std::span<const float> x,
                                 std::span<const SequenceRun> runs) const {
  const auto& weights = weights_.layer(layer).attention;
  const model::Gqa& gqa = config_.gqa_of(layer);
  const LayerCache cache = layer_cache(layer);
  store_keys_and_values(layer, x, runs);
  Vector queries = project_heads(weights.q, weights.q_bias, weights.q_norm, x);

  const size_t query_width = size_t(gqa.heads) * gqa.key_dim;
  const size_t output_width = size_t(gqa.heads) * gqa.value_dim;
  Vector heads(x.size() / config_.hidden * output_width);
  for (const SequenceRun& run : runs) {
    for (size_t i = 0; i < run.count; ++i) {
      const int position = run.position + static_cast<int>(i);
      const auto query = std::span(queries).subspan((run.first + i) * query_width, query_width);
      for (int head = 0; head < gqa.heads; ++head) {
        rope(config_.rope.pairs, frequencies(layer), position,
             query.subspan(head * gqa.key_dim, gqa.rope_dim));
      }
      gqa_attention(gqa, weights.sinks, cache, run.block_table, position, query,
                    std::span(heads).subspan((run.first + i) * output_width, output_width));
    }
  }
  Vector output(x.size());
  matmul(weights.output, heads, output);
  const Vector& bias = weights.output_bias;
  for (size_t i = 0; i < output.size() && !bias.empty(); ++i) output[i] += bias[i % bias.size()];
  return output;
}

// Returns each token's experts, [tokens][used]; nothing of a dense layer.
std::vector<Choice> Reference::run_layer(int layer, std::span<const SequenceRun> runs,
                                         std::span<float> hidden) const {
  const model::LayerWeights& weights = weights_.layer(layer);
  Vector x(hidden.size());
  rms_norm(hidden, weights.attention.norm, config_.norm_epsilon, x);
  add(hidden, config_.is_latent() ? attend_latent(layer, x, runs) : attend_grouped(layer, x, runs));

  rms_norm(hidden, weights.feed_forward_norm, config_.norm_epsilon, x);
  Vector y(hidden.size());
  std::vector<Choice> choices;
  if (config_.is_dense(layer)) {
    feed_forward(weights.dense, x, y);
  } else {
    choices = experts(config_.experts, weights.experts, x, y);
  }
  add(hidden, y);
  return choices;
}

// The experts of the tokens whose logits are wanted.
void tell(const Batch& batch, int layer, std::span<const Choice> choices) {
  const size_t used = batch.routing->used;
  size_t wanted = 0;
  for (size_t i = 0; (i + 1) * used <= choices.size(); ++i) {
    if (!batch.tokens[i].wants_logits) continue;
    const auto experts = batch.routing->of(wanted++, layer);
    std::transform(choices.begin() + i * used, choices.begin() + (i + 1) * used, experts.begin(),
                   [](const Choice& choice) { return static_cast<int16_t>(choice.expert); });
  }
}

void Reference::compute_logits(const Batch& batch, const Matrix& output,
                               std::span<const float> states, std::span<float> logits) const {
  const size_t width = config_.hidden;
  Vector wanted;
  for (size_t i = 0; i < batch.tokens.size(); ++i) {
    const auto row = states.subspan(i * width, width);
    if (batch.tokens[i].wants_logits) wanted.insert(wanted.end(), row.begin(), row.end());
  }
  matmul(output, wanted, logits);
}

base::Result<RunEnd> Reference::run(const Batch& batch, std::span<float> logits,
                                    const KeepGoing& keep_going) {
  const auto runs = check_batch(batch, logits.size(), config_.vocab_size, block_count_);
  if (!runs.ok()) return runs.error();
  Vector hidden = embed(weights_.token_embedding, batch);
  if (batch.routing != nullptr) batch.routing->start(config_, logits.size() / config_.vocab_size);
  for (int layer = 0; layer < config_.layers; ++layer) {
    if (keep_going && !keep_going()) return RunEnd::interrupted;
    const auto choices = run_layer(layer, *runs, hidden);
    if (batch.routing != nullptr) tell(batch, layer - config_.dense_layers, choices);
  }
  if (keep_going && !keep_going()) return RunEnd::interrupted;
  states_.resize(hidden.size());
  rms_norm(hidden, weights_.output_norm, config_.norm_epsilon, states_);
  compute_logits(batch, weights_.output, states_, logits);
  return RunEnd::finished;
}

base::Status Reference::predict(const Batch& batch, std::span<const int> before,
                                std::span<float> logits) {
  INVARIANT(predicts() && before.size() == batch.tokens.size());
  const auto runs = check_batch(batch, logits.size(), config_.vocab_size, block_count_);
  if (!runs.ok()) return runs.error();
  const model::PredictionWeights& weights = *weights_.prediction;
  const size_t width = config_.hidden;
  const Vector embedded = embed(weights.embedding, batch);
  Vector joined(2 * embedded.size());
  for (size_t i = 0; i < batch.tokens.size(); ++i) {
    const auto row = std::span(joined).subspan(i * 2 * width, 2 * width);
    rms_norm(std::span(embedded).subspan(i * width, width), weights.embedding_norm,
             config_.norm_epsilon, row.first(width));
    if (before[i] < 0) continue;
    INVARIANT((before[i] + 1) * width <= states_.size());
    rms_norm(std::span(states_).subspan(before[i] * width, width), weights.state_norm,
             config_.norm_epsilon, row.last(width));
  }
  Vector hidden(embedded.size());
  matmul(weights.join, joined, hidden);
  run_layer(config_.layers, *runs, hidden);
  rms_norm(hidden, weights.output_norm, config_.norm_epsilon, hidden);
  compute_logits(batch, weights.output, hidden, logits);
  return base::Done{};
}

}  // namespace

base::Result<std::unique_ptr<Backend>> make_backend(model::Weights weights, int kv_tokens) {
  const auto blocks = pool_blocks(kv_tokens);
  if (!blocks.ok()) return blocks.error();
  const size_t size =
      size_t(weights.layer_count()) * *blocks * block_tokens * weights.config.cache_dim();
  // Left uninitialised: a slot is written before it is read, and a large pool costs only what is
  // used.
  std::unique_ptr<float[]> cache(new (std::nothrow) float[size]);
  if (cache == nullptr) {
    return base::fail("cannot allocate ", size * sizeof(float), " bytes for a KV cache of ",
                      kv_tokens, " tokens; choose fewer");
  }
  return std::unique_ptr<Backend>(
      std::make_unique<Reference>(std::move(weights), *blocks, std::move(cache)));
}

}  // namespace engine::backend::reference
