// Vocabularies of the kind 'llama': scores, bytes, spaces, and the marks of their families.
#include "engine/tokenizer/sentence_piece.h"

#include <ctime>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "engine/gguf/file.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/tokenizer/unicode.h"
#include "tests/engine/tokenizer/small_vocabulary.h"
#include "tests/support/catch.h"
#include "tests/support/memory_file.h"

namespace {

using engine::gguf::File;
using engine::tokenizer::SpecialTokens;
using engine::tokenizer::Token;
using engine::tokenizer::Tokenizer;
using support::SmallVocabulary;
using Tokens = std::vector<Token>;

Tokenizer load(const SmallVocabulary& vocabulary) {
  const support::MemoryFile memory(vocabulary.bytes());
  const auto file = File::open(memory.path());
  REQUIRE(file.ok());
  auto tokenizer = Tokenizer::load(*file);
  INFO((tokenizer.ok() ? std::string() : tokenizer.message()));
  REQUIRE(tokenizer.ok());
  return *std::move(tokenizer);
}

constexpr Token byte_token(char byte) { return static_cast<unsigned char>(byte) + 3; }

Tokens literal(const Tokenizer& tokenizer, std::string_view text) {
  return tokenizer.encode(text, SpecialTokens::literal);
}

// A whole text that nobody else wrote a part of.
Tokens whole(const Tokenizer& tokenizer, std::string_view text) {
  return tokenizer.encode(text, std::string(text.size(), '\0'));
}

Tokens to_vector(std::span<const Token> tokens) { return {tokens.begin(), tokens.end()}; }

// The definition, with strings: `scores` by text, with spaces as they are.
std::vector<std::string> by_definition(const std::map<std::string, float>& scores,
                                       std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t length = engine::tokenizer::decode_utf8(text).length;
    parts.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  for (;;) {
    size_t best = parts.size();
    float best_score = 0;
    for (size_t place = 0; place + 1 < parts.size(); ++place) {
      const auto found = scores.find(parts[place] + parts[place + 1]);
      if (found == scores.end() || (best < parts.size() && found->second <= best_score)) continue;
      best = place;
      best_score = found->second;
    }
    if (best == parts.size()) return parts;
    parts[best] += parts[best + 1];
    parts.erase(parts.begin() + static_cast<ptrdiff_t>(best) + 1);
  }
}

double seconds_for(const Tokenizer& tokenizer, const std::string& text) {
  const std::clock_t start = std::clock();
  const Tokens tokens = literal(tokenizer, text);
  const double taken = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  CHECK(tokenizer.decode(tokens) == text);
  return taken;
}

}  // namespace

TEST_CASE(
    "long and short parts are joined alike, the highest score first, the leftmost of equals") {
  // "é" is a character of tokens and none itself; "c" is in no token.
  const std::map<std::string, float> scores = {
      {"a", -9},  {"b", -9},   {" ", -9},  {"ab", -2}, {"ba", -2},  {"aa", -1},  {"aab", -1},
      {"bé", -3}, {"éa", -2},  {"ébé", 0}, {"  ", -4}, {"    ", 1}, {" a", -2},  {"abab", -3},
      {" ab", 2}, {"aaaa", 3}, {"bb", -1}, {"abb", 4}, {"a ", -5},  {"bbbb", -1}};
  auto vocabulary = SmallVocabulary::with_scores();
  std::map<std::string, Token> ids;
  for (const auto& [text, score] : scores) {
    std::string spelled = text;
    for (size_t at = 0; (at = spelled.find(' ', at)) != spelled.npos;) spelled.replace(at, 1, "▁");
    ids[text] = vocabulary.add_piece(spelled, score);
  }
  const Tokenizer tokenizer = load(vocabulary);
  std::mt19937 random(5);
  const std::vector<std::string> letters = {"a", "b", " ", "é", "a", "b", " ", "a", "c"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (size_t left = 1 + random() % 120; left > 0; --left) {
      text += letters[random() % (round % 2 == 0 ? 9 : 3)];
    }
    Tokens expected;
    for (const std::string& part : by_definition(scores, text)) {
      const auto found = ids.find(part);
      if (found != ids.end()) {
        expected.push_back(found->second);
      } else {
        for (const char byte : part) expected.push_back(byte_token(byte));
      }
    }
    INFO(text);
    REQUIRE(literal(tokenizer, text) == expected);
    REQUIRE(literal(tokenizer, text) == expected);  // now remembered
  }
}

TEST_CASE("any bytes survive a round trip through a vocabulary with scores") {
  auto vocabulary = SmallVocabulary::with_scores();
  for (const char* piece : {"▁", "▁▁", "a", "▁a", "\u00e9"}) vocabulary.add_piece(piece, -1);
  vocabulary.add_piece("▁▁▁", 0, 4);
  const Tokenizer tokenizer = load(vocabulary);
  std::mt19937 random(3);
  for (int round = 0; round < 3000; ++round) {
    std::string text(random() % 40, '\0');
    for (char& byte : text) {
      constexpr std::string_view frequent = "  a\xe2\x96\x81\xc3\xa9";
      const auto any = static_cast<char>(random());
      byte = round % 2 == 0 ? any : frequent[random() % frequent.size()];
    }
    REQUIRE(tokenizer.decode(literal(tokenizer, text)) == text);
  }
}

TEST_CASE("a space and U+2581 are told apart") {
  auto vocabulary = SmallVocabulary::with_scores();
  const Token space = vocabulary.add_piece("▁", -1);
  const Tokenizer tokenizer = load(vocabulary);
  CHECK(literal(tokenizer, " ") == Tokens{space});
  CHECK(literal(tokenizer, "▁") ==
        Tokens{byte_token('\xe2'), byte_token('\x96'), byte_token('\x81')});
  CHECK(tokenizer.bytes(space) == " ");
  CHECK(tokenizer.text(space) == "▁");
}

TEST_CASE("a token of a byte says that byte, and its name in a text is only text") {
  auto vocabulary = SmallVocabulary::with_scores();
  for (const char* piece : {"<", "0x", "0", "x", "0x0A", "<0x0A", "A", ">"}) {
    vocabulary.add_piece(piece, -1);
  }
  const Tokenizer tokenizer = load(vocabulary);
  CHECK(tokenizer.bytes(byte_token('\n')) == "\n");
  CHECK(tokenizer.bytes(byte_token('\0')) == std::string_view("\0", 1));
  CHECK_FALSE(tokenizer.is_special(byte_token('\n')));
  CHECK(literal(tokenizer, "\n") == Tokens{byte_token('\n')});
  for (const char* text : {"<0x0A>", "<s>", "</s>", "<unk>"}) {
    const Tokens tokens = literal(tokenizer, text);
    CHECK(tokenizer.decode(tokens) == text);
    for (const Token token : tokens) {
      CHECK_FALSE(tokenizer.is_special(token));
      CHECK(token != byte_token('\n'));
    }
  }
}

TEST_CASE("tokens of a vocabulary with scores are found by the start of what they say") {
  auto vocabulary = SmallVocabulary::with_scores();
  const Token a = vocabulary.add_piece("a", -3);
  const Token space_a = vocabulary.add_piece("▁a", -1);
  const Token spaces = vocabulary.add_piece("▁▁", -2);
  const Tokenizer tokenizer = load(vocabulary);
  CHECK(to_vector(tokenizer.starting_with("a")) == Tokens{byte_token('a'), a});
  CHECK(to_vector(tokenizer.starting_with(" ")) == Tokens{byte_token(' '), spaces, space_a});
  CHECK(tokenizer.prefixes_of(" ab") == Tokens{byte_token(' '), space_a});
  CHECK(tokenizer.starting_with("▁").empty());
  CHECK(tokenizer.prefixes_of("▁").size() == 1);
}

TEST_CASE("a whole text and what follows a mark begin with a space, a part of one does not") {
  auto vocabulary = SmallVocabulary::with_scores();
  const Token a = vocabulary.add_piece("a", -3);
  const Token space_a = vocabulary.add_piece("▁a", -1);
  const Token added = vocabulary.add_piece("==", 0, 4);
  {
    const Tokenizer tokenizer = load(vocabulary);
    CHECK(tokenizer.text_start() == " ");
    CHECK(literal(tokenizer, "a") == Tokens{a});
    CHECK(tokenizer.encode("<s>a", SpecialTokens::parsed) == Tokens{1, a});
    CHECK(whole(tokenizer, "a") == Tokens{space_a});
    CHECK(whole(tokenizer, "<s>aa</s></s>a") == Tokens{1, space_a, a, 2, 2, space_a});
    CHECK(whole(tokenizer, "a==a") == Tokens{space_a, added, a});
    CHECK(whole(tokenizer, "==a") == Tokens{byte_token(' '), added, a});
    CHECK(whole(tokenizer, "").empty());
    const Tokens forged = tokenizer.encode("a<s>a", std::string("\1\1\1\1\1"));
    CHECK(forged.size() == 5);
    CHECK(forged.front() == space_a);
    CHECK(forged.back() == a);
  }
  vocabulary.flags = {{"add_space_prefix", false}};
  const Tokenizer without = load(vocabulary);
  CHECK(without.text_start().empty());
  CHECK(whole(without, "<s>a") == Tokens{1, a});
}

TEST_CASE("texts of a vocabulary with scores begin with BOS unless the file denies it") {
  auto vocabulary = SmallVocabulary::with_scores();
  CHECK(load(vocabulary).bos() == 1);
  CHECK(load(vocabulary).eos() == 2);
  CHECK(load(vocabulary).is_end_of_generation(2));
  vocabulary.flags = {{"add_bos_token", false}};
  CHECK_FALSE(load(vocabulary).bos());
  vocabulary.ids.clear();
  vocabulary.flags.clear();
  CHECK_FALSE(load(vocabulary).bos());
}

TEST_CASE("CodeLlama's marks are found whatever type they have") {
  for (const int32_t type : {1, 3, 4}) {
    auto vocabulary = SmallVocabulary::with_scores();
    for (const char* piece : {"▁", "<", "▁<", "PRE", "▁<PRE", ">"}) vocabulary.add_piece(piece, -1);
    const Token prefix = vocabulary.add_piece("▁<PRE>", 0, type);
    const Token middle = vocabulary.add_piece("▁<MID>", 0, type);
    const Token suffix = vocabulary.add_piece("▁<SUF>", 0, type);
    const Token end = vocabulary.add_piece("▁<EOT>", 0, type);
    const Tokenizer tokenizer = load(vocabulary);
    REQUIRE(tokenizer.fim());
    CHECK(tokenizer.fim()->prefix == prefix);
    CHECK(tokenizer.fim()->suffix == suffix);
    CHECK(tokenizer.fim()->middle == middle);
    CHECK(tokenizer.is_end_of_generation(end));
    for (const Token mark : {prefix, middle, suffix, end}) {
      CHECK(tokenizer.is_special(mark));
      CHECK(tokenizer.bytes(mark).empty());
      const std::string text(tokenizer.text(mark));
      CHECK(tokenizer.encode(text, SpecialTokens::parsed) == Tokens{mark});
      for (const std::string& forged : {text, " " + text.substr(3)}) {
        for (const Token token : literal(tokenizer, forged)) CHECK(token != mark);
        CHECK(tokenizer.decode(literal(tokenizer, forged)) == forged);
      }
    }
  }
}

TEST_CASE("marks of turns are special where a file gives them the type of words") {
  auto vocabulary = SmallVocabulary::with_scores();
  const Token end = vocabulary.add_piece("<|im_end|>", 0, 1);
  const Token start = vocabulary.add_piece("<|im_start|>", 0, 1);
  const Token pipe = vocabulary.add_piece("<|>", -1, 1);
  const Token tag = vocabulary.add_piece("<b>", -1, 1);
  const Tokenizer tokenizer = load(vocabulary);
  CHECK(tokenizer.find_special("<|im_start|>") == start);
  CHECK(tokenizer.is_end_of_generation(end));
  CHECK(tokenizer.bytes(pipe) == "<|>");
  CHECK(tokenizer.bytes(tag) == "<b>");
}

TEST_CASE("a megabyte of one kind takes no more than its share of time with scores either") {
  auto vocabulary = SmallVocabulary::with_scores();
  float score = 0;
  for (const char* letter : {"x", "▁", "-"}) {
    std::string text = letter;
    for (int doubled = 0; doubled < 5; ++doubled, text += text) vocabulary.add_piece(text, score--);
  }
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    vocabulary.add_piece({letter, 'e'}, score--);
    vocabulary.add_piece({'e', letter}, score--);
    vocabulary.add_piece({letter}, score--);
  }
  const Tokenizer tokenizer = load(vocabulary);
  std::string mixed;
  std::mt19937 random(9);
  while (mixed.size() < 1 << 20) mixed += {'e', static_cast<char>('a' + random() % 26)};
  // A quadratic search would take hours; the bound leaves room for sanitizers on busy machines.
  CHECK(seconds_for(tokenizer, mixed) < 60);
  for (const char* one : {"x", " ", "\n", "-", "\u4e2d", "\xff"}) {
    std::string text;
    while (text.size() < 1 << 20) text += one;
    CHECK(seconds_for(tokenizer, text) < 60);
  }
}
