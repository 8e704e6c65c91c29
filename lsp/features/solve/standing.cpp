// Formulas in whole documents, found line by line: nothing is read but lines that end in "=" or
// "=>", and what stands between dollars.
#include <algorithm>
#include <array>

#include "lsp/features/solve/formula.h"
#include "lsp/features/solve/read.h"

namespace lsp::features::solve {
namespace {

constexpr std::string_view space = " \t\r\n";
constexpr size_t most_bytes = 2000;  // of a formula between dollars

bool is_space(char byte) { return space.find(byte) != std::string_view::npos; }

// Something to do, where no equals sign asks for it: x + y is none, 1 + 2 and \int x dx are.
bool is_task(const Expression& tree) {
  static constexpr std::array heads{"integrate",  "diff",     "limit",  "summation",
                                    "product",    "det",      "solve",  "mod",
                                    "congruence", "extremum", "extrema"};
  if (tree.kind != Expression::Kind::call || tree.is_call("tuple") || tree.is_call("list")) {
    return false;
  }
  return names_in(tree).empty() || std::any_of(heads.begin(), heads.end(), [&](const char* head) {
           return tree.is_call(head);
         });
}

size_t first_of_text(std::string_view line) {
  return std::min(line.find_first_not_of(space), line.size());
}

// Where what was typed ends: before what closes a comment.
std::string_view without_closer(std::string_view line) {
  const auto trim = [&] {
    const size_t last = line.find_last_not_of(space);
    line = line.substr(0, last == std::string_view::npos ? 0 : last + 1);
  };
  trim();
  for (const std::string_view closer : {"*/", "-->"}) {
    if (!line.ends_with(closer)) continue;
    line.remove_suffix(closer.size());
    trim();
  }
  return line;
}

// Pairs of dollars in `text` between `from` and `to`, each with its formula.
void add_dollars(std::string_view text, size_t from, size_t to, std::vector<Standing>& found) {
  text = text.substr(0, to);
  while (true) {
    const size_t open = text.find('$', from);
    if (open == std::string_view::npos) return;
    const std::string_view mark = text.substr(open).starts_with("$$") ? "$$" : "$";
    const size_t inside = open + mark.size();
    const size_t close = text.find(mark, inside);
    if (close == std::string_view::npos) return;
    from = close + mark.size();
    const std::string_view formula = text.substr(inside, close - inside);
    if (formula.empty() || formula.size() > most_bytes) continue;
    // "$5 and $6" is no formula: that has no space inside of its dollars.
    if (mark == "$" && (is_space(formula.front()) || is_space(formula.back()))) {
      from = inside;
      continue;
    }
    found.push_back({std::string(formula), open, from});
  }
}

struct Line {
  size_t begin;
  std::string_view text;
  bool in_fence;
};

std::vector<Line> lines_of(std::string_view text, Prose prose) {
  std::vector<Line> lines;
  bool in_fence = false;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const std::string_view first = line.substr(first_of_text(line));
    const bool fence =
        prose == Prose::all && (first.starts_with("```") || first.starts_with("~~~"));
    lines.push_back({begin, line, in_fence || fence});
    if (fence) in_fence = !in_fence;
    begin = end + 1;
  }
  return lines;
}

// A block of Markdown that "$$" opens in a line of its own.
std::optional<Standing> block_at(std::string_view text, const Line& line) {
  const size_t first = first_of_text(line.text);
  if (line.text.substr(first) != "$$") return std::nullopt;
  const size_t open = line.begin + first;
  const size_t close = text.find("$$", open + 2);
  if (close == std::string_view::npos || close - open > most_bytes) return std::nullopt;
  return Standing{std::string(text.substr(open + 2, close - open - 2)), open, close + 2};
}

std::optional<Standing> asked_at(const Line& line, Prose prose) {
  const std::string_view typed = without_closer(line.text);
  auto formula = asked_formula(typed, prose);
  if (!formula) return std::nullopt;
  const size_t at = typed.rfind(*formula);
  const size_t begin = at == std::string_view::npos ? first_of_text(typed) : at;
  return Standing{std::move(*formula), line.begin + begin, line.begin + typed.size()};
}

// Calls `found` for each formula in the lines that `concerns` us, and says whether it asks by a
// sign. To read a formula takes longer than to pass a line.
template <typename Concerns, typename Found>
void find_all(std::string_view text, Prose prose, const Concerns& concerns, const Found& found) {
  size_t skip_to = 0;  // behind a block of several lines
  ProseOfLines proses(text, prose);
  for (const Line& line : lines_of(text, prose)) {
    if (line.in_fence || line.begin < skip_to) continue;
    const bool here = concerns(line);
    const std::string_view typed = here ? without_closer(line.text) : std::string_view();
    const bool ends = typed.ends_with('=') || typed.ends_with("=>");
    if (auto asked = ends ? asked_at(line, proses.at(line.begin)) : std::nullopt) {
      found(std::move(*asked), true);
      continue;
    }
    std::vector<Standing> dollars;
    if (auto block = prose == Prose::all ? block_at(text, line) : std::nullopt) {
      skip_to = block->end;
      dollars.push_back(std::move(*block));
    } else if (here) {
      const auto comment = prose == Prose::all ? line.text : comment_in(line.text);
      if (!comment) continue;
      const auto begin = static_cast<size_t>(comment->data() - text.data());
      add_dollars(text, begin, begin + comment->size(), dollars);
    }
    for (Standing& each : dollars) found(std::move(each), false);
  }
}

std::optional<Standing> selected(std::string_view text, size_t begin, size_t end) {
  if (end - begin > most_bytes) return std::nullopt;
  std::string formula = formula_of_line(text.substr(begin, end - begin));
  if (formula.ends_with("=>")) formula.resize(formula.size() - 2);
  if (formula.ends_with("=")) formula.pop_back();
  const auto reading = read(formula);
  if (!reading || reading->task.kind != Expression::Kind::call) return std::nullopt;
  return Standing{std::move(formula), begin, end};
}

}  // namespace

std::vector<Standing> asked_formulas(std::string_view text, Prose prose) {
  std::vector<Standing> all;
  const auto every = [](const Line&) { return true; };
  find_all(text, prose, every, [&](Standing standing, bool asks) {
    if (!asks) {
      const auto reading = read(standing.formula);
      if (!reading || !is_task(reading->task)) return;
    }
    all.push_back(std::move(standing));
  });
  return all;
}

std::optional<Standing> formula_in(std::string_view text, size_t begin, size_t end, Prose prose) {
  if (begin < end) return selected(text, begin, end);
  const size_t line_end = std::min(text.find('\n', begin), text.size());
  const size_t before = begin == 0 ? std::string_view::npos : text.rfind('\n', begin - 1);
  const size_t line_begin = before == std::string_view::npos ? 0 : before + 1;
  std::optional<Standing> found;
  const auto its_own = [&](const Line& line) { return line.begin == line_begin; };
  find_all(text, prose, its_own, [&](Standing standing, bool asks) {
    const bool around = standing.begin <= begin && begin <= standing.end;
    const bool in_line = asks && line_begin <= standing.begin && standing.end <= line_end;
    if (found || (!around && !in_line)) return;
    if (asks || read(standing.formula)) found = std::move(standing);
  });
  return found;
}

}  // namespace lsp::features::solve
