#include <algorithm>
#include <cstring>

#include "lsp/syntax/state.h"
#include "lsp/text/utf8.h"

namespace lsp::syntax {
namespace {

using std::chrono::steady_clock;

struct Watch {
  steady_clock::time_point deadline;
  std::stop_token stop;
};

bool is_over(TSParseState* state) {
  const auto& watch = *static_cast<const Watch*>(state->payload);
  return watch.stop.stop_requested() || steady_clock::now() > watch.deadline;
}

const char* read_text(void* payload, uint32_t offset, TSPoint, uint32_t* bytes_read) {
  const auto& text = *static_cast<const std::string_view*>(payload);
  const size_t from = std::min<size_t>(offset, text.size());
  *bytes_read = static_cast<uint32_t>(text.size() - from);
  return text.data() + from;
}

// Tree-sitter's own lines, which only \n ends.
TSPoint point_at(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const size_t newline = before.rfind('\n');
  const size_t row = static_cast<size_t>(std::count(before.begin(), before.end(), '\n'));
  const size_t column = newline == std::string_view::npos ? offset : offset - newline - 1;
  return {static_cast<uint32_t>(row), static_cast<uint32_t>(column)};
}

// One edit that makes `after` of `before`, at boundaries of characters.
TSInputEdit edit_between(std::string_view before, std::string_view after) {
  const size_t shorter = std::min(before.size(), after.size());
  size_t begin = static_cast<size_t>(
      std::mismatch(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(shorter),
                    after.begin())
          .first -
      before.begin());
  begin = std::min(text::character_start(before, begin), text::character_start(after, begin));
  size_t same_end = 0;
  while (same_end < shorter - begin &&
         before[before.size() - 1 - same_end] == after[after.size() - 1 - same_end]) {
    ++same_end;
  }
  const auto splits_character = [](std::string_view text, size_t offset) {
    return text::character_start(text, offset) != offset;
  };
  while (same_end > 0 && (splits_character(before, before.size() - same_end) ||
                          splits_character(after, after.size() - same_end))) {
    --same_end;
  }
  const size_t old_end = before.size() - same_end;
  const size_t new_end = after.size() - same_end;
  return {static_cast<uint32_t>(begin),   static_cast<uint32_t>(old_end),
          static_cast<uint32_t>(new_end), point_at(before, begin),
          point_at(before, old_end),      point_at(after, new_end)};
}

}  // namespace

std::shared_ptr<const Tree> Tree::parse(std::shared_ptr<const text::Document> document,
                                        const Tree* previous, const ParseLimits& limits) {
  std::string_view text = document->text();
  const auto language = language_of(document->language_id(), document->uri(), text);
  if (!language || text.size() > limits.bytes || text.size() >= UINT32_MAX) return nullptr;

  TreeHandle old;
  if (previous && previous->language() == *language) {
    old.reset(ts_tree_copy(previous->state_->tree.get()));
    const TSInputEdit edit = edit_between(previous->state_->text(), text);
    ts_tree_edit(old.get(), &edit);
  }
  const ParserHandle parser(ts_parser_new());
  INVARIANT(ts_parser_set_language(parser.get(), parser_of(*language)));
  Watch watch{steady_clock::now() + limits.time, limits.stop};
  const TSInput input{&text, read_text, TSInputEncodingUTF8, nullptr};
  TreeHandle tree(ts_parser_parse_with_options(parser.get(), old.get(), input, {&watch, is_over}));
  if (!tree) return nullptr;
  return std::shared_ptr<const Tree>(new Tree(
      std::make_unique<const Parsed>(Parsed{std::move(document), *language, std::move(tree)})));
}

}  // namespace lsp::syntax
