// Vocabularies that do not fit are refused by file and key.
#include <limits>
#include <random>
#include <string>

#include "engine/gguf/file.h"
#include "engine/tokenizer/tokenizer.h"
#include "tests/engine/tokenizer/small_vocabulary.h"
#include "tests/support/catch.h"
#include "tests/support/memory_file.h"

namespace {

using engine::gguf::File;
using engine::tokenizer::SpecialTokens;
using engine::tokenizer::Tokenizer;
using support::SmallVocabulary;

void check_refused(const SmallVocabulary& vocabulary, const std::string& expected) {
  const support::MemoryFile memory(vocabulary.bytes());
  const auto file = File::open(memory.path());
  REQUIRE(file.ok());
  const auto tokenizer = Tokenizer::load(*file);
  REQUIRE_FALSE(tokenizer.ok());
  CHECK_THAT(tokenizer.message(), Catch::Matchers::StartsWith(memory.path() + ": key 'tokenizer."));
  CHECK_THAT(tokenizer.message(), Catch::Matchers::Contains(expected));
}

void check_accepted(const SmallVocabulary& vocabulary) {
  const support::MemoryFile memory(vocabulary.bytes());
  const auto file = File::open(memory.path());
  REQUIRE(file.ok());
  const auto tokenizer = Tokenizer::load(*file);
  INFO((tokenizer.ok() ? std::string() : tokenizer.message()));
  CHECK(tokenizer.ok());
}

}  // namespace

TEST_CASE("another kind of tokenizer is refused") {
  auto vocabulary = SmallVocabulary::of_bytes();
  vocabulary.model = "bert";
  check_refused(vocabulary, "'tokenizer.ggml.model' is 'bert'");
}

TEST_CASE("a pre-tokenizer that is not known is refused, one with another name taken") {
  auto vocabulary = SmallVocabulary::of_bytes();
  vocabulary.pre = "falcon";
  check_refused(vocabulary, "'tokenizer.ggml.pre' is 'falcon'");
  for (const char* name : {"deepseek-r1-qwen", "llama3", "llama-v3", "qwen2"}) {
    vocabulary.pre = name;
    check_accepted(vocabulary);
  }
}

TEST_CASE("missing keys are named") {
  const support::MemoryFile memory(raw::preamble(0, 0));
  const auto file = File::open(memory.path());
  REQUIRE(file.ok());
  CHECK_THAT(Tokenizer::load(*file).message(),
             Catch::Matchers::Contains("'tokenizer.ggml.model' is missing"));
}

TEST_CASE("as many types as tokens are needed") {
  auto vocabulary = SmallVocabulary::of_bytes();
  vocabulary.types.pop_back();
  check_refused(vocabulary, "'tokenizer.ggml.token_type' has 255 entries for 256 tokens");
  vocabulary.tokens.clear();
  vocabulary.types.clear();
  check_refused(vocabulary, "'tokenizer.ggml.tokens' has 0 tokens");
}

TEST_CASE("each byte that text can hold needs a token") {
  auto vocabulary = SmallVocabulary::of_bytes();
  vocabulary.tokens['q'] = "<q>";
  check_refused(vocabulary, "no token for the byte 113");
  vocabulary = SmallVocabulary::of_bytes();
  vocabulary.tokens[0xff] = "<ff>";
  check_accepted(vocabulary);
}

TEST_CASE("as many scores as tokens are needed, and each is a number") {
  auto vocabulary = SmallVocabulary::with_scores();
  vocabulary.add_piece("a", -1);
  check_accepted(vocabulary);
  vocabulary.scores.back() = -std::numeric_limits<float>::infinity();
  check_accepted(vocabulary);
  vocabulary.scores.back() = std::numeric_limits<float>::quiet_NaN();
  check_refused(vocabulary, ": entry 259 is no number");
  vocabulary.scores.pop_back();
  check_refused(vocabulary, "'tokenizer.ggml.scores' has 259 entries for 260 tokens");
}

TEST_CASE("a vocabulary with merges is none with scores") {
  auto vocabulary = SmallVocabulary::with_scores();
  std::string bytes = vocabulary.bytes();
  bytes.replace(bytes.find("ggml.scores"), 11, "ggml.merges");
  const support::MemoryFile memory(bytes);
  const auto file = File::open(memory.path());
  REQUIRE(file.ok());
  CHECK_THAT(Tokenizer::load(*file).message(),
             Catch::Matchers::Contains("'tokenizer.ggml.scores' is missing"));
}

TEST_CASE("each byte that text can hold needs a token of its own beside the pieces") {
  auto vocabulary = SmallVocabulary::with_scores();
  vocabulary.add_piece("q", -1);
  for (const char* text : {"<0x7>", "<0xZZ>", "<0x-7>", "q", ""}) {
    vocabulary.tokens['q' + 3] = text;
    check_refused(vocabulary, "no token for the byte 113");
  }
  vocabulary.tokens['q' + 3] = "<0x71>";
  vocabulary.types['q' + 3] = 1;
  check_refused(vocabulary, "no token for the byte 113");
}

TEST_CASE("merges name tokens of the vocabulary") {
  const auto with_merge = [](const std::string& merge) {
    auto vocabulary = SmallVocabulary::of_bytes();
    vocabulary.add("ab");
    vocabulary.add("<x>", 3);
    vocabulary.merges = {"a b", merge};
    return vocabulary;
  };
  check_accepted(with_merge("a b"));
  check_refused(with_merge("ab c"), "'abc' is no token");
  check_refused(with_merge("zz a"), ": entry 1 is 'zz a', but 'zz' is no token");
  check_refused(with_merge("zz a"), "key 'tokenizer.ggml.merges' at byte ");
  check_refused(with_merge("a zz"), "'zz' is no token");
  check_refused(with_merge("a <x>"), "'<x>' is no token");
  for (const char* malformed : {"", "a", " ", " a", "a ", "ab"}) {
    check_refused(with_merge(malformed), "a merge is two tokens");
  }
}

TEST_CASE("ids of roles lie within the vocabulary") {
  for (const char* key : {"bos_token_id", "eos_token_id", "eot_token_id", "fim_pre_token_id",
                          "suffix_token_id", "fim_pad_token_id"}) {
    auto vocabulary = SmallVocabulary::of_bytes();
    vocabulary.ids = {{key, 256}};
    check_refused(vocabulary, std::string("'tokenizer.ggml.") + key + "' is 256");
  }
}

namespace {

void check_damaged(const std::string& whole) {
  std::mt19937 random(17);
  size_t usable = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = whole;
    for (size_t edits = 1 + random() % 3; edits > 0; --edits) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const support::MemoryFile memory(bytes);
    const auto file = File::open(memory.path());
    if (!file.ok()) continue;
    const auto tokenizer = Tokenizer::load(*file);
    if (!tokenizer.ok()) continue;
    ++usable;
    const std::string text = "abc <｜fim▁begin｜> \xff \u4e2d";
    for (const auto special : {SpecialTokens::literal, SpecialTokens::parsed}) {
      (void)tokenizer->decode(tokenizer->encode(text, special));
    }
    (void)tokenizer->prefixes_of(text);
  }
  CHECK(usable > 0);
}

}  // namespace

TEST_CASE("damaged vocabularies are refused or usable, never a crash") {
  auto vocabulary = SmallVocabulary::of_bytes();
  vocabulary.add_merge("a", "b");
  vocabulary.add_merge("ab", "c");
  vocabulary.add("<｜fim▁begin｜>", 3);
  vocabulary.add("", 4);
  vocabulary.ids = {{"eos_token_id", 258}};
  check_damaged(vocabulary.bytes());
}

TEST_CASE("damaged vocabularies with scores are refused or usable, never a crash") {
  auto vocabulary = SmallVocabulary::with_scores();
  float score = 0;
  for (const char* piece : {"a", "b", "ab", "abc", "▁", "▁ab", "▁<PRE>", "", "\u4e2d", "\xff"}) {
    vocabulary.add_piece(piece, score--);
  }
  vocabulary.add_piece("▁▁", 0, 4);
  check_damaged(vocabulary.bytes());
}
