// How much two names look like each other.
#pragma once

#include <cstddef>
#include <string_view>

namespace lsp::features::debug {

inline constexpr size_t longest_name = 256;  // bytes; what is longer is text, and like nothing else

// 1 for equal names, 0 for names without anything in common; by their edit distance, in which two
// neighbours in the wrong order count once.
double likeness(std::string_view a, std::string_view b);

}  // namespace lsp::features::debug
