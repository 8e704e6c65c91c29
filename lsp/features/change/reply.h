// The code in a model's reply. Internal to this folder.
#pragma once

#include <optional>
#include <string_view>

#include "lsp/features/change/lines.h"
#include "lsp/syntax/language.h"

namespace lsp::features::change {

struct Code {
  Lines lines;
  size_t blocks = 1;  // in the reply; these lines are one of them
};

// Of several blocks the one that is most like `part`, which is to be replaced; some show how it
// is used, or how it was. A reply without a block is code where it can be read as such and repeats
// a line of the part. Nothing where there is no code, and for a diff.
std::optional<Code> code_in(std::string_view reply, std::string_view part,
                            std::optional<syntax::Language> language);

// What a line begins with that names what it defines: up to its first bracket.
std::string_view name_part(std::string_view line);

}  // namespace lsp::features::change
