#include "engine/huggingface/fields.h"

#include <filesystem>
#include <utility>

namespace engine::huggingface {

using base::JsonKind;
using base::JsonValue;
using base::Result;

Result<Fields> Fields::open(const std::string& path) {
  std::error_code ignored;  // a file that cannot be looked at is not there
  if (!std::filesystem::exists(path, ignored)) {
    return Fields(path, {}, base::Json::parse("{}").value());
  }
  auto mapping = base::MappedFile::open(path);
  if (!mapping) return mapping.error();
  const auto bytes = mapping->bytes();
  auto json = base::Json::parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!json) return base::fail(path, ": no JSON: ", json.message());
  if (json->root().kind() != JsonKind::object) return base::fail(path, ": is no JSON object");
  return Fields(path, *std::move(mapping), *std::move(json));
}

std::optional<JsonValue> Fields::find(std::string_view field) const {
  JsonValue value = json_.root();
  while (true) {
    const size_t dot = field.find('.');
    const auto member = value.find(field.substr(0, dot));
    if (!member || member->is_null()) return std::nullopt;
    if (dot == std::string_view::npos) return member;
    value = *member;
    field.remove_prefix(dot + 1);
  }
}

std::string Fields::place_of(std::string_view field) const {
  const auto value = find(field);
  const std::string name = base::concat(path_, ": field '", field, "'");
  return value ? base::concat(name, " at byte ", value->offset()) : name;
}

template <typename T>
T Fields::take(std::string_view field, std::optional<T> (JsonValue::*read)() const,
               const char* kind, T fallback) {
  const auto value = find(field);
  if (!value) return fallback;
  const std::optional<T> held = ((*value).*read)();
  if (!held) refuse(field, "is not ", kind);
  return held.value_or(fallback);
}

void Fields::require(std::string_view field) {
  if (!has(field)) refuse(field, "is missing");
}

int64_t Fields::integer(std::string_view field) {
  require(field);
  return integer_or(field, 0);
}

int64_t Fields::integer_or(std::string_view field, int64_t fallback) {
  const int64_t value = take(field, &JsonValue::integer, "an integer", fallback);
  if (value < 0) refuse(field, "is ", value, "; it cannot be negative");
  return value;
}

double Fields::number(std::string_view field) {
  require(field);
  return number_or(field, 0);
}

double Fields::number_or(std::string_view field, double fallback) {
  return take(field, &JsonValue::number, "a number", fallback);
}

bool Fields::boolean_or(std::string_view field, bool fallback) {
  return take(field, &JsonValue::boolean, "true or false", fallback);
}

std::string_view Fields::text_or(std::string_view field, std::string_view fallback) {
  return take(field, &JsonValue::string, "a string", fallback);
}

}  // namespace engine::huggingface
