// Functions of JavaScript that are yet to be written.
#include <algorithm>

#include "engine/base/format.h"
#include "lsp/features/debug/calls_javascript.h"
#include "lsp/features/fill/hole.h"
#include "lsp/syntax/nodes.h"

namespace lsp::features::fill {
namespace {

using syntax::Nodes;

bool says_so(std::string_view text) {
  const std::string lower = engine::base::lower_case(text);
  return lower.find("implement") != std::string::npos || lower.find("todo") != std::string::npos;
}

bool only_throws(const Nodes& nodes, size_t block) {
  const auto statements = nodes.children(block);
  return statements.empty() ||
         (statements.size() == 1 && nodes[statements[0]].kind == "throw_statement" &&
          says_so(nodes.text(statements[0])));
}

// What gives way to a body: all between the brackets, but comments, in which people say what is to
// be done.
syntax::Range without_comments(const Nodes& nodes, size_t block) {
  syntax::Range range{nodes[block].range.begin + 1, nodes[block].range.end - 1};
  bool thrown = false;
  for (const size_t each : nodes.children(block, Nodes::Which::all)) {
    thrown = thrown || nodes[each].kind == "throw_statement";
    if (nodes[each].kind != "comment") continue;
    if (!thrown) range.begin = nodes[each].range.end;
    if (thrown) range.end = std::min(range.end, nodes[each].range.begin);
  }
  return range;
}

// By how much the file's first indented line of code is.
std::string step_of(std::string_view text) {
  for (size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    const size_t first = text.find_first_not_of(" \t", at + 1);
    if (first == std::string_view::npos) break;
    const bool code = text[first] != '\n' && text[first] != '\r' && text[first] != '*';
    if (first > at + 1 && code) return std::string(text.substr(at + 1, first - at - 1));
  }
  return "  ";
}

}  // namespace

std::vector<Hole> javascript_holes(const syntax::Tree& tree) {
  std::vector<Hole> holes;
  const Nodes nodes(tree);
  const std::string step = step_of(nodes.text());
  for (debug::TopFunction& found : debug::top_functions(nodes)) {
    const syntax::Range statement = nodes[found.statement].range, block = nodes[found.body].range;
    if (!found.plain || !only_throws(nodes, found.body)) continue;
    if (tree.has_error(statement)) continue;
    const syntax::Range body = without_comments(nodes, found.body);
    const size_t at = nodes.text().find(found.name, statement.begin);
    holes.push_back({.function = std::move(found.name),
                     .language = syntax::Language::javascript,
                     .parameters = std::move(found.parameters),
                     .name = {at, at + found.name.size()},
                     .definition = statement,
                     .body = body,
                     .indentation = step,
                     .before = "\n" + step,
                     .after = body.end + 1 == block.end ? "\n" : "\n" + step});
  }
  return holes;
}

}  // namespace lsp::features::fill
