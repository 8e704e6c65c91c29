#include "lsp/syntax/docstring.h"

namespace lsp::syntax {

bool is_docstring(const Nodes& nodes, size_t node) {
  if (nodes[node].kind != "expression_statement") return false;
  const auto children = nodes.children(node, Nodes::Which::all);
  if (children.size() != 1 || nodes[children.front()].kind != "string") return false;
  const size_t block = nodes[node].parent;
  const std::string_view around = nodes[block].kind;
  const size_t owner = around == "block" ? nodes[block].parent : no_node;
  const bool documents =
      around == "module" || (owner != no_node && (nodes[owner].kind == "function_definition" ||
                                                  nodes[owner].kind == "class_definition"));
  if (!documents) return false;
  for (const size_t each : nodes.children(block)) {
    if (nodes[each].kind != "comment") return each == node;
  }
  return false;
}

}  // namespace lsp::syntax
