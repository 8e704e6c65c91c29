#include "lsp/features/redefinition.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "lsp/text/word.h"

namespace lsp::features {
namespace {

using syntax::Language;

bool is_script(Language language) { return syntax::share_names(language, Language::javascript); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

size_t depth_of(std::string_view line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

std::string_view trimmed(std::string_view line) {
  line.remove_prefix(depth_of(line));
  return line.substr(0, line.find_last_not_of(" \t\r;") + 1);
}

// Takes the word that the line begins with, and the blanks behind it.
std::string_view take_word(std::string_view& line) {
  size_t end = 0;
  while (end < line.size() && text::is_name(line[end])) ++end;
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  line.remove_prefix(depth_of(line));
  return word;
}

// The name that a line defines for its block, once: no variable of Python, and no type that may be
// opened again.
std::string_view defined_by(std::string_view line, Language language) {
  using namespace std::string_view_literals;
  constexpr std::array before{"async"sv, "export"sv, "default"sv, "abstract"sv};
  constexpr std::array in_python{"def"sv, "class"sv};
  constexpr std::array in_scripts{"function"sv, "class"sv, "const"sv, "let"sv};
  line = trimmed(line);
  std::string_view word = take_word(line);
  while (std::find(before.begin(), before.end(), word) != before.end()) word = take_word(line);
  const auto is_one_of = [&](const auto& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (language == Language::python ? !is_one_of(in_python) : !is_one_of(in_scripts)) return {};
  if (line.starts_with('*')) line.remove_prefix(1);  // a generator
  line.remove_prefix(depth_of(line));
  const std::string_view name = take_word(line);
  return name == "_" || (!name.empty() && is_digit(name.front())) ? std::string_view() : name;
}

// Takes the text of a string without escapes, or else nothing.
std::string_view take_quoted(std::string_view& line) {
  const size_t end = line.find(line.front(), 1);
  if (end == line.npos || line.find('\\') < end) return {};
  const std::string_view text = line.substr(1, end - 1);
  line.remove_prefix(end + 1);
  return text;
}

bool is_head_of_method(std::string_view line) {
  return line.ends_with('{') && line.find("=>") == line.npos &&
         line.find("function") == line.npos &&
         std::count(line.begin(), line.end(), '(') == std::count(line.begin(), line.end(), ')');
}

// A name that a line gives something, and what keeps it apart from the same name elsewhere.
struct Named {
  std::string_view name;
  std::string_view kind;
  bool operator==(const Named& other) const = default;
};

// `key: 1` and `get area(width) {`.
Named member_in_script(std::string_view line) {
  using namespace std::string_view_literals;
  constexpr std::array before{"async"sv,   "static"sv,    "get"sv,      "set"sv,     "public"sv,
                              "private"sv, "protected"sv, "readonly"sv, "override"sv};
  constexpr std::array statements{"if"sv,     "for"sv,   "while"sv, "switch"sv,
                                  "return"sv, "catch"sv, "with"sv,  "super"sv};
  line = trimmed(line);
  const auto take_name = [&] {
    if (line.starts_with('*') || line.starts_with('#')) line.remove_prefix(1);
    return take_word(line);
  };
  Named member;
  std::string_view word = take_name();
  while (std::find(before.begin(), before.end(), word) != before.end() && !line.starts_with('(') &&
         !line.starts_with(':')) {
    if (word == "get" || word == "set" || word == "static") member.kind = word;
    word = take_name();
  }
  if (word.empty() && (line.starts_with('\'') || line.starts_with('"'))) word = take_quoted(line);
  if (word.empty() || is_digit(word[0])) return {};
  if (std::find(statements.begin(), statements.end(), word) != statements.end()) return {};
  const bool is_key = line.starts_with(':') && word.data()[word.size()] != ' ';
  if (is_key || (line.starts_with('(') && is_head_of_method(line))) member.name = word;
  return member;
}

// `'key': 1`, and `key=1,` among arguments.
Named member_in_python(std::string_view line) {
  line = trimmed(line);
  if (line.starts_with('\'') || line.starts_with('"')) {
    const std::string_view key = take_quoted(line);
    return line.starts_with(": ") ? Named{key, {}} : Named();
  }
  const bool closes = line.ends_with(',') || line.ends_with(')');
  const std::string_view name = take_word(line);
  const bool is_argument = closes && line.starts_with('=') && !line.starts_with("==");
  return is_argument && name.data()[name.size()] == '=' ? Named{name, {}} : Named();
}

// `Type.prototype.area = function () {`: what is assigned to.
std::string_view assigned_function(std::string_view line) {
  line = trimmed(line);
  const size_t end = line.find_first_of(" =");
  const std::string_view target = line.substr(0, std::min(end, line.size()));
  if (end == line.npos || target.find('.') == target.npos) return {};
  if (!std::all_of(target.begin(), target.end(),
                   [](char c) { return text::is_name(c) || c == '.'; })) {
    return {};
  }
  line.remove_prefix(end);
  line.remove_prefix(depth_of(line));
  if (!line.starts_with('=') || line.starts_with("==")) return {};
  line.remove_prefix(1);
  line.remove_prefix(depth_of(line));
  const bool is_one = line.starts_with("function") || line.starts_with("class ") ||
                      line.starts_with("async ") || line.find("=>") != line.npos;
  return is_one ? target : std::string_view();
}

constexpr std::string_view definition = "definition";

// What a line names that its block has once.
Named named_by(std::string_view line, Language language) {
  if (const auto name = defined_by(line, language); !name.empty()) return {name, definition};
  if (language == Language::python) return member_in_python(line);
  if (const auto target = assigned_function(line); !target.empty()) return {target, "assigned"};
  return member_in_script(line);
}

// What stands once in a block, word for word.
bool is_import(std::string_view line, Language language) {
  line = trimmed(line);
  if (language == Language::python) return line.starts_with("import ") || line.starts_with("from ");
  if (is_script(language)) return line.starts_with("import ");
  return line.starts_with("#include");
}

bool is_comment_line(std::string_view line, Language language) {
  return trimmed(line).starts_with(syntax::line_comment(language));
}

// Goes through the lines that belong to the same block as one of that indentation, away from it;
// `next` takes the nearest line off the text. Ends where `is_it` says yes, which is returned.
bool any_in_block(std::string_view text, size_t depth, Language language,
                  const std::function<std::string_view(std::string_view&)>& next,
                  const std::function<bool(std::string_view line, std::string_view text)>& is_it) {
  while (!text.empty()) {
    const std::string_view line = next(text);
    if (text::is_blank(line) || is_comment_line(line, language)) continue;
    const size_t here = depth_of(line);
    if (here < depth) return false;
    if (here == depth && is_it(line, text)) return true;
  }
  return false;
}

std::string_view take_last_line(std::string_view& text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  const size_t begin = text.rfind('\n') + 1;
  const std::string_view line = text.substr(begin);
  text = text.substr(0, begin);
  return line;
}

std::string_view take_first_line(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

bool is_decorated(std::string_view before) {
  return trimmed(take_last_line(before)).starts_with('@');
}

std::string_view lines_above(const Scene& scene) {
  return scene.before.substr(0, scene.before.size() - scene.line_before.size());
}

// A signature of TypeScript without a body.
bool is_overload(std::string_view line) {
  return line.find(';') != line.npos && line.find_first_of("{=") == line.npos;
}

// In the lines around the cursor's own.
bool any_around(const Scene& scene, size_t depth,
                const std::function<bool(std::string_view line, std::string_view before)>& is_it) {
  const std::string_view above = lines_above(scene);
  std::string_view below = scene.following;
  take_first_line(below);  // what is left of the cursor's line
  const auto below_is_it = [&](std::string_view line, std::string_view) { return is_it(line, {}); };
  return any_in_block(above, depth, *scene.language, take_last_line, is_it) ||
         any_in_block(below, depth, *scene.language, take_first_line, below_is_it);
}

}  // namespace

size_t length_there_already(const Scene& scene, std::string_view text) {
  if (!scene.language) return 0;
  const Language language = *scene.language;
  const bool is_c = language == Language::c || language == Language::cpp;
  if (!is_c && language != Language::python && !is_script(language)) return 0;
  const std::string_view line = text.substr(0, text.find('\n'));
  const size_t depth = depth_of(line);
  if (is_import(line, language)) {
    const bool is_there = any_around(scene, depth, [&](std::string_view other, std::string_view) {
      return trimmed(other) == trimmed(line);
    });
    return is_there ? line.size() : 0;
  }
  if (is_c) return 0;
  const Named said = named_by(line, language);
  const auto end = static_cast<size_t>(said.name.data() - text.data()) + said.name.size();
  // Where its user has not written the name.
  if (said.name.empty() || end <= scene.line_before.size()) return 0;
  if (is_decorated(lines_above(scene))) return 0;
  const bool is_there =
      any_around(scene, depth, [&](std::string_view other, std::string_view before) {
        return named_by(other, language) == said && !is_decorated(before) &&
               !(said.kind == definition && is_script(language) && is_overload(other));
      });
  return is_there ? end : 0;
}

}  // namespace lsp::features
