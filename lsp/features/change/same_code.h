// Whether a change leaves a program's code alone. Internal to this folder.
#pragma once

#include <cstddef>
#include <optional>

#include "lsp/syntax/tree.h"

namespace lsp::features::change {

// Where in `after` code begins that is another than that of `before`; nothing where comments, the
// blanks between words, JavaScript's semicolons and Python's docstrings are all that differs. Both
// are of one language and parse; then they have the same nodes in the same order, with the same
// texts. Of two that cannot be compared for their depth the answer may be a place where there is no
// difference. What tools read out of comments (`# noqa`) is not looked at, but for `#!` and
// `//go:`.
std::optional<size_t> other_code(const syntax::Tree& before, const syntax::Tree& after);

}  // namespace lsp::features::change
