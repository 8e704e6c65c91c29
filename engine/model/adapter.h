// A LoRA adapter (arXiv:2106.09685): for some matrices W [rows][columns] of a model two narrow
// ones, A [rank][columns] and B [rows][rank], so that a product W · x becomes W · x + scale · B ·
// (A · x).
//
// Two containers: llama.cpp's GGUF files (`general.type` is "adapter"; tensors NAME.lora_a and
// NAME.lora_b for the model's tensor NAME, with a third axis where NAME is a stack of experts or of
// heads; scale = adapter.lora.alpha / rank, 1 without an alpha), and folders as PEFT writes them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/config.h"

namespace engine::gguf {
class File;
}

namespace engine::model {

// What an adapter adds to some rows of one matrix; a view into the Adapter.
struct LowRank {
  int rank = 0;              // 0: nothing
  const float* a = nullptr;  // [rank][columns]
  const float* b = nullptr;  // [rank][stride], of which `rows` are used: B transposed, times scale
  int64_t stride = 0;

  bool empty() const { return rank == 0; }
  LowRank from_row(int64_t row) const { return {rank, a, b + row, stride}; }
};

// The pair of one tensor: `count` times A and B, for stacks of matrices.
struct AdapterTensor {
  int64_t columns = 0, rows = 0;
  int rank = 0, count = 1;
  std::vector<float> a;  // [count][rank][columns]
  std::vector<float> b;  // [count][rank][rows], times scale
  std::string place;     // "FILE: tensor NAME at byte OFFSET", for messages

  LowRank at(int64_t index) const {
    return {rank, a.data() + index * rank * columns, b.data() + index * rank * rows, rows};
  }
};

// Immutable once it is open.
class Adapter {
 public:
  // A pair that is incomplete, misshapen, of an unsupported type or not finite is an error naming
  // the file and the tensor; so is what would be applied wrongly (DoRA, biases, activated LoRA).
  static base::Result<std::shared_ptr<const Adapter>> open(const std::string& path);

  const std::string& path() const { return path_; }
  // Of all that it adds: what was computed with one adapter is nothing to another.
  uint64_t fingerprint() const { return fingerprint_; }
  int64_t bytes() const;

  // An error unless it was made for models of this architecture.
  base::Status check_base(const Config& config, const std::string& model_path) const;
  // With queries and keys in the order that the model's file has them in, where GGUF permutes those
  // of the family: llama.cpp turns consecutive pairs, PEFT's files have a head's halves.
  std::shared_ptr<const Adapter> in_order_of(const Config& config) const;

  // By the name of the model's tensor, such as "blk.0.attn_q.weight"; null: nothing is added.
  const AdapterTensor* find(std::string_view tensor) const;
  const std::map<std::string, AdapterTensor, std::less<>>& tensors() const { return tensors_; }

 private:
  base::Status read(const gguf::File& file);

  std::string path_;
  std::string architecture_;  // empty: not said
  RopePairs pairs_ = RopePairs::consecutive;
  std::map<std::string, AdapterTensor, std::less<>> tensors_;
  uint64_t fingerprint_ = 0;
};

}  // namespace engine::model
