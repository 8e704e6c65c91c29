#include "lsp/context/names.h"

#include <cctype>

namespace lsp::context {
namespace {

constexpr size_t shortest = 3;

bool is_name_byte(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return std::isalnum(value) != 0 || value == '_' || value >= 0x80;
}

}  // namespace

std::vector<std::string_view> names_in(std::string_view text) {
  std::vector<std::string_view> names;
  for (size_t at = 0; at < text.size();) {
    if (!is_name_byte(text[at])) {
      ++at;
      continue;
    }
    const size_t begin = at;
    while (at < text.size() && is_name_byte(text[at])) ++at;
    const bool is_number = std::isdigit(static_cast<unsigned char>(text[begin])) != 0;
    if (at - begin >= shortest && !is_number) names.push_back(text.substr(begin, at - begin));
  }
  return names;
}

}  // namespace lsp::context
