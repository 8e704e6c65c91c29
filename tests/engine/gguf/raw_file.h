// GGUF bytes put together by hand, so that they can lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "engine/gguf/file.h"

namespace raw {

using engine::gguf::ValueType;
using engine::gguf::WeightType;

template <typename T>
std::string number(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

inline std::string text(std::string_view value) {
  return number<uint64_t>(value.size()).append(value);
}

inline std::string preamble(uint64_t tensors, uint64_t keys, uint32_t version = 3) {
  return "GGUF" + number(version) + number(tensors) + number(keys);
}

inline std::string key(std::string_view name, ValueType type, std::string_view value) {
  return text(name).append(number(static_cast<uint32_t>(type))).append(value);
}

inline std::string array(ValueType type, uint64_t count, std::string_view elements) {
  return number(static_cast<uint32_t>(type)) + number(count) + std::string(elements);
}

inline std::string tensor(std::string_view name, const std::vector<uint64_t>& shape, uint32_t type,
                          uint64_t offset) {
  std::string bytes = text(name) + number(static_cast<uint32_t>(shape.size()));
  for (const uint64_t length : shape) bytes += number(length);
  return bytes + number(type) + number(offset);
}

inline std::string padded(std::string bytes, size_t alignment = 32) {
  bytes.resize((bytes.size() + alignment - 1) / alignment * alignment);
  return bytes;
}

// Looks at everything a file offers, so that a sanitizer sees each byte it hands out.
inline size_t read_everything(const engine::gguf::File& file) {
  size_t sum = 0;
  const auto add = [&](const auto& bytes) {
    for (const auto byte : bytes) sum += static_cast<unsigned char>(byte);
  };
  for (const auto& [name, value] : file.metadata()) {
    add(name);
    std::visit(
        [&](const auto& held) {
          using T = std::decay_t<decltype(held)>;
          if constexpr (std::is_same_v<T, std::string_view>) {
            add(held);
          } else if constexpr (std::is_same_v<T, engine::gguf::Array>) {
            add(held.bytes);
          }
        },
        value);
    if (const auto texts = file.strings(name)) {
      for (const std::string_view held : *texts) add(held);
    }
    if (const auto numbers = file.integers(name)) sum += numbers->size();
    if (const auto numbers = file.floats(name)) sum += numbers->size();
    sum += file.integer(name).ok() + file.number(name).ok() + file.boolean(name).ok();
  }
  for (const auto& tensor : file.tensors()) {
    add(tensor.name);
    add(tensor.data);
  }
  return sum;
}

}  // namespace raw
