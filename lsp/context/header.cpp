#include "lsp/context/header.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace lsp::context {
namespace {

using syntax::Language;

// The names the training data goes by.
std::string_view training_name(Language language) {
  switch (language) {
    case Language::bash:
      return "bash";
    case Language::tsx:
      return "typescript";
    default:
      return syntax::language_id(language);
  }
}

}  // namespace

std::string header_line(std::string_view path, std::optional<Language> language) {
  if (path.empty() || !language || path.find_first_of("\r\n") != std::string_view::npos) return "";
  const std::string name = std::string(path) + " (" + std::string(training_name(*language)) + ")";
  if (*language == Language::markdown) return "<!-- " + name + " -->\n";
  const std::string_view comment = syntax::line_comment(*language);
  return comment.empty() ? "" : std::string(comment) + " " + name + "\n";
}

bool is_secret_path(std::string_view path) {
  std::string name(path.substr(path.find_last_of("/\\") + 1));  // npos + 1 is 0
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char byte) { return std::tolower(byte); });
  static constexpr std::array<std::string_view, 13> names{
      ".env",      ".envrc",  ".netrc", "_netrc",           ".npmrc",      ".pypirc",   ".pgpass",
      ".htpasswd", ".my.cnf", "id_rsa", ".git-credentials", "credentials", "id_ed25519"};
  static constexpr std::array<std::string_view, 9> endings{
      ".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".asc", ".tfstate"};
  static constexpr std::array<std::string_view, 5> beginnings{".env.", "secret.", "secrets.",
                                                              "credentials.", "id_ecdsa"};
  const std::string_view view = name;
  return std::find(names.begin(), names.end(), view) != names.end() ||
         std::any_of(endings.begin(), endings.end(), [&](auto e) { return view.ends_with(e); }) ||
         std::any_of(beginnings.begin(), beginnings.end(),
                     [&](auto b) { return view.starts_with(b); });
}

}  // namespace lsp::context
