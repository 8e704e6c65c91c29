#include "lsp/server/shown.h"

#include <algorithm>

#include "lsp/text/utf8.h"

namespace lsp::server {
namespace {

constexpr std::chrono::seconds looked_again_after{30};
constexpr size_t most_accepted = 64;  // that wait to be looked for

// What is to be inserted at the cursor: the text without what stands left of the cursor already.
std::string_view missing(std::string_view text, size_t held) { return text.substr(held); }

bool is_one_character(std::string_view bytes) {
  return !bytes.empty() && text::character_bytes(bytes, 0) == bytes.size();
}

}  // namespace

void Shown::show(Snapshot document, size_t cursor, const Answer& answer, double ms) {
  const std::string uri = document->uri();
  const auto old = shown_.find(uri);
  // The same again, of the text as it is now.
  if (old != shown_.end())
    end(uri, old->second.accepted > 0 ? Ending::accepted_partly : Ending::dismissed);
  shown_.insert_or_assign(uri, Suggestion{std::move(document), cursor, answer});
  usage_->shown(ms);
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

std::optional<Answer> Shown::goes_on(const text::Document& now, size_t cursor) const {
  const auto found = shown_.find(now.uri());
  if (found == shown_.end()) return std::nullopt;
  const Suggestion& shown = found->second;
  const auto there = bytes_there(shown, now);
  const std::string_view rest = missing(shown.answer.text, shown.cursor - shown.answer.range.begin);
  if (!there || *there == 0 || *there == rest.size() || cursor != shown.cursor + *there) {
    return std::nullopt;
  }
  // The range of a suggestion lies within one line.
  if (rest.substr(0, *there).find('\n') != std::string_view::npos) return std::nullopt;
  Answer answer = shown.answer;
  answer.range.end += *there;
  return answer;
}

void Shown::changed(const text::Document& now, Clock::time_point time) {
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
    if (!is_one_character(added)) shown.accepted += added.size();
  }
  shown.there = *there;
  if (*there < rest.size()) return;
  if (shown.accepted > 0 && accepted_.size() < most_accepted) {
    accepted_.push_back({now.uri(), std::string(rest), time});
  }
  end(now.uri(), shown.accepted > 0 ? Ending::accepted : Ending::typed);
}

void Shown::closed(const text::Document& last) {
  changed(last, Clock::now());
  const auto found = shown_.find(last.uri());
  if (found == shown_.end()) return;
  end(last.uri(), found->second.accepted > 0 ? Ending::accepted_partly : Ending::dismissed);
}

void Shown::end(const std::string& uri, Ending ending) {
  const auto node = shown_.extract(uri);
  const Suggestion& shown = node.mapped();
  usage_->ended(ending, shown.answer.provenance.probability, shown.accepted);
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
