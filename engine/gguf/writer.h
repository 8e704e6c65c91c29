// Writes a GGUF file, version 3. Metadata and tensors are declared first; their data follows in the
// order of declaration, in pieces of any size, so that no tensor need be in memory as a whole.
//
//   Writer writer;
//   writer.add("general.architecture", "deepseek2");
//   writer.add_tensor("token_embd.weight", WeightType::q8_0, {{256, 512}});
//   writer.begin(path), writer.write(row) for each row, writer.finish()
//
// The file is written beside its name and takes it in finish(): a reader never sees half a file,
// and a writer destroyed before that leaves nothing behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "engine/base/result.h"
#include "engine/gguf/file.h"
#include "engine/gguf/weight_type.h"

namespace engine::gguf {

class Writer {
 public:
  Writer() = default;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();

  // Names must not repeat; a broken invariant otherwise, like everything below that is declared
  // wrongly. `general.alignment` is honoured and comes before the first tensor.
  void add(std::string_view key, const Value& value);
  void add(std::string_view key, const char* text) { add(key, Value(std::string_view(text))); }
  void add_strings(std::string_view key, std::span<const std::string_view> texts);
  void add_floats(std::string_view key, std::span<const float> numbers);
  void add_integers(std::string_view key, std::span<const int32_t> numbers);
  void add_booleans(std::string_view key, const std::vector<bool>& booleans);
  // `shape` in ggml order, 1 to 4 axes; shape[0] a multiple of the block size.
  void add_tensor(std::string_view name, WeightType type, std::span<const uint64_t> shape);

  // Bytes of the whole file as declared so far.
  uint64_t file_bytes() const;

  // Writes the header; nothing is declared afterwards.
  base::Status begin(const std::string& path);
  // The next bytes of the current tensor; never past its end.
  base::Status write(std::span<const std::byte> bytes);
  // An error unless every tensor was written in full.
  base::Status finish();

 private:
  struct Tensor {
    std::string name;
    uint64_t offset;  // from the start of the data section
    uint64_t size;
  };

  void add_header(std::string_view key, ValueType type);
  uint64_t header_bytes() const;
  std::string header() const;
  base::Status put(const void* bytes, size_t size);
  base::Status pad_to_alignment();

  uint64_t alignment_ = 32;
  uint64_t metadata_count_ = 0;
  std::string metadata_;      // encoded entries
  std::string tensor_infos_;  // encoded entries
  std::vector<Tensor> tensors_;
  std::unordered_set<std::string> names_;  // of keys and tensors

  std::string path_;
  std::string partial_path_;
  std::FILE* output_ = nullptr;
  size_t current_ = 0;          // index of the tensor being written
  uint64_t current_bytes_ = 0;  // of it, written so far
  uint64_t position_ = 0;       // in the file
};

}  // namespace engine::gguf
