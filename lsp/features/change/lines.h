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
std::string_view indentation_of(std::string_view line);

// How the line ends that `begin` lies in, "\n" or "\r\n"; in the last one as those before.
std::string_view ending_in(std::string_view text, size_t begin);
// With an ending between each two; blank lines are empty.
std::string joined(const std::vector<std::string>& lines, std::string_view ending);

// Whether it stands before what it belongs to: a decorator, an attribute, a template's parameters.
bool is_before_definition(std::string_view line);

// Whether some line says more than brackets and signs do.
bool has_substance(const Lines& lines);

}  // namespace lsp::features::change
