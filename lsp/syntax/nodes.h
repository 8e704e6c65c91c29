// A tree as an array, for those who change code: every node with its tokens, in the order of the
// text. Positions in the array stand for nodes.
//
// Thread safety: a plain value, without ties to the Tree but the document's text.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "lsp/syntax/tree.h"

namespace lsp::syntax {

inline constexpr size_t no_node = SIZE_MAX;

struct FlatNode {
  std::string_view kind;   // as the grammar names it; of a token without a name, its text
  std::string_view field;  // of its parent that it fills; may be empty
  Range range;
  size_t parent = no_node;
  size_t end = 0;  // one past its last descendant: a child's next sibling begins at the child's end
  bool named = false;
  bool broken = false;  // an error, or missing from the text
};

class Nodes {
 public:
  // Every node of the tree; nodes()[0] is the document. Trees deeper than 1000 levels are cut
  // there.
  explicit Nodes(const Tree& tree);

  const std::vector<FlatNode>& all() const { return nodes_; }
  const FlatNode& operator[](size_t node) const { return nodes_[node]; }
  size_t size() const { return nodes_.size(); }
  std::string_view text() const { return text_; }
  std::string_view text(size_t node) const {
    const Range range = nodes_[node].range;
    return text_.substr(range.begin, range.end - range.begin);
  }

  enum class Which { all, named };
  std::vector<size_t> children(size_t node, Which which = Which::named) const;
  // no_node where the field is empty.
  size_t child(size_t node, std::string_view field) const;
  // The nearest of `kinds` around `node`, itself included; no_node where there is none.
  size_t around(size_t node, const std::vector<std::string_view>& kinds) const;
  bool is_within(size_t node, size_t ancestor) const {
    return ancestor <= node && node < nodes_[ancestor].end;
  }

 private:
  std::string_view text_;
  std::vector<FlatNode> nodes_;
};

}  // namespace lsp::syntax
