// What people type around formulas in German, French and Chinese, in English.
#pragma once

#include <string>
#include <string_view>

namespace lsp::features::solve {

// "Ableitung von x^2" is "derivative of x^2". A text without a word of mathematics in one of those
// languages stays as it is, byte for byte.
std::string in_english(std::string_view text);

}  // namespace lsp::features::solve
