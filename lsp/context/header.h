// The form of what stands before the prefix in a prompt, as the default model was trained on it
// (engine/training/README.md), and what must never stand there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lsp/syntax/language.h"

namespace lsp::context {

// One comment line with path and language: "# src/views.py (python)\n". Empty for languages that
// have no comments, and for an empty path.
std::string header_line(std::string_view path, std::optional<syntax::Language> language);

// Whether a file of this name holds keys, passwords or tokens by custom: .env, id_rsa, server.pem.
// Such files never enter a prompt.
bool is_secret_path(std::string_view path);

}  // namespace lsp::context
