#include "lsp/syntax/tree.h"

#include <algorithm>
#include <string>

#include "lsp/syntax/state.h"
#include "lsp/text/word.h"

namespace lsp::syntax {
namespace {

bool ends_with_line(std::string_view text, size_t offset) {
  return offset == text.size() || text[offset] == '\n' || text[offset] == '\r';
}

// Whether text typed at the very end of a comment or string still belongs to it.
bool is_open_at_end(std::string_view text, Captured captured, std::string_view line_comment) {
  const Range range = range_of(captured.node);
  if (captured.capture == Capture::comment) {
    const std::string_view comment = slice(text, range);
    const bool is_line = comment.starts_with("#!") || comment.starts_with(line_comment);
    const bool is_block = line_comment == "--" && comment.ends_with("]]");
    return is_line && !is_block && ends_with_line(text, range.end);
  }
  // An unfinished string ends with a quote that is not there.
  const uint32_t children = ts_node_child_count(captured.node);
  return children > 0 && ts_node_is_missing(ts_node_child(captured.node, children - 1));
}

}  // namespace

Tree::Tree(std::unique_ptr<const Parsed> state) : state_(std::move(state)) {}
Tree::~Tree() = default;

const text::Document& Tree::document() const { return *state_->document; }
Language Tree::language() const { return state_->language; }

size_t column_of(const text::Document& document, size_t offset) {
  return offset - document.line_range(document.line_at(offset)).begin;
}

Viewpoint viewpoint_of(const Parsed& state, size_t offset) {
  const std::string_view text = state.text();
  if (state.language != Language::python) return {offset, SIZE_MAX};
  const Range line = state.document->line_range(state.document->line_at(offset));
  size_t before = offset;
  while (before > 0 && text::is_blank(text[before - 1])) --before;
  if (before >= line.begin) return {offset, SIZE_MAX};
  return {before, offset - line.begin};
}

namespace {

// Captures of the cursor query that touch `offset`.
template <typename Visit>
void visit_around(const Parsed& state, size_t offset, const Visit& visit) {
  const Reader reader(state.tree.get());
  const Range range{offset == 0 ? 0 : offset - 1, offset + 1};
  state.query(QueryKind::cursor)
      .run(reader.root(), range, state.text(), [&](std::span<const Captured> captured) {
        for (const Captured& each : captured) visit(each);
      });
}

// The smallest of the nodes around `offset` that the cursor query captures as `capture`.
std::optional<Range> smallest(const Parsed& state, size_t offset, Capture capture) {
  const Viewpoint view = viewpoint_of(state, offset);
  std::optional<Range> best;
  visit_around(state, view.offset, [&](const Captured& each) {
    const Range range = range_of(each.node);
    if (each.capture != capture || range.begin > view.offset || range.end < view.offset) return;
    if (range.begin > 0 && column_of(*state.document, range.begin) > view.column) return;
    if (!best || range.end - range.begin <= best->end - best->begin) best = range;
  });
  return best;
}

bool is_quote(std::string_view kind) {
  return kind == "\"" || kind == "'" || kind == "`" || kind == "string_start";
}

// Calls `visit(node, parent)` for what touches `range` and is an error, holds one, or lies directly
// in one, in the order of the text, until it returns false. Loops, since code can nest deeply.
template <typename Visit>
void visit_errors(TSNode root, Range range, const Visit& visit) {
  NodeCursor cursor(root);
  std::vector<TSNode> parents;
  const size_t first_byte = range.begin - std::min<size_t>(range.begin, 1);
  while (true) {
    const TSNode node = cursor.node();
    const Range here = range_of(node);
    const bool touches = here.begin <= range.end && here.end >= range.begin;
    if (touches && !visit(node, parents.empty() ? nullptr : &parents.back())) return;
    if (touches && ts_node_has_error(node) && cursor.to_first_child_at(first_byte)) {
      parents.push_back(node);
      continue;
    }
    bool is_last = here.begin > range.end;
    while (is_last || !cursor.to_next_sibling()) {
      is_last = false;
      if (!cursor.to_parent()) return;
      parents.pop_back();
    }
  }
}

// A string that its line does not finish is no string in the tree: its opening quote stands alone
// in an error.
bool in_unfinished_string(const Parsed& state, size_t offset) {
  const Reader reader(state.tree.get());
  const Range line = state.document->line_range(state.document->line_at(offset));
  std::string_view open;
  visit_errors(reader.root(), {line.begin, offset}, [&](TSNode node, const TSNode* parent) {
    const Range here = range_of(node);
    const std::string_view kind = ts_node_type(node);
    if (!parent || !ts_node_is_error(*parent) || !is_quote(kind)) return true;
    if (here.begin < line.begin || here.end > offset) return true;
    const std::string_view quote = slice(state.text(), here);
    if (open.empty()) {
      open = quote;
    } else if (open == quote) {
      open = {};
    }
    return true;
  });
  return !open.empty();
}

}  // namespace

Place Tree::place_at(size_t offset) const {
  INVARIANT(offset <= state_->text().size());
  Place place = Place::code;
  size_t smallest_size = SIZE_MAX;
  visit_around(*state_, offset, [&](const Captured& each) {
    const bool says_place = each.capture == Capture::comment || each.capture == Capture::string ||
                            each.capture == Capture::code;
    const Range range = range_of(each.node);
    const size_t size = range.end - range.begin;
    if (!says_place || range.begin >= offset || range.end < offset || size > smallest_size) return;
    if (range.end == offset &&
        (each.capture == Capture::code ||
         !is_open_at_end(state_->text(), each, line_comment(state_->language)))) {
      return;
    }
    smallest_size = size;
    place = each.capture == Capture::comment  ? Place::comment
            : each.capture == Capture::string ? Place::string
                                              : Place::code;
  });
  if (place == Place::code && in_unfinished_string(*state_, offset)) return Place::string;
  return place;
}

Node Tree::node_at(size_t offset) const {
  INVARIANT(offset <= state_->text().size());
  const Reader reader(state_->tree.get());
  const auto at = static_cast<uint32_t>(offset);
  TSNode node = ts_node_named_descendant_for_byte_range(reader.root(), at, at);
  if (ts_node_is_null(node)) node = reader.root();
  // The name belongs to the grammar, which lives as long as the program.
  return {ts_node_type(node), range_of(node)};
}

std::optional<Range> Tree::statement_at(size_t offset) const {
  INVARIANT(offset <= state_->text().size());
  return smallest(*state_, offset, Capture::statement);
}

std::optional<Range> Tree::block_at(size_t offset) const {
  INVARIANT(offset <= state_->text().size());
  return smallest(*state_, offset, Capture::block);
}

bool Tree::has_error(Range range) const {
  const Reader reader(state_->tree.get());
  bool found = false;
  visit_errors(reader.root(), range, [&](TSNode node, const TSNode*) {
    found = ts_node_is_error(node) || ts_node_is_missing(node);
    return !found;
  });
  return found;
}

std::string Tree::dump() const {
  const Reader reader(state_->tree.get());
  NodeCursor cursor(reader.root());
  std::string out;
  while (true) {
    const TSNode node = cursor.node();
    const Range range = range_of(node);
    if (cursor.field()) out += std::string(cursor.field()) + ": ";
    out += std::string("(") + (ts_node_is_missing(node) ? "MISSING " : "") + ts_node_type(node) +
           " " + std::to_string(range.begin) + "-" + std::to_string(range.end);
    if (cursor.to_first_child()) {
      out += " ";
      continue;
    }
    out += ")";
    while (!cursor.to_next_sibling()) {
      if (!cursor.to_parent()) return out;
      out += ")";
    }
    out += " ";
  }
}

}  // namespace lsp::syntax
