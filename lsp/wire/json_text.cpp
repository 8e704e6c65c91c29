#include "lsp/wire/json_text.h"

#include <charconv>

#include "engine/base/format.h"
#include "lsp/text/utf8.h"

namespace lsp::wire {
namespace {

// The code unit of the escape `\uXXXX` at `at`; 0 where there is none.
unsigned escaped_unit(std::string_view text, size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return 0;
  unsigned unit = 0;
  const char* first = text.data() + at + 2;
  const auto [stop, error] = std::from_chars(first, first + 4, unit, 16);
  return error == std::errc() && stop == first + 4 ? unit : 0;
}

bool is_high_surrogate(unsigned unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low_surrogate(unsigned unit) { return unit >= 0xDC00 && unit < 0xE000; }

// Handles the escape at `at` and returns its length.
size_t repair_escape(std::string& text, size_t at, Repairs& repairs) {
  const unsigned unit = escaped_unit(text, at);
  if (is_high_surrogate(unit) && is_low_surrogate(escaped_unit(text, at + 6))) return 12;
  if (is_high_surrogate(unit) || is_low_surrogate(unit)) {
    text.replace(at, 6, "\\uFFFD");
    ++repairs.surrogates;
  }
  return 2;
}

void repair_bytes(std::string& text, size_t first, Repairs& repairs) {
  std::string repaired;
  repaired.reserve(text.size() + 1024);
  size_t copied = 0;
  for (size_t at = first; at != std::string::npos; at = text::first_invalid(text, at + 1)) {
    repaired.append(text, copied, at - copied);
    repaired += "\\u001a";
    copied = at + 1;
    ++repairs.bytes;
  }
  repaired.append(text, copied);
  text = std::move(repaired);
}

}  // namespace

base::Result<Repairs> repair_json(std::string& text) {
  static_assert(substitute == 0x1A, "repair_bytes writes its escape");
  Repairs repairs;
  int depth = 0;
  bool in_string = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '"') in_string = false;
      if (c == '\\') at += repair_escape(text, at, repairs) - 1;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > max_json_depth) {
        return base::fail("JSON nested deeper than ", max_json_depth, " levels");
      }
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  const size_t invalid = text::first_invalid(text);
  if (invalid != std::string::npos) repair_bytes(text, invalid, repairs);
  return repairs;
}

}  // namespace lsp::wire
