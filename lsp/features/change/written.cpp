#include "lsp/features/change/written.h"

#include <algorithm>
#include <set>

#include "lsp/features/change/indentation.h"
#include "lsp/features/change/lines.h"
#include "lsp/features/change/reply.h"
#include "lsp/features/change/spacing.h"

namespace lsp::features::change {
namespace {

// The text around the part, and the part, as lines.
struct Around {
  Lines before, part, behind;
};

bool same_words(std::string_view a, std::string_view b) { return stripped(a) == stripped(b); }

// Whether a reply is the whole text: it begins and ends as that does, and nearly all that stands
// around the part is in it.
bool is_whole_text(const Lines& reply, const Around& around) {
  Lines outside = without_blanks(around.before);
  const Lines behind = without_blanks(around.behind);
  const Lines written = without_blanks(reply);
  if (written.empty() || (outside.empty() && behind.empty())) return false;
  const bool begins = outside.empty() || same_words(outside.front(), written.front());
  const bool ends = behind.empty() || same_words(behind.back(), written.back());
  outside.insert(outside.end(), behind.begin(), behind.end());
  std::multiset<std::string_view> present;
  for (const std::string_view line : written) present.insert(stripped(line));
  size_t missing = 0;
  for (const std::string_view line : outside) {
    const auto found = present.find(stripped(line));
    if (found == present.end()) {
      ++missing;
    } else {
      present.erase(found);
    }
  }
  return begins && ends && missing * 10 <= outside.size() && outside.size() > missing;
}

// Where the part's own beginning stands in the reply; the reply's size where it does not.
size_t beginning_in(const Lines& reply, const Around& around) {
  const Lines part = without_blanks(around.part);
  for (size_t i = 0; i < reply.size(); ++i) {
    for (const std::string_view line : part) {
      const std::string_view name = name_part(stripped(line));
      const bool named = !name.empty() && stripped(reply[i]).starts_with(name);
      if (named || same_words(line, reply[i])) return i;
      if (!is_before_definition(line)) break;
    }
  }
  return reply.size();
}

// Takes away the last lines that only close what those opened.
void close_less(Lines& reply, const Lines& dropped) {
  ptrdiff_t open = 0;
  for (const std::string_view line : dropped) {
    open += std::count(line.begin(), line.end(), '{') - std::count(line.begin(), line.end(), '}');
  }
  while (open > 0 && !reply.empty()) {
    const std::string_view words = stripped(reply.back());
    if (!words.empty() && words != "}" && words != "};") return;
    open -= words.empty() ? 0 : 1;
    reply.pop_back();
  }
}

// How many lines, blank ones not counted, `first` ends and `second` begins with.
size_t overlap(const Lines& first, const Lines& second) {
  for (size_t count = std::min(first.size(), second.size()); count > 0; --count) {
    const Lines end(first.end() - static_cast<ptrdiff_t>(count), first.end());
    if (!has_substance(end)) return 0;
    if (std::equal(end.begin(), end.end(), second.begin(), same_words)) return count;
  }
  return 0;
}

bool is_import(std::string_view line) {
  static constexpr std::string_view words[] = {"import ", "from ",  "#include",
                                               "use ",    "using ", "package "};
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view word) { return line.starts_with(word); });
}

// Without what stands before the part already.
void drop_before(Lines& reply, const Around& around) {
  const auto drop = [&](size_t count) {
    const Lines dropped(reply.begin(), reply.begin() + static_cast<ptrdiff_t>(count));
    reply.erase(reply.begin(), reply.begin() + static_cast<ptrdiff_t>(count));
    reply = without_blank_ends(std::move(reply));
    close_less(reply, dropped);
  };
  const size_t begin = beginning_in(reply, around);
  if (begin < reply.size()) {
    std::set<std::string_view> known;
    for (const std::string_view line : around.before) known.insert(stripped(line));
    const bool repeats = std::all_of(
        reply.begin(), reply.begin() + static_cast<ptrdiff_t>(begin),
        [&](std::string_view line) { return is_blank(line) || known.contains(stripped(line)); });
    if (begin > 0 && repeats) return drop(begin);
    // New imports among those that are there stay.
    const auto is_there = [&](std::string_view line) {
      return is_import(line) && known.contains(stripped(line));
    };
    const auto definition = reply.begin() + static_cast<ptrdiff_t>(begin);
    reply.erase(std::remove_if(reply.begin(), definition, is_there), definition);
    reply = without_blank_ends(std::move(reply));
    return;
  }
  size_t left = overlap(without_blanks(around.before), without_blanks(reply));
  size_t count = 0;
  for (; left > 0; ++count) left -= is_blank(reply[count]) ? 0 : 1;
  if (count > 0) drop(count);
}

// Without what stands behind the part anyway.
void drop_behind(Lines& reply, const Around& around) {
  const Lines part = without_blanks(around.part);
  if (reply.empty() || (!part.empty() && same_words(part.back(), reply.back()))) return;
  size_t left = overlap(without_blanks(reply), without_blanks(around.behind));
  for (; left > 0; reply.pop_back()) left -= is_blank(reply.back()) ? 0 : 1;
  reply = without_blank_ends(std::move(reply));
}

// "# ... rest unchanged" in place of code.
bool stands_for_code(std::string_view line) {
  static constexpr std::string_view marks[] = {"#", "//", "/*", "--", "<!--", ";", "{/*"};
  static constexpr std::string_view words[] = {"rest",    "unchanged", "existing", "remain",
                                               "same as", "omitted",   "as before"};
  line = stripped(line);
  for (const std::string_view mark : marks) {
    if (!line.starts_with(mark)) continue;
    const std::string_view text = stripped(line.substr(mark.size()));
    const bool dots = text.find("...") != text.npos || text.find("…") != text.npos;
    return text.starts_with("...") || text.starts_with("…") ||
           (dots && std::any_of(std::begin(words), std::end(words), [&](std::string_view word) {
              return text.find(word) != text.npos;
            }));
  }
  return false;
}

std::string left_out_in(const Lines& reply, const Around& around, std::string_view text) {
  std::set<std::string_view> known;
  for (const std::string_view line : lines_of(text)) known.insert(stripped(line));
  const bool shorter = without_blanks(reply).size() < without_blanks(around.part).size();
  for (const std::string_view line : reply) {
    const bool dots = shorter && stripped(line) == "...";
    if ((dots || stands_for_code(line)) && !known.contains(stripped(line))) {
      return std::string(stripped(line));
    }
  }
  return "";
}

}  // namespace

std::optional<Written> written_in(std::string_view reply, std::string_view text, const Part& part,
                                  std::optional<syntax::Language> language) {
  const auto [begin, end] = part.lines;
  const Around around{lines_of(text.substr(0, begin)), lines_of(text.substr(begin, end - begin)),
                      lines_of(text.substr(end))};
  auto code = code_in(reply, text.substr(begin, end - begin), language);
  if (!code) return std::nullopt;
  Lines lines = without_blank_ends(std::move(code->lines));
  const std::string_view ending = ending_in(text, begin);
  Written written{.left_out = left_out_in(lines, around, text), .blocks = code->blocks};
  if (is_whole_text(lines, around)) {
    written.text = joined({lines.begin(), lines.end()}, ending);
    if (text.ends_with('\n')) written.text += ending;
    return written;
  }
  drop_before(lines, around);
  drop_behind(lines, around);
  const std::vector<std::string> styled = in_the_style_of(text, lines);
  const auto placed = indented(Lines(styled.begin(), styled.end()), part.indentation, language);
  written.nothing = placed.empty();
  size_t rest = end;
  if (placed.empty() && rest < text.size()) rest += text.substr(rest).starts_with("\r\n") ? 2 : 1;
  const std::string whole = joined(placed, ending);
  const Spacing missing = missing_blanks(text, part, whole, language);
  written.text = text.substr(0, begin);
  for (size_t i = 0; i < missing.before; ++i) written.text += ending;
  written.text += whole;
  for (size_t i = 0; i < missing.behind; ++i) written.text += ending;
  written.text += text.substr(rest);
  const bool ends_in_line = text.empty() || text.ends_with('\n');
  if (ends_in_line && !written.text.empty() && !written.text.ends_with('\n')) {
    written.text += ending;
  }
  return written;
}

}  // namespace lsp::features::change
