#include <algorithm>
#include <cstring>

#include "lsp/syntax/processor_time.h"
#include "lsp/syntax/state.h"
#include "lsp/text/utf8.h"

namespace lsp::syntax {
namespace {

struct Watch {
  std::chrono::nanoseconds deadline;  // of the thread's processor time
  std::stop_token stop;
};

bool is_over(TSParseState* state) {
  const auto& watch = *static_cast<const Watch*>(state->payload);
  return watch.stop.stop_requested() || processor_time() > watch.deadline;
}

const char* read_text(void* payload, uint32_t offset, TSPoint, uint32_t* bytes_read) {
  const auto& text = *static_cast<const std::string_view*>(payload);
  const size_t from = std::min<size_t>(offset, text.size());
  *bytes_read = static_cast<uint32_t>(text.size() - from);
  return text.data() + from;
}

// Where `end` is, in Tree-sitter's own lines, which only \n ends, when `begin` is at `from`.
TSPoint point_at(std::string_view text, size_t begin, TSPoint from, size_t end) {
  const std::string_view between = text.substr(begin, end - begin);
  const size_t newline = between.rfind('\n');
  const auto rows = static_cast<uint32_t>(std::count(between.begin(), between.end(), '\n'));
  if (newline == std::string_view::npos) {
    return {from.row, from.column + static_cast<uint32_t>(between.size())};
  }
  return {from.row + rows, static_cast<uint32_t>(between.size() - newline - 1)};
}

constexpr size_t compared_at_once = 1024;

// The bytes that both begin with. Whole blocks first: a keystroke changes a few bytes of thousands.
size_t same_at_begin(std::string_view a, std::string_view b) {
  const size_t most = std::min(a.size(), b.size());
  size_t same = 0;
  while (most - same >= compared_at_once &&
         std::memcmp(a.data() + same, b.data() + same, compared_at_once) == 0) {
    same += compared_at_once;
  }
  while (same < most && a[same] == b[same]) ++same;
  return same;
}

size_t same_at_end(std::string_view a, std::string_view b) {
  const size_t most = std::min(a.size(), b.size());
  const char* const a_end = a.data() + a.size();
  const char* const b_end = b.data() + b.size();
  size_t same = 0;
  while (most - same >= compared_at_once &&
         std::memcmp(a_end - same - compared_at_once, b_end - same - compared_at_once,
                     compared_at_once) == 0) {
    same += compared_at_once;
  }
  while (same < most && a_end[-1 - static_cast<std::ptrdiff_t>(same)] ==
                            b_end[-1 - static_cast<std::ptrdiff_t>(same)]) {
    ++same;
  }
  return same;
}

// One edit that makes `after` of `before`, at boundaries of characters.
TSInputEdit edit_between(std::string_view before, std::string_view after) {
  size_t begin = same_at_begin(before, after);
  begin = std::min(text::character_start(before, begin), text::character_start(after, begin));
  size_t same_end = same_at_end(before.substr(begin), after.substr(begin));
  const auto splits_character = [](std::string_view text, size_t offset) {
    return text::character_start(text, offset) != offset;
  };
  while (same_end > 0 && (splits_character(before, before.size() - same_end) ||
                          splits_character(after, after.size() - same_end))) {
    --same_end;
  }
  const size_t old_end = before.size() - same_end;
  const size_t new_end = after.size() - same_end;
  const TSPoint from = point_at(before, 0, {0, 0}, begin);
  return {static_cast<uint32_t>(begin),           static_cast<uint32_t>(old_end),
          static_cast<uint32_t>(new_end),         from,
          point_at(before, begin, from, old_end), point_at(after, begin, from, new_end)};
}

std::optional<Language> grammar_within(const text::Document& document, const ParseLimits& limits) {
  const std::string_view text = document.text();
  if (text.size() > limits.bytes || text.size() >= UINT32_MAX) return std::nullopt;
  return language_of(document.language_id(), document.uri(), text);
}

// The tree of an earlier text, with what was changed since marked in it.
TreeHandle edited(const Parsed& earlier, std::string_view text) {
  TreeHandle tree(ts_tree_copy(earlier.tree.get()));
  const TSInputEdit edit = edit_between(earlier.text(), text);
  ts_tree_edit(tree.get(), &edit);
  return tree;
}

}  // namespace

std::shared_ptr<const Tree> Tree::parse(std::shared_ptr<const text::Document> document,
                                        const Tree* previous, const ParseLimits& limits) {
  const auto language = grammar_within(*document, limits);
  if (!language) return nullptr;
  std::string_view text = document->text();

  TreeHandle old;
  if (previous && previous->language() == *language) {
    old = edited(*previous->state_, text);
  }
  const ParserHandle parser(ts_parser_new());
  INVARIANT(ts_parser_set_language(parser.get(), parser_of(*language)));
  Watch watch{processor_time() + limits.time, limits.stop};
  const TSInput input{&text, read_text, TSInputEncodingUTF8, nullptr};
  TreeHandle tree(ts_parser_parse_with_options(parser.get(), old.get(), input, {&watch, is_over}));
  if (!tree) return nullptr;
  return std::shared_ptr<const Tree>(new Tree(
      std::make_unique<const Parsed>(Parsed{std::move(document), *language, std::move(tree)})));
}

std::shared_ptr<const Tree> Tree::shifted(std::shared_ptr<const text::Document> document,
                                          const Tree& previous, const ParseLimits& limits) {
  if (grammar_within(*document, limits) != previous.language()) return nullptr;
  TreeHandle tree = edited(*previous.state_, document->text());
  return std::shared_ptr<const Tree>(new Tree(std::make_unique<const Parsed>(
      Parsed{std::move(document), previous.language(), std::move(tree), Exactness::shifted})));
}

bool Tree::is_exact() const { return state_->exactness == Exactness::parsed; }

}  // namespace lsp::syntax
