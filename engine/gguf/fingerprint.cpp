#include "engine/gguf/fingerprint.h"

#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <string_view>
#include <type_traits>

#include "engine/base/checksum.h"

namespace engine::gguf {
namespace {

constexpr size_t sample_bytes = 4096;

class Sum {
 public:
  void add(std::span<const std::byte> bytes) {
    value_ = (std::rotl(value_, 23) ^ base::checksum_of(bytes)) * 0x9e3779b97f4a7c15;
    add(bytes.size());
  }
  void add(uint64_t number) { value_ = (std::rotl(value_, 23) ^ number) * 0x9e3779b97f4a7c15; }
  void add(std::string_view text) { add(std::as_bytes(std::span(text))); }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0;
};

void add(const Value& value, Sum& sum) {
  sum.add(value.index());
  std::visit(
      [&](const auto& typed) {
        using Type = std::decay_t<decltype(typed)>;
        if constexpr (std::is_same_v<Type, std::string_view>) {
          sum.add(typed);
        } else if constexpr (std::is_same_v<Type, Array>) {
          sum.add(static_cast<uint64_t>(typed.type));
          sum.add(typed.bytes);
        } else {
          sum.add(std::as_bytes(std::span(&typed, 1)));
        }
      },
      value);
}

void add_samples(std::span<const std::byte> data, Sum& sum) {
  const size_t size = std::min(sample_bytes, data.size());
  sum.add(data.first(size));
  sum.add(data.subspan(std::min(data.size() / 2, data.size() - size), size));
}

}  // namespace

uint64_t fingerprint(const File& file) {
  Sum sum;
  struct stat status {};
  if (stat(file.path().c_str(), &status) == 0) {
    sum.add(static_cast<uint64_t>(status.st_size));
    sum.add(static_cast<uint64_t>(status.st_mtim.tv_sec));
    sum.add(static_cast<uint64_t>(status.st_mtim.tv_nsec));
  }
  for (const auto& [key, value] : file.metadata()) {
    sum.add(key);
    add(value, sum);
  }
  for (const TensorInfo& tensor : file.tensors()) {
    sum.add(tensor.name);
    sum.add(static_cast<uint64_t>(tensor.type));
    for (const uint64_t length : tensor.shape) sum.add(length);
    add_samples(tensor.data, sum);
    for (const auto part : tensor.parts) add_samples(part, sum);
  }
  return sum.value();
}

}  // namespace engine::gguf
