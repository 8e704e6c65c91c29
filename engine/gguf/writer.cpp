#include "engine/gguf/writer.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <type_traits>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/format.h"

namespace engine::gguf {
namespace {

using base::fail;

uint64_t aligned(uint64_t position, uint64_t alignment) {
  return (position + alignment - 1) / alignment * alignment;
}

template <typename T>
void append(std::string& out, T number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void append(std::string& out, std::string_view text) {
  append(out, static_cast<uint64_t>(text.size()));
  out.append(text);
}

// The variant lists its alternatives in another order than the file numbers them.
ValueType type_of(const Value& value) {
  constexpr std::array types = {
      ValueType::u8,      ValueType::i8,     ValueType::u16,  ValueType::i16, ValueType::u32,
      ValueType::i32,     ValueType::u64,    ValueType::i64,  ValueType::f32, ValueType::f64,
      ValueType::boolean, ValueType::string, ValueType::array};
  static_assert(types.size() == std::variant_size_v<Value>);
  return types[value.index()];
}

}  // namespace

Writer::~Writer() {
  if (output_ == nullptr) return;
  std::fclose(output_);
  unlink(partial_path_.c_str());
}

void Writer::add_header(std::string_view key, ValueType type) {
  INVARIANT(output_ == nullptr);
  INVARIANT(!key.empty() && names_.insert(base::concat("key ", key)).second);
  append(metadata_, key);
  append(metadata_, static_cast<uint32_t>(type));
  ++metadata_count_;
}

void Writer::add(std::string_view key, const Value& value) {
  if (key == "general.alignment") {
    const auto* alignment = std::get_if<uint32_t>(&value);
    INVARIANT(alignment != nullptr && *alignment > 0 && *alignment % 8 == 0 && tensors_.empty());
    alignment_ = *alignment;
  }
  add_header(key, type_of(value));
  std::visit(
      [&](const auto& held) {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, Array>) {
          append(metadata_, static_cast<uint32_t>(held.type));
          append(metadata_, static_cast<uint64_t>(held.size));
          metadata_.append(reinterpret_cast<const char*>(held.bytes.data()), held.bytes.size());
        } else {
          append(metadata_, held);
        }
      },
      value);
}

void Writer::add_strings(std::string_view key, std::span<const std::string_view> texts) {
  add_header(key, ValueType::array);
  append(metadata_, static_cast<uint32_t>(ValueType::string));
  append(metadata_, static_cast<uint64_t>(texts.size()));
  for (const std::string_view text : texts) append(metadata_, text);
}

void Writer::add_floats(std::string_view key, std::span<const float> numbers) {
  add(key, Array{ValueType::f32, numbers.size(), std::as_bytes(numbers)});
}

void Writer::add_integers(std::string_view key, std::span<const int32_t> numbers) {
  add(key, Array{ValueType::i32, numbers.size(), std::as_bytes(numbers)});
}

void Writer::add_booleans(std::string_view key, const std::vector<bool>& booleans) {
  std::vector<std::byte> bytes;
  for (const bool boolean : booleans) bytes.push_back(std::byte{boolean});
  add(key, Array{ValueType::boolean, bytes.size(), bytes});
}

void Writer::add_tensor(std::string_view name, WeightType type, std::span<const uint64_t> shape) {
  INVARIANT(output_ == nullptr);
  INVARIANT(!shape.empty() && shape.size() <= 4);
  INVARIANT(!name.empty() && names_.insert(base::concat("tensor ", name)).second);
  uint64_t rows = 1;
  for (const uint64_t length : shape.subspan(1)) rows *= length;
  const uint64_t size = rows * row_bytes(type, shape[0]);
  INVARIANT(size > 0);
  const uint64_t offset =
      tensors_.empty() ? 0 : aligned(tensors_.back().offset + tensors_.back().size, alignment_);
  append(tensor_infos_, name);
  append(tensor_infos_, static_cast<uint32_t>(shape.size()));
  for (const uint64_t length : shape) append(tensor_infos_, length);
  append(tensor_infos_, static_cast<uint32_t>(type));
  append(tensor_infos_, offset);
  tensors_.push_back({std::string(name), offset, size});
}

std::string Writer::header() const {
  std::string out = "GGUF";
  append(out, uint32_t{3});
  append(out, static_cast<uint64_t>(tensors_.size()));
  append(out, metadata_count_);
  out += metadata_;
  out += tensor_infos_;
  return out;
}

uint64_t Writer::header_bytes() const {
  return 4 + 4 + 8 + 8 + metadata_.size() + tensor_infos_.size();
}

uint64_t Writer::file_bytes() const {
  if (tensors_.empty()) return header_bytes();
  const uint64_t data_start = aligned(header_bytes(), alignment_);
  return aligned(data_start + tensors_.back().offset + tensors_.back().size, alignment_);
}

base::Status Writer::begin(const std::string& path) {
  INVARIANT(output_ == nullptr);
  path_ = path;
  partial_path_ = path + ".partial";
  output_ = std::fopen(partial_path_.c_str(), "wbe");
  if (output_ == nullptr) return fail("cannot write ", partial_path_, ": ", std::strerror(errno));
  const std::string bytes = header();
  if (auto status = put(bytes.data(), bytes.size()); !status) return status;
  if (tensors_.empty()) return base::Done{};
  return pad_to_alignment();
}

base::Status Writer::write(std::span<const std::byte> bytes) {
  INVARIANT(output_ != nullptr && current_ < tensors_.size());
  INVARIANT(bytes.size() <= tensors_[current_].size - current_bytes_);
  if (auto status = put(bytes.data(), bytes.size()); !status) return status;
  current_bytes_ += bytes.size();
  if (current_bytes_ < tensors_[current_].size) return base::Done{};
  ++current_;
  current_bytes_ = 0;
  return pad_to_alignment();
}

base::Status Writer::finish() {
  INVARIANT(output_ != nullptr);
  if (current_ < tensors_.size()) {
    return fail(path_, ": tensor '", tensors_[current_].name, "' was not written in full (",
                current_bytes_, " of ", tensors_[current_].size, " bytes)");
  }
  const bool written = std::fflush(output_) == 0 && fsync(fileno(output_)) == 0;
  const int reason = errno;
  const bool closed = std::fclose(std::exchange(output_, nullptr)) == 0;
  if (!written || !closed) {
    unlink(partial_path_.c_str());
    return fail("cannot write ", partial_path_, ": ", std::strerror(written ? errno : reason));
  }
  if (std::rename(partial_path_.c_str(), path_.c_str()) != 0) {
    const int rename_reason = errno;
    unlink(partial_path_.c_str());
    return fail("cannot write ", path_, ": ", std::strerror(rename_reason));
  }
  return base::Done{};
}

base::Status Writer::put(const void* bytes, size_t size) {
  if (std::fwrite(bytes, 1, size, output_) != size) {
    return fail("cannot write ", partial_path_, " (", file_bytes(),
                " bytes in all): ", std::strerror(errno));
  }
  position_ += size;
  return base::Done{};
}

base::Status Writer::pad_to_alignment() {
  const std::string zeros(aligned(position_, alignment_) - position_, '\0');
  return put(zeros.data(), zeros.size());
}

}  // namespace engine::gguf
