// JSON (RFC 8259) as a tree of views: strings without escapes view the text that was parsed, which
// must outlive the document. Values are valid as long as their document, wherever it is moved to.
//
// Any text is taken; what is not JSON, nests deeper than 64 or has half a surrogate pair is an
// error that names the byte. Memory is proportional to the text.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace engine::base {

enum class JsonKind : uint8_t { null, boolean, number, string, array, object };

struct JsonNode {
  JsonKind kind;
  uint32_t span;          // nodes of this value, itself included; its children follow it
  uint32_t size;          // elements of an array, members of an object
  size_t offset;          // in the text, in bytes
  std::string_view text;  // of a string its characters, of a number or boolean its spelling
};

class JsonValue {
 public:
  explicit JsonValue(const JsonNode* node) : node_(node) {}

  JsonKind kind() const { return node_->kind; }
  bool is_null() const { return kind() == JsonKind::null; }
  size_t offset() const { return node_->offset; }
  size_t size() const { return node_->size; }

  // Nothing where the value is of another kind, or the number out of range or no integer.
  std::optional<bool> boolean() const;
  std::optional<double> number() const;
  std::optional<int64_t> integer() const;
  std::optional<std::string_view> string() const;

  // The first member of that name; nothing where there is none or this is no object.
  std::optional<JsonValue> find(std::string_view name) const;

  // visit(element) for each element of an array, none of other values.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    if (kind() != JsonKind::array) return;
    const JsonNode* node = node_ + 1;
    for (uint32_t i = 0; i < node_->size; ++i, node += node->span) visit(JsonValue(node));
  }
  // visit(name, value) for each member of an object, in order; a name may repeat.
  template <typename Visit>
  void for_each_member(const Visit& visit) const {
    if (kind() != JsonKind::object) return;
    const JsonNode* node = node_ + 1;
    for (uint32_t i = 0; i < node_->size; ++i, node += node[1].span + 1) {
      visit(node->text, JsonValue(node + 1));
    }
  }

 private:
  const JsonNode* node_;
};

class Json {
 public:
  // The error is "byte OFFSET: WHAT"; who knows the file says it before.
  static Result<Json> parse(std::string_view text);
  template <std::same_as<std::string> Temporary>  // its views would point to what is gone
  static Result<Json> parse(Temporary&& text) = delete;

  JsonValue root() const { return JsonValue(nodes_.data()); }

 private:
  friend class JsonParser;
  Json() = default;

  std::vector<JsonNode> nodes_;        // each value before its children; a member's name before it
  std::deque<std::string> unescaped_;  // strings that had escapes
};

}  // namespace engine::base
