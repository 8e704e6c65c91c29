// Builds a File from files of another format, said in GGUF's terms: keys and tensors have GGUF's
// names and meanings, and each remembers where it came from, so that an error found by whoever
// reads the model names the user's file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/mapped_file.h"
#include "engine/gguf/file.h"

namespace engine::gguf {

class Assembly {
 public:
  // `path` is what the File calls itself; `foreign_name` is what a tensor of GGUF is called there.
  Assembly(std::string path, std::string (*foreign_name)(std::string_view tensor));

  // Keys must not repeat; a broken invariant otherwise. Texts are copied. `origin` is a place such
  // as "FILE: field 'x' at byte 12".
  void add(std::string_view key, Value value, std::string origin);
  void add_strings(std::string_view key, std::span<const std::string_view> texts,
                   std::string origin);
  void add_integers(std::string_view key, std::span<const int32_t> numbers, std::string origin);
  bool has(std::string_view key) const { return file_.find(key) != nullptr; }
  // Of a key that was added as one; nothing otherwise.
  std::optional<uint64_t> integer(std::string_view key) const;

  bool has_tensor(std::string_view name) const { return file_.find_tensor(name) != nullptr; }
  // Names must not repeat. The data lies in what was given to `own` or `hold`.
  void add(TensorInfo tensor);
  std::span<const std::byte> own(std::string bytes);
  void hold(base::MappedFile mapping);

  File finish() { return std::move(file_); }

 private:
  std::string_view own_text(std::string_view text);

  File file_;
};

}  // namespace engine::gguf
