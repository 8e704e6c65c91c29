#include "lsp/context/members.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "lsp/context/index.h"

namespace lsp::context {
namespace {

using syntax::Language;
using syntax::Symbol;
using syntax::SymbolKind;

constexpr size_t most_members = 96;  // of one file

std::string_view text_of(const syntax::Tree& tree, text::Range range) {
  return tree.document().text().substr(range.begin, range.end - range.begin);
}

bool is_script(Language language) {
  return language == Language::javascript || language == Language::typescript ||
         language == Language::tsx;
}

// Whether a definition's line begins with the word, behind what it is indented by.
bool line_begins_with(std::string_view word, const syntax::Tree& tree, const Symbol& symbol) {
  const text::Document& document = tree.document();
  const auto [begin, end] = document.line_range(document.line_at(symbol.range.begin));
  const std::string_view line = document.text().substr(begin, end - begin);
  return line.substr(std::min(line.find_first_not_of(" \t"), line.size())).starts_with(word);
}

// How a language says that something is not its file's own affair; or that it is.
bool is_private(const syntax::Tree& tree, const Symbol& symbol, bool exports) {
  if (symbol.name.starts_with('_')) return true;
  if (exports) return !line_begins_with("export ", tree, symbol);
  if (tree.language() == Language::rust) return !line_begins_with("pub", tree, symbol);
  return tree.language() == Language::lua && line_begins_with("local ", tree, symbol);
}

std::vector<Member> offered_by(const syntax::Tree& tree) {
  const std::vector<Symbol> symbols = tree.symbols();
  const bool exports = is_script(tree.language()) &&
                       std::any_of(symbols.begin(), symbols.end(), [&](const Symbol& each) {
                         return line_begins_with("export ", tree, each);
                       });
  std::vector<Member> members;
  std::vector<const Symbol*> modules;
  size_t inside = 0;  // the end of the definition that the next ones may be a part of
  for (const Symbol& symbol : symbols) {
    if (symbol.range.begin < inside) continue;
    while (!modules.empty() && modules.back()->range.end <= symbol.range.begin) modules.pop_back();
    if (symbol.kind == SymbolKind::module) {
      modules.push_back(&symbol);
      continue;
    }
    inside = symbol.range.end;
    const bool is_offered = symbol.kind == SymbolKind::function ||
                            symbol.kind == SymbolKind::type || symbol.kind == SymbolKind::variable;
    if (!is_offered || is_private(tree, symbol, exports)) continue;
    const auto same = [&](const Member& other) { return other.name == symbol.name; };
    if (std::any_of(members.begin(), members.end(), same)) continue;  // overloads
    if (members.size() == most_members) break;
    members.push_back({std::string(symbol.name),
                       symbol.kind,
                       symbol.signature,
                       modules.empty() ? "" : std::string(modules.back()->name),
                       {}});
  }
  return members;
}

// What is written before a member's name; nothing where it is called by its name alone.
std::optional<std::string> prefix_of(const syntax::Import& import, const syntax::Tree& here,
                                     const std::string& path) {
  const Language language = here.language();
  const std::string mark = language == Language::rust ? "::" : ".";
  const std::string stem = std::filesystem::path(module_path(path)).filename();
  const std::string_view statement = text_of(here, import.range);
  const bool is_among_names =
      std::find(import.names.begin(), import.names.end(), stem) != import.names.end();
  if (is_script(language)) {
    const bool is_whole =
        statement.find("* as ") != std::string_view::npos ||
        (!statement.starts_with("import") && statement.find('{') == std::string_view::npos);
    if (!is_whole || import.names.size() != 1) return std::nullopt;
    return std::string(import.names.front()) + mark;
  }
  if (language == Language::python && statement.starts_with("import")) {
    const bool is_renamed = statement.find(" as ") != std::string_view::npos;
    if (!is_renamed) return std::string(import.module) + mark;
    if (import.names.size() == 1) return std::string(import.names.front()) + mark;
    return std::nullopt;
  }
  if (language == Language::lua && import.names.size() == 1) {
    return std::string(import.names.front()) + mark;
  }
  const bool has_modules = language == Language::python || language == Language::rust;
  return has_modules && is_among_names ? std::optional(stem + mark) : std::nullopt;
}

// With the names of its first parameters, as far as they have neither types nor defaults: a line
// that ended with the bracket would say that nothing follows.
std::string call_of(const Member& member, const syntax::Tree& imported, Language language) {
  const bool is_called = member.kind == SymbolKind::function && language != Language::cpp;
  const std::string_view signature = text_of(imported, member.signature);
  const size_t open = signature.find('(', signature.find(member.name));
  if (!is_called || open == std::string_view::npos) return member.name;
  const std::string_view parameters = signature.substr(open);
  size_t end = std::min(parameters.find_first_of(":=)*{[\n"), parameters.size());
  if (end < parameters.size() && parameters[end] != ')') end = parameters.rfind(',', end);
  if (end == std::string_view::npos || end < 2) return member.name;
  return member.name + std::string(parameters.substr(0, end));
}

}  // namespace

std::vector<Member> members_of(const syntax::Import& import, const syntax::Tree& here,
                               const std::string& path, const syntax::Tree& imported) {
  const Language language = here.language();
  const auto prefix = prefix_of(import, here, path);
  const std::string_view statement = text_of(here, import.range);
  std::vector<Member> members = offered_by(imported);
  for (Member& member : members) {
    const std::string call = call_of(member, imported, language);
    std::string before = prefix.value_or("");
    if (language == Language::cpp && !member.space.empty()) before = member.space + "::";
    if (!before.empty()) {
      // How a tokenizer reads a name depends on what stands before it: a line, a bracket, a blank.
      for (const char* start : {"", "(", "x = "}) member.calls += start + before + call + "\n";
    } else if (language == Language::python && statement.starts_with("from ")) {
      member.calls = "from " + std::string(import.module) + " import " + member.name + "\n";
    } else if (is_script(language) && statement.find('{') != std::string_view::npos) {
      member.calls = "import { " + member.name + "\n";
    }
  }
  return members;
}

}  // namespace lsp::context
