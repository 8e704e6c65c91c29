// The tokens of a template: its own text, and what stands between {{ }} and {% %}.
//
// Blanks are cut as Hugging Face's tokenizers ask Jinja to: by the dashes of {%- and -%}, the line
// end behind a block (trim_blocks), and the blanks of a line before one (lstrip_blocks).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace lsp::features::jinja {

struct Token {
  enum class Kind { text, block, output, close, name, string, integer, number, sign, end };
  Kind kind;
  std::string text;  // of a string, what it says
  size_t offset;     // into the template
};

// "line N of the chat template: WHY"
engine::base::Error problem_at(std::string_view source, size_t offset, const std::string& why);

engine::base::Result<std::vector<Token>> tokens_of(std::string_view source);

}  // namespace lsp::features::jinja
