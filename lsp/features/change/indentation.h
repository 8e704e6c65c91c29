// Lines as deep as those that they take the place of. Internal to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/change/lines.h"
#include "lsp/syntax/language.h"

namespace lsp::features::change {

// Tabs or blanks in front of lines, as `text` has them.
std::vector<std::string> in_the_style_of(std::string_view text, const Lines& lines);

// As deep as `indentation`, whatever all of them share. Lines whose first one has it already are
// left alone, and so are those within a string that begin before the string's own line.
std::vector<std::string> indented(const Lines& lines, const std::string& indentation,
                                  std::optional<syntax::Language> language);

}  // namespace lsp::features::change
