#include "lsp/server/shown.h"

#include <algorithm>
#include <utility>

#include "lsp/text/utf8.h"

namespace lsp::server {
namespace {

constexpr std::chrono::seconds looked_again_after{30};
constexpr size_t most_accepted = 64;  // that wait to be looked for

// What closes the brackets and quotes that this part of a line has opened, the innermost first.
std::string closers_of(std::string_view typed) {
  std::string open;
  for (size_t i = 0; i < typed.size(); ++i) {
    const char byte = typed[i];
    const bool in_string =
        !open.empty() && std::string_view("\"'`").find(open.back()) != std::string_view::npos;
    const size_t kind = std::string_view("([{").find(byte);
    if (byte == '\\') {
      ++i;
    } else if (!open.empty() && open.back() == byte) {
      open.pop_back();
    } else if (in_string) {
      continue;
    } else if (kind != std::string_view::npos) {
      open += ")]}"[kind];
    } else if (std::string_view("\"'`").find(byte) != std::string_view::npos) {
      open += byte;
    }
  }
  return {open.rbegin(), open.rend()};
}

// Whether these closers come in the text, in this order.
bool holds_all(std::string_view text, std::string_view closers) {
  size_t found = 0;
  for (const char byte : text) found += found < closers.size() && closers[found] == byte ? 1 : 0;
  return found == closers.size();
}

size_t characters(std::string_view bytes) {
  size_t count = 0;
  for (size_t at = 0; at < bytes.size(); at += text::character_bytes(bytes, at)) ++count;
  return count;
}

}  // namespace

// What is to be inserted at the cursor: the text without what stands left of the cursor already,
// which is more than the text where a menu's item takes the place of a longer slip.
std::string_view Shown::Suggestion::missing(size_t which) const {
  const Answer& answer = answers[which];
  const std::string_view text = answer.text;
  return text.substr(std::min(cursor - answer.range.begin, text.size()));
}

void Shown::show(Snapshot document, size_t cursor, const Answer& answer, double ms) {
  const std::string uri = document->uri();
  const auto old = shown_.find(uri);
  // Asked for again where nothing has been done since, by a key or because a menu's item was
  // selected: nobody has refused what was shown.
  const bool is_again = old != shown_.end() && old->second.there == 0 &&
                        old->second.cursor == cursor &&
                        old->second.document->text() == document->text();
  const bool is_same = is_again && old->second.answers.front().text == answer.text;
  if (old != shown_.end() && !is_again) end(uri, Clock::now());
  Suggestion shown{std::move(document), cursor, {answer}};
  for (Answer& other : std::exchange(shown.answers.front().others, {})) {
    shown.answers.push_back(std::move(other));
  }
  shown_.insert_or_assign(uri, std::move(shown));
  if (!is_same) usage_->shown(ms);
}

// Nothing where the document is no longer the one that was shown with a beginning of the
// suggestion in it.
std::optional<Shown::There> Shown::there_of(const Suggestion& shown, size_t which,
                                            const text::Document& now) {
  const std::string_view old = shown.document->text();
  const std::string_view text = now.text();
  const size_t range_end = shown.answers[which].range.end;
  const std::string_view rest = shown.missing(which);
  if (!text.starts_with(old.substr(0, shown.cursor))) return std::nullopt;
  const std::string_view after = text.substr(shown.cursor);
  // All of it: what stood in the range right of the cursor is a part of it.
  if (after.starts_with(rest) && after.substr(rest.size()) == old.substr(range_end)) {
    return There{rest.size()};
  }
  const std::string_view old_after = old.substr(shown.cursor);
  if (!after.ends_with(old_after)) return std::nullopt;
  const std::string_view typed = after.substr(0, after.size() - old_after.size());
  if (typed.size() < rest.size() && rest.starts_with(typed)) return There{typed.size()};
  for (size_t closed = 1; closed <= typed.size(); ++closed) {
    const std::string_view before = typed.substr(0, typed.size() - closed);
    const bool by_itself = closers_of(before).starts_with(typed.substr(before.size()));
    if (by_itself && rest.starts_with(before)) return There{before.size(), closed};
  }
  return std::nullopt;
}

// Of several, the one that the text went on with stays it for as long as it can be.
std::optional<Shown::There> Shown::follow(Suggestion& shown, const text::Document& now) {
  if (const auto there = there_of(shown, shown.at, now)) return there;
  for (size_t i = 0; i < shown.answers.size(); ++i) {
    const auto there = there_of(shown, i, now);
    if (!there) continue;
    shown.at = i;
    return there;
  }
  return std::nullopt;
}

void Shown::better(const std::string& uri, std::string text) {
  const auto found = shown_.find(uri);
  if (found == shown_.end()) return;
  Suggestion& shown = found->second;
  const Answer& first = shown.answers.front();
  const size_t held = shown.cursor - first.range.begin;
  const bool same_beginning = text.size() > held && text.starts_with(first.text.substr(0, held));
  if (same_beginning) shown.better = std::move(text);
}

// Takes the better text where what was typed of the one that is shown is its beginning too.
bool Shown::take_better(Suggestion& shown, const text::Document& now) {
  if (shown.better.empty() || shown.at != 0) return false;
  Suggestion other = shown;
  other.answers.front().text = std::exchange(other.better, std::string());
  if (!there_of(other, 0, now)) return false;
  shown = std::move(other);
  return true;
}

std::optional<Answer> Shown::rest_of(const Suggestion& shown, const text::Document& now,
                                     size_t cursor) {
  const auto there = there_of(shown, shown.at, now);
  const std::string_view rest = shown.missing(shown.at);
  if (!there || there->bytes == rest.size() || cursor != shown.cursor + there->bytes) {
    return std::nullopt;
  }
  // The range of a suggestion lies within one line.
  if (rest.substr(0, there->bytes).find('\n') != std::string_view::npos) return std::nullopt;
  Answer answer = shown.answer();
  answer.range.end += there->bytes;
  // What the editor has closed is a part of the text, or stays behind it.
  const std::string_view closed = now.text().substr(cursor, there->closed);
  if (holds_all(rest.substr(there->bytes), closed)) answer.range.end += closed.size();
  return answer;
}

std::optional<Shown::GoesOn> Shown::goes_on(const text::Document& now, size_t cursor) {
  const auto found = shown_.find(now.uri());
  if (found == shown_.end() || found->second.whole) return std::nullopt;
  const bool is_better = take_better(found->second, now);
  auto answer = rest_of(found->second, now, cursor);
  const bool is_typed = answer && cursor > found->second.cursor;
  if (!is_typed && !(answer && is_better)) return std::nullopt;
  return GoesOn{std::move(*answer), is_better};
}

std::optional<Answer> Shown::still(const text::Document& now, size_t cursor) const {
  const auto found = shown_.find(now.uri());
  return found == shown_.end() ? std::nullopt : rest_of(found->second, now, cursor);
}

std::optional<size_t> Shown::changed(const text::Document& now, Edit edit, Clock::time_point time) {
  look_again(now, time);
  const auto found = shown_.find(now.uri());
  if (found == shown_.end()) return std::nullopt;
  Suggestion& shown = found->second;
  const auto there = follow(shown, now);
  if (!there) {
    end(now.uri(), time);
    return std::nullopt;
  }
  const size_t at = shown.at;
  const std::string_view rest = shown.missing(at);
  if (there->bytes > shown.there) {
    const std::string_view added = rest.substr(shown.there, there->bytes - shown.there);
    if (edit == Edit::one_go && characters(added) > 1) shown.accepted += characters(added);
  }
  shown.there = there->bytes;
  if (shown.whole && there_of(shown, *shown.whole, now)) shown.whole.reset();
  if (there->bytes < rest.size()) return at;
  shown.whole = at;
  bool another_goes_on = false;
  for (size_t i = 0; i < shown.answers.size(); ++i) {
    const auto of_another = there_of(shown, i, now);
    another_goes_on =
        another_goes_on || (of_another && of_another->bytes < shown.missing(i).size());
  }
  if (!another_goes_on) end(now.uri(), time);
  return at;
}

void Shown::closed(const text::Document& last) {
  changed(last, Edit::one_go);
  // There is no text to look at any more.
  if (shown_.contains(last.uri())) end(last.uri(), Clock::now());
  std::erase_if(accepted_, [&](const Accepted& each) { return each.uri == last.uri(); });
}

void Shown::end(const std::string& uri, Clock::time_point time) {
  const auto node = shown_.extract(uri);
  const Suggestion& shown = node.mapped();
  const bool is_accepted = shown.accepted > 0;
  const Ending ending = shown.whole   ? is_accepted ? Ending::accepted : Ending::typed
                        : is_accepted ? Ending::accepted_partly
                                      : Ending::dismissed;
  const size_t which = shown.whole.value_or(shown.at);
  if (ending == Ending::accepted && accepted_.size() < most_accepted) {
    accepted_.push_back({uri, std::string(shown.missing(which)), time});
  }
  usage_->ended(ending, shown.answers[which].provenance.probability.value_or(1), shown.accepted);
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
