// The inputs with which programs are told apart that pass the same tests.
#include "lsp/features/debug/inputs.h"

#include <set>

#include "lsp/features/debug/compare.h"
#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

namespace {

Vocabulary words_of(std::string_view language_id, std::string_view program,
                    std::string_view tests) {
  Vocabulary vocabulary;
  learn_program(vocabulary, lsp::syntax::Nodes(*tree_of(language_id, program)));
  learn_tests(vocabulary, lsp::syntax::Nodes(*tree_of(language_id, tests)));
  return vocabulary;
}

// What stands for the first literal of a role in many variants.
std::set<std::string> others_of(std::string_view language_id, std::string_view text, Role role,
                                const Vocabulary& vocabulary) {
  const auto tree = tree_of(language_id, text);
  const lsp::syntax::Nodes nodes(*tree);
  size_t node = 0;
  while (role_of(nodes[node].kind) != role) ++node;
  std::set<std::string> others;
  for (unsigned variant = 0; variant < 1'500; ++variant) {
    const auto other = other_input(nodes, node, 3, tree->language(), variant, vocabulary);
    if (other) others.insert(*other);
  }
  return others;
}

}  // namespace

TEST_CASE("what a program and its tests name is known") {
  const Vocabulary words = words_of(
      "javascript", "const V = { I: 1, X: 10 };\nif (n > 3999 || t === 'none') f(2.5, 1e9);\n",
      "assert.equal(f('XI'), 11);\n");
  CHECK(words.numbers == std::vector<long>{1, 10, 3999, 11});
  CHECK(words.decimals == std::vector<std::string>{"2.5", "1e9"});
  CHECK(words.words == std::vector<std::string>{"I", "X", "none", "XI"});
  CHECK(words.letters == std::vector<std::string>{"I", "X", "n", "o", "e"});
}

TEST_CASE("a string is read by characters and escapes") {
  const auto literal = literal_in("'aé\\n\\\\'");
  REQUIRE(literal);
  CHECK(literal->characters == std::vector<std::string>{"a", "é", "\\n", "\\\\"});
  for (const char* text : {"`a`", "r'a'", "'a", "'\\u00e9'", "\"it's\"", "'''a'''", "'\xC3'"}) {
    INFO(text);
    CHECK_FALSE(literal_in(text));
  }
}

TEST_CASE("inputs are what is named elsewhere, and next to it") {
  const Vocabulary words =
      words_of("javascript", "const V = { I: 1, X: 10 };\nf(n > 39);\n", "f('II');\n");
  const auto numbers = others_of("javascript", "f(500);\n", Role::number, words);
  for (const char* number : {"9", "10", "11", "38", "39", "40", "501"}) {
    INFO(number);
    CHECK(numbers.contains(number));
  }
  const auto strings = others_of("javascript", "f('IX');\n", Role::string, words);
  for (const char* string : {"'II'", "'XX'", "'IXX'", "'IIX'", "'XI'", "''", "'I'"}) {
    INFO(string);
    CHECK(strings.contains(string));
  }
}

TEST_CASE("each other input can be read where the own one stood") {
  const char* const program = "def f(a):\n    return a in ('é', '\\\\', '\\n', ' ', 'xyz')\n";
  const Vocabulary words = words_of("python", program, "f('a\\\\ b')\n");
  for (const char* text : {"f('a\\\\ b')\n", "f('')\n", "f(\"día\")\n", "f(-3)\n", "f(2.5)\n"}) {
    const bool number = std::string_view(text).find_first_of("'\"") == std::string_view::npos;
    const auto others = others_of("python", text, number ? Role::number : Role::string, words);
    CHECK(others.size() > 4);
    for (const std::string& other : others) {
      INFO(text << other);
      CHECK_FALSE(tree_of("python", "f(" + other + ")\n")->has_error({0, other.size() + 4}));
    }
  }
}

TEST_CASE("programs are told apart by words that only the program names") {
  const std::string head =
      "const VALUES = { I: 1, V: 5, X: 10, L: 50 };\n"
      "exports.value = (text) => {\n  let total = 0;\n"
      "  for (let i = 0; i < text.length; i++) {\n    const value = VALUES[text[i]];\n"
      "    if (value < VALUES[text[i + 1]]) total -= ";
  const std::string right = head + "2 * value;\n    total += value;\n  }\n  return total;\n};\n";
  const std::string wrong = head + "value + 1;\n    total += value;\n  }\n  return total;\n};\n";
  const Project project("roman.js", right, "roman.test.js",
                        "const test = require('node:test');\n"
                        "const assert = require('node:assert');\n"
                        "const { value } = require('./roman.js');\n"
                        "test('values', () => {\n  assert.equal(value('IV'), 4);\n"
                        "  assert.equal(value('VI'), 6);\n});\n");
  runner::Runner sandbox;
  const Comparison comparison = compare(
      sandbox, project.subject, right, {right, wrong},
      {.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(40), .batches = true});
  INFO(comparison.inputs << " inputs, complete " << comparison.complete);
  REQUIRE(comparison.difference);
  CHECK(comparison.difference->call.find_first_of("XL") != std::string::npos);
}
