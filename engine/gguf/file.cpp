#include "engine/gguf/file.h"

#include <cstring>
#include <filesystem>
#include <limits>
#include <type_traits>
#include <utility>

#include "engine/base/format.h"
#include "engine/gguf/header_reader.h"

namespace engine::gguf {
namespace {

using base::fail;
using base::Result;

template <typename T>
T read_unaligned(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

base::Error missing(const std::string& path, std::string_view key) {
  return fail(path, ": key '", key, "' is missing");
}

base::Error wrong_type(const std::string& place, std::string_view wanted) {
  return fail(place, ": is not ", wanted);
}

// Calls visit(T{}) with the C++ type of the array's elements; false where they are strings or
// arrays.
template <typename Visit>
bool with_element_type(ValueType type, Visit visit) {
  switch (type) {
    case ValueType::u8:
      return visit(uint8_t{}), true;
    case ValueType::i8:
      return visit(int8_t{}), true;
    case ValueType::u16:
      return visit(uint16_t{}), true;
    case ValueType::i16:
      return visit(int16_t{}), true;
    case ValueType::u32:
      return visit(uint32_t{}), true;
    case ValueType::i32:
      return visit(int32_t{}), true;
    case ValueType::u64:
      return visit(uint64_t{}), true;
    case ValueType::i64:
      return visit(int64_t{}), true;
    case ValueType::f32:
      return visit(float{}), true;
    case ValueType::f64:
      return visit(double{}), true;
    case ValueType::boolean:
    case ValueType::string:
    case ValueType::array:
      return false;
  }
  return false;
}

}  // namespace

Result<File> File::open(const std::string& path) {
  auto file = open_part(path);
  std::error_code ignored;  // a file that cannot be looked at is not there
  if (!file && !std::filesystem::exists(path, ignored)) {
    return fail(file.message(),
                ". The default model ships in engine/models of lemma's source tree; any other GGUF "
                "file of a supported architecture serves as well");
  }
  if (!file) return file;
  const auto parts = file->integer_or("split.count", 1);
  if (!parts) return parts.error();
  if (*parts <= 1) return file;
  return open_all_parts(*std::move(file), *parts);
}

Result<File> File::open_part(const std::string& path) {
  auto mapping = base::MappedFile::open(path);
  if (!mapping) return mapping.error();
  File file;
  file.path_ = path;
  file.mapping_ = *std::move(mapping);
  const auto status = HeaderReader::read(file);
  if (!status) return status.error();
  return file;
}

const Value* File::find(std::string_view key) const {
  const auto found = key_index_.find(key);
  return found == key_index_.end() ? nullptr : &metadata_[found->second].second;
}

const TensorInfo* File::find_tensor(std::string_view name) const {
  const auto found = tensor_index_.find(name);
  return found == tensor_index_.end() ? nullptr : &tensors_[found->second];
}

size_t File::offset_of(std::string_view key) const {
  const std::string_view name = key_index_.find(key)->first;  // views the mapping
  return static_cast<size_t>(name.data() - reinterpret_cast<const char*>(mapping_.bytes().data()));
}

std::string File::whence(std::string_view key) const {
  const auto origin = origins_.find(key);
  if (origin != origins_.end()) return origin->second;
  return base::concat("key at byte ", offset_of(key));
}

std::string File::place_of(std::string_view key) const {
  const auto origin = origins_.find(key);
  if (origin != origins_.end()) return origin->second;
  return base::concat(path_, ": key '", key, "' at byte ", offset_of(key));
}

std::string File::place_of(const TensorInfo& tensor) const {
  if (!tensor.origin.empty()) return tensor.origin;
  return base::concat(path_, ": tensor ", tensor.name, " at byte ", tensor.header_offset);
}

std::string File::missing_tensor(std::string_view name) const {
  if (foreign_name_ != nullptr) {
    return base::concat(path_, ": tensor ", foreign_name_(name), " is missing");
  }
  return base::concat(path_, ": tensor ", name, " is missing from the list of tensors at byte ",
                      tensor_list_offset_);
}

Result<uint64_t> File::integer(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return missing(path_, key);
  return std::visit(
      [&](const auto& held) -> Result<uint64_t> {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
          if (std::is_signed_v<T> && held < T{0}) {
            return fail(place_of(key), ": is ", +held, "; it cannot be negative");
          }
          return static_cast<uint64_t>(held);
        } else {
          return wrong_type(place_of(key), "an integer");
        }
      },
      *value);
}

Result<double> File::number(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return missing(path_, key);
  return std::visit(
      [&](const auto& held) -> Result<double> {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
          return static_cast<double>(held);
        } else {
          return wrong_type(place_of(key), "a number");
        }
      },
      *value);
}

Result<bool> File::boolean(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return missing(path_, key);
  if (const auto* held = std::get_if<bool>(value)) return bool{*held};
  return wrong_type(place_of(key), "a boolean");
}

Result<std::string_view> File::string(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return missing(path_, key);
  if (const auto* held = std::get_if<std::string_view>(value)) return std::string_view{*held};
  return wrong_type(place_of(key), "a string");
}

Result<std::vector<std::string_view>> File::strings(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return missing(path_, key);
  const auto* array = std::get_if<Array>(value);
  if (array == nullptr || array->type != ValueType::string) {
    return wrong_type(place_of(key), "an array of strings");
  }
  std::vector<std::string_view> texts;
  texts.reserve(array->size);
  const std::byte* at = array->bytes.data();
  for (size_t index = 0; index < array->size; ++index) {
    const auto length = read_unaligned<uint64_t>(at);
    at += sizeof length;
    texts.emplace_back(reinterpret_cast<const char*>(at), length);
    at += length;
  }
  return texts;
}

Result<std::vector<int64_t>> File::integers(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return missing(path_, key);
  const auto* array = std::get_if<Array>(value);
  if (array == nullptr) return wrong_type(place_of(key), "an array of integers");
  std::vector<int64_t> numbers;
  bool integral = false;
  bool fits = true;
  with_element_type(array->type, [&](auto element) {
    using T = decltype(element);
    if constexpr (std::is_integral_v<T>) {
      integral = true;
      numbers.reserve(array->size);
      for (size_t index = 0; index < array->size; ++index) {
        const T held = read_unaligned<T>(array->bytes.data() + index * sizeof(T));
        fits = fits && std::in_range<int64_t>(held);
        numbers.push_back(static_cast<int64_t>(held));
      }
    }
  });
  if (!integral) return wrong_type(place_of(key), "an array of integers");
  if (!fits) return fail(place_of(key), ": holds a number past 2^63");
  return numbers;
}

Result<std::vector<float>> File::floats(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return missing(path_, key);
  const auto* array = std::get_if<Array>(value);
  if (array == nullptr) return wrong_type(place_of(key), "an array of numbers");
  std::vector<float> numbers;
  const bool numeric = with_element_type(array->type, [&](auto element) {
    using T = decltype(element);
    numbers.reserve(array->size);
    for (size_t index = 0; index < array->size; ++index) {
      numbers.push_back(
          static_cast<float>(read_unaligned<T>(array->bytes.data() + index * sizeof(T))));
    }
  });
  if (!numeric) return wrong_type(place_of(key), "an array of numbers");
  return numbers;
}

Result<std::vector<bool>> File::booleans(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return missing(path_, key);
  const auto* array = std::get_if<Array>(value);
  if (array == nullptr || array->type != ValueType::boolean) {
    return wrong_type(place_of(key), "an array of booleans");
  }
  std::vector<bool> booleans;
  for (const std::byte held : array->bytes) booleans.push_back(held != std::byte{0});
  return booleans;
}

Result<uint64_t> File::integer_or(std::string_view key, uint64_t fallback) const {
  return find(key) == nullptr ? Result<uint64_t>(fallback) : integer(key);
}

Result<double> File::number_or(std::string_view key, double fallback) const {
  return find(key) == nullptr ? Result<double>(fallback) : number(key);
}

Result<bool> File::boolean_or(std::string_view key, bool fallback) const {
  return find(key) == nullptr ? Result<bool>(fallback) : boolean(key);
}

}  // namespace engine::gguf
