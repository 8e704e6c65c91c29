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
  return name == "_" || (!name.empty() && name.front() >= '0' && name.front() <= '9')
             ? std::string_view()
             : name;
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
  const std::string_view name = defined_by(line, language);
  const auto end = name.empty() ? 0 : static_cast<size_t>(name.data() - text.data()) + name.size();
  if (end <= scene.line_before.size() || is_decorated(lines_above(scene))) return 0;
  const bool is_there =
      any_around(scene, depth, [&](std::string_view other, std::string_view before) {
        return defined_by(other, language) == name && !is_decorated(before) &&
               !(is_script(language) && is_overload(other));
      });
  return is_there ? end : 0;
}

}  // namespace lsp::features
