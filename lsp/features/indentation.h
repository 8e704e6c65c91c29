// Indentation as the file has it.
#pragma once

#include <string>
#include <string_view>

namespace lsp::features {

// The text of the lines up to the cursor's, back to the last one that is not indented.
std::string_view from_outermost_line(std::string_view before);

// `text` continues `before`, the document up to the cursor. A space or an indentation that stands
// there already is not inserted again, and the lines of a block are indented with the file's tabs
// or spaces, a step as wide as the file's.
std::string indent_like_file(std::string_view before, std::string_view text,
                             std::string_view document);

}  // namespace lsp::features
