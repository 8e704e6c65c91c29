#include "lsp/features/change/part.h"

#include <algorithm>
#include <optional>

#include "lsp/features/change/lines.h"

namespace lsp::features::change {
namespace {

constexpr const char* blanks = " \t\r\n\f";

// What the lines that are not blank all begin with.
std::string shared_indentation(const text::Document& document, size_t first, size_t last) {
  std::optional<std::string_view> shared;
  for (size_t i = first; i <= last; ++i) {
    const std::string_view line = document.line(i);
    if (is_blank(line)) continue;
    const std::string_view own = indentation_of(line);
    if (!shared) shared = own;
    const auto end = std::mismatch(shared->begin(), shared->end(), own.begin(), own.end()).first;
    shared = shared->substr(0, static_cast<size_t>(end - shared->begin()));
  }
  return std::string(shared.value_or(""));
}

// Of a line to be written: what stands in it already, else what the next line has that is not
// blank, else the one right before. Behind a blank line at the end of a file something new begins.
std::string indentation_for(const text::Document& document, size_t blank) {
  if (const std::string_view own = indentation_of(document.line(blank)); !own.empty()) {
    return std::string(own);
  }
  for (size_t i = blank + 1; i < document.line_count(); ++i) {
    if (!is_blank(document.line(i))) return std::string(indentation_of(document.line(i)));
  }
  return blank == 0 ? "" : std::string(indentation_of(document.line(blank - 1)));
}

// What is meant where nothing is selected.
text::Range around(const syntax::Tree& tree, size_t offset) {
  using Kind = syntax::SymbolKind;
  const auto enclosing = tree.enclosing(offset);
  const auto function =
      std::find_if(enclosing.rbegin(), enclosing.rend(), [](const syntax::Symbol& symbol) {
        return symbol.kind == Kind::function || symbol.kind == Kind::method;
      });
  if (function != enclosing.rend()) return function->range;
  return tree.statement_at(offset).value_or(text::Range{offset, offset});
}

// The first line of a comment that ends right before `line` and is as deep.
std::optional<size_t> comment_before(const text::Document& document, const syntax::Tree& tree,
                                     size_t line) {
  if (!is_comment_line(document, tree, line - 1)) return std::nullopt;
  const std::string_view words = stripped(document.line(line - 1));
  if (words.starts_with("#!")) return std::nullopt;
  size_t first = line - 1;
  if (!words.starts_with("#") && !words.starts_with("//")) {
    first = document.line_at(tree.node_at(inside_of_line(document, line - 1)).range.begin);
    const std::string_view begin = stripped(document.line(first));
    if (!begin.starts_with("/*") && !begin.starts_with("--")) return std::nullopt;
  }
  if (indentation_of(document.line(first)) != indentation_of(document.line(line))) {
    return std::nullopt;
  }
  return first;
}

}  // namespace

size_t inside_of_line(const text::Document& document, size_t line) {
  return document.line_range(line).begin + indentation_of(document.line(line)).size() + 1;
}

bool is_comment_line(const text::Document& document, const syntax::Tree& tree, size_t line) {
  return !is_blank(document.line(line)) &&
         tree.place_at(inside_of_line(document, line)) == syntax::Place::comment;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(blanks) == text.npos; }

Part part_of_lines(const text::Document& document, size_t first, size_t last) {
  bool blank = true;
  for (size_t i = first; i <= last; ++i) blank = blank && is_blank(document.line(i));
  return {.lines = {document.line_range(first).begin, document.line_range(last).end},
          .first = first,
          .last = last,
          .indentation =
              blank ? indentation_for(document, first) : shared_indentation(document, first, last)};
}

Part part_at(const text::Document& document, const syntax::Tree* tree, text::Range selection) {
  size_t first = document.line_at(selection.begin), last = document.line_at(selection.end);
  if (selection.begin < selection.end) {
    // Who selects whole lines has the cursor before the next one.
    if (last > first && document.line_range(last).begin == selection.end) --last;
    return part_of_lines(document, first, last);
  }
  const std::string_view line = document.line(first);
  if (tree != nullptr && !is_blank(line)) {
    // In a line's indentation, or at its first byte, what begins there is meant.
    const size_t offset = std::max(selection.begin, inside_of_line(document, first));
    const text::Range meant = around(*tree, offset);
    first = document.line_at(meant.begin);
    last = document.line_at(meant.end);
    if (last > first && document.line_range(last).begin == meant.end) --last;
    const std::string_view depth = indentation_of(document.line(first));
    while (first > 0) {
      if (is_before_definition(document.line(first - 1)) &&
          indentation_of(document.line(first - 1)) == depth) {
        --first;
      } else if (const auto comment = comment_before(document, *tree, first)) {
        first = *comment;
      } else {
        break;
      }
    }
  }
  return part_of_lines(document, first, last);
}

}  // namespace lsp::features::change
