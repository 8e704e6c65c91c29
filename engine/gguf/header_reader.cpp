// The header of a GGUF file, all little-endian and without padding:
//
//   "GGUF", u32 version, u64 tensor count, u64 metadata count
//   each metadata entry: key, u32 type, value
//   each tensor: name, u32 rank, u64 shape[rank], u32 weight type, u64 offset
//   padding to `general.alignment` (32 where the key is absent), then the data of the tensors
//
// A string is a u64 length and its bytes; an array is a u32 element type, a u64 count and the
// elements. Offsets of tensors count from the start of the data section.
#include "engine/gguf/header_reader.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

namespace engine::gguf {
namespace {

using base::concat;
using base::in_quotes;

constexpr size_t max_name_bytes = 65535;  // keys by the specification; tensor names far shorter
constexpr int max_array_depth = 4;
constexpr size_t min_metadata_bytes = 8 + 1 + 4 + 1;    // key length, key, type, value
constexpr size_t min_tensor_bytes = 8 + 1 + 4 + 4 + 8;  // name length, name, rank, type, offset
constexpr uint64_t max_alignment = uint64_t{1} << 30;

// The size of one element; 0 where elements have no fixed size.
size_t fixed_size(ValueType type) {
  switch (type) {
    case ValueType::u8:
    case ValueType::i8:
    case ValueType::boolean:
      return 1;
    case ValueType::u16:
    case ValueType::i16:
      return 2;
    case ValueType::u32:
    case ValueType::i32:
    case ValueType::f32:
      return 4;
    case ValueType::u64:
    case ValueType::i64:
    case ValueType::f64:
      return 8;
    case ValueType::string:
    case ValueType::array:
      return 0;
  }
  return 0;
}

// The least bytes an element takes in the file.
size_t least_size(ValueType type) {
  if (type == ValueType::string) return 8;
  if (type == ValueType::array) return 12;
  return fixed_size(type);
}

bool multiply(uint64_t left, uint64_t right, uint64_t& product) {
  return !__builtin_mul_overflow(left, right, &product);
}

}  // namespace

base::Status HeaderReader::read(File& file) {
  HeaderReader reader(file);
  const bool ok = reader.read_preamble() && reader.read_counts() && reader.read_metadata() &&
                  reader.read_alignment() && reader.read_tensor_infos() && reader.place_tensors() &&
                  reader.check_overlaps();
  if (!ok) return std::move(reader.error_);
  return base::Done{};
}

template <typename T>
bool HeaderReader::read_number(std::string_view field, T& number) {
  if (left() < sizeof(T)) {
    return refuse(field, position_, "needs ", sizeof(T), " bytes, but the file ends after ", left(),
                  "; the file is truncated");
  }
  std::memcpy(&number, bytes_.data() + position_, sizeof(T));
  position_ += sizeof(T);
  return true;
}

template <typename T>
bool HeaderReader::read_number_value(std::string_view field, Value& value) {
  T number{};
  if (!read_number(field, number)) return false;
  value = number;
  return true;
}

bool HeaderReader::read_string(std::string_view field, std::string_view& text) {
  const size_t start = position_;
  uint64_t length = 0;
  if (!read_number(concat(field, " length"), length)) return false;
  if (length > left()) {
    return refuse(concat(field, " length"), start, "is ", length, ", but only ", left(),
                  " bytes follow; the file is truncated or damaged");
  }
  text = {reinterpret_cast<const char*>(bytes_.data() + position_), static_cast<size_t>(length)};
  position_ += length;
  return true;
}

bool HeaderReader::read_preamble() {
  if (bytes_.size() < 4) {
    return refuse("magic", 0, "the file has ", bytes_.size(),
                  " bytes; a GGUF file starts with GGUF");
  }
  const std::string_view magic(reinterpret_cast<const char*>(bytes_.data()), 4);
  if (magic == "FUGG") {
    return refuse("magic", 0, "a big-endian file; convert the model to little-endian GGUF");
  }
  if (magic != "GGUF") {
    return refuse("magic", 0, "is ", in_quotes(magic), ", not 'GGUF'; this is no GGUF file");
  }
  position_ = 4;
  if (!read_number("version", file_.version_)) return false;
  const uint32_t version = file_.version_;
  if (version == 2 || version == 3) return true;
  if (version == 1) {
    return refuse("version", 4, "is 1, which nothing writes any more; convert the model again");
  }
  if (version == 0x02000000 || version == 0x03000000) {
    return refuse("version", 4, "a big-endian file; convert the model to little-endian GGUF");
  }
  return refuse("version", 4, "is ", version, "; lemma reads versions 2 and 3");
}

bool HeaderReader::read_counts() {
  const size_t start = position_;
  if (!read_number("tensor count", tensor_count_)) return false;
  if (!read_number("metadata count", metadata_count_)) return false;
  if (tensor_count_ > left() / min_tensor_bytes) {
    return refuse("tensor count", start, "is ", tensor_count_, ", more than ", left(),
                  " bytes can hold; the file is truncated or damaged");
  }
  if (metadata_count_ > left() / min_metadata_bytes) {
    return refuse("metadata count", start + 8, "is ", metadata_count_, ", more than ", left(),
                  " bytes can hold; the file is truncated or damaged");
  }
  return true;
}

bool HeaderReader::read_metadata() {
  for (uint64_t index = 0; index < metadata_count_; ++index) {
    const size_t start = position_;
    std::string_view key;
    if (!read_string(concat("key ", index), key)) return false;
    if (key.empty() || key.size() > max_name_bytes) {
      return refuse(concat("key ", index, " length"), start, "is ", key.size(), "; a key has 1 to ",
                    max_name_bytes, " bytes");
    }
    const std::string field = concat("key ", in_quotes(key));
    if (!file_.key_index_.emplace(key, file_.metadata_.size()).second) {
      return refuse(field, start, "appears twice");
    }
    ValueType type{};
    Value value;
    if (!read_type_id(concat(field, " type"), type)) return false;
    if (!read_value(type, concat(field, " value"), value)) return false;
    file_.metadata_.emplace_back(key, value);
  }
  return true;
}

bool HeaderReader::read_type_id(std::string_view field, ValueType& type) {
  const size_t start = position_;
  uint32_t id = 0;
  if (!read_number(field, id)) return false;
  if (id > static_cast<uint32_t>(ValueType::f64)) {
    return refuse(field, start, "is ", id, ", which is no GGUF value type (0 to 12)");
  }
  type = static_cast<ValueType>(id);
  return true;
}

bool HeaderReader::read_value(ValueType type, std::string_view field, Value& value) {
  switch (type) {
    case ValueType::u8:
      return read_number_value<uint8_t>(field, value);
    case ValueType::i8:
      return read_number_value<int8_t>(field, value);
    case ValueType::u16:
      return read_number_value<uint16_t>(field, value);
    case ValueType::i16:
      return read_number_value<int16_t>(field, value);
    case ValueType::u32:
      return read_number_value<uint32_t>(field, value);
    case ValueType::i32:
      return read_number_value<int32_t>(field, value);
    case ValueType::u64:
      return read_number_value<uint64_t>(field, value);
    case ValueType::i64:
      return read_number_value<int64_t>(field, value);
    case ValueType::f32:
      return read_number_value<float>(field, value);
    case ValueType::f64:
      return read_number_value<double>(field, value);
    case ValueType::boolean: {
      const size_t start = position_;
      uint8_t flag = 0;
      if (!read_number(field, flag)) return false;
      value = flag != 0;
      return check_booleans(field, bytes_.subspan(start, 1), start);
    }
    case ValueType::string: {
      std::string_view text;
      if (!read_string(field, text)) return false;
      value = text;
      return true;
    }
    case ValueType::array: {
      Array array{};
      if (!read_array(field, array, 0)) return false;
      value = array;
      return true;
    }
  }
  return false;
}

bool HeaderReader::read_array(std::string_view field, Array& array, int depth) {
  if (depth == max_array_depth) {
    return refuse(field, position_, "arrays nest deeper than ", max_array_depth);
  }
  if (!read_type_id(concat(field, " element type"), array.type)) return false;
  const size_t start = position_;
  uint64_t count = 0;
  if (!read_number(concat(field, " count"), count)) return false;
  if (count > left() / least_size(array.type)) {
    return refuse(concat(field, " count"), start, "is ", count, ", more than the ", left(),
                  " bytes that follow can hold; the file is truncated or damaged");
  }
  array.size = static_cast<size_t>(count);
  const size_t first = position_;
  if (!skip_elements(field, array, depth)) return false;
  array.bytes = bytes_.subspan(first, position_ - first);
  return true;
}

bool HeaderReader::skip_elements(std::string_view field, const Array& array, int depth) {
  if (const size_t size = fixed_size(array.type)) {
    const size_t start = position_;
    position_ += array.size * size;
    return array.type != ValueType::boolean ||
           check_booleans(field, bytes_.subspan(start, array.size), start);
  }
  for (size_t index = 0; index < array.size; ++index) {
    if (array.type == ValueType::array) {
      Array inner{};
      if (!read_array(concat(field, "[", index, "]"), inner, depth + 1)) return false;
      continue;
    }
    // Vocabularies have hundreds of thousands of strings: the name of the field is built only for
    // the one that fails.
    uint64_t length = 0;
    if (left() >= sizeof length) std::memcpy(&length, bytes_.data() + position_, sizeof length);
    if (left() < sizeof length || length > left() - sizeof length) {
      std::string_view text;
      return read_string(concat(field, "[", index, "]"), text);
    }
    position_ += sizeof length + length;
  }
  return true;
}

bool HeaderReader::check_booleans(std::string_view field, std::span<const std::byte> values,
                                  size_t offset) {
  const auto wrong = std::find_if(values.begin(), values.end(),
                                  [](std::byte value) { return value > std::byte{1}; });
  if (wrong == values.end()) return true;
  return refuse(field, offset + static_cast<size_t>(wrong - values.begin()), "is ",
                static_cast<int>(*wrong), "; a boolean is 0 or 1");
}

bool HeaderReader::read_alignment() {
  const auto alignment = file_.integer_or("general.alignment", alignment_);
  if (!alignment) {
    error_ = alignment.error();
    return false;
  }
  // A multiple of 8 is what the specification asks, and what keeps weights aligned in memory.
  if (*alignment == 0 || *alignment % 8 != 0 || *alignment > max_alignment) {
    error_ = base::fail(file_.place_of("general.alignment"), ": is ", *alignment,
                        "; it must be a multiple of 8, up to ", max_alignment);
    return false;
  }
  alignment_ = *alignment;
  return true;
}

bool HeaderReader::read_tensor_infos() {
  file_.tensor_list_offset_ = position_;
  for (uint64_t index = 0; index < tensor_count_; ++index) {
    if (!read_tensor_info(index)) return false;
  }
  return true;
}

bool HeaderReader::read_tensor_info(uint64_t index) {
  const size_t start = position_;
  std::string_view name;
  if (!read_string(concat("tensor ", index, " name"), name)) return false;
  if (name.empty() || name.size() > max_name_bytes) {
    return refuse(concat("tensor ", index, " name length"), start, "is ", name.size(),
                  "; a name has 1 to ", max_name_bytes, " bytes");
  }
  const std::string field = concat("tensor ", in_quotes(name));
  if (!file_.tensor_index_.emplace(name, file_.tensors_.size()).second) {
    return refuse(field, start, "appears twice");
  }
  TensorInfo tensor{.name = std::string(name),
                    .type = {},
                    .shape = {1, 1, 1, 1},
                    .rank = 0,
                    .data = {},
                    .header_offset = start};
  const size_t shape_offset = position_;
  if (!read_shape(field, tensor) || !read_type(field, tensor)) return false;

  Placement placement{.field_offset = position_, .offset = 0, .size = 0};
  if (!tensor_size(field, tensor, shape_offset, placement.size)) return false;
  if (!read_number(concat(field, " offset"), placement.offset)) return false;
  if (placement.offset % alignment_ != 0) {
    return refuse(concat(field, " offset"), placement.field_offset, "is ", placement.offset,
                  ", not a multiple of the alignment ", alignment_);
  }
  placements_.push_back(placement);
  file_.tensors_.push_back(std::move(tensor));
  return true;
}

bool HeaderReader::read_shape(std::string_view field, TensorInfo& tensor) {
  const size_t start = position_;
  uint32_t rank = 0;
  if (!read_number(concat(field, " rank"), rank)) return false;
  if (rank > tensor.shape.size()) {
    return refuse(concat(field, " rank"), start, "is ", rank, "; it is at most ",
                  tensor.shape.size());
  }
  tensor.rank = static_cast<int>(rank);
  for (uint32_t axis = 0; axis < rank; ++axis) {
    const size_t offset = position_;
    const std::string shape_field = concat(field, " shape[", axis, "]");
    if (!read_number(shape_field, tensor.shape[axis])) return false;
    if (tensor.shape[axis] == 0) return refuse(shape_field, offset, "is 0");
  }
  return true;
}

bool HeaderReader::read_type(std::string_view field, TensorInfo& tensor) {
  const size_t start = position_;
  uint32_t id = 0;
  if (!read_number(concat(field, " type"), id)) return false;
  if (const auto type = weight_type_from_id(id)) {
    tensor.type = *type;
    return true;
  }
  const std::string_view name = unsupported_weight_type_name(id);
  return refuse(concat(field, " type"), start, "is ", id, name.empty() ? "" : " (", name,
                name.empty() ? "" : ")",
                ", which lemma does not read; take a file in another quantization, such as Q4_K_M "
                "or Q8_0");
}

bool HeaderReader::tensor_size(std::string_view field, const TensorInfo& tensor, size_t offset,
                               uint64_t& size) {
  const BlockGeometry& block = geometry(tensor.type);
  if (tensor.shape[0] % block.values != 0) {
    return refuse(concat(field, " shape[0]"), offset + 4, "is ", tensor.shape[0],
                  ", not a multiple of the ", block.values, " weights in a block of ", block.name);
  }
  uint64_t rows = 0;
  const uint64_t blocks = tensor.shape[0] / block.values;
  const bool fits = multiply(tensor.shape[1], tensor.shape[2], rows) &&
                    multiply(rows, tensor.shape[3], rows) && multiply(rows, blocks, size) &&
                    multiply(size, block.bytes, size);
  // A count of weights that overflows is refused even where the bytes of its blocks do not.
  uint64_t weights = 0;
  if (!fits || !multiply(rows, tensor.shape[0], weights) ||
      weights > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return refuse(concat(field, " shape"), offset + 4, "has more weights than 64 bits can count");
  }
  return true;
}

bool HeaderReader::place_tensors() {
  if (file_.tensors_.empty()) return true;
  const uint64_t padding = (alignment_ - position_ % alignment_) % alignment_;
  const uint64_t data_start = position_ + padding;
  for (size_t index = 0; index < file_.tensors_.size(); ++index) {
    TensorInfo& tensor = file_.tensors_[index];
    const Placement& placement = placements_[index];
    const std::string_view field = tensor.name;
    const uint64_t available = bytes_.size() > data_start ? bytes_.size() - data_start : 0;
    if (placement.offset > available || placement.size > available - placement.offset) {
      return refuse(concat("tensor ", in_quotes(field), " offset"), placement.field_offset, "is ",
                    placement.offset, ": its ", placement.size, " bytes would end past the file (",
                    bytes_.size(), " bytes, data from byte ", data_start,
                    "); the download may be incomplete");
    }
    tensor.data = bytes_.subspan(data_start + placement.offset, placement.size);
  }
  return true;
}

bool HeaderReader::check_overlaps() {
  std::vector<size_t> order(placements_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t left, size_t right) {
    return placements_[left].offset < placements_[right].offset;
  });
  for (size_t place = 1; place < order.size(); ++place) {
    const Placement& before = placements_[order[place - 1]];
    const Placement& after = placements_[order[place]];
    if (before.offset + before.size > after.offset) {
      return refuse(concat("tensor ", in_quotes(file_.tensors_[order[place]].name), " offset"),
                    after.field_offset, "is ", after.offset, ", inside the data of tensor ",
                    in_quotes(file_.tensors_[order[place - 1]].name));
    }
  }
  return true;
}

}  // namespace engine::gguf
