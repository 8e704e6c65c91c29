#include "engine/base/json_object.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace engine::base {

std::string json_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape;
      std::snprintf(escape.data(), escape.size(), "\\u%04x", c);
      result += escape.data();
    } else {
      result += c;
    }
  }
  return result + "\"";
}

JsonObject& JsonObject::raw(std::string_view key, std::string_view value) {
  if (!fields_.empty()) fields_ += ", ";
  fields_ += json_string(key) + ": " + std::string(value);
  return *this;
}

JsonObject& JsonObject::text(std::string_view key, std::string_view value) {
  return raw(key, json_string(value));
}

JsonObject& JsonObject::number(std::string_view key, double value) {
  if (!std::isfinite(value)) return raw(key, "null");
  std::array<char, 32> digits;
  std::snprintf(digits.data(), digits.size(), "%.6g", value);
  return raw(key, digits.data());
}

JsonObject& JsonObject::integer(std::string_view key, int64_t value) {
  return raw(key, std::to_string(value));
}

JsonObject& JsonObject::boolean(std::string_view key, bool value) {
  return raw(key, value ? "true" : "false");
}

}  // namespace engine::base
