#include "lsp/syntax/nodes.h"

#include <algorithm>

#include "lsp/syntax/state.h"

namespace lsp::syntax {
namespace {

constexpr size_t max_depth = 1000;

}  // namespace

Nodes::Nodes(const Tree& tree) : text_(tree.state().text()) {
  const Reader reader(tree.state().tree.get());
  NodeCursor cursor(reader.root());
  std::vector<size_t> open;
  const auto add = [&] {
    const TSNode node = cursor.node();
    const char* field = cursor.field();
    nodes_.push_back({.kind = ts_node_type(node),
                      .field = field == nullptr ? "" : field,
                      .range = range_of(node),
                      .parent = open.empty() ? no_node : open.back(),
                      .named = ts_node_is_named(node),
                      .broken = ts_node_is_error(node) || ts_node_is_missing(node)});
    open.push_back(nodes_.size() - 1);
  };
  const auto close = [&] {
    nodes_[open.back()].end = nodes_.size();
    open.pop_back();
  };
  add();
  while (!open.empty()) {
    if (open.size() < max_depth && cursor.to_first_child()) {
      add();
      continue;
    }
    close();
    while (!open.empty() && !cursor.to_next_sibling()) {
      cursor.to_parent();
      close();
    }
    if (!open.empty()) add();
  }
}

std::vector<size_t> Nodes::children(size_t node, Which which) const {
  std::vector<size_t> found;
  for (size_t child = node + 1; child < nodes_[node].end; child = nodes_[child].end) {
    const bool wanted =
        which == Which::all || (nodes_[child].named && nodes_[child].kind != "comment");
    if (wanted) found.push_back(child);
  }
  return found;
}

size_t Nodes::child(size_t node, std::string_view field) const {
  for (size_t child = node + 1; child < nodes_[node].end; child = nodes_[child].end) {
    if (nodes_[child].field == field) return child;
  }
  return no_node;
}

size_t Nodes::around(size_t node, const std::vector<std::string_view>& kinds) const {
  while (node != no_node &&
         std::find(kinds.begin(), kinds.end(), nodes_[node].kind) == kinds.end()) {
    node = nodes_[node].parent;
  }
  return node;
}

}  // namespace lsp::syntax
