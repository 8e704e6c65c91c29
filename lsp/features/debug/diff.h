// What differs between two texts, as people and `patch` read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lsp::features::debug {

// A unified diff with three lines of context, under the file's name; empty for equal texts.
std::string unified_diff(std::string_view before, std::string_view after, const std::string& name);

// The lines of `after` (from 1) that `before` does not have, and of `before` the line (or the one
// before) where something is gone.
struct ChangedLines {
  std::vector<int> in_after;
  std::vector<int> in_before;
};
ChangedLines changed_lines(std::string_view before, std::string_view after);

// Where `after` is `before` with whole lines inserted: these lines before other lines near to it
// that are as deep. Nothing where it is anything else.
std::vector<std::string> inserted_elsewhere(std::string_view before, std::string_view after);

// What differs, between what both begin and what both end with; in bytes.
struct Differing {
  size_t begin;
  size_t before_end, after_end;
};
Differing differing(std::string_view before, std::string_view after);

// A line of a text, from 1; empty where there is none.
std::string_view line_of(std::string_view text, int line);

// The first byte of `after` that differs from `before`.
size_t changed_at(std::string_view before, std::string_view after);

}  // namespace lsp::features::debug
