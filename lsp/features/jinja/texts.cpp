#include "lsp/features/jinja/texts.h"

#include <algorithm>
#include <cstdio>

#include "engine/base/format.h"

namespace lsp::features::jinja {
namespace {

// What Python's str.isspace() says yes to.
constexpr std::string_view blank_characters[] = {
    " ",      "\t",     "\n",     "\r",     "\v",     "\f",     "\x1c",   "\x1d",
    "\x1e",   "\x1f",   "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002",
    "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",
    "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

bool is_blank(std::string_view character) {
  return std::find(std::begin(blank_characters), std::end(blank_characters), character) !=
         std::end(blank_characters);
}

void append_quoted(std::string_view text, std::string& json) {
  json += '"';
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') {
      json += {'\\', letter};
    } else if (letter == '\n') {
      json += "\\n";
    } else if (letter == '\t') {
      json += "\\t";
    } else if (letter == '\r') {
      json += "\\r";
    } else if (static_cast<unsigned char>(letter) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", letter);
      json += escape;
    } else {
      json += letter;
    }
  }
  json += '"';
}

// False for what is no JSON.
bool append_json(const Value& value, int64_t indentation, int depth, std::string& json) {
  constexpr int most_depth = 100;
  if (depth > most_depth) return false;
  const auto begin_line = [&](int at) {
    if (indentation >= 0) json += '\n' + std::string(indentation * at, ' ');
  };
  const auto separate = [&](bool first) {
    if (!first) json += indentation >= 0 ? "," : ", ";
    begin_line(depth + 1);
  };
  if (value.list() != nullptr || value.dict() != nullptr) {
    const bool is_list = value.list() != nullptr;
    const size_t size = is_list ? value.list()->size() : value.dict()->size();
    json += is_list ? '[' : '{';
    for (size_t i = 0; i < size; ++i) {
      separate(i == 0);
      if (!is_list) append_quoted((*value.dict())[i].first, json), json += ": ";
      const Value& element = is_list ? (*value.list())[i] : (*value.dict())[i].second;
      if (!append_json(element, indentation, depth + 1, json)) return false;
    }
    if (size > 0) begin_line(depth);
    json += is_list ? ']' : '}';
    return true;
  }
  if (value.text() != nullptr) return append_quoted(value.text()->bytes, json), true;
  if (value.is_none()) return json += "null", true;
  if (const bool* flag = std::get_if<bool>(&value.held))
    return json += *flag ? "true" : "false", true;
  if (!value.is_number()) return false;
  json +=
      value.is_integer() ? std::to_string(*value.integer()) : engine::base::concat(value.number());
  return true;
}

}  // namespace

Text stripped(const Text& text, Side side, const Text* characters) {
  const std::vector<size_t> starts = character_starts(text);
  const auto goes = [&](size_t place) {
    const auto character =
        std::string_view(text.bytes).substr(starts[place], starts[place + 1] - starts[place]);
    return characters != nullptr ? characters->bytes.find(character) != std::string::npos
                                 : is_blank(character);
  };
  size_t first = 0, end = starts.size() - 1;
  if (side != Side::right) {
    while (first < end && goes(first)) ++first;
  }
  if (side != Side::left) {
    while (end > first && goes(end - 1)) --end;
  }
  return text.slice(starts[first], starts[end]);
}

List split(const Text& text, const Text* separator, std::optional<int64_t> most) {
  List parts;
  const auto may_split = [&] {
    return !most || *most < 0 || static_cast<int64_t>(parts.size()) < *most;
  };
  if (separator == nullptr) {
    Text rest = stripped(text, Side::left, nullptr);
    while (rest.size() > 0) {
      const std::vector<size_t> starts = character_starts(rest);
      size_t end = 0;
      const auto at_blank = [&] {
        return is_blank(
            std::string_view(rest.bytes).substr(starts[end], starts[end + 1] - starts[end]));
      };
      while (may_split() && end + 1 < starts.size() && !at_blank()) ++end;
      if (!may_split()) end = starts.size() - 1;
      parts.emplace_back(rest.slice(0, starts[end]));
      rest = stripped(rest.slice(starts[end], rest.size()), Side::left, nullptr);
    }
    return parts;
  }
  size_t begin = 0;
  for (size_t at;
       may_split() && (at = text.bytes.find(separator->bytes, begin)) != std::string::npos;
       begin = at + separator->size()) {
    parts.emplace_back(text.slice(begin, at));
  }
  parts.emplace_back(text.slice(begin, text.size()));
  return parts;
}

Text joined(const List& texts, const Text& separator) {
  Text result;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) result.append(separator);
    result.append(*texts[i].text());
  }
  return result;
}

Text replaced(const Text& text, const Text& from, const Text& to) {
  return from.size() > 0 ? joined(split(text, &from, std::nullopt), to) : text;
}

Text in_upper_case(Text text) {
  for (char& letter : text.bytes) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  return text;
}

Text in_lower_case(Text text) {
  for (char& letter : text.bytes) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return text;
}

engine::base::Result<Text> json_of(const Value& value, int64_t indentation) {
  std::string json;
  if (!append_json(value, std::min<int64_t>(indentation, 16), 0, json)) {
    return engine::base::fail(value.kind(), " is written as JSON");
  }
  return Text::from_outside(json);
}

}  // namespace lsp::features::jinja
