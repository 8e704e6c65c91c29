// What the words of a formula stand for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lsp::features::solve {

// The head that a function's name stands for: "arcsin" and "asin" are "asin".
std::optional<std::string> function_named(std::string_view word);
// Functions that people write without brackets: sin x.
bool is_elementary(std::string_view head);
// SymPy's name: "km" and "kilometers" are "kilometer".
std::optional<std::string> unit_named(std::string_view word);
// Units whose name is a word: "5 hours" is a quantity, while "5 h" may be a product.
bool is_long_unit(std::string_view word);
// Words between the parts of a phrase, which are no operands.
bool is_stop_word(std::string_view word);
bool is_greek(std::string_view word);
// Several letters that name nothing here: "tax" in "19% tax".
bool is_prose(std::string_view word);
// "12" of dozen, "1000000" of million
std::optional<std::string> amount_named(std::string_view word);
// "pi", "oo" and the like, as SymPy writes them.
std::optional<std::string> constant_named(std::string_view word);

}  // namespace lsp::features::solve
