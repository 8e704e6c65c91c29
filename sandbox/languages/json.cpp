#include "sandbox/languages/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sandbox::languages {
namespace {

constexpr int max_depth = 64;

void append_utf8(uint32_t point, std::string& text) {
  const auto rest = [&](int shift) {
    text += static_cast<char>(0x80 | ((point >> static_cast<unsigned>(shift)) & 0x3f));
  };
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xc0 | (point >> 6));
    rest(0);
  } else if (point < 0x10000) {
    text += static_cast<char>(0xe0 | (point >> 12));
    rest(6), rest(0);
  } else {
    text += static_cast<char>(0xf0 | (point >> 18));
    rest(12), rest(6), rest(0);
  }
}

}  // namespace

class JsonReader {
 public:
  explicit JsonReader(std::string_view& text) : rest_(text) {}

  bool value(Json& json, int depth) {
    skip_space();
    if (rest_.empty() || depth > max_depth) return false;
    if (rest_.front() == '{' || rest_.front() == '[') return collection(json, depth);
    if (rest_.front() == '"') return string(json.text_);
    for (const auto& [word, number] :
         {std::pair<std::string_view, double>{"true", 1.0}, {"false", 0.0}, {"null", 0.0}}) {
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      json.number_ = number;
      return true;
    }
    return number(json.number_);
  }

 private:
  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }
  bool take(char wanted) {
    skip_space();
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool number(double& number) {
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error != std::errc() || std::abs(number) > 1e9) return false;
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return true;
  }

  bool collection(Json& json, int depth) {
    const bool object = rest_.front() == '{';
    const char close = object ? '}' : ']';
    rest_.remove_prefix(1);
    if (take(close)) return true;
    do {
      if (object) {
        skip_space();
        if (!string(json.names_.emplace_back()) || !take(':')) return false;
      }
      if (!value(json.items_.emplace_back(), depth + 1)) return false;
    } while (take(','));
    return take(close);
  }

  bool hexadecimal(uint32_t& point) {
    if (rest_.size() < 4) return false;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + 4, point, 16);
    if (error != std::errc() || end != rest_.data() + 4) return false;
    rest_.remove_prefix(4);
    return true;
  }

  bool escaped(std::string& text) {
    if (rest_.empty()) return false;
    const char kind = rest_.front();
    rest_.remove_prefix(1);
    if (kind != 'u') {
      constexpr std::string_view kinds = "bfnrt", meanings = "\b\f\n\r\t";
      const size_t at = kinds.find(kind);
      text += at == std::string_view::npos ? kind : meanings[at];
      return true;
    }
    uint32_t point = 0, low = 0;
    if (!hexadecimal(point)) return false;
    if (point >= 0xd800 && point < 0xdc00 && rest_.starts_with("\\u")) {
      rest_.remove_prefix(2);
      if (!hexadecimal(low)) return false;
      point = 0x10000 + ((point & 0x3ff) << 10) + (low & 0x3ff);
    }
    append_utf8(point, text);
    return true;
  }

  bool string(std::string& text) {
    if (!take('"')) return false;
    while (!rest_.empty()) {
      const char byte = rest_.front();
      rest_.remove_prefix(1);
      if (byte == '"') return true;
      if (byte != '\\') {
        text += byte;
      } else if (!escaped(text)) {
        return false;
      }
    }
    return false;
  }

  std::string_view& rest_;
};

std::optional<Json> Json::read(std::string_view& text) {
  Json json;
  if (!JsonReader(text).value(json, 0)) return std::nullopt;
  return json;
}

const Json& Json::operator[](std::string_view name) const {
  static const Json nothing;
  const auto found = std::find(names_.begin(), names_.end(), name);
  return found == names_.end() ? nothing : items_[static_cast<size_t>(found - names_.begin())];
}

}  // namespace sandbox::languages
