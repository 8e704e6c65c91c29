// The names that a text uses: identifiers and words, of three bytes or more.
#pragma once

#include <string_view>
#include <vector>

namespace lsp::context {

// In the order of the text, as often as they stand there.
std::vector<std::string_view> names_in(std::string_view text);

}  // namespace lsp::context
