#include "engine/backend/cpu/cpu.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "engine/backend/batch.h"
#include "engine/backend/cpu/experts.h"
#include "engine/backend/cpu/isa.h"
#include "engine/backend/cpu/layer.h"
#include "engine/backend/cpu/mla_attention.h"
#include "engine/base/format.h"
#include "engine/gguf/dequantize.h"

namespace engine::backend::cpu {
namespace {

struct Free {
  void operator()(float* memory) const { ::operator delete[](memory, std::align_val_t{64}); }
};
using CacheMemory = std::unique_ptr<float[], Free>;

// Everything a run computes between token ids and logits. A run that overtakes another has its own.
struct Step {
  std::vector<Query> tokens;
  std::vector<float> rotations;  // [token][rope_dim], pairs of cosine and sine
  std::vector<int> wanted;       // indices of the tokens whose logits are wanted
  Activations hidden, normed, low, queries, latents, heads, added;
  ExpertScratch experts;
  std::vector<AttentionScratch> attention;  // [thread]
};

Q8Kernels q8_kernels(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::avx512) return q8_kernels_avx512;
  if (isa == Isa::avx2) return q8_kernels_avx2;
#endif
  return q8_kernels_generic;
}

FloatKernels float_kernels(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::avx512) return float_kernels_avx512;
  if (isa == Isa::avx2) return float_kernels_avx2;
#endif
  return float_kernels_generic;
}

int cache_stride(const model::Mla& mla) { return (mla.cache_dim() + 15) / 16 * 16; }

class Cpu final : public Backend {
 public:
  Cpu(model::Weights weights, Isa isa, int blocks, CacheMemory cache,
      std::shared_ptr<base::ThreadPool> threads);

  const model::Config& config() const override { return config_; }
  const char* name() const override { return name_.c_str(); }
  int block_count() const override { return block_count_; }
  void copy_block(BlockId from, BlockId to) override;
  base::Result<RunEnd> run(const Batch& batch, std::span<float> logits,
                           const KeepGoing& keep_going) override;

 private:
  RunEnd run_layers(Step& step, std::span<float> logits, const KeepGoing& keep_going);
  void begin(const Batch& batch, std::span<const SequenceRun> runs, Step& step) const;
  void normalise(Activations& x, const model::Vector& weight, Activations& y) const;
  void store_latents(const Layer& layer, const LayerCache& cache, Step& step) const;
  void rotate_queries(Step& step) const;
  void keep_wanted(Step& step) const;
  void attend(int layer, Step& step) const;
  void multiply(const WeightStack& weights, Activations& x, Activations& y) const;
  void project_latents_and_queries(const Layer& layer, Step& step) const;
  void add_to_hidden(Step& step) const;
  LayerCache layer_cache(int layer) const;

  const model::Weights weights_;
  const model::Config& config_;
  const std::string name_;
  const std::vector<double> frequencies_;
  const Q8Kernels q8_;
  const FloatKernels floats_;
  const std::shared_ptr<base::ThreadPool> threads_;
  const Machine machine_;
  std::vector<Layer> layers_;
  WeightStack output_;
  const int block_count_;
  const CacheMemory cache_;  // [layer][block][slot][cache_stride]
  Step steps_[2];            // [depth]
  int depth_ = 0;            // runs in progress
};

Cpu::Cpu(model::Weights weights, Isa isa, int blocks, CacheMemory cache,
         std::shared_ptr<base::ThreadPool> threads)
    : weights_(std::move(weights)),
      config_(weights_.config),
      name_(base::concat("cpu (", isa_name(isa), ")")),
      frequencies_(reference::rope_frequencies(config_.rope, config_.mla.rope_dim)),
      q8_(q8_kernels(isa)),
      floats_(float_kernels(isa)),
      threads_(std::move(threads)),
      machine_{q8_, floats_, *threads_},
      output_(WeightStack::from(weights_.output)),
      block_count_(blocks),
      cache_(std::move(cache)) {
  layers_.resize(config_.layers);
  threads_->parallel_for(config_.layers, [&](int layer, int) {
    layers_[layer] = make_layer(config_, weights_.layers[layer]);
  });
  for (Step& step : steps_) step.attention.resize(threads_->threads());
}

LayerCache Cpu::layer_cache(int layer) const {
  const int stride = cache_stride(config_.mla);
  return {cache_.get() + size_t(layer) * block_count_ * block_tokens * stride, stride};
}

void Cpu::copy_block(BlockId from, BlockId to) {
  INVARIANT(from >= 0 && from < block_count_ && to >= 0 && to < block_count_);
  for (int layer = 0; layer < config_.layers && from != to; ++layer) {
    const LayerCache cache = layer_cache(layer);
    std::copy_n(cache.block(from), size_t(block_tokens) * cache.stride, cache.block(to));
  }
}

void Cpu::begin(const Batch& batch, std::span<const SequenceRun> runs, Step& step) const {
  const int count = static_cast<int>(batch.tokens.size());
  step.tokens.clear();
  step.wanted.clear();
  for (int i = 0; i < static_cast<int>(runs.size()); ++i) {
    for (size_t t = 0; t < runs[i].count; ++t) {
      step.tokens.push_back({runs[i].position + static_cast<int>(t), i, runs[i].block_table});
    }
  }
  const int rope_dim = config_.mla.rope_dim;
  step.rotations.resize(size_t(count) * rope_dim);
  step.hidden.resize(count, config_.hidden);
  const model::Matrix& table = weights_.token_embedding;
  for (int i = 0; i < count; ++i) {
    if (batch.tokens[i].wants_logits) step.wanted.push_back(i);
    gguf::dequantize_row(table.type, table.row(batch.tokens[i].id), step.hidden.row(i));
    float* const rotation = step.rotations.data() + size_t(i) * rope_dim;
    for (size_t pair = 0; pair < frequencies_.size(); ++pair) {
      const double angle = step.tokens[i].position * frequencies_[pair];
      rotation[2 * pair] = static_cast<float>(std::cos(angle));
      rotation[2 * pair + 1] = static_cast<float>(std::sin(angle));
    }
  }
}

// y = the normalised rows of x, also rounded.
void Cpu::normalise(Activations& x, const model::Vector& weight, Activations& y) const {
  y.resize(x.rows(), x.width());
  constexpr int step = 16;
  machine_.threads.parallel_for((x.rows() + step - 1) / step, [&](int task, int) {
    for (int i = task * step; i < std::min(x.rows(), (task + 1) * step); ++i) {
      reference::rms_norm(x.row(i), weight, config_.norm_epsilon, y.row(i));
      y.quantize_row(machine_.q8, i);
    }
  });
}

void rotate(const float* rotation, std::span<float> v) {
  for (size_t i = 0; i < v.size(); i += 2) {
    const float a = v[i], b = v[i + 1], cosine = rotation[i], sine = rotation[i + 1];
    v[i] = a * cosine - b * sine;
    v[i + 1] = a * sine + b * cosine;
  }
}

void Cpu::store_latents(const Layer& layer, const LayerCache& cache, Step& step) const {
  const size_t lora = config_.mla.kv_lora_rank, rope_dim = config_.mla.rope_dim;
  for (int i = 0; i < step.latents.rows(); ++i) {
    const auto row = step.latents.row(i);
    const Query& token = step.tokens[i];
    const std::span slot(cache.at(token.block_table, token.position), lora + rope_dim);
    reference::rms_norm(row.first(lora), layer.source->attention.kv_a_norm, config_.norm_epsilon,
                        slot.first(lora));
    rotate(step.rotations.data() + i * rope_dim, row.subspan(lora));
    std::copy(row.begin() + lora, row.end(), slot.begin() + lora);
  }
}

void Cpu::rotate_queries(Step& step) const {
  const model::Mla& mla = config_.mla;
  for (int i = 0; i < step.queries.rows(); ++i) {
    for (int head = 0; head < mla.heads; ++head) {
      rotate(step.rotations.data() + size_t(i) * mla.rope_dim,
             step.queries.row(i).subspan(head * mla.query_dim() + mla.nope_dim, mla.rope_dim));
    }
  }
}

void Cpu::multiply(const WeightStack& weights, Activations& x, Activations& y) const {
  y.resize(x.rows(), weights.rows());
  const auto rows = x.views();
  const auto results = targets(y);
  const Product product{&weights, 0, rows, results};
  cpu::multiply(machine_, {&product, 1});
}

// The latents of all tokens, and what the queries are made of.
void Cpu::project_latents_and_queries(const Layer& layer, Step& step) const {
  const WeightStack& query = config_.mla.q_lora_rank > 0 ? layer.q_a : layer.q;
  Activations& queries = config_.mla.q_lora_rank > 0 ? step.low : step.queries;
  step.latents.resize(step.normed.rows(), layer.kv_a.rows());
  queries.resize(step.normed.rows(), query.rows());
  const auto rows = step.normed.views();
  const auto latent_rows = targets(step.latents), query_rows = targets(queries);
  const Product products[] = {{&layer.kv_a, 0, rows, latent_rows}, {&query, 0, rows, query_rows}};
  cpu::multiply(machine_, products);
}

// From here on only the tokens whose logits are wanted are of interest: in the last layer, once all
// latents are stored.
void Cpu::keep_wanted(Step& step) const {
  const size_t rope_dim = config_.mla.rope_dim;
  for (size_t i = 0; i < step.wanted.size(); ++i) {
    const int from = step.wanted[i];
    step.tokens[i] = step.tokens[from];
    std::copy_n(step.rotations.begin() + from * rope_dim, rope_dim,
                step.rotations.begin() + i * rope_dim);
  }
  step.tokens.resize(step.wanted.size());
  step.hidden.keep(step.wanted);
  (config_.mla.q_lora_rank > 0 ? step.low : step.queries).keep(step.wanted);
}

void Cpu::add_to_hidden(Step& step) const {
  const auto hidden = step.hidden.values(), added = step.added.values();
  for (size_t i = 0; i < hidden.size(); ++i) hidden[i] += added[i];
}

void Cpu::attend(int index, Step& step) const {
  const Layer& layer = layers_[index];
  const LayerCache cache = layer_cache(index);
  normalise(step.hidden, layer.source->attention.norm, step.normed);
  project_latents_and_queries(layer, step);
  store_latents(layer, cache, step);
  if (index == config_.layers - 1) keep_wanted(step);
  if (step.tokens.empty()) return;

  if (config_.mla.q_lora_rank > 0) {
    normalise(step.low, layer.source->attention.q_a_norm, step.low);
    multiply(layer.q_b, step.low, step.queries);
  }
  rotate_queries(step);
  step.heads.resize(step.queries.rows(), config_.mla.heads * config_.mla.value_dim);
  mla_attention(machine_, config_.mla, layer, cache, step.tokens, step.queries, step.heads,
                step.attention);
  step.heads.quantize(machine_);
  multiply(layer.output, step.heads, step.added);
  add_to_hidden(step);
}

RunEnd Cpu::run_layers(Step& step, std::span<float> logits, const KeepGoing& keep_going) {
  for (int index = 0; index < config_.layers; ++index) {
    if (keep_going && !keep_going()) return RunEnd::interrupted;
    const Layer& layer = layers_[index];
    attend(index, step);
    if (step.tokens.empty()) return RunEnd::finished;
    normalise(step.hidden, layer.source->feed_forward_norm, step.normed);
    if (config_.is_dense(index)) {
      feed_forward(machine_, layer.dense, step.normed, step.hidden, step.experts);
    } else {
      experts(machine_, config_.experts, layer, step.normed, step.hidden, step.experts);
    }
  }
  if (keep_going && !keep_going()) return RunEnd::interrupted;
  normalise(step.hidden, weights_.output_norm, step.normed);
  const auto rows = step.normed.views();
  std::vector<float*> results(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) results[i] = logits.data() + i * config_.vocab_size;
  const Product product{&output_, 0, rows, results};
  cpu::multiply(machine_, {&product, 1});
  return RunEnd::finished;
}

base::Result<RunEnd> Cpu::run(const Batch& batch, std::span<float> logits,
                              const KeepGoing& keep_going) {
  const auto runs = check_batch(batch, logits.size(), config_.vocab_size, block_count_);
  if (!runs.ok()) return runs.error();
  INVARIANT(depth_ < 2);
  Step& step = steps_[depth_++];
  begin(batch, *runs, step);
  const RunEnd end = run_layers(step, logits, keep_going);
  --depth_;
  return end;
}

}  // namespace

base::Result<std::unique_ptr<Backend>> make_backend(model::Weights weights, int kv_tokens,
                                                    std::shared_ptr<base::ThreadPool> threads) {
  const auto isa = choose_isa();
  if (!isa.ok()) return isa.error();
  const auto blocks = pool_blocks(kv_tokens);
  if (!blocks.ok()) return blocks.error();
  const size_t bytes = size_t(weights.config.layers) * *blocks * block_tokens *
                       cache_stride(weights.config.mla) * sizeof(float);
  // Left uninitialised: a slot is written before it is read, and a large pool costs only what is
  // used.
  CacheMemory cache(
      static_cast<float*>(::operator new[](bytes, std::align_val_t{64}, std::nothrow)));
  if (cache == nullptr) {
    return base::fail("cannot allocate ", bytes, " bytes for a KV cache of ", kv_tokens,
                      " tokens; choose fewer");
  }
  return std::unique_ptr<Backend>(std::make_unique<Cpu>(std::move(weights), *isa, *blocks,
                                                        std::move(cache), std::move(threads)));
}

}  // namespace engine::backend::cpu
