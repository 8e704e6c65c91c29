// What lemma knows is in two tables, of filters and of methods; each takes the value and the
// arguments, and says what is wrong with them.
#include "lsp/features/jinja/operations.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>

#include "engine/base/format.h"
#include "lsp/features/jinja/texts.h"

namespace lsp::features::jinja {
namespace {

using engine::base::concat;
using engine::base::fail;
using engine::base::in_quotes;
using engine::base::Result;

using Operation = Result<Value> (*)(const Value&, const Arguments&);
struct Named {
  std::string_view name;
  Operation run;
};

// Null where that argument is missing or no text.
const Text* text_at(const Arguments& arguments, size_t place, std::string_view name = "") {
  const Value* const value = arguments.get(place, name);
  return value != nullptr ? value->text() : nullptr;
}

engine::base::Error wrong(const Value& value) {
  return fail(value.kind(), " where another kind of value was expected");
}

template <Side side>
Result<Value> strip(const Value& value, const Arguments& arguments) {
  if (value.text() == nullptr) return wrong(value);
  return Value(stripped(*value.text(), side, text_at(arguments, 0)));
}

Result<Value> trim(const Value& value, const Arguments& arguments) {
  auto text = written(value);
  if (!text) return text.error();
  return Value(stripped(*text, Side::both, text_at(arguments, 0, "chars")));
}

Result<Value> split_text(const Value& value, const Arguments& arguments) {
  if (value.text() == nullptr) return wrong(value);
  const Text* const separator = text_at(arguments, 0, "sep");
  if (separator != nullptr && separator->size() == 0) return fail("an empty separator");
  const Value* const most = arguments.get(1, "maxsplit");
  if (most == nullptr) return Value(split(*value.text(), separator, std::nullopt));
  if (most->integer() == nullptr) return wrong(*most);
  return Value(split(*value.text(), separator, *most->integer()));
}

Result<Value> replace(const Value& value, const Arguments& arguments) {
  const Text* const from = text_at(arguments, 0);
  const Text* const to = text_at(arguments, 1);
  if (value.text() == nullptr || from == nullptr || to == nullptr) return wrong(value);
  return Value(replaced(*value.text(), *from, *to));
}

template <bool at_start>
Result<Value> has_at_end(const Value& value, const Arguments& arguments) {
  const Text* const part = text_at(arguments, 0);
  if (value.text() == nullptr || part == nullptr) return wrong(value);
  const std::string& bytes = value.text()->bytes;
  return Value(at_start ? bytes.starts_with(part->bytes) : bytes.ends_with(part->bytes));
}

Result<Value> upper(const Value& value, const Arguments&) {
  if (value.text() == nullptr) return wrong(value);
  return Value(in_upper_case(*value.text()));
}

Result<Value> lower(const Value& value, const Arguments&) {
  if (value.text() == nullptr) return wrong(value);
  return Value(in_lower_case(*value.text()));
}

Result<Value> capitalize(const Value& value, const Arguments&) {
  if (value.text() == nullptr) return wrong(value);
  Text text = in_lower_case(*value.text());
  Text first = in_upper_case(text.slice(0, std::min<size_t>(text.size(), 1)));
  first.append(text.slice(first.size(), text.size()));
  return Value(std::move(first));
}

Result<Value> length(const Value& value, const Arguments&) {
  if (value.text() != nullptr) return Value(int64_t(character_starts(*value.text()).size() - 1));
  if (value.list() != nullptr) return Value(int64_t(value.list()->size()));
  if (value.dict() != nullptr) return Value(int64_t(value.dict()->size()));
  return wrong(value);
}

Result<Value> to_json(const Value& value, const Arguments& arguments) {
  const Value* const indentation = arguments.get(0, "indent");
  const bool indents = indentation != nullptr && indentation->integer() != nullptr;
  auto json = json_of(value, indents ? *indentation->integer() : -1);
  if (!json) return json.error();
  return Value(*std::move(json));
}

Result<Value> join(const Value& value, const Arguments& arguments) {
  auto elements = elements_of(value);
  if (!elements) return elements.error();
  const Text* const separator = text_at(arguments, 0, "d");
  List texts;
  for (const Value& element : *elements) {
    auto text = written(element);
    if (!text) return text.error();
    texts.emplace_back(*std::move(text));
  }
  return Value(joined(texts, separator != nullptr ? *separator : Text()));
}

// Python's separator.join(list).
Result<Value> join_by(const Value& value, const Arguments& arguments) {
  const Value* const list = arguments.get(0);
  if (list == nullptr || value.text() == nullptr) return wrong(value);
  return join(*list, {{value}, {}});
}

Result<Value> fallback(const Value& value, const Arguments& arguments) {
  const Value* const otherwise = arguments.get(0, "default_value");
  const Value* const also_false = arguments.get(1, "boolean");
  const bool is_missing =
      value.is_undefined() || (also_false != nullptr && also_false->is_true() && !value.is_true());
  if (!is_missing) return value;
  return otherwise != nullptr ? *otherwise : Value("");
}

Result<Value> to_list(const Value& value, const Arguments&) {
  auto elements = elements_of(value);
  if (!elements) return elements.error();
  return Value(*std::move(elements));
}

template <bool at_start>
Result<Value> end_of(const Value& value, const Arguments&) {
  auto elements = elements_of(value);
  if (!elements) return elements.error();
  if (elements->empty()) return Value();
  return at_start ? elements->front() : elements->back();
}

Result<Value> reverse(const Value& value, const Arguments&) {
  return slice_of(value, Value(), Value(), Value(int64_t{-1}));
}

Result<Value> to_text(const Value& value, const Arguments&) {
  auto text = written(value);
  if (!text) return text.error();
  return Value(*std::move(text));
}

Result<Value> to_integer(const Value& value, const Arguments&) {
  if (value.is_integer()) return value;
  if (!value.is_number() || std::abs(value.number()) > 1e15) return wrong(value);
  return Value(static_cast<int64_t>(value.number()));
}

Result<Value> same(const Value& value, const Arguments&) { return value; }

Result<Value> items(const Value& value, const Arguments&) {
  if (value.dict() == nullptr) return wrong(value);
  List pairs;
  for (const auto& [name, held] : *value.dict()) {
    pairs.emplace_back(List{Value(Text::own(name)), held});
  }
  return Value(std::move(pairs));
}

Result<Value> keys(const Value& value, const Arguments&) {
  if (value.dict() == nullptr) return wrong(value);
  return to_list(value, {});
}

Result<Value> values(const Value& value, const Arguments&) {
  if (value.dict() == nullptr) return wrong(value);
  List all;
  for (const auto& member : *value.dict()) all.push_back(member.second);
  return Value(std::move(all));
}

Result<Value> get(const Value& value, const Arguments& arguments) {
  const Text* const name = text_at(arguments, 0);
  if (value.dict() == nullptr || name == nullptr) return wrong(value);
  const Value* const found = value.find(name->bytes);
  const Value* const otherwise = arguments.get(1);
  return found != nullptr ? *found : otherwise != nullptr ? *otherwise : Value(None{});
}

Result<Value> append(const Value& value, const Arguments& arguments) {
  const Value* const element = arguments.get(0);
  if (value.list() == nullptr || element == nullptr) return wrong(value);
  auto copy = copied(*element);
  if (!copy) return copy.error();
  value.list()->push_back(*std::move(copy));
  return Value(None{});
}

// As Python's str.title() of ASCII.
Result<Value> title(const Value& value, const Arguments&) {
  if (value.text() == nullptr) return wrong(value);
  const Text lower = in_lower_case(*value.text()), upper = in_upper_case(*value.text());
  Text made = lower;
  const auto is_letter = [](char byte) {
    return (byte >= 'a' && byte <= 'z') || static_cast<unsigned char>(byte) >= 0x80;
  };
  for (size_t i = 0; i < made.size(); ++i) {
    if (i == 0 || !is_letter(lower.bytes[i - 1])) made.bytes[i] = upper.bytes[i];
  }
  return Value(std::move(made));
}

// What an element has under "name", or under "name.name"; undefined without it.
Value attribute_of(Value value, std::string_view path) {
  while (true) {
    const size_t point = std::min(path.find('.'), path.size());
    const Value* const found = value.find(path.substr(0, point));
    if (found == nullptr) return Value();
    value = Value(*found);
    if (point == path.size()) return value;
    path.remove_prefix(point + 1);
  }
}

enum class Of { element, attribute };

// selectattr("role", "equalto", "user"): the elements that pass a test, or whose attribute does;
// without a test, those that are true.
template <Of of, bool kept>
Result<Value> chosen(const Value& value, const Arguments& arguments) {
  auto elements = elements_of(value);
  if (!elements) return elements.error();
  size_t place = 0;
  const Text* const attribute = of == Of::attribute ? text_at(arguments, place++) : nullptr;
  if (of == Of::attribute && attribute == nullptr) return fail("an attribute's name is missing");
  const Text* const name = text_at(arguments, place);
  Arguments rest;
  for (size_t i = place + 1; i < arguments.values.size(); ++i) {
    rest.values.push_back(arguments.values[i]);
  }
  List passed;
  for (const Value& element : *elements) {
    const Value tested = attribute != nullptr ? attribute_of(element, attribute->bytes) : element;
    const Result<bool> good = name != nullptr ? test(name->bytes, tested, rest) : tested.is_true();
    if (!good) return good.error();
    if (*good == kept) passed.push_back(element);
  }
  return Value(std::move(passed));
}

// map(attribute="role"), with a default; map("upper")
Result<Value> mapped(const Value& value, const Arguments& arguments) {
  auto elements = elements_of(value);
  if (!elements) return elements.error();
  constexpr size_t nowhere = SIZE_MAX;
  const Text* const attribute = text_at(arguments, nowhere, "attribute");
  const Value* const otherwise = arguments.get(nowhere, "default");
  const Text* const name = text_at(arguments, 0);
  if ((attribute == nullptr) == (name == nullptr)) return fail("neither an attribute nor a filter");
  Arguments rest;
  for (size_t i = 1; i < arguments.values.size(); ++i) rest.values.push_back(arguments.values[i]);
  List made;
  for (const Value& element : *elements) {
    Result<Value> each = attribute != nullptr ? attribute_of(element, attribute->bytes)
                                              : filter(name->bytes, element, rest);
    if (!each) return each;
    made.push_back(each->is_undefined() && otherwise != nullptr ? *otherwise : *std::move(each));
  }
  return Value(std::move(made));
}

constexpr Named filters[] = {
    {"trim", trim},
    {"length", length},
    {"count", length},
    {"tojson", to_json},
    {"upper", upper},
    {"lower", lower},
    {"join", join},
    {"replace", replace},
    {"default", fallback},
    {"d", fallback},
    {"list", to_list},
    {"first", end_of<true>},
    {"last", end_of<false>},
    {"reverse", reverse},
    {"string", to_text},
    {"int", to_integer},
    {"safe", same},
    {"items", items},
    {"capitalize", capitalize},
    {"title", title},
    {"select", chosen<Of::element, true>},
    {"reject", chosen<Of::element, false>},
    {"selectattr", chosen<Of::attribute, true>},
    {"rejectattr", chosen<Of::attribute, false>},
    {"map", mapped},
};
constexpr Named methods[] = {
    {"strip", strip<Side::both>},
    {"lstrip", strip<Side::left>},
    {"rstrip", strip<Side::right>},
    {"split", split_text},
    {"replace", replace},
    {"startswith", has_at_end<true>},
    {"endswith", has_at_end<false>},
    {"upper", upper},
    {"lower", lower},
    {"capitalize", capitalize},
    {"title", title},
    {"join", join_by},
    {"items", items},
    {"keys", keys},
    {"values", values},
    {"get", get},
    {"append", append},
};

Result<Value> run(std::span<const Named> known, const char* what, std::string_view name,
                  const Value& value, const Arguments& arguments) {
  for (const Named& each : known) {
    if (each.name != name) continue;
    auto result = each.run(value, arguments);
    return result ? result : fail(in_quotes(name), ": ", result.message());
  }
  return fail("the ", what, " ", in_quotes(name), ", which lemma does not know");
}

}  // namespace

const Value* Arguments::get(size_t place, std::string_view name) const {
  if (place < values.size()) return &values[place];
  for (const auto& member : named) {
    if (!name.empty() && member.first == name) return &member.second;
  }
  return nullptr;
}

Result<Value> filter(std::string_view name, const Value& value, const Arguments& arguments) {
  return run(filters, "filter", name, value, arguments);
}

Result<Value> call_method(std::string_view name, const Value& value, const Arguments& arguments) {
  return run(methods, "method", name, value, arguments);
}

Result<bool> test(std::string_view name, const Value& value, const Arguments& arguments) {
  if (name == "defined") return !value.is_undefined();
  if (name == "undefined") return value.is_undefined();
  if (name == "none") return value.is_none();
  if (name == "string") return value.text() != nullptr;
  if (name == "mapping") return value.dict() != nullptr;
  if (name == "number") return value.is_number();
  if (name == "integer") return value.is_integer();
  if (name == "boolean") return std::holds_alternative<bool>(value.held);
  if (name == "true" || name == "false") {
    const bool* const flag = std::get_if<bool>(&value.held);
    return flag != nullptr && *flag == (name == "true");
  }
  if (name == "iterable" || name == "sequence") {
    return value.text() != nullptr || value.list() != nullptr || value.dict() != nullptr;
  }
  const Value* const other = arguments.get(0);
  if (other != nullptr && (name == "equalto" || name == "eq" || name == "==")) {
    return equal(value, *other);
  }
  if (other != nullptr && (name == "ne" || name == "!=")) return !equal(value, *other);
  if (other != nullptr && name == "in") {
    const auto held = combine("in", value, *other);
    return held ? Result<bool>(held->is_true()) : held.error();
  }
  if (value.is_integer() && (name == "odd" || name == "even")) {
    return (*value.integer() % 2 != 0) == (name == "odd");
  }
  return fail("the test ", in_quotes(name), ", which lemma does not know");
}

}  // namespace lsp::features::jinja
