#include "engine/base/json.h"

#include <charconv>
#include <limits>
#include <utility>

#include "engine/base/format.h"

namespace engine::base {
namespace {

constexpr int deepest = 64;

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

void append_utf8(uint32_t point, std::string& out) {
  const auto push = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) return push(point);
  if (point < 0x800) {
    push(0xc0 | point >> 6);
  } else {
    if (point < 0x10000) {
      push(0xe0 | point >> 12);
    } else {
      push(0xf0 | point >> 18);
      push(0x80 | (point >> 12 & 0x3f));
    }
    push(0x80 | (point >> 6 & 0x3f));
  }
  push(0x80 | (point & 0x3f));
}

}  // namespace

// Every function returns false after storing the error.
class JsonParser {
 public:
  explicit JsonParser(std::string_view text) : text_(text) {}

  Result<Json> parse() {
    if (text_.size() >= std::numeric_limits<uint32_t>::max()) {
      return fail("byte 0: the text has ", text_.size(), " bytes; lemma reads up to 4 GB");
    }
    if (!value(0)) return std::move(error_);
    skip_space();
    if (position_ < text_.size()) {
      refuse("more text behind the end");
      return std::move(error_);
    }
    return std::move(json_);
  }

 private:
  template <typename... What>
  bool refuse(const What&... what) {
    error_ = fail("byte ", position_, ": ", what...);
    return false;
  }

  bool at_end() const { return position_ == text_.size(); }
  char next() const { return at_end() ? '\0' : text_[position_]; }

  void skip_space() {
    while (!at_end() && (next() == ' ' || next() == '\t' || next() == '\n' || next() == '\r')) {
      ++position_;
    }
  }

  bool take(char letter) {
    if (at_end() || next() != letter) return false;
    ++position_;
    return true;
  }

  size_t begin(JsonKind kind) {
    json_.nodes_.push_back({kind, 1, 0, position_, {}});
    return json_.nodes_.size() - 1;
  }
  void end(size_t node, uint32_t size) {
    json_.nodes_[node].size = size;
    json_.nodes_[node].span = static_cast<uint32_t>(json_.nodes_.size() - node);
  }

  bool value(int depth) {
    skip_space();
    if (at_end()) return refuse("the text ends where a value is expected");
    switch (next()) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return string();
      case 't':
        return word("true", JsonKind::boolean);
      case 'f':
        return word("false", JsonKind::boolean);
      case 'n':
        return word("null", JsonKind::null);
      default:
        return number();
    }
  }

  bool object(int depth) {
    if (depth == deepest) return refuse("nested deeper than ", deepest);
    const size_t node = begin(JsonKind::object);
    ++position_;
    uint32_t members = 0;
    for (skip_space(); !take('}'); skip_space()) {
      if (members > 0 && !take(',')) return refuse("',' or '}' is expected");
      skip_space();
      if (next() != '"') return refuse("the name of a member is expected");
      if (!string()) return false;
      skip_space();
      if (!take(':')) return refuse("':' is expected");
      if (!value(depth + 1)) return false;
      ++members;
    }
    end(node, members);
    return true;
  }

  bool array(int depth) {
    if (depth == deepest) return refuse("nested deeper than ", deepest);
    const size_t node = begin(JsonKind::array);
    ++position_;
    uint32_t elements = 0;
    for (skip_space(); !take(']'); skip_space()) {
      if (elements > 0 && !take(',')) return refuse("',' or ']' is expected");
      if (!value(depth + 1)) return false;
      ++elements;
    }
    end(node, elements);
    return true;
  }

  bool word(std::string_view spelling, JsonKind kind) {
    if (!text_.substr(position_).starts_with(spelling)) return refuse("no JSON value");
    const size_t node = begin(kind);
    json_.nodes_[node].text = text_.substr(position_, spelling.size());
    position_ += spelling.size();
    return true;
  }

  bool digits() {
    if (!is_digit(next())) return false;
    while (is_digit(next())) ++position_;
    return true;
  }

  bool number() {
    const size_t start = position_;
    take('-');
    const bool whole = take('0') || digits();
    const bool fraction = !take('.') || digits();
    bool exponent = true;
    if (next() == 'e' || next() == 'E') {
      ++position_;
      if (next() == '+' || next() == '-') ++position_;
      exponent = digits();
    }
    if (!whole || !fraction || !exponent) {
      position_ = start;
      return refuse("no JSON value");
    }
    json_.nodes_.push_back({JsonKind::number, 1, 0, start, text_.substr(start, position_ - start)});
    return true;
  }

  bool string() {
    const size_t node = begin(JsonKind::string);
    const size_t start = ++position_;
    while (!at_end() && next() != '"' && next() != '\\' && static_cast<uint8_t>(next()) >= 0x20) {
      ++position_;
    }
    std::string_view characters = text_.substr(start, position_ - start);
    if (next() == '\\') {
      std::string unescaped(characters);
      if (!rest_of_string(unescaped)) return false;
      characters = json_.unescaped_.emplace_back(std::move(unescaped));
    }
    if (!take('"')) return refuse_in_string();
    json_.nodes_[node].text = characters;
    return true;
  }

  bool refuse_in_string() {
    if (at_end()) return refuse("the text ends inside a string");
    return refuse("a control character inside a string");
  }

  // Up to the closing quote.
  bool rest_of_string(std::string& out) {
    while (!at_end() && next() != '"') {
      if (static_cast<uint8_t>(next()) < 0x20) return refuse_in_string();
      if (take('\\')) {
        if (!escape(out)) return false;
      } else {
        out.push_back(text_[position_++]);
      }
    }
    return true;
  }

  bool escape(std::string& out) {
    constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    if (take('u')) return escaped_point(out);
    const size_t index = at_end() ? std::string_view::npos : letters.find(next());
    if (index == std::string_view::npos) return refuse("no JSON escape");
    ++position_;
    out.push_back(meanings[index]);
    return true;
  }

  bool escaped_point(std::string& out) {
    uint32_t point = 0;
    if (!hexadecimal(point)) return false;
    if (point >= 0xdc00 && point < 0xe000) return refuse("half of a surrogate pair");
    if (point >= 0xd800 && point < 0xdc00) {
      uint32_t low = 0;
      if (!take('\\') || !take('u')) return refuse("half of a surrogate pair");
      if (!hexadecimal(low)) return false;
      if (low < 0xdc00 || low >= 0xe000) return refuse("half of a surrogate pair");
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    }
    append_utf8(point, out);
    return true;
  }

  bool hexadecimal(uint32_t& value) {
    const std::string_view four = text_.substr(position_, 4);
    const auto result = std::from_chars(four.data(), four.data() + four.size(), value, 16);
    if (four.size() < 4 || result.ptr != four.data() + 4)
      return refuse("no four hexadecimal digits");
    position_ += 4;
    return true;
  }

  std::string_view text_;
  size_t position_ = 0;
  Json json_;
  Error error_;
};

Result<Json> Json::parse(std::string_view text) { return JsonParser(text).parse(); }

std::optional<bool> JsonValue::boolean() const {
  if (kind() != JsonKind::boolean) return std::nullopt;
  return node_->text == "true";
}

std::optional<double> JsonValue::number() const {
  if (kind() != JsonKind::number) return std::nullopt;
  double value = 0;
  const char* const end = node_->text.data() + node_->text.size();
  const auto result = std::from_chars(node_->text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

std::optional<int64_t> JsonValue::integer() const {
  if (kind() != JsonKind::number) return std::nullopt;
  int64_t value = 0;
  const char* const end = node_->text.data() + node_->text.size();
  const auto result = std::from_chars(node_->text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

std::optional<std::string_view> JsonValue::string() const {
  if (kind() != JsonKind::string) return std::nullopt;
  return node_->text;
}

std::optional<JsonValue> JsonValue::find(std::string_view name) const {
  std::optional<JsonValue> found;
  for_each_member([&](std::string_view member, JsonValue value) {
    if (!found && member == name) found = value;
  });
  return found;
}

}  // namespace engine::base
