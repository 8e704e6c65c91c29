// Texts as lines. Internal to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lsp::features::change {

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text);  // without their endings
Lines without_blank_ends(Lines lines);
Lines without_blanks(const Lines& lines);
std::string_view stripped(std::string_view line);

// Whether it stands before what it belongs to: a decorator, an attribute, a template's parameters.
bool is_before_definition(std::string_view line);

// Whether some line says more than brackets and signs do.
bool has_substance(const Lines& lines);

}  // namespace lsp::features::change
