#include "lsp/syntax/language.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "engine/base/check.h"

namespace lsp::syntax {
namespace {

struct Entry {
  Language language;
  std::string_view id;
  std::string_view line_comment;
  std::initializer_list<std::string_view> other_ids;  // that editors send as well
  std::initializer_list<std::string_view> extensions;
  std::initializer_list<std::string_view> names;  // of files without an extension
  std::initializer_list<std::string_view> interpreters;
};

const std::array<Entry, 13>& entries() {
  static const std::array<Entry, 13> table{{
      {Language::bash,
       "shellscript",
       "#",
       {"bash", "sh", "zsh", "shell"},
       {"sh", "bash", "zsh", "ksh", "bats"},
       {".bashrc", ".bash_profile", ".profile", ".zshrc"},
       {"sh", "bash", "zsh", "dash", "ksh"}},
      {Language::c, "c", "//", {}, {"c", "h"}, {}, {}},
      {Language::cpp,
       "cpp",
       "//",
       {"c++", "cuda-cpp", "cuda", "objective-cpp"},
       {"cpp", "cc", "cxx", "c++", "hpp", "hh", "hxx", "h++", "ipp", "tpp", "inl", "cu", "cuh"},
       {},
       {}},
      {Language::go, "go", "//", {}, {"go"}, {}, {}},
      {Language::java, "java", "//", {}, {"java"}, {}, {}},
      {Language::javascript,
       "javascript",
       "//",
       {"javascriptreact"},
       {"js", "mjs", "cjs", "jsx"},
       {},
       {"node", "nodejs"}},
      {Language::json, "json", "", {"jsonc"}, {"json", "jsonc", "json5", "webmanifest"}, {}, {}},
      {Language::lua, "lua", "--", {}, {"lua", "rockspec"}, {}, {"lua", "luajit"}},
      {Language::markdown, "markdown", "", {"quarto", "rmd"}, {"md", "markdown", "mdown"}, {}, {}},
      {Language::python,
       "python",
       "#",
       {},
       {"py", "pyi", "pyw"},
       {"SConstruct", "SConscript"},
       {"python", "pypy"}},
      {Language::rust, "rust", "//", {}, {"rs"}, {}, {"rust-script"}},
      {Language::tsx, "typescriptreact", "//", {"tsx"}, {"tsx"}, {}, {}},
      {Language::typescript, "typescript", "//", {}, {"ts", "mts", "cts"}, {}, {"ts-node", "deno"}},
  }};
  return table;
}

bool contains(std::initializer_list<std::string_view> list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::optional<Language> by_id(std::string_view id) {
  for (const Entry& entry : entries()) {
    if (entry.id == id || contains(entry.other_ids, id)) return entry.language;
  }
  return std::nullopt;
}

std::optional<Language> by_file_name(std::string_view uri) {
  uri = uri.substr(0, uri.find_first_of("?#"));
  const size_t slash = uri.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? uri : uri.substr(slash + 1);
  const size_t dot = name.rfind('.');
  const bool has_extension = dot != std::string_view::npos && dot != 0;
  for (const Entry& entry : entries()) {
    if (has_extension && contains(entry.extensions, name.substr(dot + 1))) return entry.language;
    if (!has_extension && contains(entry.names, name)) return entry.language;
  }
  return std::nullopt;
}

// "#!/usr/bin/env -S python3.11 -u": the interpreter without folder, version and options.
std::optional<Language> by_interpreter(std::string_view text) {
  if (!text.starts_with("#!")) return std::nullopt;
  std::string_view line = text.substr(2, text.find_first_of("\r\n") - 2);
  while (!line.empty()) {
    const size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return std::nullopt;
    const size_t end = std::min(line.find_first_of(" \t", begin), line.size());
    std::string_view word = line.substr(begin, end - begin);
    line = line.substr(end);
    word = word.substr(word.rfind('/') + 1);  // npos + 1 is 0
    const bool is_prelude =
        word == "env" || word.starts_with("-") || word.find('=') != std::string_view::npos;
    if (is_prelude) continue;
    word = word.substr(0, word.find_last_not_of("0123456789.") + 1);
    for (const Entry& entry : entries()) {
      if (contains(entry.interpreters, word)) return entry.language;
    }
    return std::nullopt;
  }
  return std::nullopt;
}

const Entry& entry_of(Language language) {
  const Entry& entry = entries()[static_cast<size_t>(language)];
  INVARIANT(entry.language == language);
  return entry;
}

}  // namespace

std::span<const Language> all_languages() {
  static const std::array<Language, 13> all = [] {
    std::array<Language, 13> languages{};
    std::transform(entries().begin(), entries().end(), languages.begin(),
                   [](const Entry& entry) { return entry.language; });
    return languages;
  }();
  return all;
}

std::string_view language_id(Language language) { return entry_of(language).id; }

std::string_view line_comment(Language language) { return entry_of(language).line_comment; }

bool share_names(Language a, Language b) {
  const auto family = [](Language language) {
    switch (language) {
      case Language::c:
        return Language::cpp;
      case Language::typescript:
      case Language::tsx:
        return Language::javascript;
      default:
        return language;
    }
  };
  return family(a) == family(b);
}

std::optional<Language> language_of(std::string_view language_id, std::string_view uri,
                                    std::string_view text) {
  if (const auto language = by_id(language_id)) return language;
  // An editor that names a language we do not know is believed.
  if (!language_id.empty() && language_id != "plaintext") return std::nullopt;
  if (const auto language = by_file_name(uri)) return language;
  return by_interpreter(text);
}

}  // namespace lsp::syntax
