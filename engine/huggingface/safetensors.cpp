#include "engine/huggingface/safetensors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <optional>
#include <utility>

#include "engine/base/format.h"

namespace engine::huggingface {
namespace {

using base::concat;
using base::fail;
using base::Json;
using base::JsonKind;
using base::JsonValue;
using base::Result;
using base::Status;

constexpr uint64_t longest_header = 100'000'000;  // the format's own limit

struct ElementSize {
  std::string_view dtype;
  uint64_t bytes;
};
constexpr std::array element_sizes = {
    ElementSize{"F64", 8},     ElementSize{"I64", 8},     ElementSize{"U64", 8},
    ElementSize{"F32", 4},     ElementSize{"I32", 4},     ElementSize{"U32", 4},
    ElementSize{"F16", 2},     ElementSize{"BF16", 2},    ElementSize{"I16", 2},
    ElementSize{"U16", 2},     ElementSize{"F8_E4M3", 1}, ElementSize{"F8_E5M2", 1},
    ElementSize{"F8_E8M0", 1}, ElementSize{"I8", 1},      ElementSize{"U8", 1},
    ElementSize{"BOOL", 1},
};

std::optional<uint64_t> element_bytes(std::string_view dtype) {
  for (const ElementSize& size : element_sizes) {
    if (size.dtype == dtype) return size.bytes;
  }
  return std::nullopt;
}

std::optional<std::vector<uint64_t>> numbers_in(std::optional<JsonValue> list) {
  if (!list || list->kind() != JsonKind::array) return std::nullopt;
  std::vector<uint64_t> numbers;
  bool all = true;
  list->for_each([&](JsonValue element) {
    const auto number = element.integer();
    all = all && number && *number >= 0;
    numbers.push_back(all ? static_cast<uint64_t>(*number) : 0);
  });
  if (!all) return std::nullopt;
  return numbers;
}

}  // namespace

class SafetensorsReader {
 public:
  SafetensorsReader(SafetensorsFile& file, std::span<const std::byte> data, size_t header_start)
      : file_(file), data_(data), header_start_(header_start) {}

  Status read() {
    const JsonValue root = file_.header_.root();
    if (root.kind() != JsonKind::object) {
      return fail(file_.path_, ": header at byte ", header_start_, ": is no JSON object");
    }
    Status status = base::Done{};
    root.for_each_member([&](std::string_view name, JsonValue entry) {
      if (status.ok() && name != "__metadata__") status = read_tensor(name, entry);
    });
    if (!status) return status;
    return check_overlaps();
  }

 private:
  template <typename... Why>
  base::Error refuse(const SafeTensor& tensor, const Why&... why) const {
    return fail(file_.place_of(tensor), ": ", why...);
  }

  Status read_tensor(std::string_view name, JsonValue entry) {
    SafeTensor tensor{name, {}, {}, {}, header_start_ + entry.offset()};
    const auto dtype = entry.find("dtype");
    if (!dtype || !dtype->string()) return refuse(tensor, "'dtype' is missing or no string");
    tensor.dtype = *dtype->string();
    auto shape = numbers_in(entry.find("shape"));
    if (!shape) return refuse(tensor, "'shape' is missing or no list of lengths");
    tensor.shape = *std::move(shape);
    const auto range = numbers_in(entry.find("data_offsets"));
    if (!range || range->size() != 2) {
      return refuse(tensor, "'data_offsets' is missing or no begin and end");
    }
    const uint64_t begin = (*range)[0], end = (*range)[1];
    if (begin > end) return refuse(tensor, "'data_offsets' end (", end, ") before ", begin);
    if (end > data_.size()) {
      return refuse(tensor, "'data_offsets' end at ", end, ", past the file's ", data_.size(),
                    " bytes of data; the download may be incomplete");
    }
    tensor.data = data_.subspan(begin, end - begin);
    if (auto status = check_size(tensor); !status) return status;
    if (!file_.index_.emplace(name, file_.tensors_.size()).second) {
      return refuse(tensor, "appears twice");
    }
    file_.tensors_.push_back(std::move(tensor));
    return base::Done{};
  }

  // Of a type that is not known, the size is not known either; no one reads such a tensor.
  Status check_size(const SafeTensor& tensor) const {
    const auto bytes = element_bytes(tensor.dtype);
    if (!bytes) return base::Done{};
    uint64_t size = *bytes;
    for (const uint64_t length : tensor.shape) {
      if (__builtin_mul_overflow(size, length, &size)) {
        return refuse(tensor, "'shape' has more bytes than 64 bits can count");
      }
    }
    if (size == tensor.data.size()) return base::Done{};
    return refuse(tensor, "'shape' in ", tensor.dtype, " has ", size,
                  " bytes, but 'data_offsets' hold ", tensor.data.size());
  }

  Status check_overlaps() const {
    std::vector<const SafeTensor*> order;
    for (const SafeTensor& tensor : file_.tensors_) {
      if (!tensor.data.empty()) order.push_back(&tensor);
    }
    std::sort(order.begin(), order.end(), [](const SafeTensor* left, const SafeTensor* right) {
      return left->data.data() < right->data.data();
    });
    for (size_t place = 1; place < order.size(); ++place) {
      const SafeTensor &before = *order[place - 1], &after = *order[place];
      if (before.data.data() + before.data.size() > after.data.data()) {
        return refuse(after, "'data_offsets' begin inside the data of tensor ",
                      base::in_quotes(before.name));
      }
    }
    return base::Done{};
  }

  SafetensorsFile& file_;
  std::span<const std::byte> data_;
  size_t header_start_;
};

Result<SafetensorsFile> SafetensorsFile::open(const std::string& path) {
  auto mapping = base::MappedFile::open(path);
  if (!mapping) return mapping.error();
  const std::span<const std::byte> bytes = mapping->bytes();
  uint64_t length = 0;
  const std::string field = path + ": header length at byte 0: ";
  if (bytes.size() < sizeof length) {
    return fail(field, "needs 8 bytes, but the file has ", bytes.size(), "; the file is truncated");
  }
  std::memcpy(&length, bytes.data(), sizeof length);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("version https://git-lfs")) {
    return fail(path, ": a Git LFS pointer, not the file itself; `git lfs pull` fetches it");
  }
  const size_t left = bytes.size() - sizeof length;
  if (length > left || length > longest_header) {
    return fail(field, "is ", length, ", but ", left, " bytes follow and the format allows ",
                longest_header, "; this is no safetensors file, or it is truncated");
  }
  auto header = Json::parse(text.substr(sizeof length, length));
  if (!header) {
    return fail(path, ": header at byte ", sizeof length, ": no JSON: ", header.message(),
                " of it");
  }
  SafetensorsFile file(path, *std::move(mapping), *std::move(header));
  SafetensorsReader reader(file, bytes.subspan(sizeof length + length), sizeof length);
  if (auto status = reader.read(); !status) return status.error();
  return file;
}

const SafeTensor* SafetensorsFile::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &tensors_[found->second];
}

std::string SafetensorsFile::place_of(const SafeTensor& tensor) const {
  return concat(path_, ": tensor ", base::in_quotes(tensor.name), " at byte ", tensor.offset);
}

}  // namespace engine::huggingface
