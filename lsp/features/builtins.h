// The names that a language brings along.
#pragma once

#include <string_view>

#include "lsp/syntax/language.h"

namespace lsp::features {

// Whether every name of a program in this language is bound in its file, by an import or by the
// language: then one that is not is a mistake, or an import that is still to be written.
bool binds_all_names(syntax::Language language);

// Names that need no definition. With those that the usual host of a script gives it: a browser, a
// test runner.
bool is_builtin(syntax::Language language, std::string_view name);

}  // namespace lsp::features
