// Owners of Tree-sitter's C objects. Internal to this folder.
#pragma once

#include <tree_sitter/api.h>

#include <memory>

namespace lsp::syntax {

struct Delete {
  void operator()(TSParser* parser) const { ts_parser_delete(parser); }
  void operator()(TSTree* tree) const { ts_tree_delete(tree); }
  void operator()(TSQuery* query) const { ts_query_delete(query); }
  void operator()(TSQueryCursor* cursor) const { ts_query_cursor_delete(cursor); }
};

using ParserHandle = std::unique_ptr<TSParser, Delete>;
using TreeHandle = std::unique_ptr<TSTree, Delete>;
using QueryHandle = std::unique_ptr<TSQuery, Delete>;
using QueryCursorHandle = std::unique_ptr<TSQueryCursor, Delete>;

class NodeCursor {
 public:
  explicit NodeCursor(TSNode root) : cursor_(ts_tree_cursor_new(root)) {}
  ~NodeCursor() { ts_tree_cursor_delete(&cursor_); }
  NodeCursor(const NodeCursor&) = delete;
  NodeCursor& operator=(const NodeCursor&) = delete;

  TSNode node() const { return ts_tree_cursor_current_node(&cursor_); }
  const char* field() const { return ts_tree_cursor_current_field_name(&cursor_); }
  bool to_first_child() { return ts_tree_cursor_goto_first_child(&cursor_); }
  // The first that holds the byte or begins after it.
  bool to_first_child_at(size_t byte) {
    return ts_tree_cursor_goto_first_child_for_byte(&cursor_, static_cast<uint32_t>(byte)) >= 0;
  }
  bool to_next_sibling() { return ts_tree_cursor_goto_next_sibling(&cursor_); }
  bool to_parent() { return ts_tree_cursor_goto_parent(&cursor_); }

 private:
  TSTreeCursor cursor_;
};

}  // namespace lsp::syntax
