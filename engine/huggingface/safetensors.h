// A safetensors file mapped read-only: a u64 with the length of a JSON header, the header, and the
// tensors' bytes, little-endian, rows last (C order).
//
// Everything in the header is checked while it is opened, each length, offset, shape and overflow
// included, and that no two tensors overlap. A file that passes can be read without further checks;
// of one that does not, the Error names the file, the field and the byte offset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/mapped_file.h"
#include "engine/base/result.h"

namespace engine::huggingface {

struct SafeTensor {
  std::string_view name;
  std::string_view dtype;       // "BF16", "F8_E4M3", … as the file says
  std::vector<uint64_t> shape;  // outermost first; may be empty or hold zeros
  std::span<const std::byte> data;
  size_t offset;  // of its entry in the file, in bytes
};

class SafetensorsFile {
 public:
  static base::Result<SafetensorsFile> open(const std::string& path);

  const std::string& path() const { return path_; }
  std::span<const SafeTensor> tensors() const { return tensors_; }
  const SafeTensor* find(std::string_view name) const;
  // "FILE: tensor 'NAME' at byte OFFSET"
  std::string place_of(const SafeTensor& tensor) const;

  // The mapping that the tensors' data lies in, for who keeps it longer than this file.
  base::MappedFile take_mapping() { return std::move(mapping_); }

 private:
  friend class SafetensorsReader;
  SafetensorsFile(std::string path, base::MappedFile mapping, base::Json header)
      : path_(std::move(path)), mapping_(std::move(mapping)), header_(std::move(header)) {}

  std::string path_;
  base::MappedFile mapping_;
  base::Json header_;  // what names and types view
  std::vector<SafeTensor> tensors_;
  std::unordered_map<std::string_view, size_t> index_;  // into tensors_
};

}  // namespace engine::huggingface
