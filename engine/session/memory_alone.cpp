#include "engine/session/memory_alone.h"

#include <algorithm>

#include "engine/backend/block_pool.h"

namespace engine::session {
namespace {

class MemoryAlone final : public backend::Backend {
 public:
  MemoryAlone(int vocab_size, int context_tokens) {
    config_.name = "memory";
    config_.vocab_size = vocab_size;
    config_.context_length = context_tokens;
  }

  const model::Config& config() const override { return config_; }
  const char* name() const override { return "none"; }
  int block_count() const override { return backend::blocks_for(config_.context_length); }
  void copy_block(backend::BlockId, backend::BlockId) override {}
  base::Result<backend::RunEnd> run(const backend::Batch&, std::span<float> logits,
                                    const backend::KeepGoing&) override {
    std::fill(logits.begin(), logits.end(), 0.0F);
    return backend::RunEnd::finished;
  }

 private:
  model::Config config_;
};

}  // namespace

std::unique_ptr<backend::Backend> make_memory_alone(int vocab_size, int context_tokens) {
  return std::make_unique<MemoryAlone>(vocab_size, context_tokens);
}

}  // namespace engine::session
