// Whether a failure may be mended elsewhere: in what the program imports of its own project. Inside
// this folder.
#pragma once

#include <optional>
#include <string>

#include "lsp/features/debug/prove.h"

namespace lsp::features::debug {

// The name of a module in Python, JavaScript or TypeScript in which one of the likeliest changes
// passes the tests: then a change of the program may only make up for what is wrong there. Nothing
// where none was found until then, or the red tests come to no such module.
std::optional<std::string> mended_elsewhere(const Runs& runs, const Proving& proving,
                                            Clock::time_point until);

}  // namespace lsp::features::debug
