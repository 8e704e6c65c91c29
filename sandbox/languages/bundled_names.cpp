// In a bundle a module that is imported as a whole is an object `STEM_exports`, one that stays
// outside is `import_STEM`, its default export `import_STEM.default`, and a function of it is
// called as `(0, import_STEM.name)`. What a module does not export is `void 0` where it is used.
#include "sandbox/languages/bundled_names.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace sandbox::languages {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (size_t at = 0; (at = text.find(what, at)) != text.npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
}

// As esbuild makes a name of a path's last part.
std::string stem_of(std::string_view path) {
  path = path.substr(path.find_last_of(":/") + 1);  // npos + 1 is 0
  for (const char* ending : {".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs"}) {
    if (path.ends_with(ending)) path.remove_suffix(std::string_view(ending).size());
  }
  std::string stem(path);
  std::replace_if(
      stem.begin(), stem.end(), [](char c) { return !is_word(c); }, '_');
  return stem;
}

// The name that an import gives to a module: behind `import`, or `import * as`.
std::optional<std::string> imported_as(std::string_view source, std::string_view stem,
                                       std::string_view before) {
  for (size_t at = source.find(before); at != source.npos; at = source.find(before, at + 1)) {
    const size_t begin = at + before.size();
    size_t end = begin;
    while (end < source.size() && is_word(source[end])) ++end;
    const size_t line = std::min(source.find('\n', end), source.size());
    const std::string_view rest = source.substr(end, line - end);
    const size_t open = rest.find_first_of("'\""), close = rest.find_last_of("'\"");
    if (end == begin || open == rest.npos || open == close) continue;
    const std::string path = stem_of(rest.substr(open + 1, close - open - 1));
    // `node:fs` is import_node_fs.
    if (path == stem || stem.ends_with("_" + path)) {
      return std::string(source.substr(begin, end - begin));
    }
  }
  return std::nullopt;
}

// The word that begins at `at`.
std::string word_at(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && is_word(text[end])) ++end;
  return std::string(text.substr(at, end - at));
}

std::string_view line_of(std::string_view text, int line) {
  for (int i = 1; i < line && !text.empty(); ++i) {
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  return text.substr(0, text.find('\n'));
}

// "shop.two" of a line that calls it, where `shop` is a whole module; empty where there is none.
std::string member_in(std::string_view line, std::string_view source) {
  static constexpr std::string_view before = "* as ";
  for (size_t at = source.find(before); at != source.npos; at = source.find(before, at + 1)) {
    const std::string name = word_at(source, at + before.size());
    const size_t use = name.empty() ? line.npos : line.find(name);
    const size_t dot = use == line.npos ? line.npos : line.find('.', use);
    if (dot != line.npos) return name + "." + word_at(line, dot + 1);
  }
  return "";
}

std::string written(std::string message, std::string_view source) {
  static constexpr std::string_view called = "(0 , ";
  for (size_t at = 0; at < message.size();) {
    const std::string word = word_at(message, at);
    const size_t end = at + std::max<size_t>(word.size(), 1);
    const bool known = word.empty() || source.find(word) != source.npos;
    if (!known && word.ends_with("_exports")) {
      const std::string stem = word.substr(0, word.size() - 8);
      const std::string name = imported_as(source, stem, "* as ").value_or(stem);
      message.replace(at, word.size(), name);
      at += name.size();
    } else if (!known && word.starts_with("import_") && message.substr(end, 1) == ".") {
      const std::string member = word_at(message, end + 1);
      const std::string stem = word.substr(7);
      const bool whole = member == "default";
      const std::string name = whole ? imported_as(source, stem, "import ").value_or(stem) : member;
      size_t begin = at, behind = end + 1 + member.size();
      if (at >= called.size() && message.compare(at - called.size(), called.size(), called) == 0) {
        begin -= called.size();
        ++behind;  // its bracket
      }
      message.replace(begin, behind - begin, name);
      at = begin + name.size();
    } else {
      at = end;
    }
  }
  return message;
}

}  // namespace

void name_as_written(std::string_view source, Findings& findings) {
  for (Failure& failure : findings.failures) {
    failure.message = written(std::move(failure.message), source);
    const int line = failure.frames.empty() ? 0 : failure.frames.back().line;
    const std::string member = member_in(line_of(source, line), source);
    if (!member.empty()) replace_all(failure.message, "(void 0)", member);
    for (Frame& frame : failure.frames) {
      std::erase_if(frame.locals, [&](const Local& local) {
        return local.name.starts_with("import_") && source.find(local.name) == source.npos;
      });
    }
  }
  for (Test& test : findings.tests) test.message = written(std::move(test.message), source);
}

}  // namespace sandbox::languages
