// What a template computes with: Python's kinds of values, as far as chat templates use them.
//
// A text knows of each byte whether the template wrote it or it came from outside, through every
// operation, so that what a person said can be told from the marks of turns around it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lsp::features::jinja {

struct Text {
  std::string bytes;
  std::string foreign;  // for each byte: '\1' where it came from outside, else '\0'

  static Text own(std::string_view bytes) { return {std::string(bytes), flags(bytes, '\0')}; }
  static Text from_outside(std::string_view bytes) {
    return {std::string(bytes), flags(bytes, '\1')};
  }

  size_t size() const { return bytes.size(); }
  void append(const Text& more) {
    bytes += more.bytes;
    foreign += more.foreign;
  }
  Text slice(size_t first, size_t end) const {
    return {bytes.substr(first, end - first), foreign.substr(first, end - first)};
  }

 private:
  static std::string flags(std::string_view bytes, char flag) {
    return std::string(bytes.size(), flag);
  }
};

struct Statement;
struct Value;
using List = std::vector<Value>;
using Dict = std::vector<std::pair<std::string, Value>>;  // in the order of insertion

struct Undefined {};
struct None {};
// A macro of the template, or one of the functions that templates of models may call.
struct Callable {
  std::string name;
  const Statement* macro = nullptr;
};

// Lists (tuples are lists as well) and dictionaries are shared, as in Python: to change one is seen
// through every name. What is put into one is copied (copied() in operations.h), unlike there, so
// that none ever holds itself.
struct Value {
  using Held = std::variant<Undefined, None, bool, int64_t, double, Text, std::shared_ptr<List>,
                            std::shared_ptr<Dict>, Callable>;
  Held held;

  Value() = default;
  Value(None none) : held(none) {}
  Value(bool value) : held(value) {}
  Value(int64_t value) : held(value) {}
  Value(double value) : held(value) {}
  Value(Text value) : held(std::move(value)) {}
  Value(List value) : held(std::make_shared<List>(std::move(value))) {}
  Value(Dict value) : held(std::make_shared<Dict>(std::move(value))) {}
  Value(Callable value) : held(std::move(value)) {}
  Value(const char* text) : held(Text::own(text)) {}

  bool is_undefined() const { return std::holds_alternative<Undefined>(held); }
  bool is_none() const { return std::holds_alternative<None>(held); }
  bool is_integer() const { return std::holds_alternative<int64_t>(held); }
  bool is_number() const { return is_integer() || std::holds_alternative<double>(held); }
  // Null where it is of another kind.
  const Text* text() const { return std::get_if<Text>(&held); }
  List* list() const { return pointer<List>(); }
  Dict* dict() const { return pointer<Dict>(); }
  const int64_t* integer() const { return std::get_if<int64_t>(&held); }
  // Of an integer, too; 0 for what is no number.
  double number() const;

  bool is_true() const;      // Python's bool()
  const char* kind() const;  // "a text", for messages
  // What a dictionary has under a name; null without it.
  const Value* find(std::string_view name) const;

 private:
  template <typename T>
  T* pointer() const {
    const auto* shared = std::get_if<std::shared_ptr<T>>(&held);
    return shared != nullptr ? shared->get() : nullptr;
  }
};

bool equal(const Value& left, const Value& right);

// The byte at which each character begins, and the size behind them.
std::vector<size_t> character_starts(const Text& text);

}  // namespace lsp::features::jinja
