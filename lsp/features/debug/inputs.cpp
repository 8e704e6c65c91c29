#include "lsp/features/debug/inputs.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace lsp::features::debug {
namespace {

using syntax::Language;
using syntax::Nodes;

// Always the same for the same place and variant.
size_t draw(size_t place, unsigned variant, size_t bound) {
  uint64_t mixed = (place + 1) * 0x9E3779B97F4A7C15ull + variant * 0xBF58476D1CE4E5B9ull;
  mixed ^= mixed >> 29;
  mixed *= 0x94D049BB133111EBull;
  return static_cast<size_t>((mixed >> 33) % bound);
}

std::optional<std::string> other_number(std::string_view text, size_t place, unsigned variant) {
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  if (text.find_first_of(".eE") != text.npos) {
    const std::string own(text);
    const std::string others[] = {"0.0",          "1.0",  "(-" + own + ")",
                                  "0.5",          "2.5",  own + " * 2",
                                  own + " + 0.5", "1e-3", own + " + 1.0"};
    return "(" + others[draw(place, variant, std::size(others))] + ")";
  }
  const long whole = static_cast<long>(value);
  const long others[] = {whole + 1, whole - 1, 0,         1,  2,   3,         -whole,
                         2 * whole, whole + 7, whole / 2, -1, 100, whole + 2, 1'000};
  const long other = others[draw(place, variant, std::size(others))];
  return other < 0 ? "(" + std::to_string(other) + ")" : std::to_string(other);
}

// Between two quotes, and without anything that a language would read in it.
std::optional<std::string> other_string(std::string_view text, Language language, size_t place,
                                        unsigned variant) {
  const bool plain = text.size() >= 2 && (text[0] == '"' || text[0] == '\'') &&
                     text.back() == text[0] && text.find('\\') == text.npos &&
                     !(text.size() >= 6 && text[1] == text[0]);
  if (!plain) return std::nullopt;
  const bool cpp = language == Language::cpp || language == Language::c;
  const std::string quote(text.substr(0, 1)), value(text.substr(1, text.size() - 2));
  if (cpp && quote == "'") {
    const char* others[] = {"'a'", "'Z'", "'0'", "' '", "'b'"};
    return others[draw(place, variant, std::size(others))];
  }
  if (value.empty()) {
    const char* others[] = {"a", " ", "ab", "0", "a b"};
    return quote + others[draw(place, variant, std::size(others))] + quote;
  }
  const bool ascii = std::all_of(value.begin(), value.end(), [](char c) { return c > 0; });
  if (!ascii) return std::nullopt;  // it could be cut within a character
  std::string reversed(value.rbegin(), value.rend()), flipped = value;
  for (char& c : flipped) {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) c = static_cast<char>(c ^ 0x20);
  }
  const std::string others[] = {"",
                                value.substr(0, 1),
                                value + value,
                                value.substr(0, value.size() / 2),
                                value.substr(1),
                                value + " ",
                                " " + value,
                                reversed,
                                flipped,
                                value.substr(0, 1) + value,
                                value + "é",
                                value + "a",
                                value.substr(0, value.size() - 1),
                                value + " " + value};
  return quote + others[draw(place, variant, std::size(others))] + quote;
}

std::optional<std::string> other_list(const Nodes& nodes, size_t node, size_t place,
                                      unsigned variant) {
  std::vector<std::string> items;
  for (const size_t item : nodes.children(node)) items.emplace_back(nodes.text(item));
  if (items.empty() || nodes.text(node).size() > 4'000) return std::nullopt;
  const std::vector<std::string> own = items;
  switch (draw(place, variant, 9)) {
    case 0:
      items.clear();
      break;
    case 1:
      items.resize(1);
      break;
    case 2:
      items.insert(items.begin(), own.front());
      break;
    case 3:
      items.push_back(own.back());
      break;
    case 4:
      std::reverse(items.begin(), items.end());
      break;
    case 5:
      items.pop_back();
      break;
    case 6:
      items.erase(items.begin());
      break;
    case 7:
      items.insert(items.end(), own.begin(), own.end());
      break;
    default:
      std::swap(items.front(), items.back());
  }
  if (items == own) return std::nullopt;
  const std::string_view text = nodes.text(node);
  std::string made(text.substr(0, 1));
  for (const std::string& item : items) made += (made.size() == 1 ? "" : ", ") + item;
  return made + text.back();
}

}  // namespace

std::optional<std::string> other_input(const Nodes& nodes, size_t node, size_t place,
                                       Language language, unsigned variant) {
  if (variant == 0 || draw(place, variant + 1'000, 3) != 0) return std::nullopt;
  const std::string_view kind = nodes[node].kind;
  const Role role = role_of(kind);
  if (role == Role::number) return other_number(nodes.text(node), place, variant);
  if (role == Role::string) return other_string(nodes.text(node), language, place, variant);
  if (kind == "list" || kind == "array" || kind == "initializer_list") {
    return other_list(nodes, node, place, variant);
  }
  return std::nullopt;
}

}  // namespace lsp::features::debug
