#include "lsp/features/change/written.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "lsp/syntax/tree.h"

namespace lsp::features::change {
namespace {

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// How many backticks or tildes a fence has, else 0. `bare`: nothing behind them.
size_t fence_of(std::string_view line, bool& bare) {
  const size_t begin = std::min(line.find_first_not_of(' '), line.size());
  line.remove_prefix(begin);
  const char mark = line.empty() ? '\0' : line.front();
  if (begin > 3 || (mark != '`' && mark != '~')) return 0;
  const size_t length = std::min(line.find_first_not_of(mark), line.size());
  bare = is_blank(line.substr(length));
  return length < 3 ? 0 : length;
}

// The lines of each block. One that is not closed ends with the reply.
std::vector<Lines> blocks_in(const Lines& reply) {
  std::vector<Lines> blocks;
  size_t open = 0;  // the length of the fence
  for (const std::string_view line : reply) {
    bool bare = false;
    const size_t fence = fence_of(line, bare);
    if (open == 0 && fence > 0) {
      blocks.emplace_back();
      open = fence;
    } else if (open > 0 && fence >= open && bare) {
      open = 0;
    } else if (open > 0) {
      blocks.back().push_back(line);
    }
  }
  return blocks;
}

// Markdown has fences of its own, and not all models make the outer ones longer.
Lines between_outer_fences(const Lines& reply) {
  const auto is_fence = [](std::string_view line) {
    bool bare = false;
    return fence_of(line, bare) > 0;
  };
  const auto open = std::find_if(reply.begin(), reply.end(), is_fence);
  const auto close = std::find_if(reply.rbegin(), reply.rend(), is_fence).base();
  return close - open < 2 ? Lines() : Lines(open + 1, close - 1);
}

bool is_code(const std::string& text, syntax::Language language) {
  const auto tree = syntax::Tree::parse(
      std::make_shared<const text::Document>("untitled:reply",
                                             std::string(syntax::language_id(language)), 0, text),
      nullptr);
  return tree && !tree->has_error({0, text.size()});
}

// Whether a reply without a block is code all the same: it can be read as such, and some line of it
// is one of those that were to be changed.
bool is_bare_code(const std::string& reply, const Lines& lines, std::string_view part,
                  std::optional<syntax::Language> language) {
  if (!language || *language == syntax::Language::markdown || !is_code(reply, *language)) {
    return false;
  }
  const Lines before = lines_of(part);
  return std::any_of(lines.begin(), lines.end(), [&](std::string_view line) {
    return !is_blank(line) && std::find(before.begin(), before.end(), line) != before.end();
  });
}

std::optional<Lines> code_in(const std::string& reply, std::string_view part,
                             std::optional<syntax::Language> language) {
  const Lines lines = lines_of(reply);
  std::vector<Lines> blocks = blocks_in(lines);
  if (!blocks.empty() && language == syntax::Language::markdown) return between_outer_fences(lines);
  if (blocks.empty()) {
    return is_bare_code(reply, lines, part, language) ? std::optional(lines) : std::nullopt;
  }
  // Beside what was asked for, some show how it is used.
  const auto size = [](const Lines& block) {
    size_t bytes = 0;
    for (const std::string_view line : block) bytes += line.size() + 1;
    return bytes;
  };
  return *std::max_element(blocks.begin(), blocks.end(),
                           [&](const Lines& a, const Lines& b) { return size(a) < size(b); });
}

Lines trimmed(Lines lines) {
  while (!lines.empty() && is_blank(lines.back())) lines.pop_back();
  while (!lines.empty() && is_blank(lines.front())) lines.erase(lines.begin());
  return lines;
}

std::string joined(const Lines& lines, std::string_view ending) {
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) text += ending;
    if (!is_blank(lines[i])) text += lines[i];
  }
  return text;
}

size_t shared_columns(const Lines& lines) {
  size_t shared = std::string_view::npos;
  for (const std::string_view line : lines) {
    if (!is_blank(line)) shared = std::min(shared, line.find_first_not_of(" \t\f"));
  }
  return shared == std::string_view::npos ? 0 : shared;
}

// A reply whose first line has the part's indentation has kept it. It then stays as it is: lines
// within a string may begin before that.
std::string indented(const Lines& lines, const std::string& indentation, std::string_view ending) {
  if (lines.empty() || lines.front().starts_with(indentation)) return joined(lines, ending);
  const size_t shared = shared_columns(lines);
  std::vector<std::string> moved;
  for (const std::string_view line : lines) {
    moved.push_back(is_blank(line) ? "" : indentation + std::string(line.substr(shared)));
  }
  return joined(Lines(moved.begin(), moved.end()), ending);
}

}  // namespace

std::optional<std::string> text_with(const std::string& reply, std::string_view text,
                                     const Part& part, std::optional<syntax::Language> language) {
  const auto [begin, part_end] = part.lines;
  const auto code = code_in(reply, text.substr(begin, part_end - begin), language);
  if (!code) return std::nullopt;
  const Lines lines = trimmed(*code);
  const std::string_view ending = text.find("\r\n") == text.npos ? "\n" : "\r\n";
  const Lines before = trimmed(lines_of(text.substr(0, begin)));
  if (!before.empty() && lines.size() > before.size() &&
      std::equal(before.begin(), before.end(), lines.begin())) {
    std::string whole = joined(lines, ending);
    if (text.ends_with('\n')) whole += ending;
    return whole;
  }
  size_t end = part_end;
  if (lines.empty() && end < text.size()) end += text.substr(end).starts_with("\r\n") ? 2 : 1;
  std::string changed(text.substr(0, begin));
  changed += indented(lines, part.indentation, ending);
  return changed.append(text.substr(end));
}

}  // namespace lsp::features::change
