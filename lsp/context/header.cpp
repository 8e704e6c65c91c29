#include "lsp/context/header.h"

#include <algorithm>

#include "engine/base/format.h"
#include "engine/base/secret_name.h"

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
  if (engine::base::is_secret_path(path)) return true;
  // npos + 1 is 0
  const std::string name = engine::base::lower_case(path.substr(path.find_last_of("/\\") + 1));
  return name.starts_with("secret.") || name.starts_with("secrets.") ||
         name.starts_with("credentials.");
}

}  // namespace lsp::context
