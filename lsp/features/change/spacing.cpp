#include "lsp/features/change/spacing.h"

#include <algorithm>

#include "lsp/features/change/lines.h"
#include "lsp/features/debug/grammar.h"

namespace lsp::features::change {
namespace {

size_t depth_of(std::string_view line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

bool holds_definition(const std::string& placed, syntax::Language language) {
  using Kind = syntax::SymbolKind;
  const auto tree = debug::parse(placed, language);
  if (!tree) return false;
  const auto symbols = tree->symbols();
  return std::any_of(symbols.begin(), symbols.end(), [](const syntax::Symbol& symbol) {
    return symbol.kind == Kind::function || symbol.kind == Kind::method ||
           symbol.kind == Kind::type || symbol.kind == Kind::module;
  });
}

// The blank lines that begin these, and the line behind them; null where there is none.
std::pair<size_t, const std::string_view*> blanks_of(const Lines& lines) {
  const auto first = std::find_if_not(lines.begin(), lines.end(), is_blank);
  const auto count = static_cast<size_t>(first - lines.begin());
  return {count, first == lines.end() ? nullptr : &*first};
}

}  // namespace

Spacing missing_blanks(std::string_view text, const Part& part, const std::string& placed,
                       std::optional<syntax::Language> language) {
  const auto [begin, end] = part.lines;
  if (!language || !is_blank(text.substr(begin, end - begin))) return {};
  if (!holds_definition(placed, *language)) return {};
  const bool python = language == syntax::Language::python;
  const size_t depth = part.indentation.size();
  const auto wanted = [&](size_t at) -> size_t { return python && at == 0 ? 2 : 1; };
  Lines above = lines_of(text.substr(0, begin));
  std::reverse(above.begin(), above.end());
  const std::string_view rest = text.substr(end);
  Lines below = lines_of(rest);
  if (!below.empty()) below.erase(below.begin());  // the end of the part's own line
  Spacing missing;
  const auto [blank_above, before] = blanks_of(above);
  if (before != nullptr && depth_of(*before) >= depth) {
    missing.before = wanted(depth) - std::min(blank_above, wanted(depth));
  }
  const auto [blank_below, behind] = blanks_of(below);
  const bool closes = behind != nullptr &&
                      std::string_view("}])").find(stripped(*behind)[0]) != std::string_view::npos;
  if (behind != nullptr && !closes) {
    const size_t those = wanted(std::min(depth, depth_of(*behind)));
    missing.behind = those - std::min(blank_below, those);
  }
  return missing;
}

}  // namespace lsp::features::change
