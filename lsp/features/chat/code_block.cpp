#include "lsp/features/chat/code_block.h"

#include <string_view>

namespace lsp::features::chat {

std::optional<std::string> last_code_block(const std::string& reply) {
  constexpr std::string_view fence = "```";
  const size_t close = reply.rfind(fence);
  if (close == std::string::npos) return std::nullopt;
  const size_t open = close == 0 ? std::string::npos : reply.rfind(fence, close - 1);
  if (open == std::string::npos) return "";
  const size_t line = reply.find('\n', open);
  return line < close ? reply.substr(line + 1, close - line - 1) : "";
}

}  // namespace lsp::features::chat
