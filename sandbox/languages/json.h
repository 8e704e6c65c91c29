// Reads what compilers print as JSON. Bounded: nesting beyond 64 is an error.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sandbox::languages {

class Json {
 public:
  // The value at the beginning of `text`, which then begins behind it; nothing where there is none.
  static std::optional<Json> read(std::string_view& text);

  // Each gives an empty value where this one is of another kind.
  const Json& operator[](std::string_view name) const;  // of an object
  const std::vector<Json>& items() const { return items_; }
  const std::string& text() const { return text_; }
  int integer() const { return static_cast<int>(number_); }
  bool truth() const { return number_ != 0; }

 private:
  friend class JsonReader;
  double number_ = 0;  // of a number; 1 for true
  std::string text_;
  std::vector<Json> items_;         // of an array, or the values of an object
  std::vector<std::string> names_;  // of an object
};

}  // namespace sandbox::languages
