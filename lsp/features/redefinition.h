// Definitions that a block has already. Models repeat the head of a function that they have read:
// of suggestions that begin one in Python's own library, half were there already, and none of these
// was right. Nor were the keys, methods and assigned functions of JavaScript that were there.
#pragma once

#include <cstddef>
#include <string_view>

#include "lsp/features/settle.h"

namespace lsp::features {

// `text` is to stand from the beginning of the cursor's line on. How many of its bytes say what is
// there already: that define a name which a line of the same block, indented alike, defines (a
// key or an argument with a name, too), or that import what one of them imports, in the same words.
// 0 where that is not so, where its user has written the name, and behind a decorator, which may
// make a definition another one. Told by the lines alone, in Python, JavaScript and TypeScript; in
// C and C++ of what is included.
size_t length_there_already(const Scene& scene, std::string_view text);

}  // namespace lsp::features
