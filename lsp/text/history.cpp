#include "lsp/text/history.h"

#include <algorithm>
#include <utility>

#include "lsp/text/word.h"

namespace lsp::text {
namespace {

constexpr size_t most_hunks = 32;
constexpr size_t most_hunk_bytes = 200;
constexpr size_t most_blocks = 2;
constexpr size_t most_fresh = 256;
constexpr size_t least_block_letters = 8;  // a line break with its indentation is none
constexpr size_t most_block_bytes = 4096;

bool is_names(std::string_view text) { return std::all_of(text.begin(), text.end(), is_name); }

bool is_line_part(std::string_view text) {
  return text.size() <= most_hunk_bytes && text.find_first_of("\r\n") == std::string_view::npos;
}

bool is_block(std::string_view text) {
  if (text.size() > most_block_bytes || text.find('\n') == std::string_view::npos) return false;
  const auto letters = std::count_if(text.begin(), text.end(), [](char b) { return !is_blank(b); });
  return static_cast<size_t>(letters) >= least_block_letters;
}

std::string_view slice(std::string_view text, Range range) {
  return text.substr(range.begin, range.end - range.begin);
}

// Where what stands at `range` is once `changed` has become `replaced_by` bytes; nothing where both
// overlap.
std::optional<Range> moved(Range range, Range changed, size_t replaced_by) {
  if (range.end <= changed.begin) return range;
  if (range.begin < changed.end) return std::nullopt;
  const size_t away = changed.end - changed.begin;
  return Range{range.begin - away + replaced_by, range.end - away + replaced_by};
}

// `range` and the hunks.
Range span_of(Range range, const std::vector<Hunk>& hunks) {
  for (const Hunk& hunk : hunks) {
    range = {std::min(range.begin, hunk.range.begin), std::max(range.end, hunk.range.end)};
  }
  return range;
}

// What stood at `range` before the hunks, which lie within it, in the order of the text.
std::string before(std::string_view text, Range range, const std::vector<Hunk>& hunks) {
  std::string result;
  size_t at = range.begin;
  for (const Hunk& hunk : hunks) {
    result += slice(text, {at, hunk.range.begin});
    result += hunk.before;
    at = hunk.range.end;
  }
  return result.append(slice(text, {at, range.end}));
}

}  // namespace

// Clients that compare texts to tell what was typed may be some characters off within a word, as
// where one of two like letters went.
bool History::goes_on(std::string_view text, Range range) const {
  if (!typing_) return false;
  const Range word = widened(text, {typing_->cursor, typing_->cursor}, is_name);
  return range.begin <= word.end && word.begin <= range.end;
}

// The hunks that the change is a part of: what is typed now goes on with the last one, or changes
// the word that another one has made.
std::vector<Hunk> History::take_touched(std::string_view text, Range range,
                                        std::string_view replacement) {
  // A line break ends what is typed.
  const bool typed_on = goes_on(text, range) && typing_->is_hunk && is_line_part(replacement);
  const bool in_word = is_names(slice(text, range)) && is_names(replacement);
  std::vector<Hunk> touched;
  const size_t count = hunks_.size();
  for (size_t i = count; i-- > 0;) {
    const Range hunk = hunks_[i].range;
    const bool is_last = i + 1 == count;
    const bool overlaps = range.begin < hunk.end && hunk.begin < range.end;
    const bool touches = range.begin <= hunk.end && hunk.begin <= range.end;
    const bool word_goes_on = touches && in_word && !hunks_[i].before.empty() &&
                              is_names(hunks_[i].before) && is_names(slice(text, hunk));
    if (!(typed_on && is_last) && !overlaps && !word_goes_on) continue;
    // What was typed anew is what it is now: a change within it is one by itself.
    const bool is_new = hunks_[i].before.empty() && !(typed_on && is_last);
    if (!is_new) touched.push_back(std::move(hunks_[i]));
    hunks_.erase(hunks_.begin() + static_cast<ptrdiff_t>(i));
  }
  const Range whole = span_of(range, touched);
  for (size_t i = hunks_.size(); i-- > 0;) {  // what lies between them
    const Range hunk = hunks_[i].range;
    if (hunk.begin < whole.begin || whole.end < hunk.end) continue;
    touched.push_back(std::move(hunks_[i]));
    hunks_.erase(hunks_.begin() + static_cast<ptrdiff_t>(i));
  }
  std::sort(touched.begin(), touched.end(), [](const Hunk& a, const Hunk& b) {
    return std::pair(a.range.begin, a.range.end) < std::pair(b.range.begin, b.range.end);
  });
  return touched;
}

void History::move(Range range, size_t replaced_by) {
  std::vector<Hunk> hunks;
  for (Hunk& hunk : hunks_) {
    const auto now = moved(hunk.range, range, replaced_by);
    if (now) hunks.push_back({*now, std::move(hunk.before), hunk.order});
  }
  hunks_ = std::move(hunks);
  const auto grown = [&](Range outer) {
    const bool is_within = outer.begin <= range.begin && range.end <= outer.end;
    return is_within ? Range{outer.begin, outer.end - (range.end - range.begin) + replaced_by}
                     : moved(outer, range, replaced_by);
  };
  std::vector<Range> blocks;
  for (const Range block : blocks_) {
    if (const auto now = grown(block)) blocks.push_back(*now);
  }
  blocks_ = std::move(blocks);
  std::vector<Fresh> fresh;
  for (const Fresh& each : fresh_) {
    if (const auto now = grown(each.range)) fresh.push_back({*now, each.order});
  }
  fresh_ = std::move(fresh);
}

// The first of many like changes says where they come from, and stays.
void History::forget_one(std::string_view text) {
  if (hunks_.size() < most_hunks) return;
  const auto is_again = [&](const Hunk& hunk) {
    const auto first = std::find_if(hunks_.begin(), hunks_.end(), [&](const Hunk& each) {
      return each.before == hunk.before && slice(text, each.range) == slice(text, hunk.range);
    });
    return &*first != &hunk;
  };
  const auto again = std::find_if(hunks_.begin(), hunks_.end(), is_again);
  hunks_.erase(again == hunks_.end() ? hunks_.begin() : again);
}

void History::add_fresh(Range range) {
  if (range.begin == range.end) return;
  Fresh* const last = fresh_.empty() ? nullptr : &fresh_.back();
  const bool extends = last != nullptr && last->order == order_ && range.begin <= last->range.end &&
                       last->range.begin <= range.end;
  if (extends) {
    last->range = {std::min(last->range.begin, range.begin), std::max(last->range.end, range.end)};
    return;
  }
  fresh_.push_back({range, order_});
  if (fresh_.size() > most_fresh) fresh_.erase(fresh_.begin());
}

void History::change(std::string_view text, Range range, std::string_view replacement) {
  // Some clients replace a whole line to put a word in.
  while (range.begin < range.end && !replacement.empty() &&
         text[range.begin] == replacement.front()) {
    ++range.begin;
    replacement.remove_prefix(1);
  }
  while (range.begin < range.end && !replacement.empty() &&
         text[range.end - 1] == replacement.back()) {
    --range.end;
    replacement.remove_suffix(1);
  }
  if (range.begin == range.end && replacement.empty()) return;
  forget_one(text);
  const bool typed_on = goes_on(text, range);
  const bool untracked = typed_on && !typing_->is_hunk;
  if (!typed_on || !is_line_part(replacement)) ++order_;
  const std::vector<Hunk> touched = take_touched(text, range, replacement);
  const Range whole = span_of(range, touched);
  Hunk made{{whole.begin, whole.end - (range.end - range.begin) + replacement.size()},
            before(text, whole, touched),
            order_};
  const bool is_small = !untracked && is_line_part(made.before) && is_line_part(replacement) &&
                        made.range.end - made.range.begin <= most_hunk_bytes;
  move(range, replacement.size());
  add_fresh({range.begin, range.begin + replacement.size()});
  typing_ = {range.begin + replacement.size(), is_small};
  if (is_small) hunks_.push_back(std::move(made));
  if (is_block(replacement)) {
    blocks_.push_back({range.begin, range.begin + replacement.size()});
    if (blocks_.size() > most_blocks) blocks_.erase(blocks_.begin());
  }
}

}  // namespace lsp::text
