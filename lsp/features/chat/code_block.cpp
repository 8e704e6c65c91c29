#include "lsp/features/chat/code_block.h"

#include <string_view>
#include <vector>

namespace lsp::features::chat {

std::optional<std::string> last_code_block(const std::string& reply) {
  constexpr std::string_view fence = "```";
  std::vector<size_t> fences;
  for (size_t at = 0; (at = reply.find(fence, at)) != std::string::npos; at += fence.size()) {
    fences.push_back(at);
  }
  if (fences.empty()) return std::nullopt;
  if (fences.size() % 2 != 0) return "";  // it ends within a block
  const size_t open = fences[fences.size() - 2], close = fences.back();
  const size_t line = reply.find('\n', open);
  return line < close ? reply.substr(line + 1, close - line - 1) : "";
}

}  // namespace lsp::features::chat
