#include "lsp/features/change/reply.h"

#include <algorithm>
#include <set>
#include <string>

#include "lsp/features/change/part.h"
#include "lsp/features/debug/grammar.h"

namespace lsp::features::change {
namespace {

constexpr size_t shortest_shared_line = 3;
constexpr size_t worth_of_a_name = 3;  // in lines

struct Fence {
  size_t length = 0;  // 0: none
  bool closes = false;
};

// Backticks or tildes; what some models end their turn with may stand behind the closing ones.
Fence fence_of(std::string_view line) {
  const size_t begin = std::min(line.find_first_not_of(' '), line.size());
  line.remove_prefix(begin);
  const char mark = line.empty() ? '\0' : line.front();
  if (begin > 3 || (mark != '`' && mark != '~')) return {};
  const size_t length = std::min(line.find_first_not_of(mark), line.size());
  const std::string_view rest = stripped(line.substr(length));
  return {length < 3 ? 0 : length, rest.empty() || rest.starts_with("<|")};
}

// The lines of each block. One that is not closed ends with the reply.
std::vector<Lines> blocks_in(const Lines& reply) {
  std::vector<Lines> blocks;
  size_t open = 0;  // the length of the fence
  for (const std::string_view line : reply) {
    const auto [fence, closes] = fence_of(line);
    if (open == 0 && fence > 0) {
      blocks.emplace_back();
      open = fence;
    } else if (open > 0 && fence >= open && closes) {
      open = 0;
    } else if (open > 0) {
      blocks.back().push_back(line);
    }
  }
  return blocks;
}

Lines between_outer_fences(const Lines& reply) {
  const auto is_fence = [](std::string_view line) { return fence_of(line).length > 0; };
  const auto open = std::find_if(reply.begin(), reply.end(), is_fence);
  const auto close = std::find_if(reply.rbegin(), reply.rend(), is_fence).base();
  return close - open < 2 ? Lines() : Lines(open + 1, close - 1);
}

bool is_code(std::string_view text, syntax::Language language) {
  const auto tree = debug::parse(std::string(text), language);
  return tree && !tree->has_error({0, text.size()});
}

// How much of the part stands in these lines as well.
size_t likeness(const Lines& lines, const Lines& part) {
  std::set<std::string_view> present;
  for (const std::string_view line : lines) present.insert(stripped(line));
  size_t shared = 0;
  std::set<std::string_view> counted;
  for (const std::string_view line : part) {
    const std::string_view words = stripped(line);
    if (words.size() < shortest_shared_line || !counted.insert(words).second) continue;
    shared += present.contains(words) ? 1 : 0;
  }
  const std::string_view name = part.empty() ? "" : name_part(stripped(part.front()));
  const bool named = !name.empty() && std::any_of(present.begin(), present.end(), [&](auto line) {
    return line.starts_with(name);
  });
  return shared + (named ? worth_of_a_name : 0);
}

bool is_diff(const Lines& lines) {
  return std::any_of(lines.begin(), lines.end(),
                     [](std::string_view line) { return line.starts_with("@@ -"); });
}

size_t size_of(const Lines& lines) {
  size_t bytes = 0;
  for (const std::string_view line : lines) bytes += line.size() + 1;
  return bytes;
}

Lines best_of(std::vector<Lines> blocks, const Lines& part) {
  const Lines before = without_blank_ends(part);
  const auto is_as_it_was = [&](const Lines& block) { return without_blank_ends(block) == before; };
  if (!std::all_of(blocks.begin(), blocks.end(), is_as_it_was)) {
    std::erase_if(blocks, is_as_it_was);
  }
  return *std::max_element(blocks.begin(), blocks.end(), [&](const Lines& a, const Lines& b) {
    const size_t like_a = likeness(a, before), like_b = likeness(b, before);
    return like_a == like_b ? size_of(a) < size_of(b) : like_a < like_b;
  });
}

}  // namespace

std::string_view name_part(std::string_view line) {
  const size_t bracket = line.find('(');
  return bracket == line.npos ? "" : line.substr(0, bracket + 1);
}

std::optional<Code> code_in(std::string_view reply, std::string_view part,
                            std::optional<syntax::Language> language) {
  if (reply.starts_with("\xEF\xBB\xBF")) reply.remove_prefix(3);
  const Lines lines = lines_of(reply), before = without_blanks(lines_of(part));
  std::vector<Lines> blocks = blocks_in(lines);
  const bool repeats = likeness(lines, before) > 0;
  if (language == syntax::Language::markdown) {
    // It has fences of its own, and not all models put others around them.
    Lines inner = between_outer_fences(lines);
    const bool bare = repeats && likeness(lines, before) > likeness(inner, before);
    if (!bare && blocks.empty()) return std::nullopt;
    return Code{bare ? lines : std::move(inner)};
  }
  if (blocks.empty()) {
    const bool bare = language && repeats && is_code(reply, *language);
    return bare ? std::optional(Code{lines}) : std::nullopt;
  }
  const size_t count = blocks.size();
  Code code{best_of(std::move(blocks), before), count};
  if (!code.lines.empty() && code.lines.front().starts_with("\xEF\xBB\xBF")) {
    code.lines.front().remove_prefix(3);
  }
  if (is_diff(code.lines)) return std::nullopt;
  return code;
}

}  // namespace lsp::features::change
