// Model directories as Hugging Face has them, written from GGUF files: the same weights, with other
// names, in another order, and the queries and keys of a Llama as trained.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/cli/random_model.h"
#include "engine/gguf/file.h"

namespace huggingface_export {

// A folder that is removed at the end.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  ~Folder();

  std::string path() const { return path_; }
  std::string file(const std::string& name) const { return path_ / name; }
  void write(const std::string& name, const std::string& bytes) const;
  std::string read(const std::string& name) const;
  // Replaces `from`, which must be there once, in a file.
  void replace(const std::string& name, const std::string& from, const std::string& to) const;

 private:
  std::filesystem::path path_;
};

struct Tensor {
  std::string name;
  std::string dtype;
  std::vector<uint64_t> shape;  // outermost first
  std::string bytes;
};

// The bytes of a safetensors file.
std::string safetensors(const std::vector<Tensor>& tensors);

// tokenizer.json for a vocabulary of at least 300: the bytes, two merges, two added tokens.
std::string small_tokenizer();

// Weights must be F32, F16 or BF16 and kv_b in one. With more than one shard, an index names them.
void write_directory(const engine::gguf::File& file, const Folder& folder, size_t shards);

// A small random model of a shape that model_like knows, in 16 or 32 bits.
engine::cli::RandomModel small_like(const std::string& name, engine::gguf::WeightType type);

}  // namespace huggingface_export
