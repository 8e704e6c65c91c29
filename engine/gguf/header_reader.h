// Reads and checks the header of a GGUF file; what it accepts can be used without further checks.
//
// Each count is compared with the bytes that are left before anything is allocated for it, so a
// lying header costs no more memory than its file has bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/format.h"
#include "engine/gguf/file.h"

namespace engine::gguf {

class HeaderReader {
 public:
  // Fills `file` from its mapping.
  static base::Status read(File& file);

 private:
  explicit HeaderReader(File& file) : file_(file), bytes_(file.mapping_.bytes()) {}

  // Each returns false after storing the error.
  bool read_preamble();
  bool read_counts();
  bool read_metadata();
  bool read_value(ValueType type, std::string_view field, Value& value);
  bool read_array(std::string_view field, Array& array, int depth);
  bool skip_elements(std::string_view field, const Array& array, int depth);
  bool check_booleans(std::string_view field, std::span<const std::byte> values, size_t offset);
  bool read_alignment();
  bool read_tensor_infos();
  bool read_tensor_info(uint64_t index);
  bool read_shape(std::string_view field, TensorInfo& tensor);
  bool read_type(std::string_view field, TensorInfo& tensor);
  bool tensor_size(std::string_view field, const TensorInfo& tensor, size_t offset, uint64_t& size);
  bool place_tensors();
  bool check_overlaps();

  template <typename T>
  bool read_number(std::string_view field, T& number);
  template <typename T>
  bool read_number_value(std::string_view field, Value& value);
  bool read_string(std::string_view field, std::string_view& text);
  bool read_type_id(std::string_view field, ValueType& type);

  // "FILE: FIELD at byte OFFSET: WHY"
  template <typename... Why>
  bool refuse(std::string_view field, size_t offset, const Why&... why) {
    error_ = base::fail(file_.path_, ": ", field, " at byte ", offset, ": ", why...);
    return false;
  }

  size_t left() const { return bytes_.size() - position_; }

  // Where a tensor's data lies, before the start of the data section is known.
  struct Placement {
    size_t field_offset;  // of the offset field, for messages
    uint64_t offset;      // from the start of the data section
    uint64_t size;
  };

  File& file_;
  std::span<const std::byte> bytes_;
  size_t position_ = 0;
  uint64_t tensor_count_ = 0;
  uint64_t metadata_count_ = 0;
  uint64_t alignment_ = 32;
  std::vector<Placement> placements_;  // one for each of file_.tensors_
  base::Error error_;
};

}  // namespace engine::gguf
