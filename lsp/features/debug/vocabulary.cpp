#include "lsp/features/debug/vocabulary.h"

#include <algorithm>
#include <charconv>

#include "lsp/features/debug/grammar.h"
#include "lsp/text/utf8.h"

namespace lsp::features::debug {
namespace {

using syntax::Nodes;

constexpr size_t most_of_a_kind = 64, longest_word = 24;
constexpr long largest = 1'000'000;  // a loop that counts to more may not end in time

template <typename T>
void learn(std::vector<T>& known, T one) {
  const bool is_new = std::find(known.begin(), known.end(), one) == known.end();
  if (is_new && known.size() < most_of_a_kind) known.push_back(std::move(one));
}

void learn_number(Vocabulary& vocabulary, std::string_view text) {
  long value = 0;
  double decimal = 0;
  const char* const end = text.data() + text.size();
  if (std::from_chars(text.data(), end, value).ptr == end) {
    if (value <= largest) learn(vocabulary.numbers, value);
  } else if (std::from_chars(text.data(), end, decimal).ptr == end) {
    learn(vocabulary.decimals, std::string(text));
  }
}

bool names_a_module(const Nodes& nodes, size_t node) {
  const std::string_view kind = nodes[node].kind;
  return kind.starts_with("import") || kind.starts_with("preproc_include") ||
         (role_of(kind) == Role::call && nodes.text(node).starts_with("require("));
}

void learn_all(Vocabulary& vocabulary, const Nodes& nodes, bool letters) {
  for (size_t node = 1; node < nodes.size(); ++node) {
    const Role role = role_of(nodes[node].kind);
    const std::string_view text = nodes.text(node);
    if (names_a_module(nodes, node)) {
      node = nodes[node].end - 1;
      continue;
    }
    if (role == Role::number) learn_number(vocabulary, text);
    const bool key = nodes[node].kind == "property_identifier" && nodes[node].field == "key";
    if (role != Role::string && !key) continue;
    const auto literal = literal_in(key ? "'" + std::string(text) + "'" : std::string(text));
    if (!literal || literal->characters.empty() || text.size() > longest_word) continue;
    learn(vocabulary.words, std::string(key ? text : text.substr(1, text.size() - 2)));
    if (!letters) continue;
    for (const std::string& letter : literal->characters) learn(vocabulary.letters, letter);
  }
}

// The bytes of the character or escape that a text begins with; 0 for another escape, a quote and
// the end of a line.
size_t length_of_first(std::string_view text) {
  if (text[0] == '\\') {
    static constexpr std::string_view plain = "nrt\\0";
    return text.size() > 1 && plain.find(text[1]) != plain.npos ? 2 : 0;
  }
  static constexpr std::string_view ends = "\n\"'";
  return ends.find(text[0]) == ends.npos ? text::character_bytes(text, 0) : 0;
}

}  // namespace

void learn_program(Vocabulary& vocabulary, const Nodes& program) {
  learn_all(vocabulary, program, true);
}

void learn_tests(Vocabulary& vocabulary, const Nodes& tests) {
  learn_all(vocabulary, tests, false);
}

std::optional<Literal> literal_in(std::string_view text) {
  const bool quoted =
      text.size() >= 2 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0];
  if (!quoted || !text::is_valid_utf8(text)) return std::nullopt;
  Literal literal{text[0], {}};
  text = text.substr(1, text.size() - 2);
  while (!text.empty()) {
    const size_t length = length_of_first(text);
    if (length == 0) return std::nullopt;
    literal.characters.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return literal;
}

}  // namespace lsp::features::debug
