#include "lsp/features/viable.h"

#include <algorithm>
#include <array>
#include <string>

#include "lsp/features/brackets.h"

namespace lsp::features {
namespace {

using syntax::Language;

constexpr size_t most_closers = 8;

// What closes the brackets of these kinds that `line` leaves open and `rest` does not close.
std::string closers(std::string line, std::string_view rest, Language language,
                    std::string_view kinds) {
  const size_t begin = line.size();
  bool any = true;
  while (any && line.size() < begin + most_closers) {
    any = std::any_of(kinds.begin(), kinds.end(), [&](char closer) {
      const std::string one(1, closer);
      if (balanced_length(line, one, rest, language) == 0) return false;
      line += one;
      return true;
    });
  }
  return line.substr(begin);
}

}  // namespace

bool may_stand(const Suggested& suggested) {
  if (!suggested.here.tree) return true;
  const Language language = suggested.here.tree->language();
  if (language == Language::markdown || language == Language::bash) return true;
  const auto stands = [&](const std::string& end) {
    const std::string whole = std::string(suggested.text) + end;
    return parses({suggested.here, suggested.range, whole});
  };
  if (stands("")) return true;
  const text::Document& document = *suggested.here.document;
  const auto between = [&](size_t begin, size_t end) {
    return document.text().substr(begin, end - begin);
  };
  const text::Range& range = suggested.range;
  const size_t line = document.line_range(document.line_at(range.begin)).begin;
  const std::string begin = std::string(between(line, range.begin)) + std::string(suggested.text);
  const std::string_view rest =
      between(range.end, document.line_range(document.line_at(range.end)).end);
  const bool is_python = language == Language::python;  // whose body may stand below already
  const std::array bodies{"", is_python ? ":" : " {", is_python ? ": pass" : " {}", ";"};
  for (const char* kinds : {")]", ")]}"}) {  // a block may be closed below
    const std::string closing = closers(begin, rest, language, kinds);
    for (const char* operand : {"", " x"}) {
      for (const char* body : bodies) {
        if (stands(operand + closing + body)) return true;
      }
    }
  }
  return false;
}

}  // namespace lsp::features
