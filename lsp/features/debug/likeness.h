// How much two names look like each other.
#pragma once

#include <string_view>

namespace lsp::features::debug {

// 1 for equal names, 0 for names without anything in common; by their edit distance, in which two
// neighbours in the wrong order count once.
double likeness(std::string_view a, std::string_view b);

}  // namespace lsp::features::debug
