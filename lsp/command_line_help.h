// The command line told in other forms: a man page, and completions for shells. Made from the same
// description that reads the arguments, so that neither can say anything else.
#pragma once

#include <CLI/CLI.hpp>
#include <ostream>
#include <string>

namespace lsp {

// `form` is man, bash, zsh or fish; false where it is none of them.
bool print_help_as(const std::string& form, const CLI::App& app, std::ostream& out);

}  // namespace lsp
