// The languages lemma knows the grammar of, and which of them a document is written in.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace lsp::syntax {

enum class Language {
  bash,
  c,
  cpp,
  go,
  java,
  javascript,
  json,
  lua,
  markdown,
  python,
  rust,
  tsx,
  typescript,
};

std::span<const Language> all_languages();

// As LSP's language identifiers have it: "python", "shellscript", "typescriptreact".
std::string_view language_id(Language language);

// What starts a comment that ends with its line; "" where the language has none (JSON, Markdown).
std::string_view line_comment(Language language);

// Whether files of the one use names of the other: C and C++, JavaScript and TypeScript.
bool share_names(Language a, Language b);

// By the editor's language identifier; where that is empty or "plaintext", by the file's name, and
// then by a `#!` line. Nothing for a language without a grammar.
std::optional<Language> language_of(std::string_view language_id, std::string_view uri,
                                    std::string_view text);

}  // namespace lsp::syntax
