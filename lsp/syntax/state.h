// What a Tree holds. Internal to this folder.
#pragma once

#include <memory>

#include "lsp/syntax/handles.h"
#include "lsp/syntax/queries.h"
#include "lsp/syntax/tree.h"

namespace lsp::syntax {

// shifted: of an earlier text, moved to where its parts stand now.
enum class Exactness { parsed, shifted };

struct Parsed {
  std::shared_ptr<const text::Document> document;
  Language language;
  TreeHandle tree;
  Exactness exactness = Exactness::parsed;

  std::string_view text() const { return document->text(); }
  Range all() const { return {0, text().size()}; }
  const Query& query(QueryKind kind) const { return query_of(language, kind); }
};

// Tree-sitter lets a tree be used from one thread at a time and makes copies cheap (a reference
// count): each reader takes its own.
class Reader {
 public:
  explicit Reader(const TSTree* tree) : copy_(ts_tree_copy(tree)) {}
  TSNode root() const { return ts_tree_root_node(copy_.get()); }

 private:
  TreeHandle copy_;
};

// In Python a line of white space belongs to the blocks above it that it is indented deeper than;
// the tree ends them at their last statement. `offset` is where to look for what encloses a cursor;
// only what begins left of `column` does.
struct Viewpoint {
  size_t offset;
  size_t column;
};

Viewpoint viewpoint_of(const Parsed& state, size_t offset);

// Bytes from the start of the line to `offset`.
size_t column_of(const text::Document& document, size_t offset);

}  // namespace lsp::syntax
