#include "engine/backend/cuda/cuda.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "engine/backend/cpu/host_experts.h"
#include "engine/backend/cuda/abi.h"
#include "engine/backend/cuda/latent_slot.h"
#include "engine/backend/reference/operations.h"
#include "engine/base/check.h"
#include "engine/base/format.h"

namespace engine::backend::cuda {
namespace {

using base::fail;
using base::Result;

class Message {
 public:
  LemmaCudaText text() { return {bytes_.data(), bytes_.size()}; }
  std::string str() const { return bytes_.data(); }

 private:
  std::array<char, 1024> bytes_{};
};

std::vector<std::string> library_paths() {
  if (const char* const path = std::getenv("LEMMA_CUDA_LIBRARY")) return {path};
  std::error_code ignored;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  return {folder / "liblemma_cuda.so", folder / "../lib/liblemma_cuda.so"};
}

// Never closed: CUDA's own threads may outlive what they were started for.
Result<const LemmaCudaApi*> open_library() {
  std::string reasons;
  for (const std::string& path : library_paths()) {
    void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      reasons += base::concat(reasons.empty() ? "" : "; ", dlerror());
      continue;
    }
    using Entry = const LemmaCudaApi* (*)();
    const auto entry = reinterpret_cast<Entry>(dlsym(library, LEMMA_CUDA_ENTRY));
    if (entry == nullptr) return fail(path, ": not lemma's CUDA library");
    const LemmaCudaApi* const api = entry();
    if (api->version != LEMMA_CUDA_ABI_VERSION) {
      return fail(path, ": made for another version of lemma (", api->version, ", this one is ",
                  LEMMA_CUDA_ABI_VERSION, ")");
    }
    return api;
  }
  return fail("lemma's CUDA library cannot be opened (", reasons,
              "); the preset `cuda` builds it where there is a CUDA Toolkit");
}

// What the library has no room for: by the reference where it is compared with that.
class Host {
 public:
  Host(const model::Weights& weights, Arithmetic arithmetic,
       std::shared_ptr<base::ThreadPool> threads)
      : weights_(weights), arithmetic_(arithmetic), threads_(std::move(threads)) {}

  base::Status open();
  LemmaCudaHost callback() { return {this, run_experts}; }

 private:
  static void run_experts(void* self, int32_t layer, int32_t tokens, const float* hidden,
                          const int32_t* experts, const float* weights, float* result);
  void run(int layer, std::span<const float> hidden, std::span<float> result);

  const model::Weights weights_;
  const Arithmetic arithmetic_;
  const std::shared_ptr<base::ThreadPool> threads_;
  std::unique_ptr<cpu::HostExperts> experts_;  // of fast arithmetic
  std::vector<reference::Choice> choices_;
};

base::Status Host::open() {
  if (arithmetic_ == Arithmetic::exact) return base::Done{};
  auto experts = cpu::HostExperts::make(weights_, threads_);
  if (!experts.ok()) return experts.error();
  experts_ = std::move(*experts);
  return base::Done{};
}

void Host::run_experts(void* self, int32_t layer, int32_t tokens, const float* hidden,
                       const int32_t* experts, const float* weights, float* result) {
  Host& host = *static_cast<Host*>(self);
  host.choices_.clear();
  const model::Config& config = host.weights_.config;
  for (int i = 0; i < tokens * config.experts.used; ++i) {
    host.choices_.push_back({experts[i], weights[i]});
  }
  const size_t size = size_t(tokens) * config.hidden;
  host.run(layer, {hidden, size}, {result, size});
}

void Host::run(int layer, std::span<const float> hidden, std::span<float> result) {
  if (arithmetic_ == Arithmetic::fast) return experts_->run(layer, hidden, choices_, result);
  const model::LayerWeights& weights = weights_.layer(layer);
  model::Vector normed(hidden.size());
  reference::rms_norm(hidden, weights.feed_forward_norm, weights_.config.norm_epsilon, normed);
  std::fill(result.begin(), result.end(), 0.0F);
  reference::routed_experts(weights_.config.experts, weights.experts, choices_, normed, result);
}

class Cuda final : public Backend {
 public:
  Cuda(const LemmaCudaApi& api, void* handle, std::unique_ptr<Host> host,
       const model::Weights& weights)
      : api_(api), host_(std::move(host)), handle_(handle), config_(weights.config) {}
  ~Cuda() override { api_.close(handle_); }

  const model::Config& config() const override { return config_; }
  const char* name() const override { return api_.name(handle_); }
  int block_count() const override { return api_.block_count(handle_); }
  void copy_block(BlockId from, BlockId to) override { api_.copy_block(handle_, from, to); }
  size_t block_bytes() const override { return api_.block_bytes(handle_); }
  std::string block_form() const override;
  base::Status read_block(BlockId block, std::span<std::byte> to) const override;
  base::Status write_block(BlockId block, std::span<const std::byte> from) override;
  bool shifts() const override { return true; }
  base::Status copy_cells(const Place& from, const Place& to, int count) override;
  Result<RunEnd> run(const Batch& batch, std::span<float> logits,
                     const KeepGoing& keep_going) override;
  bool predicts() const override { return api_.predicts(handle_) != 0; }
  base::Status predict(const Batch& batch, std::span<const int> before,
                       std::span<float> logits) override;

 private:
  const LemmaCudaApi& api_;
  const std::unique_ptr<Host> host_;
  void* const handle_;
  const model::Config config_;
};

// A batch as the library takes it.
class PlainBatch {
 public:
  explicit PlainBatch(const Batch& batch) {
    tokens_.reserve(batch.tokens.size());
    for (const BatchToken& token : batch.tokens) {
      tokens_.push_back({token.id, token.position, token.sequence, token.wants_logits});
    }
    for (const auto& table : batch.block_tables) {
      tables_.push_back(table.data());
      sizes_.push_back(table.size());
    }
  }
  LemmaCudaBatch batch(int16_t* experts = nullptr) const {
    return {tokens_.data(), tokens_.size(), tables_.data(), sizes_.data(), tables_.size(), experts};
  }

 private:
  std::vector<LemmaCudaToken> tokens_;
  std::vector<const int32_t*> tables_;
  std::vector<size_t> sizes_;
};

// What is asked inside a run. An exception of the answer would have to pass the library, which is
// one of C: the run is interrupted instead, and it is thrown when that has ended.
struct Question {
  const KeepGoing& keep_going;
  std::exception_ptr thrown = {};

  static int ask(void* context) {
    auto& self = *static_cast<Question*>(context);
    try {
      return static_cast<int>(self.keep_going());
    } catch (...) {
      self.thrown = std::current_exception();
      return 0;
    }
  }
};

std::string Cuda::block_form() const {
  Message form;
  api_.block_form(handle_, form.text());
  return form.str();
}

// What the library says of a call.
base::Status status_of(int result, const Message& message) {
  if (result != 0) return fail(message.str());
  return base::Done{};
}

base::Status Cuda::read_block(BlockId block, std::span<std::byte> to) const {
  INVARIANT(to.size() == block_bytes());
  Message message;
  return status_of(api_.read_block(handle_, block, to.data(), message.text()), message);
}

base::Status Cuda::write_block(BlockId block, std::span<const std::byte> from) {
  INVARIANT(from.size() == block_bytes());
  Message message;
  return status_of(api_.write_block(handle_, block, from.data(), message.text()), message);
}

base::Status Cuda::copy_cells(const Place& from, const Place& to, int count) {
  const auto plain = [](const Place& place) {
    return LemmaCudaPlace{place.block_table.data(), place.block_table.size(), place.position};
  };
  Message message;
  return status_of(api_.copy_cells(handle_, plain(from), plain(to), count, message.text()),
                   message);
}

Result<RunEnd> Cuda::run(const Batch& batch, std::span<float> logits, const KeepGoing& keep_going) {
  const PlainBatch plain(batch);
  Routing* const routing = batch.routing;
  if (routing != nullptr) routing->start(config_, logits.size() / config_.vocab_size);
  const LemmaCudaBatch all = plain.batch(routing != nullptr ? routing->experts.data() : nullptr);
  Question question{keep_going};
  Message message;
  const int end = api_.run(handle_, &all, logits.data(), logits.size(),
                           keep_going ? Question::ask : nullptr, &question, message.text());
  if (question.thrown) std::rethrow_exception(question.thrown);
  if (end == lemma_cuda_failed) return fail(message.str());
  return end == lemma_cuda_finished ? RunEnd::finished : RunEnd::interrupted;
}

base::Status Cuda::predict(const Batch& batch, std::span<const int> before,
                           std::span<float> logits) {
  INVARIANT(predicts() && before.size() == batch.tokens.size());
  const PlainBatch plain(batch);
  const LemmaCudaBatch all = plain.batch();
  Message message;
  return status_of(
      api_.predict(handle_, &all, before.data(), logits.data(), logits.size(), message.text()),
      message);
}

}  // namespace

Result<std::unique_ptr<Backend>> make_backend(const model::Weights& weights, int kv_tokens,
                                              std::shared_ptr<base::ThreadPool> threads,
                                              KvCache kv_cache, Arithmetic arithmetic) {
  if (kv_cache == KvCache::fp8 && !weights.config.is_latent()) {
    return fail(weights.file->path(),
                ": its attention has no latents, whose KV cache alone can be fp8; take f16");
  }
  const auto api = open_library();
  if (!api.ok()) return api.error();
  auto host = std::make_unique<Host>(weights, arithmetic, std::move(threads));
  if (auto status = host->open(); !status.ok()) return status.error();
  Message message;
  const model::Adapter* const adapter = weights.adapter.get();
  const LemmaCudaModel plain{weights.file->path().c_str(),
                             adapter != nullptr ? adapter->path().c_str() : nullptr,
                             adapter != nullptr ? adapter->fingerprint() : 0};
  void* const handle =
      (*api)->open(&plain, kv_tokens, kv_cache == KvCache::f16 ? 0 : 1,
                   arithmetic == Arithmetic::exact ? 0 : 1, host->callback(), message.text());
  if (handle == nullptr) return fail(message.str());
  return std::unique_ptr<Backend>(std::make_unique<Cuda>(**api, handle, std::move(host), weights));
}

size_t position_bytes(const model::Config& config, KvCache kv_cache) {
  if (kv_cache == KvCache::f16) return size_t(config.cache_dim()) * sizeof(uint16_t);
  return static_cast<size_t>(latent_slot(config.mla.kv_lora_rank, config.mla.rope_dim).bytes);
}

Result<std::string> describe_device() {
  const auto api = open_library();
  if (!api.ok()) return api.error();
  Message message;
  if ((*api)->describe_device(message.text()) != 0) return fail(message.str());
  return message.str();
}

double copy_bandwidth() {
  const auto api = open_library();
  return api.ok() ? (*api)->copy_bandwidth() : 0;
}

}  // namespace engine::backend::cuda
