#include "lsp/bench/baseline.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <vector>

#include "lsp/text/word.h"

namespace lsp::bench {
namespace {

using Votes = std::map<std::string_view, double>;

std::string_view without_indentation(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
}

// Lines without indentation and blanks at their ends; the last one may be incomplete.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = without_indentation(text.substr(begin, end - begin));
    lines.push_back(line.substr(0, line.find_last_not_of(" \t\r") + 1));
    begin = end + 1;
  }
  return lines;
}

std::string winner(const Votes& votes) {
  const auto best = std::max_element(
      votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return best == votes.end() ? "" : std::string(best->first);
}

double line_vote(size_t distance) { return 1.0 / (20.0 + static_cast<double>(distance)); }

struct Lines {
  std::vector<std::string_view> before;  // the nearest first; without the cursor's
  std::vector<std::string_view> after;   // the nearest first
};

Votes lines_beginning_with(std::string_view beginning, const Lines& lines) {
  Votes votes;
  for (const auto* side : {&lines.before, &lines.after}) {
    for (size_t i = 0; i < side->size(); ++i) {
      const std::string_view line = (*side)[i];
      if (line.size() <= beginning.size() || !line.starts_with(beginning)) continue;
      votes[line.substr(beginning.size())] += line_vote(i + 1);
    }
  }
  return votes;
}

Votes lines_following_the_last(const Lines& lines) {
  Votes votes;
  const auto last = std::find_if(lines.before.begin(), lines.before.end(),
                                 [](std::string_view line) { return !line.empty(); });
  if (last == lines.before.end()) return votes;
  // Going back, what follows a line is what was seen just before it.
  std::string_view following;
  for (auto line = last; line != lines.before.end(); ++line) {
    if (*line == *last && !following.empty()) {
      votes[following] += line_vote(static_cast<size_t>(line - last));
    }
    if (!line->empty()) following = *line;
  }
  for (size_t i = 0; i < lines.after.size(); ++i) {
    if (lines.after[i] != *last) continue;
    size_t next = i + 1;
    while (next < lines.after.size() && lines.after[next].empty()) ++next;
    if (next < lines.after.size()) votes[lines.after[next]] += line_vote(i);
  }
  return votes;
}

Votes all_lines(const Lines& lines) {
  Votes votes;
  for (size_t i = 0; i < lines.before.size(); ++i) {
    if (!lines.before[i].empty()) votes[lines.before[i]] += line_vote(i + 1);
  }
  return votes;
}

enum class Side { before, after };

void count_words(std::string_view text, std::string_view beginning, Side side, Votes& votes) {
  for (size_t begin = 0; begin < text.size();) {
    if (!text::is_name(text[begin])) {
      ++begin;
      continue;
    }
    size_t end = begin;
    while (end < text.size() && text::is_name(text[end])) ++end;
    const std::string_view word = text.substr(begin, end - begin);
    if (word.size() > beginning.size() && word.starts_with(beginning)) {
      const size_t distance = side == Side::before ? text.size() - end : begin;
      votes[word.substr(beginning.size())] += 1.0 / (500.0 + static_cast<double>(distance));
    }
    begin = end;
  }
}

}  // namespace

std::string baseline(std::string_view before, std::string_view after) {
  Lines lines{lines_of(before), lines_of(after)};
  lines.before.pop_back();  // the cursor's
  std::reverse(lines.before.begin(), lines.before.end());
  const size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  const std::string_view typed = without_indentation(before.substr(line_begin));

  Votes votes;
  if (!typed.empty()) {
    votes = lines_beginning_with(typed, lines);
  } else {
    votes = lines_following_the_last(lines);
    if (votes.empty()) votes = all_lines(lines);
  }
  if (!votes.empty() || typed.empty()) return winner(votes);

  size_t word_begin = typed.size();
  while (word_begin > 0 && text::is_name(typed[word_begin - 1])) --word_begin;
  const std::string_view word = typed.substr(word_begin);
  if (word.empty() || std::isdigit(static_cast<unsigned char>(word[0])) != 0) return "";
  count_words(before, word, Side::before, votes);
  count_words(after, word, Side::after, votes);
  return winner(votes);
}

}  // namespace lsp::bench
