#include "lsp/text/fence.h"

namespace lsp::text {

std::string fenced(std::string_view text, std::string_view language) {
  std::string fence = "```";
  while (text.find(fence) != text.npos) fence += '`';
  std::string block = fence;
  block.append(language).append("\n").append(text);
  if (!text.ends_with('\n')) block += '\n';
  return block + fence + '\n';
}

}  // namespace lsp::text
