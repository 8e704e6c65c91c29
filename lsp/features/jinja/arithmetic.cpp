// The operations that have signs, and what values are made of.
#include <algorithm>
#include <cmath>

#include "engine/base/format.h"
#include "lsp/features/jinja/operations.h"

namespace lsp::features::jinja {
namespace {

using engine::base::concat;
using engine::base::fail;
using engine::base::in_quotes;
using engine::base::Result;

Result<Value> add(const Value& left, const Value& right) {
  if (left.text() != nullptr && right.text() != nullptr) {
    Text both = *left.text();
    both.append(*right.text());
    if (both.size() > most_bytes) return fail("a text that grows without end");
    return Value(std::move(both));
  }
  List both = *left.list();
  both.insert(both.end(), right.list()->begin(), right.list()->end());
  if (both.size() > most_bytes / sizeof(Value)) return fail("a list that grows without end");
  return Value(std::move(both));
}

Result<Value> compute(std::string_view sign, const Value& left, const Value& right) {
  const double a = left.number(), b = right.number();
  const bool whole = left.is_integer() && right.is_integer();
  const bool divides = sign == "/" || sign == "//" || sign == "%";
  if (divides && b == 0) return fail("a division by zero");
  double result = 0;
  if (sign == "+") result = a + b;
  if (sign == "-") result = a - b;
  if (sign == "*") result = a * b;
  if (sign == "/") result = a / b;
  if (sign == "//") result = std::floor(a / b);
  if (sign == "%") result = a - b * std::floor(a / b);
  if (sign == "**") result = std::pow(a, b);
  // Far from where a double is no longer exact.
  if (!(std::abs(result) < 1e15)) return fail("a number that is too large");
  if (whole && sign != "/") return Value(static_cast<int64_t>(result));
  return Value(result);
}

Result<Value> compare(std::string_view sign, const Value& left, const Value& right) {
  int order = 0;
  if (left.is_number() && right.is_number()) {
    order = left.number() < right.number() ? -1 : left.number() > right.number() ? 1 : 0;
  } else if (left.text() != nullptr && right.text() != nullptr) {
    order = left.text()->bytes.compare(right.text()->bytes);
  } else {
    return fail(left.kind(), " ", sign, " ", right.kind());
  }
  if (sign == "<") return Value(order < 0);
  if (sign == ">") return Value(order > 0);
  return Value(sign == "<=" ? order <= 0 : order >= 0);
}

Result<Value> contains(const Value& left, const Value& right) {
  if (right.text() != nullptr && left.text() != nullptr) {
    return Value(right.text()->bytes.find(left.text()->bytes) != std::string::npos);
  }
  if (right.dict() != nullptr) {
    return Value(left.text() != nullptr && right.find(left.text()->bytes) != nullptr);
  }
  if (right.list() != nullptr) {
    return Value(std::any_of(right.list()->begin(), right.list()->end(),
                             [&](const Value& element) { return equal(left, element); }));
  }
  return fail(left.kind(), " in ", right.kind());
}

// Python's bounds of a slice over `size` elements.
int64_t bound(const Value& value, int64_t size, int64_t step, int64_t missing) {
  if (value.integer() == nullptr) return missing;
  int64_t index = *value.integer();
  if (index < 0) index += size;
  return std::clamp<int64_t>(index, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
}

// False where there is too much of it.
bool copy_into(const Value& from, int depth, size_t& budget, Value& to) {
  constexpr int most_depth = 50;
  const auto goes_on = [&] { return depth < most_depth && budget > 0 && --budget > 0; };
  to = from;
  if (from.list() != nullptr) {
    List list(from.list()->size());
    for (size_t i = 0; i < list.size(); ++i) {
      if (!goes_on() || !copy_into((*from.list())[i], depth + 1, budget, list[i])) return false;
    }
    to = Value(std::move(list));
  }
  if (from.dict() != nullptr) {
    Dict dict = *from.dict();
    for (auto& [name, member] : dict) {
      const Value shared = std::move(member);
      if (!goes_on() || !copy_into(shared, depth + 1, budget, member)) return false;
    }
    to = Value(std::move(dict));
  }
  return true;
}

}  // namespace

Result<Value> copied(const Value& value) {
  constexpr size_t most_values = 100'000;
  size_t budget = most_values;
  Value copy;
  if (!copy_into(value, 0, budget, copy)) return fail("a value of too many parts");
  return copy;
}

Result<Value> combine(std::string_view sign, const Value& left, const Value& right) {
  if (sign == "==") return Value(equal(left, right));
  if (sign == "!=") return Value(!equal(left, right));
  if (sign == "<" || sign == ">" || sign == "<=" || sign == ">=") {
    return compare(sign, left, right);
  }
  if (sign == "in") return contains(left, right);
  if (sign == "not in") {
    auto found = contains(left, right);
    return found ? Value(!found->is_true()) : found;
  }
  if (sign == "~") {
    auto first = written(left), second = written(right);
    if (!first || !second) return (first ? second : first).error();
    return add(Value(*std::move(first)), Value(*std::move(second)));
  }
  const bool both_text = left.text() != nullptr && right.text() != nullptr;
  const bool both_list = left.list() != nullptr && right.list() != nullptr;
  if (sign == "+" && (both_text || both_list)) return add(left, right);
  if (left.is_number() && right.is_number()) return compute(sign, left, right);
  return fail(left.kind(), " ", sign, " ", right.kind());
}

Result<Value> item_of(const Value& value, const Value& index) {
  if (const Text* const name = index.text(); name != nullptr && !value.is_undefined()) {
    const Value* const found = value.find(name->bytes);
    return found != nullptr ? *found : Value();
  }
  if (index.integer() != nullptr && (value.list() != nullptr || value.text() != nullptr)) {
    const std::vector<size_t> starts =
        value.text() != nullptr ? character_starts(*value.text()) : std::vector<size_t>();
    const auto size =
        static_cast<int64_t>(value.list() != nullptr ? value.list()->size() : starts.size() - 1);
    const int64_t signed_place = *index.integer() < 0 ? *index.integer() + size : *index.integer();
    if (signed_place < 0 || signed_place >= size) return Value();
    const auto place = static_cast<size_t>(signed_place);
    if (value.list() != nullptr) return (*value.list())[place];
    return Value(value.text()->slice(starts[place], starts[place + 1]));
  }
  return fail(value.kind(), " has no elements by ", index.kind());
}

Result<Value> slice_of(const Value& value, const Value& first, const Value& end,
                       const Value& step_value) {
  if (value.list() == nullptr && value.text() == nullptr) return fail("a part of ", value.kind());
  auto elements = elements_of(value);
  if (!elements) return elements.error();
  const int64_t step = step_value.integer() != nullptr ? *step_value.integer() : 1;
  if (step == 0) return fail("a step of zero");
  const auto size = static_cast<int64_t>(elements->size());
  const int64_t from = bound(first, size, step, step > 0 ? 0 : size - 1);
  const int64_t to = bound(end, size, step, step > 0 ? size : -1);
  List list;
  Text text;
  for (int64_t i = from; step > 0 ? i < to : i > to; i += step) {
    Value& element = (*elements)[static_cast<size_t>(i)];
    if (value.text() != nullptr) {
      text.append(*element.text());
    } else {
      list.push_back(std::move(element));
    }
  }
  return value.text() != nullptr ? Value(std::move(text)) : Value(std::move(list));
}

Result<Text> written(const Value& value) {
  if (value.text() != nullptr) return *value.text();
  if (value.is_undefined()) return Text();
  if (value.is_none()) return Text::own("None");
  if (const bool* flag = std::get_if<bool>(&value.held)) return Text::own(*flag ? "True" : "False");
  if (value.is_integer()) return Text::own(std::to_string(*value.integer()));
  return fail(value.kind(), " is written, which lemma does not do as Python does");
}

Result<List> elements_of(const Value& value) {
  if (value.list() != nullptr) return *value.list();
  List elements;
  if (value.dict() != nullptr) {
    for (const auto& member : *value.dict()) elements.emplace_back(Text::own(member.first));
    return elements;
  }
  if (value.text() == nullptr) return fail(value.kind(), " has no elements");
  const std::vector<size_t> starts = character_starts(*value.text());
  for (size_t i = 0; i + 1 < starts.size(); ++i) {
    elements.emplace_back(value.text()->slice(starts[i], starts[i + 1]));
  }
  return elements;
}

}  // namespace lsp::features::jinja
