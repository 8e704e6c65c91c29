#include "engine/backend/cuda/backend_library.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/backend/batch.h"
#include "engine/backend/cuda/device_cache.h"
#include "engine/backend/cuda/large_layer.h"
#include "engine/backend/cuda/phase_writer.h"
#include "engine/backend/cuda/phased_step.h"
#include "engine/backend/cuda/products_choice.h"
#include "engine/backend/cuda/step_choice.h"
#include "engine/base/format.h"
#include "engine/gguf/file.h"
#include "engine/model/open.h"

namespace engine::backend::cuda {
namespace {

using base::fail;
using base::Result;
using base::Status;

class Library final : public Backend {
 public:
  Library(model::Weights weights, const LibraryOptions& options)
      : weights_(std::move(weights)),
        config_(weights_.config),
        widths_(weights_),
        options_(options),
        graphs_enabled_(std::getenv("LEMMA_CUDA_NO_GRAPHS") == nullptr) {}

  // Everything that can fail.
  Status open();

  const model::Config& config() const override { return config_; }
  const char* name() const override { return name_.c_str(); }
  int block_count() const override { return block_count_; }
  void copy_block(BlockId from, BlockId to) override { cache_->copy_block(from, to); }
  size_t block_bytes() const override { return cache_->block_bytes(); }
  std::string block_form() const override { return block_form_; }
  Status read_block(BlockId block, std::span<std::byte> to) const override {
    return cache_->read_block(block, to);
  }
  Status write_block(BlockId block, std::span<const std::byte> from) override {
    return cache_->write_block(block, from);
  }
  bool shifts() const override { return true; }
  Status copy_cells(const Place& from, const Place& to, int count) override {
    return cache_->copy_cells(from, to, count);
  }
  Result<RunEnd> run(const Batch& batch, std::span<float> logits,
                     const KeepGoing& keep_going) override;
  bool predicts() const override { return weights_.prediction.has_value(); }
  Status predict(const Batch& batch, std::span<const int> before, std::span<float> logits) override;

 private:
  Machine machine() {
    return {config_,
            widths_,
            *device_weights_,
            cache_->rotation(),
            cache_->windowed_rotation(),
            *stream_,
            small_tile_rows_ > 0,
            options_.precision == Precision::fast,
            host_share_.get()};
  }
  bool is_large(const Step& step) const { return large_ && step.tokens.count > small_batch; }
  void choose_kernels(const DeviceInfo& device);
  Status open_weights();
  Status begin_share(int tokens);
  size_t room_for_weights(const DeviceInfo& device) const;
  void run_layer(int layer, Step& step, LargeRows& rows);
  Result<Step*> begin(const Batch& batch, std::span<const int> before, size_t logits_size);
  Status finish(const Step& step, std::span<float> logits, RunEnd end);
  void tell(const Step& step, const Batch& batch) const;
  template <typename Everything>
  void record_or_replay(Step::Graphs& graphs, const Step& step, const Everything& everything);
  Status run_small(Step& step);
  Status choose_step();
  Status choose_products(const DeviceInfo& device);
  Result<TimedBatch> time_batch(int tokens, int logits, int passes);
  bool run_layers(Step& step, LargeRows& rows, const KeepGoing& keep_going);
  Status keep_states(Step& step);
  void run_prediction(Step& step, LargeRows& rows);

  const model::Weights weights_;
  const model::Config& config_;
  const Widths widths_;
  const LibraryOptions options_;
  const bool graphs_enabled_;
  std::string name_, block_form_;
  int block_count_ = 0;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<DeviceWeights> device_weights_;
  std::unique_ptr<HostShare> host_share_;  // where not all experts are on the device
  std::unique_ptr<DeviceCache> cache_;
  StepForm form_ = StepForm::operations;  // of steps of one token
  std::unique_ptr<PersistentKernel> persistent_;
  Step steps_[2];  // [depth]
  LargeRows large_rows_[2];
  int depth_ = 0;                                  // runs in progress
  Buffer<float> states_;                           // of the last finished run, for predictions
  int state_count_ = 0;                            // tokens of that run
  bool large_ = false;                             // large batches run on tensor cores
  int small_tile_rows_ = 0, large_tile_rows_ = 0;  // of attention on tensor cores; 0: none
};

Status Library::open() {
  const auto blocks = pool_blocks(options_.kv_tokens);
  if (!blocks.ok()) return blocks.error();
  block_count_ = *blocks;
  const int cells = config_.is_latent() ? config_.cache_dim()
                                        : std::max(config_.gqa.key_dim, config_.gqa.value_dim);
  if (cells > max_head_cells) {
    return fail("CUDA: a head of ", cells, " values; at most ", max_head_cells, " are supported");
  }
  const auto device = open_device();
  if (!device.ok()) return device.error();
  name_ = base::concat("cuda (", device->name, ")");
  if (options_.kv_cache == KvCache::fp8) name_.insert(name_.size() - 1, ", KV cache fp8");
  choose_kernels(*device);
  auto stream = Stream::create();
  if (!stream.ok()) return stream.error();
  stream_ = std::move(*stream);
  auto cache =
      DeviceCache::create(weights_, options_.kv_cache, options_.precision, block_count_, *stream_);
  if (!cache.ok()) return cache.error();
  cache_ = std::move(*cache);
  // Another device may compute other last bits.
  block_form_ = base::concat("cuda (", device->name, "), ", cache_->form());
  if (auto status = open_weights(); !status.ok()) return status;
  if (auto status = choose_step(); !status.ok()) return status;
  return choose_products(*device);
}

// What activations leave to the weights. Those of a run and of one that overtakes it; tensor cores
// take about as much again.
size_t Library::room_for_weights(const DeviceInfo& device) const {
  constexpr int tokens = 512;  // of the largest batch that the scheduler makes
  const size_t kept = device.total_bytes / 32 + 3 * Step::bytes_for(config_, widths_, tokens) +
                      (predicts() ? tokens * widths_.hidden * sizeof(float) : 0);
  return device.free_bytes - std::min(kept, device.free_bytes);
}

Status Library::open_weights() {
  const auto device = open_device();  // what is free now
  if (!device.ok()) return device.error();
  const int all = config_.experts.count;
  // How many of each layer the device may have at most: for tests, and for measuring.
  const char* const most = std::getenv("LEMMA_CUDA_EXPERTS");
  const int wanted = most == nullptr ? all : std::clamp(std::atoi(most), 1, std::max(1, all));
  auto uploaded = DeviceWeights::upload(weights_, options_.precision, room_for_weights(*device),
                                        wanted, *stream_);
  if (!uploaded.ok()) return uploaded.error();
  device_weights_ = std::move(*uploaded);
  const int here = device_weights_->experts;
  if (here == all) return base::Done{};
  name_.insert(name_.size() - 1,
               base::concat(", ", here, " of ", all, " experts of each layer, the CPU the others"));
  auto share =
      HostShare::create(config_, widths_, options_.host, weights_.layer_count(), here, *stream_);
  if (!share.ok()) return share.error();
  host_share_ = std::move(*share);
  return base::Done{};
}

void Library::choose_kernels(const DeviceInfo& device) {
  if (options_.precision == Precision::exact) return;
  if (config_.is_latent()) {
    const int lora = config_.mla.kv_lora_rank, rope = config_.mla.rope_dim;
    small_tile_rows_ = mla_tile_rows(lora, rope, device.shared_bytes, false);
    large_tile_rows_ = mla_tile_rows(lora, rope, device.shared_bytes, true);
  } else if (has_gqa_tiles(config_.gqa)) {
    large_tile_rows_ = gqa_tile_rows;
  }
  for (LargeRows& rows : large_rows_) rows.shared_bytes = device.shared_bytes;
  large_ = takes_large_batches(config_) && (!config_.is_latent() || large_tile_rows_ > 0);
}

void Library::run_layer(int layer, Step& step, LargeRows& rows) {
  const Machine m = machine();
  if (is_large(step)) {
    attend_large(m, layer, cache_->layer(layer), large_tile_rows_, step, rows);
    feed_forward_large(m, layer, step, rows);
  } else {
    attend_layer(m, layer, cache_->layer(layer), step);
    feed_forward_layer(m, layer, step);
  }
}

// A small batch goes to the device as a whole: it takes less time than there is between two looks
// at keep_going.
template <typename Everything>
void Library::record_or_replay(Step::Graphs& graphs, const Step& step,
                               const Everything& everything) {
  if (!graphs_enabled_) return everything();
  auto& graph = graphs[{step.tokens.count, step.wanted_count, step.splits}];
  if (graph == nullptr) {
    stream_->begin_recording();
    everything();
    graph = stream_->end_recording();
  }
  if (graph != nullptr) stream_->replay(*graph);
}

Status Library::run_small(Step& step) {
  if (step.tokens.count > 1 || form_ == StepForm::operations) {
    record_or_replay(step.graphs, step, [&] {
      embed_tokens(machine(), device_weights_->token_embedding, step);
      for (int layer = 0; layer < config_.layers; ++layer) run_layer(layer, step, large_rows_[0]);
      compute_logits(machine(), model_head(machine()), step);
    });
    return base::Done{};
  }
  const auto list = phases_of(
      machine(), [this](int layer) { return cache_->layer(layer); }, step);
  if (!list.ok()) return list.error();
  const bool alone = form_ == StepForm::persistent && persistent_ != nullptr;
  if (alone && persistent_->run(*stream_, **list)) return base::Done{};
  const bool overlapping = form_ == StepForm::overlapping;
  record_or_replay(step.graphs, step, [&] { launch_phases(*stream_, **list, overlapping); });
  return base::Done{};
}

// Launches do not wait, so the host stays at most two layers ahead: else an interruption would find
// all layers in the queue.
bool Library::run_layers(Step& step, LargeRows& rows, const KeepGoing& keep_going) {
  embed_tokens(machine(), device_weights_->token_embedding, step);
  for (int layer = 0; layer < config_.layers; ++layer) {
    if (keep_going) {
      if (layer >= 2) stream_->wait_for_mark(layer % 2);
      if (!keep_going()) return false;
    }
    run_layer(layer, step, rows);
    if (keep_going) stream_->set_mark(layer % 2);
  }
  if (keep_going && !keep_going()) return false;
  compute_logits(machine(), model_head(machine()), step);
  return true;
}

// The best of some passes over a batch, of which the last `rows` tokens want logits. No block is in
// use yet.
Result<TimedBatch> Library::time_batch(int tokens, int rows, int passes) {
  std::vector<BatchToken> batch(tokens);
  for (int t = 0; t < tokens; ++t) {
    batch[t] = {t * 7919 % config_.vocab_size, t, 0, t >= tokens - rows};
  }
  std::vector<BlockId> blocks((tokens + block_tokens - 1) / block_tokens);
  std::iota(blocks.begin(), blocks.end(), 0);
  const std::span<const BlockId> table(blocks);
  TimedBatch best{1e9, std::vector<float>(size_t(rows) * config_.vocab_size)};
  for (int pass = 0; pass < passes; ++pass) {
    const auto start = std::chrono::steady_clock::now();
    const auto end = run({batch, std::span(&table, 1)}, best.logits, {});
    if (!end.ok()) return end.error();
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    best.milliseconds = std::min(best.milliseconds, time.count());
  }
  return best;
}

Status Library::choose_step() {
  if (!has_phases(machine())) return base::Done{};
  persistent_ = PersistentKernel::create();
  const auto set = [this](StepForm form) {
    form_ = form;
    steps_[0].graphs.clear();
  };
  const auto choice = cuda::choose_step([&](StepForm form) {
    set(form);
    auto time = time_batch(1, 1, 8);
    const bool ran = persistent_ != nullptr && persistent_->has_run();
    if (form == StepForm::persistent && !ran) return Result<TimedBatch>(fail("it did not run"));
    return time;
  });
  if (!choice.ok()) return choice.error();
  set(choice->form);
  name_.insert(name_.size() - 1, base::concat(", a step by ", choice->name));
  return base::Done{};
}

Status Library::choose_products(const DeviceInfo& device) {
  if (!large_) return base::Done{};
  const auto set = [this](int least) {
    for (LargeRows& rows : large_rows_) rows.least_group_blocks = least;
  };
  const TimeBatch time = [&](int tokens, int least) {
    set(least);
    return time_batch(tokens, compared_rows, 3);
  };
  // Such runs would count for which experts have a place on the device.
  const bool timed = host_share_ == nullptr;
  const auto choice = cuda::choose_products(device, *stream_, block_count_ * block_tokens,
                                            timed ? time : TimeBatch{});
  if (!choice.ok()) return choice.error();
  set(choice->least_group_blocks);
  if (choice->name == nullptr) return base::Done{};
  name_.insert(name_.size() - 1, base::concat(", large products by ", choice->name));
  return base::Done{};
}

Status Library::begin_share(int tokens) {
  if (depth_ == 0) {
    auto status = device_weights_->replace(weights_, host_share_->moves(), *stream_);
    if (!status.ok()) return status;
  }
  return host_share_->begin(tokens);
}

// The step of this depth, ready for the batch; `before` is empty but for a prediction.
Result<Step*> Library::begin(const Batch& batch, std::span<const int> before, size_t logits_size) {
  const auto runs = check_batch(batch, logits_size, config_.vocab_size, block_count_);
  if (!runs.ok()) return runs.error();
  for (const BatchToken& token : batch.tokens) {
    if (token.position < block_count_ * block_tokens) continue;
    return fail("batch: position ", token.position, " is past the ", block_count_ * block_tokens,
                " of the whole pool");
  }
  INVARIANT(depth_ < 2);
  Step& step = steps_[depth_];
  if (batch.tokens.empty()) return &step;
  auto status = step.begin(config_, widths_, batch, *runs, before, *stream_);
  if (!status.ok()) return status.error();
  if (host_share_ != nullptr) {
    if (auto shared = begin_share(step.tokens.count); !shared.ok()) return shared.error();
  }
  if (is_large(step)) {
    auto large =
        large_rows_[depth_].begin(config_, widths_, batch, *runs, large_tile_rows_, *stream_);
    if (!large.ok()) return large.error();
  }
  return &step;
}

Status Library::finish(const Step& step, std::span<float> logits, RunEnd end) {
  const bool finished = end == RunEnd::finished;
  if (finished)
    stream_->copy(step.logits_on_host.data(), step.rows.logits.data(), logits.size_bytes());
  if (auto status = stream_->finish(); !status.ok()) return status;
  if (finished && !logits.empty())
    std::memcpy(logits.data(), step.logits_on_host.data(), logits.size_bytes());
  return base::Done{};
}

Result<RunEnd> Library::run(const Batch& batch, std::span<float> logits,
                            const KeepGoing& keep_going) {
  const auto begun = begin(batch, {}, logits.size());
  if (!begun.ok()) return begun.error();
  if (batch.tokens.empty()) {
    const bool goes_on = !keep_going || keep_going();
    return goes_on ? RunEnd::finished : RunEnd::interrupted;
  }
  Step& step = **begun;
  LargeRows& rows = large_rows_[depth_];
  bool finished = true;
  Status written = base::Done{};
  {
    const InProgress inside(depth_);
    if (step.tokens.count > small_batch || host_share_ != nullptr || step.tells) {
      finished = run_layers(step, rows, keep_going);
    } else if (keep_going && !keep_going()) {
      finished = false;
    } else {
      written = run_small(step);
    }
  }
  if (written.ok() && finished && predicts()) written = keep_states(step);
  if (!written.ok()) return written.error();
  const RunEnd end = finished ? RunEnd::finished : RunEnd::interrupted;
  if (auto status = finish(step, logits, end); !status.ok()) return status.error();
  if (step.tells && finished) tell(step, batch);
  return end;
}

// The experts of the tokens whose logits are wanted.
void Library::tell(const Step& step, const Batch& batch) const {
  const size_t used = config_.experts.used, count = batch.tokens.size();
  batch.routing->start(config_, step.wanted_count);
  for (int layer = 0; layer < batch.routing->layers; ++layer) {
    const int32_t* chosen = step.told.data() + layer * count * used;
    size_t wanted = 0;
    for (const BatchToken& token : batch.tokens) {
      if (token.wants_logits) {
        std::copy_n(chosen, used, batch.routing->of(wanted++, layer).begin());
      }
      chosen += used;
    }
  }
}

// The rows of `step` are another run's by the time of the prediction.
Status Library::keep_states(Step& step) {
  const size_t size = size_t(step.tokens.count) * widths_.hidden;
  if (size > states_.size()) {
    // Recorded predictions hold the address; none is in progress.
    for (Step& other : steps_) other.prediction_graphs.clear();
    state_count_ = 0;
    states_ = {};
    auto grown = Buffer<float>::allocate(size, "the states of a batch");
    if (!grown.ok()) return grown.error();
    states_ = std::move(*grown);
  }
  cuda::keep_states(machine(), states_.view(), step);
  state_count_ = step.tokens.count;
  return base::Done{};
}

void Library::run_prediction(Step& step, LargeRows& rows) {
  const Machine m = machine();
  const DevicePrediction& prediction = device_weights_->prediction;
  embed_tokens(m, prediction.embedding, step);
  join_states(m, states_.view(), step);
  if (is_large(step)) {
    join_large(m, step, rows);
  } else {
    project_joined(m, step);
  }
  run_layer(config_.layers, step, rows);
  compute_logits(m, {prediction.output_norm, prediction.output}, step);
}

// One layer is few launches, which a graph joins; it has no other forms.
Status Library::predict(const Batch& batch, std::span<const int> before, std::span<float> logits) {
  INVARIANT(predicts() && before.size() == batch.tokens.size());
  const auto begun = begin(batch, before, logits.size());
  if (!begun.ok()) return begun.error();
  if (batch.tokens.empty()) return base::Done{};
  for (const int row : before) INVARIANT(row < state_count_);
  Step& step = **begun;
  LargeRows& rows = large_rows_[depth_];
  if (step.tokens.count > small_batch || host_share_ != nullptr) {
    run_prediction(step, rows);
  } else {
    record_or_replay(step.prediction_graphs, step, [&] { run_prediction(step, rows); });
  }
  return finish(step, logits, RunEnd::finished);
}

}  // namespace

Result<std::unique_ptr<Backend>> make_library_backend(const LemmaCudaModel& model,
                                                      const LibraryOptions& options) {
  auto file = model::open(model.path);
  if (!file.ok()) return file.error();
  std::shared_ptr<const model::Adapter> adapter;
  if (model.adapter_path != nullptr) {
    auto opened = model::Adapter::open(model.adapter_path);
    if (!opened.ok()) return opened.error();
    adapter = std::move(*opened);
    if (adapter->fingerprint() != model.adapter_fingerprint) {
      return fail(model.adapter_path, ": was written anew while it was loaded; load it again");
    }
  }
  auto weights = model::load_weights(std::make_shared<const gguf::File>(std::move(*file)), adapter);
  if (!weights.ok()) return weights.error();
  auto library = std::make_unique<Library>(std::move(*weights), options);
  if (auto status = library->open(); !status.ok()) return status.error();
  return std::unique_ptr<Backend>(std::move(library));
}

}  // namespace engine::backend::cuda
