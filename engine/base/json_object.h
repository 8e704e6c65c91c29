// A JSON object, written field by field; enough for what the commands print.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace engine::base {

class JsonObject {
 public:
  JsonObject& text(std::string_view key, std::string_view value);
  JsonObject& number(std::string_view key, double value);
  JsonObject& integer(std::string_view key, int64_t value);
  JsonObject& boolean(std::string_view key, bool value);
  // `value` is JSON already.
  JsonObject& raw(std::string_view key, std::string_view value);

  std::string str() const { return "{" + fields_ + "}"; }

 private:
  std::string fields_;
};

// With quotes. Bytes that are not UTF-8 are kept as they are.
std::string json_string(std::string_view text);

}  // namespace engine::base
