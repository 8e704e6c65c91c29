#include "lsp/server/shown.h"

#include <algorithm>

#include "lsp/text/utf8.h"

namespace lsp::server {
namespace {

constexpr std::chrono::seconds looked_again_after{30};
constexpr size_t most_accepted = 64;  // that wait to be looked for

// What is to be inserted at the cursor: the text without what stands left of the cursor already,
// which is more than the text where a menu's item takes the place of a longer slip.
std::string_view missing(std::string_view text, size_t held) {
  return text.substr(std::min(held, text.size()));
}

size_t characters(std::string_view bytes) {
  size_t count = 0;
  for (size_t at = 0; at < bytes.size(); at += text::character_bytes(bytes, at)) ++count;
  return count;
}

}  // namespace

void Shown::show(Snapshot document, size_t cursor, const Answer& answer, double ms) {
  const std::string uri = document->uri();
  const auto old = shown_.find(uri);
  // Asked for again where nothing has been done since, by a key or because a menu's item was
  // selected: nobody has refused what was shown.
  const bool is_again = old != shown_.end() && old->second.there == 0 &&
                        old->second.cursor == cursor &&
                        old->second.document->text() == document->text();
  const bool is_same = is_again && old->second.answer.text == answer.text;
  if (old != shown_.end() && !is_again) {
    end(uri, old->second.accepted > 0 ? Ending::accepted_partly : Ending::dismissed);
  }
  shown_.insert_or_assign(uri, Suggestion{std::move(document), cursor, answer});
  if (!is_same) usage_->shown(ms);
}

// Nothing where the document is no longer the one that was shown with a beginning of the
// suggestion in it.
std::optional<size_t> Shown::bytes_there(const Suggestion& shown, const text::Document& now) {
  const std::string_view old = shown.document->text();
  const std::string_view text = now.text();
  const auto& [begin, range_end] = shown.answer.range;
  const std::string_view rest = missing(shown.answer.text, shown.cursor - begin);
  if (!text.starts_with(old.substr(0, shown.cursor))) return std::nullopt;
  const std::string_view after = text.substr(shown.cursor);
  // All of it: what stood in the range right of the cursor is a part of it.
  if (after.starts_with(rest) && after.substr(rest.size()) == old.substr(range_end)) {
    return rest.size();
  }
  if (text.size() < old.size()) return std::nullopt;
  const size_t typed = text.size() - old.size();
  const bool same = typed < rest.size() && after.substr(0, typed) == rest.substr(0, typed) &&
                    after.substr(typed) == old.substr(shown.cursor);
  return same ? std::optional(typed) : std::nullopt;
}

void Shown::better(const std::string& uri, std::string text) {
  const auto found = shown_.find(uri);
  if (found == shown_.end()) return;
  const auto& [document, cursor, answer, there, accepted, better] = found->second;
  const size_t held = cursor - answer.range.begin;
  const bool same_beginning = text.size() > held && text.starts_with(answer.text.substr(0, held));
  if (same_beginning) found->second.better = std::move(text);
}

// Takes the better text where what was typed of the one that is shown is its beginning too.
bool Shown::take_better(Suggestion& shown, const text::Document& now) {
  if (shown.better.empty()) return false;
  Suggestion other = shown;
  other.answer.text = std::exchange(other.better, std::string());
  if (!bytes_there(other, now)) return false;
  shown = std::move(other);
  return true;
}

std::optional<Shown::GoesOn> Shown::goes_on(const text::Document& now, size_t cursor) {
  const auto found = shown_.find(now.uri());
  if (found == shown_.end()) return std::nullopt;
  Suggestion& shown = found->second;
  const bool is_better = take_better(shown, now);
  const auto there = bytes_there(shown, now);
  const std::string_view rest = missing(shown.answer.text, shown.cursor - shown.answer.range.begin);
  if (!there || *there == rest.size() || cursor != shown.cursor + *there) return std::nullopt;
  if (*there == 0 && !is_better) return std::nullopt;
  // The range of a suggestion lies within one line.
  if (rest.substr(0, *there).find('\n') != std::string_view::npos) return std::nullopt;
  GoesOn goes_on{shown.answer, is_better};
  goes_on.answer.range.end += *there;
  return goes_on;
}

void Shown::changed(const text::Document& now, Edit edit, Clock::time_point time) {
  look_again(now, time);
  const auto found = shown_.find(now.uri());
  if (found == shown_.end()) return;
  Suggestion& shown = found->second;
  const auto there = bytes_there(shown, now);
  if (!there) {
    return end(now.uri(), shown.accepted > 0 ? Ending::accepted_partly : Ending::dismissed);
  }
  const std::string_view rest = missing(shown.answer.text, shown.cursor - shown.answer.range.begin);
  if (*there > shown.there) {
    const std::string_view added = rest.substr(shown.there, *there - shown.there);
    if (edit == Edit::one_go && characters(added) > 1) shown.accepted += characters(added);
  }
  shown.there = *there;
  if (*there < rest.size()) return;
  if (shown.accepted > 0 && accepted_.size() < most_accepted) {
    accepted_.push_back({now.uri(), std::string(rest), time});
  }
  end(now.uri(), shown.accepted > 0 ? Ending::accepted : Ending::typed);
}

void Shown::closed(const text::Document& last) {
  changed(last, Edit::one_go);
  // There is no text to look at any more.
  std::erase_if(accepted_, [&](const Accepted& each) { return each.uri == last.uri(); });
  const auto found = shown_.find(last.uri());
  if (found == shown_.end()) return;
  end(last.uri(), found->second.accepted > 0 ? Ending::accepted_partly : Ending::dismissed);
}

void Shown::end(const std::string& uri, Ending ending) {
  const auto node = shown_.extract(uri);
  const Suggestion& shown = node.mapped();
  usage_->ended(ending, shown.answer.provenance.probability.value_or(1), shown.accepted);
  usage_->save_now_and_then();
}

void Shown::look_again(const text::Document& now, Clock::time_point time) {
  std::erase_if(accepted_, [&](const Accepted& accepted) {
    if (accepted.uri != now.uri() || time - accepted.time < looked_again_after) return false;
    usage_->looked_again(now.text().find(accepted.text) != std::string_view::npos);
    return true;
  });
}

}  // namespace lsp::server
