// A GGUF file (version 2 or 3) mapped read-only.
//
// Everything in the header is checked while it is opened: each length, offset, type, shape, count
// and alignment, overflow included. A file that passes can be read without further checks; a file
// that does not is an Error naming the file, the field and the byte offset. Nothing is copied but
// metadata.
//
// A model in several parts (`split.count`, names that end in -00001-of-00003.gguf) is opened by any
// of them: metadata is the first part's, tensors are those of all. What was read from files of
// another format takes this form too, and names its own files in messages (assembly.h).
//
// Thread safety: immutable after open.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "engine/base/mapped_file.h"
#include "engine/base/result.h"
#include "engine/gguf/weight_type.h"

namespace engine::gguf {

// Arrays keep the type of their elements. Strings view into the mapping.
struct Array;
using Value = std::variant<uint8_t, int8_t, uint16_t, int16_t, uint32_t, int32_t, uint64_t, int64_t,
                           float, double, bool, std::string_view, Array>;

enum class ValueType : uint32_t {
  u8 = 0,
  i8,
  u16,
  i16,
  u32,
  i32,
  f32,
  boolean,
  string,
  array,
  u64,
  i64,
  f64,
};

struct Array {
  ValueType type;
  size_t size;
  std::span<const std::byte> bytes;  // the packed elements; unaligned, checked to be complete
};

struct TensorInfo {
  std::string name;
  WeightType type;
  // ggml order: shape[0] is the length of a row (fastest), shape[1] the number of rows, …; 1 past
  // rank.
  std::array<uint64_t, 4> shape;
  int rank;
  std::span<const std::byte> data;  // in the mapping, complete; empty where it lies in parts
  size_t header_offset;             // of its entry in the header of its file, in bytes
  // Of a stack of shape[2] matrices that lie apart, each of them; otherwise empty. Only an
  // assembled file has such.
  std::vector<std::span<const std::byte>> parts = {};
  std::string origin = {};  // of an assembled file: "FILE: tensor 'NAME' at byte OFFSET"

  uint64_t rows() const { return shape[1] * shape[2] * shape[3]; }
  uint64_t bytes() const { return rows() * row_bytes(type, shape[0]); }
};

class File {
 public:
  static base::Result<File> open(const std::string& path);

  const std::string& path() const { return path_; }
  uint32_t version() const { return version_; }  // 0 where it is assembled from another format

  // Null when the key is absent.
  const Value* find(std::string_view key) const;
  // Where a key that is there comes from, for messages: "key at byte OFFSET", or what an assembly
  // says. And the same with file and key before it.
  std::string whence(std::string_view key) const;
  std::string place_of(std::string_view key) const;

  // Typed access. Any integer type is taken for an integer that fits. The error names file, key and
  // the key's byte offset.
  base::Result<uint64_t> integer(std::string_view key) const;
  base::Result<double> number(std::string_view key) const;
  base::Result<bool> boolean(std::string_view key) const;
  base::Result<std::string_view> string(std::string_view key) const;
  base::Result<std::vector<std::string_view>> strings(std::string_view key) const;
  base::Result<std::vector<int64_t>> integers(std::string_view key) const;
  base::Result<std::vector<float>> floats(std::string_view key) const;
  base::Result<std::vector<bool>> booleans(std::string_view key) const;

  // The default where the key is absent; still an error where it has another type.
  base::Result<uint64_t> integer_or(std::string_view key, uint64_t fallback) const;
  base::Result<double> number_or(std::string_view key, double fallback) const;
  base::Result<bool> boolean_or(std::string_view key, bool fallback) const;

  std::span<const TensorInfo> tensors() const { return tensors_; }
  const TensorInfo* find_tensor(std::string_view name) const;
  // "FILE: tensor NAME at byte OFFSET", of one that is there; "FILE: tensor NAME is missing …".
  std::string place_of(const TensorInfo& tensor) const;
  std::string missing_tensor(std::string_view name) const;
  const std::vector<std::pair<std::string, Value>>& metadata() const { return metadata_; }

 private:
  friend class HeaderReader;
  friend class Assembly;
  File() = default;
  static base::Result<File> open_part(const std::string& path);
  static base::Result<File> open_all_parts(File any, uint64_t count);
  base::Status append(File part, uint64_t number, uint64_t count);
  // An error unless this is part `number`, from 0, of `count`.
  base::Status check_part(uint64_t number, uint64_t count) const;
  size_t offset_of(std::string_view key) const;

  std::string path_;
  base::MappedFile mapping_;
  std::vector<base::MappedFile> further_parts_;  // that tensors_ view
  std::deque<std::string> storage_;              // that an assembly's values and tensors view
  std::unordered_map<std::string_view, std::string> origins_;  // of an assembly's keys
  std::string (*foreign_name_)(std::string_view tensor) = nullptr;
  uint32_t version_ = 0;
  std::vector<std::pair<std::string, Value>> metadata_;
  std::vector<TensorInfo> tensors_;
  size_t tensor_list_offset_ = 0;
  std::unordered_map<std::string_view, size_t> key_index_;     // into metadata_
  std::unordered_map<std::string_view, size_t> tensor_index_;  // into tensors_
};

}  // namespace engine::gguf
