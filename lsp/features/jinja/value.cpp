#include "lsp/features/jinja/value.h"

#include <algorithm>

namespace lsp::features::jinja {

double Value::number() const {
  if (const int64_t* whole = integer()) return static_cast<double>(*whole);
  const double* const value = std::get_if<double>(&held);
  return value != nullptr ? *value : 0;
}

bool Value::is_true() const {
  if (const bool* flag = std::get_if<bool>(&held)) return *flag;
  if (is_number()) return number() != 0;
  if (text() != nullptr) return text()->size() > 0;
  if (list() != nullptr) return !list()->empty();
  if (dict() != nullptr) return !dict()->empty();
  return std::holds_alternative<Callable>(held);
}

const char* Value::kind() const {
  constexpr const char* names[] = {"undefined", "none",   "a truth value", "an integer", "a number",
                                   "a text",    "a list", "a dictionary",  "a function"};
  return names[held.index()];
}

const Value* Value::find(std::string_view name) const {
  if (dict() == nullptr) return nullptr;
  const auto found = std::find_if(dict()->begin(), dict()->end(),
                                  [&](const auto& member) { return member.first == name; });
  return found != dict()->end() ? &found->second : nullptr;
}

bool equal(const Value& left, const Value& right) {
  const auto number_of = [](const Value& value) {
    const bool* const flag = std::get_if<bool>(&value.held);
    return flag != nullptr ? static_cast<double>(*flag) : value.number();
  };
  const auto is_numeric = [](const Value& value) {
    return value.is_number() || std::holds_alternative<bool>(value.held);
  };
  if (is_numeric(left) && is_numeric(right)) return number_of(left) == number_of(right);
  if (left.text() != nullptr && right.text() != nullptr) {
    return left.text()->bytes == right.text()->bytes;
  }
  if (left.list() != nullptr && right.list() != nullptr) {
    return std::equal(left.list()->begin(), left.list()->end(), right.list()->begin(),
                      right.list()->end(), equal);
  }
  if (left.dict() != nullptr && right.dict() != nullptr) {
    return left.dict()->size() == right.dict()->size() &&
           std::all_of(left.dict()->begin(), left.dict()->end(), [&](const auto& member) {
             const Value* const other = right.find(member.first);
             return other != nullptr && equal(member.second, *other);
           });
  }
  return left.held.index() == right.held.index() && (left.is_none() || left.is_undefined());
}

std::vector<size_t> character_starts(const Text& text) {
  std::vector<size_t> starts;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text.bytes[i]) & 0xc0) != 0x80) starts.push_back(i);
  }
  starts.push_back(text.size());
  return starts;
}

}  // namespace lsp::features::jinja
