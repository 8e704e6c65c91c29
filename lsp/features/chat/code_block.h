// The code in what a model says.
#pragma once

#include <optional>
#include <string>

namespace lsp::features::chat {

// What stands between the last two fences (```) of a reply; empty where it ends within a block, and
// nothing where there is no fence.
std::optional<std::string> last_code_block(const std::string& reply);

}  // namespace lsp::features::chat
