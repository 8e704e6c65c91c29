// The step as a whole: embeddings, layer after layer, logits. A layer's work is in step.h's
// functions; what is here are the weights, the KV cache and the memory of runs, of which one may
// overtake the other. Where the model has a layer for multi-token prediction, runs keep the states
// of all their tokens for it, and it has its own part of the cache behind the others'.
#include "engine/backend/cpu/cpu.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "engine/backend/batch.h"
#include "engine/backend/block_pool.h"
#include "engine/backend/cpu/machine.h"
#include "engine/backend/cpu/step.h"
#include "engine/backend/memory_need.h"
#include "engine/base/format.h"
#include "engine/base/machine_limits.h"
#include "engine/gguf/dequantize.h"

namespace engine::backend::cpu {
namespace {

struct Free {
  void operator()(std::byte* memory) const { ::operator delete[](memory, std::align_val_t{64}); }
};
using CacheMemory = std::unique_ptr<std::byte[], Free>;

// Of a layer without its memory.
LayerCache cache_form(const model::Weights& weights) {
  // Where the heads' results are rounded to 8 bits for the next product, half precision takes
  // nothing more from them. Models of float weights are computed in float32 throughout.
  const bool rounds = std::all_of(
      weights.layers.begin(), weights.layers.end(),
      [](const model::LayerWeights& layer) { return has_levels(layer.attention.output.type); });
  const int stride = (weights.config.cache_dim() + 15) / 16 * 16;
  return {nullptr, stride, rounds ? CellType::half : CellType::float32};
}

// [rope_dim], what `rotate` turns by.
void write_rotation(std::span<const double> frequencies, int positions, float* rotation) {
  for (size_t pair = 0; pair < frequencies.size(); ++pair) {
    const double angle = positions * frequencies[pair];
    rotation[2 * pair] = static_cast<float>(std::cos(angle));
    rotation[2 * pair + 1] = static_cast<float>(std::sin(angle));
  }
}

// What multi-token prediction takes besides its layer, and what runs leave for it.
struct Prediction {
  WeightStack join, output;
  std::vector<float> states;  // of the last finished run, [token][hidden]
  Activations joined;
  Step step;
};

class Cpu final : public Backend {
 public:
  Cpu(model::Weights weights, Isa isa, int blocks, CacheMemory cache,
      std::shared_ptr<base::ThreadPool> threads);

  const model::Config& config() const override { return config_; }
  const char* name() const override { return name_.c_str(); }
  int block_count() const override { return block_count_; }
  void copy_block(BlockId from, BlockId to) override;
  bool shifts() const override { return true; }
  base::Status copy_cells(const Place& from, const Place& to, int count) override;
  size_t block_bytes() const override { return layers_.size() * layer_block_bytes(); }
  std::string block_form() const override;
  base::Status read_block(BlockId block, std::span<std::byte> to) const override;
  base::Status write_block(BlockId block, std::span<const std::byte> from) override;
  base::Result<RunEnd> run(const Batch& batch, std::span<float> logits,
                           const KeepGoing& keep_going) override;
  bool predicts() const override { return weights_.prediction.has_value(); }
  base::Status predict(const Batch& batch, std::span<const int> before,
                       std::span<float> logits) override;

 private:
  RunEnd run_layers(Step& step, std::span<float> logits, Routing* routing,
                    const KeepGoing& keep_going);
  void tell(const Step& step, int layer, LastLayer last, Routing& routing) const;
  RunEnd run_layer(int index, LastLayer last, Step& step, const KeepGoing& keep_going) const;
  void keep_states(Step& step);
  void write_logits(const model::Vector& norm, const WeightStack& output, Step& step,
                    std::span<float> logits) const;
  void begin(const Batch& batch, std::span<const SequenceRun> runs, const model::Matrix& embedding,
             Step& step) const;
  void write_rotations(std::span<const double> frequencies, Step& step,
                       std::vector<float>& rotations) const;
  void join(std::span<const int> before, Step& step);
  LayerCache layer_cache(int layer) const;
  size_t layer_block_bytes() const { return cache_form_.block_bytes(); }

  const model::Weights weights_;
  const model::Config& config_;
  const std::string name_;
  const std::vector<double> frequencies_, windowed_frequencies_;
  const OwnMachine own_;
  std::vector<Layer> layers_;  // with the one for prediction
  WeightStack output_;
  Prediction prediction_;
  const int block_count_;
  const LayerCache cache_form_;
  const CacheMemory cache_;  // [layer][block][slot][stride]
  Step steps_[2];            // [depth]
  int depth_ = 0;            // runs in progress
};

Cpu::Cpu(model::Weights weights, Isa isa, int blocks, CacheMemory cache,
         std::shared_ptr<base::ThreadPool> threads)
    : weights_(std::move(weights)),
      config_(weights_.config),
      name_(
          base::concat("cpu (", isa_name(isa), isa == Isa::generic ? ", slow: no AVX2" : "", ")")),
      frequencies_(
          reference::rope_frequencies(config_.rope, config_.rope_dim(), weights_.rope_factors)),
      windowed_frequencies_(reference::rope_frequencies(config_.windowed_rope, config_.rope_dim(),
                                                        weights_.rope_factors)),
      own_(weights_, isa, std::move(threads)),
      output_(WeightStack::from(weights_.output)),
      block_count_(blocks),
      cache_form_(cache_form(weights_)),
      cache_(std::move(cache)) {
  layers_.resize(weights_.layer_count());
  own_.threads->parallel_for(weights_.layer_count(), [&](int layer, int) {
    layers_[layer] = make_layer(config_, layer, weights_.layer(layer));
  });
  for (Step& step : steps_) step.attention.resize(own_.threads->threads());
  if (!predicts()) return;
  prediction_.join = WeightStack::from(weights_.prediction->join);
  prediction_.output = WeightStack::from(weights_.prediction->output);
  prediction_.step.attention.resize(own_.threads->threads());
}

LayerCache Cpu::layer_cache(int layer) const {
  LayerCache cache = cache_form_;
  cache.data = cache_.get() + size_t(layer) * block_count_ * layer_block_bytes();
  return cache;
}

void Cpu::copy_block(BlockId from, BlockId to) {
  INVARIANT(from >= 0 && from < block_count_ && to >= 0 && to < block_count_);
  for (int layer = 0; layer < weights_.layer_count() && from != to; ++layer) {
    const LayerCache cache = layer_cache(layer);
    std::memcpy(cache.block(to).data, cache.block(from).data, layer_block_bytes());
  }
}

base::Status Cpu::copy_cells(const Place& from, const Place& to, int count) {
  const int rope_dim = config_.rope_dim();
  std::vector<float> full(rope_dim), windowed(rope_dim);
  write_rotation(frequencies_, to.position - from.position, full.data());
  write_rotation(windowed_frequencies_, to.position - from.position, windowed.data());
  own_.threads->parallel_for(weights_.layer_count(), [&](int layer, int) {
    const LayerCache cache = layer_cache(layer);
    std::vector<float> key(rope_dim);
    for (int i = 0; i < count; ++i) {
      const Cells cell = cache.at(to.block_table, to.position + i);
      std::memcpy(cell.data, cache.at(from.block_table, from.position + i).data,
                  cache.stride * size_of(cache.type));
      for (int k = 0; k < config_.cached_keys(); ++k) {
        const Cells place = cell + config_.cached_key(k);
        read(own_.floats, place, key);
        rotate(config_.rope.pairs, layers_[layer].is_windowed ? windowed : full, key);
        write(own_.floats, key, place);
      }
    }
  });
  return base::Done{};
}

std::string Cpu::block_form() const {
  return base::concat(name_, cache_form_.type == CellType::half ? ", f16 [" : ", f32 [",
                      layers_.size(), "][", block_tokens, "][", cache_form_.stride, "]");
}

base::Status Cpu::read_block(BlockId block, std::span<std::byte> to) const {
  INVARIANT(block >= 0 && block < block_count_ && to.size() == block_bytes());
  for (int layer = 0; layer < weights_.layer_count(); ++layer) {
    std::memcpy(to.data() + layer * layer_block_bytes(), layer_cache(layer).block(block).data,
                layer_block_bytes());
  }
  return base::Done{};
}

base::Status Cpu::write_block(BlockId block, std::span<const std::byte> from) {
  INVARIANT(block >= 0 && block < block_count_ && from.size() == block_bytes());
  for (int layer = 0; layer < weights_.layer_count(); ++layer) {
    std::memcpy(layer_cache(layer).block(block).data, from.data() + layer * layer_block_bytes(),
                layer_block_bytes());
  }
  return base::Done{};
}

void Cpu::begin(const Batch& batch, std::span<const SequenceRun> runs,
                const model::Matrix& embedding, Step& step) const {
  const int count = static_cast<int>(batch.tokens.size());
  step.tokens.clear();
  step.wanted.clear();
  for (int i = 0; i < static_cast<int>(runs.size()); ++i) {
    for (size_t t = 0; t < runs[i].count; ++t) {
      step.tokens.push_back({runs[i].position + static_cast<int>(t), i, runs[i].block_table});
    }
  }
  step.hidden.resize(count, config_.hidden);
  for (int i = 0; i < count; ++i) {
    if (batch.tokens[i].wants_logits) step.wanted.push_back(i);
    gguf::dequantize_row(embedding.type, embedding.row(batch.tokens[i].id), step.hidden.row(i));
  }
  write_rotations(frequencies_, step, step.rotations);
  if (!config_.windowed.empty()) {
    write_rotations(windowed_frequencies_, step, step.windowed_rotations);
  }
}

// [token][rope_dim]
void Cpu::write_rotations(std::span<const double> frequencies, Step& step,
                          std::vector<float>& rotations) const {
  const size_t rope_dim = config_.rope_dim();
  rotations.resize(step.tokens.size() * rope_dim);
  for (size_t i = 0; i < step.tokens.size(); ++i) {
    write_rotation(frequencies, step.tokens[i].position, rotations.data() + i * rope_dim);
  }
}

RunEnd Cpu::run_layer(int index, LastLayer last, Step& step, const KeepGoing& keep_going) const {
  const Layer& layer = layers_[index];
  const auto attend = config_.is_latent() ? attend_latent : attend_grouped;
  attend(own_.machine.for_rows(static_cast<int>(step.tokens.size())), config_, layer,
         layer_cache(index), last, step);
  if (step.tokens.empty()) return RunEnd::finished;
  if (keep_going && !keep_going()) return RunEnd::interrupted;
  const Machine machine = own_.machine.for_rows(static_cast<int>(step.tokens.size()));
  normalise(machine, layer.source->feed_forward_norm, config_.norm_epsilon, step.hidden,
            step.normed);
  if (config_.is_dense(index)) {
    return feed_forward(machine, layer.dense, step.normed, step.hidden, step.experts, keep_going);
  }
  return experts(machine, config_.experts, layer, step.normed, step.hidden, step.experts,
                 keep_going);
}

// The states of all tokens, for `predict`; from here on only those with logits are of interest.
void Cpu::keep_states(Step& step) {
  const size_t rows = step.tokens.size(), width = config_.hidden;
  prediction_.states.resize(rows * width);
  for (size_t i = 0; i < rows; ++i) {
    own_.floats.rms_norm(step.hidden.row(static_cast<int>(i)).data(), weights_.output_norm.data(),
                         config_.hidden, config_.norm_epsilon,
                         prediction_.states.data() + i * width);
  }
  step.hidden.keep(step.wanted);
}

void Cpu::write_logits(const model::Vector& norm, const WeightStack& output, Step& step,
                       std::span<float> logits) const {
  if (step.hidden.rows() == 0) return;
  const Machine machine = own_.machine.for_rows(step.hidden.rows());
  normalise(machine, norm, config_.norm_epsilon, step.hidden, step.normed);
  const auto rows = step.normed.views();
  std::vector<float*> results(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) results[i] = logits.data() + i * config_.vocab_size;
  const Product product{&output, 0, rows, results};
  cpu::multiply(machine, {&product, 1});
}

// The experts that a layer has just chosen, of the tokens whose logits are wanted.
void Cpu::tell(const Step& step, int layer, LastLayer last, Routing& routing) const {
  if (config_.is_dense(layer)) return;
  for (size_t i = 0; i < step.wanted.size(); ++i) {
    // The last layer computes these alone.
    const size_t row = last == LastLayer::yes ? i : static_cast<size_t>(step.wanted[i]);
    const auto experts = routing.of(i, layer - config_.dense_layers);
    for (int k = 0; k < routing.used; ++k) {
      experts[k] = static_cast<int16_t>(step.experts.choices[row * routing.used + k].expert);
    }
  }
}

RunEnd Cpu::run_layers(Step& step, std::span<float> logits, Routing* routing,
                       const KeepGoing& keep_going) {
  if (routing != nullptr) routing->start(config_, step.wanted.size());
  for (int index = 0; index < config_.layers; ++index) {
    if (keep_going && !keep_going()) return RunEnd::interrupted;
    const bool is_last = index == config_.layers - 1 && !predicts();
    const LastLayer last = is_last ? LastLayer::yes : LastLayer::no;
    const RunEnd end = run_layer(index, last, step, keep_going);
    if (end == RunEnd::interrupted) return end;
    if (step.tokens.empty()) return RunEnd::finished;
    if (routing != nullptr) tell(step, index, last, *routing);
  }
  if (keep_going && !keep_going()) return RunEnd::interrupted;
  if (predicts()) keep_states(step);
  write_logits(weights_.output_norm, output_, step, logits);
  return RunEnd::finished;
}

base::Result<RunEnd> Cpu::run(const Batch& batch, std::span<float> logits,
                              const KeepGoing& keep_going) {
  const auto runs = check_batch(batch, logits.size(), config_.vocab_size, block_count_);
  if (!runs.ok()) return runs.error();
  INVARIANT(depth_ < 2);
  Step& step = steps_[depth_];
  const InProgress inside(depth_);
  begin(batch, *runs, weights_.token_embedding, step);
  return run_layers(step, logits, batch.routing, keep_going);
}

// The embeddings in `step.hidden`, joined with the states before them.
void Cpu::join(std::span<const int> before, Step& step) {
  const model::PredictionWeights& weights = *weights_.prediction;
  const int rows = step.hidden.rows(), width = config_.hidden;
  Activations& joined = prediction_.joined;
  joined.resize(rows, 2 * width);
  for (int i = 0; i < rows; ++i) {
    float* const row = joined.row(i).data();
    own_.floats.rms_norm(step.hidden.row(i).data(), weights.embedding_norm.data(), width,
                         config_.norm_epsilon, row);
    if (before[i] < 0) {
      std::fill_n(row + width, width, 0.0F);
      continue;
    }
    INVARIANT((before[i] + size_t{1}) * width <= prediction_.states.size());
    own_.floats.rms_norm(prediction_.states.data() + size_t(before[i]) * width,
                         weights.state_norm.data(), width, config_.norm_epsilon, row + width);
  }
  const Machine machine = own_.machine.for_rows(rows);
  joined.quantize(machine);
  multiply(machine, prediction_.join, joined, step.hidden);
}

base::Status Cpu::predict(const Batch& batch, std::span<const int> before,
                          std::span<float> logits) {
  INVARIANT(predicts() && before.size() == batch.tokens.size());
  const auto runs = check_batch(batch, logits.size(), config_.vocab_size, block_count_);
  if (!runs.ok()) return runs.error();
  const model::PredictionWeights& weights = *weights_.prediction;
  begin(batch, *runs, weights.embedding, prediction_.step);
  join(before, prediction_.step);
  run_layer(config_.layers, LastLayer::yes, prediction_.step, {});
  if (prediction_.step.tokens.empty()) return base::Done{};
  write_logits(weights.output_norm, prediction_.output, prediction_.step, logits);
  return base::Done{};
}

}  // namespace

int64_t cache_bytes(const model::Weights& weights, int kv_tokens) {
  return int64_t{weights.layer_count()} * blocks_for(kv_tokens) *
         static_cast<int64_t>(cache_form(weights).block_bytes());
}

base::Result<std::unique_ptr<Backend>> make_backend(model::Weights weights, int kv_tokens,
                                                    std::shared_ptr<base::ThreadPool> threads) {
  const auto isa = choose_isa();
  if (!isa.ok()) return isa.error();
  const auto blocks = pool_blocks(kv_tokens);
  if (!blocks.ok()) return blocks.error();
  const auto bytes = static_cast<size_t>(cache_bytes(weights, kv_tokens));
  const MemoryNeed need = memory_need(weights, static_cast<int64_t>(bytes), kv_tokens);
  if (auto status = check_memory(need, base::memory_limit()); !status.ok()) return status.error();
  // Left uninitialised: a slot is written before it is read, and a large pool costs only what is
  // used.
  CacheMemory cache(
      static_cast<std::byte*>(::operator new[](bytes, std::align_val_t{64}, std::nothrow)));
  if (cache == nullptr) {
    return base::fail("cannot allocate ", bytes, " bytes for a KV cache of ", kv_tokens,
                      " tokens; choose fewer");
  }
  return std::unique_ptr<Backend>(std::make_unique<Cpu>(std::move(weights), *isa, *blocks,
                                                        std::move(cache), std::move(threads)));
}

}  // namespace engine::backend::cpu
