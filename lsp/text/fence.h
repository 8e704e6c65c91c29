// Text between fences, as Markdown and models have code.
#pragma once

#include <string>
#include <string_view>

namespace lsp::text {

// A block of code whose text cannot end it; `language` may be empty.
std::string fenced(std::string_view text, std::string_view language);

}  // namespace lsp::text
