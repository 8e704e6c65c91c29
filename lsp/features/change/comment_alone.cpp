#include "lsp/features/change/comment_alone.h"

#include <algorithm>
#include <array>

#include "lsp/features/change/indentation.h"
#include "lsp/features/change/lines.h"
#include "lsp/features/change/reply.h"
#include "lsp/features/change/same_code.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/syntax/docstring.h"

namespace lsp::features::change {
namespace {

using syntax::is_docstring;
using syntax::Language;
using syntax::no_node;
using syntax::Nodes;

// Prose may be a comment of `#` by its headings.
bool begins_like_a_comment(std::string_view text) {
  static constexpr std::array<std::string_view, 5> marks{"/*", "//", "\"\"\"", "'''", "--"};
  return std::any_of(marks.begin(), marks.end(),
                     [&](std::string_view mark) { return text.starts_with(mark); });
}

// Its lines, where there is no code among them.
std::optional<std::string> comment_in(std::string_view reply, std::string_view part,
                                      Language language) {
  const auto code = code_in(reply, part, language);
  const Lines lines = without_blank_ends(code ? code->lines : lines_of(reply));
  if (lines.empty() || (!code && !begins_like_a_comment(stripped(lines.front())))) {
    return std::nullopt;
  }
  std::string text;
  for (const std::string_view line : lines) text.append(line).append("\n");
  const auto tree = debug::parse(text, language), nothing = debug::parse("\n", language);
  if (!tree || !nothing || tree->has_error({0, text.size()})) return std::nullopt;
  if (other_code(*nothing, *tree)) return std::nullopt;
  return text;
}

// Whole lines, which the comment takes the place of, and how deep it is.
struct Place {
  size_t first, behind;
  std::string indentation;
};

Place place_before(const Part& part, const syntax::Tree& tree) {
  const text::Document& document = tree.document();
  size_t code = part.first;
  while (code < part.last && is_comment_line(document, tree, code)) ++code;
  return {part.first, code, std::string(indentation_of(document.line(code)))};
}

std::optional<Place> docstring_place(const Part& part, const syntax::Tree& tree) {
  const text::Document& document = tree.document();
  const Nodes nodes(tree);
  for (size_t node = 0; node < nodes.size(); ++node) {
    const size_t begin = nodes[node].range.begin;
    if (begin < part.lines.begin || begin >= part.lines.end) continue;
    const std::string_view kind = nodes[node].kind;
    if (kind != "function_definition" && kind != "class_definition") continue;
    const size_t body = nodes.child(node, "body");
    const auto statements = body == no_node ? std::vector<size_t>() : nodes.children(body);
    const auto first = std::find_if(statements.begin(), statements.end(),
                                    [&](size_t each) { return nodes[each].kind != "comment"; });
    if (first == statements.end()) return std::nullopt;
    const syntax::Range range = nodes[*first].range;
    const size_t line = document.line_at(range.begin);
    const std::string indentation(indentation_of(document.line(line)));
    const bool own_line = document.line_range(line).begin + indentation.size() == range.begin;
    if (!own_line) return std::nullopt;  // def f(): return 1
    if (!is_docstring(nodes, *first)) return Place{line, line, indentation};
    return Place{line, document.line_at(range.end) + 1, indentation};
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> with_comment(std::string_view reply, std::string_view text,
                                        const Part& part, std::optional<Language> language) {
  if (!language) return std::nullopt;
  const std::string_view lines = text.substr(part.lines.begin, part.lines.end - part.lines.begin);
  const auto comment = comment_in(reply, lines, *language);
  const auto tree = comment ? debug::parse(std::string(text), *language) : nullptr;
  if (!tree) return std::nullopt;
  const auto place =
      *language == Language::python ? docstring_place(part, *tree) : place_before(part, *tree);
  if (!place) return std::nullopt;
  const text::Document& document = tree->document();
  const auto begin_of = [&](size_t line) {
    return line < document.line_count() ? document.line_range(line).begin : text.size();
  };
  const std::vector<std::string> styled = in_the_style_of(text, lines_of(*comment));
  const auto placed = indented({styled.begin(), styled.end()}, place->indentation, language);
  const std::string_view ending = ending_in(text, part.lines.begin);
  std::string whole(text.substr(0, begin_of(place->first)));
  whole.append(joined(placed, ending)).append(ending);
  return whole.append(text.substr(begin_of(place->behind)));
}

}  // namespace lsp::features::change
