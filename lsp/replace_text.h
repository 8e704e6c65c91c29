// A file of the user's gets another text, and nothing that somebody else wrote into it is lost.
#pragma once

#include <string>

#include "engine/base/result.h"

namespace lsp {

// `text` without the mark of UTF-8's byte order, which some editors put first.
std::string without_byte_order_mark(std::string text);

// The file at `path` held `before` when it was read, and is to hold `after`, both without that
// mark, which stays. An error where it holds anything else by now, or cannot be written; then it is
// as it was. A symbolic link stays one, and what it leads to is changed; other names of the same
// file, its owner and its mode stay, too.
engine::base::Status replace_text(const std::string& path, const std::string& before,
                                  const std::string& after);

}  // namespace lsp
