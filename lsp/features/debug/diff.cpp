#include "lsp/features/debug/diff.h"

#include <algorithm>

namespace lsp::features::debug {
namespace {

constexpr size_t context_lines = 3;
constexpr size_t most_compared = 1'000'000;  // pairs of lines
constexpr size_t near = 3;                   // other places, above and below

// With their ends.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

// A blank line is as deep as can be.
size_t indent_of(std::string_view line) { return line.find_first_not_of(" \t\r\n"); }

struct Changed {
  std::vector<std::string_view> before, after;
  size_t begin = 0;  // the first line that differs
  size_t before_end, after_end;
};

// Fixes are small: all between the first and the last difference is one hunk.
Changed compare(std::string_view before, std::string_view after) {
  Changed changed{lines_of(before), lines_of(after), 0, 0, 0};
  const auto &a = changed.before, &b = changed.after;
  while (changed.begin < a.size() && changed.begin < b.size() &&
         a[changed.begin] == b[changed.begin]) {
    ++changed.begin;
  }
  changed.before_end = a.size(), changed.after_end = b.size();
  while (changed.before_end > changed.begin && changed.after_end > changed.begin &&
         a[changed.before_end - 1] == b[changed.after_end - 1]) {
    --changed.before_end, --changed.after_end;
  }
  return changed;
}

void add(std::string& diff, char mark, std::string_view line) {
  diff += mark;
  diff += line;
  if (!line.ends_with('\n')) diff += "\n\\ No newline at end of file\n";
}

// The lines from the first that differs to the last, those that both have among them once, by the
// longest common subsequence.
void add_changed(std::string& diff, const Changed& changed) {
  const size_t rows = changed.before_end - changed.begin;
  const size_t columns = changed.after_end - changed.begin;
  const auto before = [&](size_t i) { return changed.before[changed.begin + i]; };
  const auto after = [&](size_t j) { return changed.after[changed.begin + j]; };
  // From a line of each to the ends; all is another where that would take long.
  const bool is_small = rows * columns <= most_compared;
  std::vector<size_t> length(is_small ? (rows + 1) * (columns + 1) : 0, 0);
  const auto at = [&](size_t i, size_t j) -> size_t& { return length[i * (columns + 1) + j]; };
  for (size_t i = is_small ? rows : 0; i-- > 0;) {
    for (size_t j = columns; j-- > 0;) {
      at(i, j) =
          before(i) == after(j) ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    }
  }
  for (size_t i = 0, j = 0; i < rows || j < columns;) {
    if (is_small && i < rows && j < columns && before(i) == after(j)) {
      add(diff, ' ', before(i)), ++i, ++j;
    } else if (i < rows && (j == columns || !is_small || at(i + 1, j) >= at(i, j + 1))) {
      add(diff, '-', before(i)), ++i;
    } else {
      add(diff, '+', after(j)), ++j;
    }
  }
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, const std::string& name) {
  if (before == after) return "";
  const Changed changed = compare(before, after);
  const size_t from = changed.begin < context_lines ? 0 : changed.begin - context_lines;
  const size_t tail = std::min(context_lines, changed.before.size() - changed.before_end);
  const size_t before_lines = changed.before_end - from + tail;
  const size_t after_lines = changed.after_end - from + tail;
  const auto range = [&](size_t lines) {
    return std::to_string(lines == 0 ? from : from + 1) + "," + std::to_string(lines);
  };
  std::string diff = "--- a/" + name + "\n+++ b/" + name + "\n@@ -" + range(before_lines) + " +" +
                     range(after_lines) + " @@\n";
  for (size_t i = from; i < changed.begin; ++i) add(diff, ' ', changed.before[i]);
  add_changed(diff, changed);
  for (size_t i = 0; i < tail; ++i) add(diff, ' ', changed.before[changed.before_end + i]);
  return diff;
}

ChangedLines changed_lines(std::string_view before, std::string_view after) {
  const Changed changed = compare(before, after);
  ChangedLines lines;
  for (size_t i = changed.begin; i < changed.after_end; ++i) {
    lines.in_after.push_back(static_cast<int>(i) + 1);
  }
  for (size_t i = changed.begin; i < changed.before_end; ++i) {
    lines.in_before.push_back(static_cast<int>(i) + 1);
  }
  return lines;
}

std::vector<std::string> inserted_elsewhere(std::string_view before, std::string_view after) {
  const Changed changed = compare(before, after);
  std::vector<std::string> texts;
  if (changed.before_end != changed.begin || changed.after_end == changed.begin) return texts;
  const auto& lines = changed.before;
  const size_t depth = indent_of(changed.after[changed.begin]);
  std::string inserted;
  for (size_t i = changed.begin; i < changed.after_end; ++i) inserted += changed.after[i];
  const auto put_before = [&](size_t place) {
    std::string text;
    for (size_t i = 0; i < lines.size(); ++i) {
      if (i == place) text += inserted;
      text += lines[i];
    }
    texts.push_back(std::move(text));
  };
  const auto leaves = [&](size_t at) { return indent_of(lines[at]) < depth; };
  const auto fits = [&](size_t at) { return indent_of(lines[at]) == depth; };
  size_t found = 0;
  for (size_t at = changed.begin + 1; at < lines.size() && found < near && !leaves(at); ++at) {
    if (fits(at)) put_before(at), ++found;
  }
  found = 0;
  for (size_t at = changed.begin; at-- > 0 && found < near && !leaves(at);) {
    if (fits(at)) put_before(at), ++found;
  }
  return texts;
}

Differing differing(std::string_view before, std::string_view after) {
  const size_t shorter = std::min(before.size(), after.size());
  size_t begin = 0, tail = 0;
  while (begin < shorter && before[begin] == after[begin]) ++begin;
  while (tail < shorter - begin &&
         before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) {
    ++tail;
  }
  return {begin, before.size() - tail, after.size() - tail};
}

std::string_view line_of(std::string_view text, int line) {
  for (int i = 1; i < line; ++i) {
    const size_t end = text.find('\n');
    if (end == text.npos) return "";
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

size_t changed_at(std::string_view before, std::string_view after) {
  return differing(before, after).begin;
}

}  // namespace lsp::features::debug
