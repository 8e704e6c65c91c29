#include "lsp/features/fill/hole.h"

#include <optional>

#include "lsp/syntax/docstring.h"

namespace lsp::features::fill {
namespace {

using syntax::no_node;
using syntax::Nodes;

bool stands_for_a_body(const Nodes& nodes, size_t statement) {
  const std::string_view kind = nodes[statement].kind;
  if (kind == "pass_statement") return true;
  if (kind == "raise_statement") {
    return nodes.text(statement).find("NotImplementedError") != std::string_view::npos;
  }
  if (kind != "expression_statement") return false;
  const auto children = nodes.children(statement);
  return children.size() == 1 && nodes[children.front()].kind == "ellipsis";
}

std::optional<Hole> hole_of(const Nodes& nodes, size_t function) {
  const size_t name = nodes.child(function, "name"), block = nodes.child(function, "body");
  if (name == no_node || block == no_node || nodes[function].broken) return std::nullopt;
  if (nodes.text(function).starts_with("async")) return std::nullopt;
  std::vector<size_t> statements;
  for (const size_t each : nodes.children(block)) {
    if (nodes[each].kind != "comment") statements.push_back(each);
  }
  if (statements.empty() || statements.size() > 2) return std::nullopt;
  const bool documented = syntax::is_docstring(nodes, statements.front());
  if (statements.size() == 2 && !documented) return std::nullopt;
  const size_t last = statements.back();
  const bool only_documented = statements.size() == 1 && documented;
  if (!only_documented && !stands_for_a_body(nodes, last)) return std::nullopt;

  const syntax::Range range = nodes[last].range;
  const size_t line = nodes.text().rfind('\n', nodes[statements.front()].range.begin);
  const std::string_view before =
      line == std::string_view::npos
          ? ""
          : nodes.text().substr(line + 1, nodes[statements.front()].range.begin - line - 1);
  // "def f(): pass" has no line of its own to take the indentation from.
  if (before.find_first_not_of(" \t") != std::string_view::npos || before.empty()) {
    return std::nullopt;
  }
  const std::string indentation(before);
  return Hole{.function = std::string(nodes.text(name)),
              .name = nodes[name].range,
              .definition = {nodes[function].range.begin, range.end},
              .body = only_documented ? syntax::Range{range.end, range.end} : range,
              .indentation = indentation,
              .before = only_documented ? "\n" + indentation : "",
              .after = ""};
}

}  // namespace

std::vector<Hole> holes_in(const syntax::Tree& tree) {
  std::vector<Hole> holes;
  if (tree.language() == syntax::Language::javascript) return javascript_holes(tree);
  if (tree.language() != syntax::Language::python) return holes;
  const Nodes nodes(tree);
  for (size_t each : nodes.children(0)) {
    if (nodes[each].kind == "decorated_definition") each = nodes.child(each, "definition");
    if (each == no_node || nodes[each].kind != "function_definition") continue;
    auto hole = hole_of(nodes, each);
    if (hole && !tree.has_error(hole->definition)) holes.push_back(std::move(*hole));
  }
  return holes;
}

std::string body_text(const Hole& hole, const std::vector<std::string>& lines) {
  std::string body;
  for (const std::string& line : lines) {
    body += body.empty() ? hole.before : "\n" + (line.empty() ? "" : hole.indentation);
    body += line;
  }
  return body + hole.after;
}

std::string filled(std::string_view text, const Hole& hole, const std::vector<std::string>& lines) {
  return std::string(text.substr(0, hole.body.begin)) + body_text(hole, lines) +
         std::string(text.substr(hole.body.end));
}

}  // namespace lsp::features::fill
