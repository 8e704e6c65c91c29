#include "lsp/features/members.h"

#include <algorithm>
#include <set>

#include "lsp/features/names.h"
#include "lsp/text/word.h"

namespace lsp::features {
namespace {

using text::is_name;

std::string_view word_at(std::string_view text, size_t begin) {
  size_t end = begin;
  while (end < text.size() && is_name(text[end])) ++end;
  return text.substr(begin, end - begin);
}

size_t start_of_word(std::string_view text, size_t end) {
  while (end > 0 && is_name(text[end - 1])) --end;
  return end;
}

// What stands before the name at `name`, as a member's call would begin with it: "f.", "pkg.f.",
// "factory::", or the whole of "from factory import ". Empty: no member stands there.
std::string_view prefix_before(std::string_view before, size_t name) {
  const std::string_view left = before.substr(0, name);
  size_t begin = name;
  if (left.ends_with("::")) {  // the innermost namespace is enough
    begin = start_of_word(left, name - 2);
  } else if (left.ends_with('.')) {
    while (begin > 0 && left[begin - 1] == '.') begin = start_of_word(left, begin - 1);
  } else {
    const size_t line = left.rfind('\n') + 1;
    const std::string_view whole = left.substr(line);
    const bool imports = whole.starts_with("from ") || whole.starts_with("import ");
    if (imports) begin = line;
  }
  return left.substr(begin);
}

}  // namespace

std::string only_member(std::span<const context::OpenText> members, std::string_view before,
                        std::string_view guess) {
  const size_t name = start_of_word(before, before.size());
  const std::string_view typed = before.substr(name);
  const std::string_view prefix = prefix_before(before, name);
  if (prefix.empty()) return "";

  std::set<std::string_view> found;
  for (const context::OpenText& each : members) {
    std::string_view calls = each.document->text();
    while (!calls.empty()) {
      const std::string_view call = calls.substr(0, calls.find('\n'));
      calls.remove_prefix(std::min(call.size() + 1, calls.size()));
      if (!call.starts_with(prefix)) continue;
      const std::string_view member = word_at(call, prefix.size());
      if (member.starts_with(typed)) found.insert(member);
    }
  }
  if (found.size() != 1) return "";
  const std::string guessed = std::string(typed) + std::string(word_at(guess, 0));
  const bool stands =
      guessed == *found.begin() || has_word(before.substr(0, name), std::string(prefix) + guessed);
  return stands ? "" : std::string(found.begin()->substr(typed.size()));
}

}  // namespace lsp::features
