// The member of an imported file that is being typed, where only one begins like that: known, not
// guessed. (Restricting a model's names to what static analysis finds is the idea of Agrawal et
// al., "Monitor-Guided Decoding of Code LMs with Static Analysis of Repository Context", 2023.)
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "lsp/context/prompt.h"

namespace lsp::features {

// What is missing of that member's name at the end of `before`, a document's text up to the cursor;
// empty where none or several begin as typed, and where the `guess` goes on with one of them or
// with a name that `before` has behind the same prefix: not all is known of what a file offers.
// `members` are those of context::Related.
std::string only_member(std::span<const context::OpenText> members, std::string_view before,
                        std::string_view guess);

}  // namespace lsp::features
