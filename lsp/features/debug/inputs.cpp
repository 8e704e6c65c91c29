#include "lsp/features/debug/inputs.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
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

// Several draws at one place of one variant.
class Draws {
 public:
  Draws(size_t place, unsigned variant) : place_(place), variant_(variant) {}

  size_t below(size_t bound) { return draw(place_, variant_ + 10'007 * drawn_++, bound); }
  template <typename Values>
  const auto& one_of(const Values& values) {
    return values[below(std::size(values))];
  }

 private:
  const size_t place_;
  const unsigned variant_;
  unsigned drawn_ = 0;
};

// Every other variant is of what the program and its tests name.
bool is_of_vocabulary(unsigned variant) { return variant % 2 == 1; }

std::string whole(long value) {
  return value < 0 ? "(" + std::to_string(value) + ")" : std::to_string(value);
}

std::optional<std::string> other_number(std::string_view text, const Vocabulary& vocabulary,
                                        size_t place, unsigned variant) {
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  Draws draws(place, variant);
  const bool known = is_of_vocabulary(variant);
  if (text.find_first_of(".eE") != text.npos) {
    if (known && !vocabulary.decimals.empty()) return "(" + draws.one_of(vocabulary.decimals) + ")";
    const std::string own(text);
    const std::string others[] = {"0.0",          "1.0",  "(-" + own + ")",
                                  "0.5",          "2.5",  own + " * 2",
                                  own + " + 0.5", "1e-3", own + " + 1.0"};
    return "(" + draws.one_of(others) + ")";
  }
  if (known && !vocabulary.numbers.empty()) {
    const long near = draws.one_of(vocabulary.numbers);
    return whole(near - 1 + static_cast<long>(draws.below(3)));
  }
  const long own = static_cast<long>(value);
  const long others[] = {own + 1, own - 1, 0,       1,  2,   3,       -own,
                         2 * own, own + 7, own / 2, -1, 100, own + 2, 1'000};
  return whole(draws.one_of(others));
}

using Characters = std::vector<std::string>;

Characters with(Characters characters, size_t at, const std::string& one) {
  characters.insert(characters.begin() + static_cast<std::ptrdiff_t>(at), one);
  return characters;
}

Characters part(const Characters& characters, size_t begin, size_t end) {
  return {characters.begin() + static_cast<std::ptrdiff_t>(begin),
          characters.begin() + static_cast<std::ptrdiff_t>(end)};
}

std::string joined(const Characters& characters) {
  std::string text;
  for (const std::string& each : characters) text += each;
  return text;
}

// What the program and its tests name, put together.
std::string known_string(const Characters& own, const Vocabulary& vocabulary, Draws& draws) {
  const Characters& letters = vocabulary.letters.empty() ? own : vocabulary.letters;
  const auto letter = [&] { return letters.empty() ? "a" : draws.one_of(letters); };
  const size_t kind = draws.below(own.empty() ? 4 : 6);
  if (kind == 0) return letter() + letter();
  if (kind == 1) return joined(with(own, draws.below(own.size() + 1), letter()));
  if (kind < 4) {
    const std::string word = vocabulary.words.empty() ? letter() : draws.one_of(vocabulary.words);
    return kind == 2 ? word : word + joined(own);
  }
  Characters other = own;
  other[draws.below(own.size())] = letter();
  return joined(other);
}

// What is near to a string, or at the edge of what one can be.
std::string near_string(const Characters& own, Draws& draws) {
  if (own.empty()) {
    const char* others[] = {"a", " ", "ab", "0", "a b"};
    return draws.one_of(others);
  }
  const std::string text = joined(own);
  std::string flipped = text;
  for (size_t at = 0; at < text.size(); ++at) {
    const bool letter = std::isalpha(static_cast<unsigned char>(text[at])) != 0;
    const bool escape = at > 0 && text[at - 1] == '\\';
    if (letter && !escape) flipped[at] = static_cast<char>(text[at] ^ 0x20);
  }
  const size_t at = draws.below(own.size());
  const Characters before = part(own, 0, at), behind = part(own, at + 1, own.size());
  Characters swapped = own;
  std::swap(swapped[at], swapped[(at + 1) % own.size()]);
  const std::string others[] = {"",
                                own.front(),
                                text + text,
                                joined(part(own, 0, own.size() / 2)),
                                joined(part(own, 1, own.size())),
                                joined(part(own, 0, own.size() - 1)),
                                text + " ",
                                " " + text,
                                joined({own.rbegin(), own.rend()}),
                                flipped,
                                own.front() + text,
                                text + "é",
                                text + "a",
                                text + " " + text,
                                joined(before),
                                joined(before) + joined(behind),
                                joined(with(own, at, own[at])),
                                joined(swapped)};
  return draws.one_of(others);
}

// Between two quotes, and without anything that a language would read in it.
std::optional<std::string> other_string(std::string_view text, Language language,
                                        const Vocabulary& vocabulary, size_t place,
                                        unsigned variant) {
  const auto literal = literal_in(text);
  if (!literal) return std::nullopt;
  const std::string quote(1, literal->quote);
  const bool known = is_of_vocabulary(variant);
  Draws draws(place, variant);
  if (quote == "'" && (language == Language::cpp || language == Language::c)) {
    Characters letters{"a", "Z", "0", " ", "b"};
    for (const std::string& letter : vocabulary.letters) {
      if (known && (letter.size() == 1 || letter[0] == '\\')) letters.push_back(letter);
    }
    return quote + draws.one_of(letters) + quote;
  }
  const Characters& own = literal->characters;
  return quote + (known ? known_string(own, vocabulary, draws) : near_string(own, draws)) + quote;
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
                                       Language language, unsigned variant,
                                       const Vocabulary& vocabulary) {
  if (variant == 0 || draw(place, variant + 1'000, 3) != 0) return std::nullopt;
  const std::string_view kind = nodes[node].kind;
  const Role role = role_of(kind);
  if (role == Role::number) return other_number(nodes.text(node), vocabulary, place, variant);
  if (role == Role::string) {
    return other_string(nodes.text(node), language, vocabulary, place, variant);
  }
  if (kind == "list" || kind == "array" || kind == "initializer_list") {
    return other_list(nodes, node, place, variant);
  }
  return std::nullopt;
}

}  // namespace lsp::features::debug
