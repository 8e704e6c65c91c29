#include "engine/decode/healing.h"

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "engine/decode/distribution.h"
#include "tests/support/catch.h"
#include "tests/support/toy_vocabulary.h"

namespace {

using engine::decode::Healing;
using engine::decode::Token;
using engine::tokenizer::SpecialTokens;
using engine::tokenizer::Tokenizer;

const Tokenizer& vocabulary() {
  static const Tokenizer tokenizer = support::toy_tokenizer();
  return tokenizer;
}

Token token_of(const std::string& bytes) {
  for (Token token = 0; static_cast<size_t>(token) < vocabulary().size(); ++token) {
    if (!vocabulary().is_special(token) && vocabulary().bytes(token) == bytes) return token;
  }
  FAIL("no token for " << bytes);
  return -1;
}

std::vector<float> uniform() {
  const auto size = static_cast<float>(vocabulary().size());
  return std::vector<float>(vocabulary().size(), -std::log(size));
}

// The bytes of all tokens that may come next, sorted by id.
std::vector<std::string> allowed(Healing& healing) {
  std::vector<float> values = uniform();
  REQUIRE(healing.restrict_to_typed(values));
  std::vector<std::string> texts;
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) texts.emplace_back(vocabulary().bytes(static_cast<Token>(i)));
  }
  return texts;
}

void check_allowed(const std::string& typed, std::vector<std::string> expected) {
  Healing healing(vocabulary(), typed);
  std::vector<std::string> found = allowed(healing);
  std::sort(found.begin(), found.end());
  std::sort(expected.begin(), expected.end());
  CHECK(found == expected);
}

// Draws uniformly among what is allowed until healing is done.
std::string heal_at_random(const std::string& typed, std::mt19937& random) {
  Healing healing(vocabulary(), typed);
  std::string text;
  while (healing.active()) {
    const std::vector<std::string> choices = allowed(healing);
    const std::string& choice = choices[random() % choices.size()];
    healing.advance(choice);
    text += choice;
  }
  return text;
}

}  // namespace

TEST_CASE("allowed are tokens that begin with the typed bytes, and those that begin them") {
  check_allowed("pri", {"p", "pr", "prin", "print"});
  check_allowed("print", {"p", "pr", "prin", "print"});
  check_allowed("retur", {"r", "re", "ret", "retu", "return"});
  check_allowed("q", {"q"});
  check_allowed("foo(", {"f", "fo", "foo"});
}

TEST_CASE("healing works inside characters of several bytes") {
  check_allowed("\xE6", {"\xE6", "\xE6\x97", "\xE6\x97\xA5"});
  check_allowed("\xE6\x97\xA5", {"\xE6", "\xE6\x97", "\xE6\x97\xA5"});
  check_allowed("e\xC3\xA9", {"e", "e\xC3"});
  check_allowed("x\xE6\x97\xA5", {"x", "x\xE6\x97"});
}

TEST_CASE("special tokens never heal, whatever their text") {
  check_allowed("<|end|>", {"<"});
  check_allowed("<", {"<"});
}

TEST_CASE("what is allowed is normalised and keeps its ratios") {
  std::vector<float> values(vocabulary().size(), 0);
  values[static_cast<size_t>(token_of("pr"))] = std::log(3.0F);
  values[static_cast<size_t>(token_of("print"))] = std::log(4.0F);
  REQUIRE(engine::decode::log_softmax(values));
  Healing healing(vocabulary(), "pri");
  REQUIRE(healing.restrict_to_typed(values));
  // p : pr : prin : print = 1 : 3 : 1 : 4
  CHECK(std::exp(values[static_cast<size_t>(token_of("pr"))]) == Approx(3.0 / 9));
  CHECK(std::exp(values[static_cast<size_t>(token_of("print"))]) == Approx(4.0 / 9));
  CHECK(engine::decode::log_sum_exp(values) == Approx(0).margin(1e-5));
}

TEST_CASE("what the model holds for impossible can still be typed") {
  std::vector<float> values(vocabulary().size(), -std::numeric_limits<float>::infinity());
  values[static_cast<size_t>(token_of("q"))] = 0;
  Healing healing(vocabulary(), "pri");
  REQUIRE(healing.restrict_to_typed(values));
  CHECK(std::exp(values[static_cast<size_t>(token_of("prin"))]) == Approx(0.25));
}

TEST_CASE("healing always ends, with the typed bytes first, for any bytes") {
  std::mt19937 random(5);
  for (int round = 0; round < 2000; ++round) {
    static const std::vector<std::string> parts{"pri",  "re", "turn ", "\xE6\x97", "\xA5", "\xC3",
                                                "\xA9", "e",  "x",     " ",        "\n",   "("};
    std::string typed;
    for (size_t i = 1 + random() % 6; i > 0; --i) {
      typed += random() % 3 ? parts[random() % parts.size()]
                            : std::string(1, static_cast<char>(random() % 256));
    }
    const std::string text = heal_at_random(typed, random);
    CHECK(text.substr(0, typed.size()) == typed);
  }
}

TEST_CASE("tokens are taken back up to a special one, and their bytes are what was typed") {
  const Token begin = *vocabulary().bos();
  std::vector<Token> prompt = vocabulary().encode("x return pri", SpecialTokens::literal);
  prompt.insert(prompt.begin(), begin);
  const std::vector<Token> all = prompt;
  const std::string typed = engine::decode::take_back(vocabulary(), 2, prompt);
  CHECK(prompt.size() == all.size() - 2);
  CHECK(vocabulary().decode(prompt) + typed == vocabulary().decode(all));
  CHECK(typed == "pri");  // "pr", "i"

  prompt = all;
  CHECK(engine::decode::take_back(vocabulary(), 1000, prompt) == "x return pri");
  CHECK(prompt == std::vector<Token>{begin});
}
