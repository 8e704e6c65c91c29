#include "engine/gguf/assembly.h"

#include <utility>

#include "engine/base/check.h"

namespace engine::gguf {

Assembly::Assembly(std::string path, std::string (*foreign_name)(std::string_view tensor)) {
  file_.path_ = std::move(path);
  file_.foreign_name_ = foreign_name;
}

std::span<const std::byte> Assembly::own(std::string bytes) {
  return std::as_bytes(std::span(file_.storage_.emplace_back(std::move(bytes))));
}

std::string_view Assembly::own_text(std::string_view text) {
  return file_.storage_.emplace_back(text);
}

void Assembly::add(std::string_view key, Value value, std::string origin) {
  if (auto* text = std::get_if<std::string_view>(&value)) *text = own_text(*text);
  const std::string_view name = own_text(key);
  INVARIANT(file_.key_index_.emplace(name, file_.metadata_.size()).second);
  file_.origins_.emplace(name, std::move(origin));
  file_.metadata_.emplace_back(key, std::move(value));
}

void Assembly::add_strings(std::string_view key, std::span<const std::string_view> texts,
                           std::string origin) {
  std::string packed;
  for (const std::string_view text : texts) {
    const uint64_t size = text.size();
    packed.append(reinterpret_cast<const char*>(&size), sizeof size).append(text);
  }
  add(key, Array{ValueType::string, texts.size(), own(std::move(packed))}, std::move(origin));
}

void Assembly::add_integers(std::string_view key, std::span<const int32_t> numbers,
                            std::string origin) {
  const auto bytes = std::as_bytes(numbers);
  std::string packed(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  add(key, Array{ValueType::i32, numbers.size(), own(std::move(packed))}, std::move(origin));
}

std::optional<uint64_t> Assembly::integer(std::string_view key) const {
  const auto value = file_.integer(key);
  return value.ok() ? std::optional<uint64_t>(*value) : std::nullopt;
}

void Assembly::add(TensorInfo tensor) {
  const std::string_view name = own_text(tensor.name);
  INVARIANT(file_.tensor_index_.emplace(name, file_.tensors_.size()).second);
  file_.tensors_.push_back(std::move(tensor));
}

void Assembly::hold(base::MappedFile mapping) {
  file_.further_parts_.push_back(std::move(mapping));
}

}  // namespace engine::gguf
