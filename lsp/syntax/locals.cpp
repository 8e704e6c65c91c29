#include <algorithm>

#include "lsp/syntax/state.h"

namespace lsp::syntax {
namespace {

struct Binding {
  Range name;
  bool is_outer;  // bound in the scope around the innermost one
};

struct Bindings {
  std::vector<Range> scopes;   // outer before inner
  std::vector<Binding> names;  // in the order of the text
};

// The names in `range` and the scopes around them, at least.
Bindings bindings_of(const Parsed& state, TSNode root, Range range) {
  Bindings found;
  state.query(QueryKind::locals)
      .run(root, range, state.text(), [&](std::span<const Captured> captured) {
        for (const auto& [capture, node] : captured) {
          if (capture == Capture::scope) {
            found.scopes.push_back(range_of(node));
          } else {
            found.names.push_back({range_of(node), capture == Capture::outer});
          }
        }
      });
  std::stable_sort(found.scopes.begin(), found.scopes.end(), [](Range a, Range b) {
    return std::pair(a.begin, b.end) < std::pair(b.begin, a.end);
  });
  std::stable_sort(found.names.begin(), found.names.end(),
                   [](const Binding& a, const Binding& b) { return a.name.begin < b.name.begin; });
  // Where two patterns find one name, the one that says it is bound outside is right.
  std::vector<Binding> unique;
  for (const Binding& each : found.names) {
    if (!unique.empty() && unique.back().name.begin == each.name.begin) {
      unique.back().is_outer |= each.is_outer;
    } else {
      unique.push_back(each);
    }
  }
  found.names = std::move(unique);
  return found;
}

}  // namespace

std::vector<Definition> Tree::visible_at(size_t offset, std::optional<Range> names_in) const {
  INVARIANT(offset <= state_->text().size());
  const Reader reader(state_->tree.get());
  const Range range = names_in.value_or(state_->all());
  const Bindings bindings = bindings_of(*state_, reader.root(), range);
  const Viewpoint view = viewpoint_of(*state_, offset);

  std::vector<std::pair<size_t, Definition>> found;  // with the depth of the scope
  std::vector<Range> open;                           // the scopes around the name looked at
  size_t next = 0;
  for (const Binding& binding : bindings.names) {
    while (next < bindings.scopes.size() && bindings.scopes[next].begin <= binding.name.begin) {
      open.push_back(bindings.scopes[next++]);
    }
    std::erase_if(open, [&](Range scope) { return scope.end < binding.name.end; });
    if (open.empty() || binding.name.begin < range.begin || binding.name.end > range.end) continue;
    const size_t depth = open.size() - (binding.is_outer && open.size() > 1 ? 2 : 1);
    const Range scope = open[depth];
    // The outermost scope is the whole document, white space at its ends included.
    const bool is_visible = depth == 0 || (scope.begin < view.offset && view.offset <= scope.end &&
                                           column_of(*state_->document, scope.begin) < view.column);
    if (!is_visible) continue;
    found.push_back({depth, {slice(state_->text(), binding.name), binding.name, scope}});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<Definition> visible;
  for (auto& [depth, definition] : found) visible.push_back(definition);
  return visible;
}

}  // namespace lsp::syntax
