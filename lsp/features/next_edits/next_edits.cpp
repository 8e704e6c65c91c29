#include "lsp/features/next_edits/next_edits.h"

#include <algorithm>

#include "lsp/features/next_edits/occurrences.h"
#include "lsp/features/next_edits/rename.h"
#include "lsp/features/next_edits/repeat.h"

namespace lsp::features::next_edits {
namespace {

constexpr size_t most_bytes = size_t{512} << 10;
constexpr size_t most_edits = 1000;
// Who has made so many other changes does not want the places of an earlier one.
constexpr size_t most_changes_since = 8;

IsName name_bytes_of(const text::Document& document) {
  return name_bytes(syntax::language_of(document.language_id(), document.uri(), document.text()));
}

// The latest last; without those that were taken back.
std::vector<Change> changes_of(const text::Document& document, const text::History& history) {
  const IsName is_name = name_bytes_of(document);
  std::vector<Change> changes;
  for (const text::Hunk& hunk : history.hunks()) {
    Change change = whole_words(document.text(), hunk, is_name);
    if (change.before != change.after) changes.push_back(std::move(change));
  }
  return changes;
}

bool is_made_twice(const std::vector<Change>& changes) {
  return std::any_of(changes.begin(), changes.end() - 1,
                     [&](const Change& each) { return are_alike(each, changes.back()); });
}

// Whether a name became another one, and not long ago: places that are taken keep a rename alive.
bool is_rename(const Change& change, const std::vector<Change>& changes,
               const text::History& history, IsName is_name) {
  if (!renames(change, is_name)) return false;
  size_t last = change.order;
  for (const Change& each : changes) {
    if (are_alike(each, change)) last = std::max(last, each.order);
  }
  return history.order() - last <= most_changes_since;
}

// `changes` are not empty.
NextEdits find(const Text& text, const std::vector<Change>& changes, const text::History& history) {
  const std::vector<Range>& blocks = history.blocks();
  const Change& last = changes.back();
  if (renames(last, text.is_name)) {
    auto edits = adapted(text, last, blocks);
    if (!edits.empty()) return {last.before, last.after, std::move(edits)};
  }
  // A name that was changed where it is bound leaves the document broken until all have followed.
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    if (text.occurrences == nullptr) break;
    if (!is_rename(*change, changes, history, text.is_name)) continue;
    if (!adapted(text, *change, blocks).empty()) continue;  // of a copy, and of nothing else
    auto edits = renamed(*text.occurrences, *change, changes, history.fresh());
    if (!edits.empty()) return {change->before, change->after, std::move(edits)};
  }
  return {last.before, last.after, repeated(text, changes)};
}

}  // namespace

bool may_have_next(const text::Document& document, const text::History& history) {
  if (document.text().size() > most_bytes) return false;
  const std::vector<Change> changes = changes_of(document, history);
  if (changes.empty()) return false;
  const IsName is_name = name_bytes_of(document);
  const auto leaves_others = [&](const Change& change) {
    return is_rename(change, changes, history, is_name) &&
           !words(document.text(), change.before, is_name).empty();
  };
  return is_made_twice(changes) || std::any_of(changes.begin(), changes.end(), leaves_others);
}

NextEdits next_edits(const std::shared_ptr<const text::Document>& document,
                     const text::History& history) {
  const std::vector<Change> changes = changes_of(*document, history);
  if (changes.empty() || document->text().size() > most_bytes) return {};
  const auto tree = syntax::Tree::parse(document, nullptr);
  std::optional<Occurrences> occurrences;
  if (tree) occurrences.emplace(*tree);
  const Text text{document->text(), name_bytes_of(*document),
                  occurrences ? &*occurrences : nullptr};
  NextEdits found = find(text, changes, history);
  if (found.edits.size() > most_edits) found.edits.resize(most_edits);
  return found;
}

}  // namespace lsp::features::next_edits
