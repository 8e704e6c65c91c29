// A toy backend: it computes nothing real, and so shows every error of those who feed it.
//
// Each position keeps, for each layer, a hash of its token and of what all earlier positions of its
// sequence keep there, read back through the block table. The logits are a hash of the last layer:
// one wrong block, position, order or truncation anywhere before changes them. Positions of a run
// that has not finished hold garbage. It also checks what the contract of backend.h asks of a
// caller, and counts what it does.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "engine/backend/backend.h"

namespace support {

struct ToyOptions {
  int vocabulary = 281;
  int blocks = 64;
  int context = 4096;
  // The text likes to go on with the token that stands so many positions before, and mostly does;
  // 0: it does not.
  int period = 0;
  // Whether there is a layer for multi-token prediction; it is always
  // right about the most likely token.
  bool predicts = false;
};

inline constexpr int toy_layers = 6;

class ToyBackend final : public engine::backend::Backend {
 public:
  using Batch = engine::backend::Batch;
  using BlockId = engine::backend::BlockId;

  explicit ToyBackend(ToyOptions options);

  // Between two layers, on the engine's thread, before the scheduler is asked whether to go on.
  std::function<void(const Batch&)> on_layer;
  // What runs answer instead of computing; empty: they compute.
  std::string error;

  // Counts; read them when the engine is idle, or from on_layer.
  int64_t layers_run = 0;
  int64_t tokens_computed = 0;  // in finished runs
  int64_t tokens_predicted = 0;
  int64_t states_missing = 0;  // of the tokens before these
  int interrupted_runs = 0;
  int deepest = 0;                      // levels of runs inside each other
  size_t largest_batch = 0;             // tokens
  size_t most_sequences = 0;            // in one batch
  std::vector<std::string> violations;  // of the contract, by the caller

  const engine::model::Config& config() const override { return config_; }
  const char* name() const override { return "toy"; }
  int block_count() const override { return options_.blocks; }
  void copy_block(BlockId from, BlockId to) override;
  bool shifts() const override { return true; }
  engine::base::Status copy_cells(const engine::backend::Place& from,
                                  const engine::backend::Place& to, int count) override;
  size_t block_bytes() const override;
  std::string block_form() const override { return "toy"; }
  engine::base::Status read_block(BlockId block, std::span<std::byte> to) const override;
  engine::base::Status write_block(BlockId block, std::span<const std::byte> from) override;
  engine::base::Result<engine::backend::RunEnd> run(
      const Batch& batch, std::span<float> logits,
      const engine::backend::KeepGoing& keep_going) override;
  bool predicts() const override { return options_.predicts; }
  engine::base::Status predict(const Batch& batch, std::span<const int> before,
                               std::span<float> logits) override;

 private:
  uint64_t& cell(int layer, BlockId block, int slot);
  uint64_t& cell(const Batch& batch, int sequence, int layer, int position);
  void enter(const Batch& batch);
  void spoil(const Batch& batch);
  void compute(const Batch& batch, const engine::backend::BatchToken& token, int layer);
  void write_logits(const Batch& batch, std::span<float> logits);
  void write_row(const Batch& batch, const engine::backend::BatchToken& token, uint64_t hash,
                 std::span<float> row);
  static size_t slot(const Batch& batch, int sequence, int position);
  uint64_t last_hash(const Batch& batch, const engine::backend::BatchToken& token);
  void take_in(const Batch& batch, const engine::backend::BatchToken& token, int before);

  const ToyOptions options_;
  engine::model::Config config_;
  std::vector<uint64_t> cells_;  // [layer][block][slot]
  std::vector<int32_t> ids_;     // [block][slot]
  std::vector<int32_t> taken_;   // [block][slot], by the layer for prediction; −1: none
  std::vector<size_t> states_;   // slots of the last finished run's tokens
  std::multiset<BlockId> busy_;  // of the runs in progress
  int depth_ = 0;
  uint64_t garbage_ = 0;
};

}  // namespace support
