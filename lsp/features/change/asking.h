// What a model is told about a change that it is to make. Internal to this folder.
#pragma once

#include <string>
#include <vector>

#include "lsp/features/change/change.h"
#include "lsp/features/change/trying.h"

namespace lsp::features::change {

// The file, or of a large one what stands around the part; the tests of `tested`, where there are
// some in another file; declarations of other files; the part; and the instruction. `tested` may be
// null.
std::vector<chat::Message> messages_for(const Request& request, const debug::Subject* tested);

// Why what it wrote is to be written again.
std::string does_not_parse(const std::string& text, size_t line);
std::string leaves_out(const std::string& line);
std::string changes_code(const std::string& text, size_t line);
std::string breaks_tests(const Tried& tried, bool tells_messages);
inline constexpr const char* wrote_no_code =
    "That is not the new text of the lines. Reply with it, whole and no diff, in one code block, "
    "and with nothing else.";

}  // namespace lsp::features::change
