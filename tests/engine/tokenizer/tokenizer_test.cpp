// Special tokens, lookups, long and invalid input, threads.
#include "engine/tokenizer/tokenizer.h"

#include <algorithm>
#include <ctime>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "engine/gguf/file.h"
#include "tests/engine/tokenizer/small_vocabulary.h"
#include "tests/support/catch.h"
#include "tests/support/memory_file.h"

namespace tokenizer_test {
namespace {

using engine::gguf::File;
using engine::tokenizer::SpecialTokens;
using engine::tokenizer::Token;
using engine::tokenizer::Tokenizer;
using support::SmallVocabulary;
using Tokens = std::vector<Token>;

Tokenizer load(const std::string& bytes) {
  const support::MemoryFile memory(bytes);
  const auto file = File::open(memory.path());
  REQUIRE(file.ok());
  auto tokenizer = Tokenizer::load(*file);
  INFO((tokenizer.ok() ? std::string() : tokenizer.message()));
  REQUIRE(tokenizer.ok());
  return *std::move(tokenizer);
}

Tokenizer load_coder() {
  const auto file = File::open(LEMMA_SOURCE_DIR "/tests/golden/tokenizer/deepseek-coder.gguf");
  REQUIRE(file.ok());
  auto tokenizer = Tokenizer::load(*file);
  REQUIRE(tokenizer.ok());
  return *std::move(tokenizer);
}

Tokens to_vector(std::span<const Token> tokens) { return {tokens.begin(), tokens.end()}; }

}  // namespace

TEST_CASE("special tokens are parsed only where that is asked for") {
  const Tokenizer coder = load_coder();
  const std::string prompt = "<｜fim▁begin｜>a<｜fim▁hole｜>b<｜fim▁end｜>";
  CHECK(coder.encode(prompt, SpecialTokens::parsed) == Tokens{32016, 64, 32015, 65, 32017});
  const Tokens literal = coder.encode(prompt, SpecialTokens::literal);
  CHECK(literal.size() > 10);
  CHECK(std::none_of(literal.begin(), literal.end(),
                     [&](Token token) { return coder.is_special(token); }));
  CHECK(coder.decode(literal) == prompt);
  CHECK(coder.decode(coder.encode(prompt, SpecialTokens::parsed)) == "ab");
}

TEST_CASE("no text of a vocabulary's special tokens can be forged by a literal text") {
  const Tokenizer coder = load_coder();
  for (Token token = 0; token < static_cast<Token>(coder.size()); ++token) {
    if (!coder.is_special(token)) continue;
    const std::string text(coder.text(token));
    const Tokens literal = coder.encode(text, SpecialTokens::literal);
    REQUIRE(std::count(literal.begin(), literal.end(), token) == 0);
    REQUIRE(coder.decode(literal) == text);
    REQUIRE(coder.encode(text, SpecialTokens::parsed) == Tokens{token});
    REQUIRE(coder.find_special(text) == token);
    REQUIRE(coder.bytes(token).empty());
  }
}

TEST_CASE("every ordinary token's bytes survive a round trip") {
  const Tokenizer coder = load_coder();
  for (Token token = 0; token < static_cast<Token>(coder.size()); ++token) {
    const std::string_view bytes = coder.bytes(token);
    if (coder.is_special(token)) continue;
    REQUIRE_FALSE(bytes.empty());
    REQUIRE(coder.decode(coder.encode(bytes, SpecialTokens::literal)) == bytes);
  }
}

TEST_CASE("letters that a vocabulary added are found in any text") {
  const Tokenizer coder = load_coder();
  const Tokens tokens = coder.encode("für", SpecialTokens::literal);
  CHECK(std::count(tokens.begin(), tokens.end(), 32009) == 1);
  CHECK_FALSE(coder.is_special(32009));
  CHECK(coder.bytes(32009) == "ü");
}

TEST_CASE("deepseek-coder's roles are found by key and by text") {
  const Tokenizer coder = load_coder();
  CHECK(coder.bos() == 32013);
  CHECK(coder.eos() == 32014);
  REQUIRE(coder.fim());
  CHECK(coder.fim()->prefix == 32016);
  CHECK(coder.fim()->suffix == 32015);
  CHECK(coder.fim()->middle == 32017);
  CHECK(coder.is_end_of_generation(32014));
  CHECK(coder.is_end_of_generation(*coder.find_special("<|EOT|>")));
  CHECK_FALSE(coder.is_end_of_generation(32013));
  CHECK_FALSE(coder.is_end_of_generation(64));
}

TEST_CASE("FIM tokens are found by key, by older key, and by the families' texts") {
  auto keyed = SmallVocabulary::of_bytes();
  const auto first = static_cast<uint32_t>(keyed.add("<one>", 3));
  keyed.add("<two>", 3);
  keyed.add("<three>", 4);
  auto older = keyed;
  keyed.ids = {{"fim_pre_token_id", first},
               {"fim_suf_token_id", first + 1},
               {"fim_mid_token_id", first + 2}};
  older.ids = {
      {"prefix_token_id", first + 2}, {"suffix_token_id", first}, {"middle_token_id", first + 1}};
  CHECK(load(keyed.bytes()).fim()->middle == static_cast<Token>(first + 2));
  CHECK(load(older.bytes()).fim()->prefix == static_cast<Token>(first + 2));
  for (const char* family : {"<|fim_", "<fim_", "<fim-"}) {
    const std::string end = family[1] == '|' ? "|>" : ">";
    for (const int32_t type : {1, 3, 4}) {
      auto texts = SmallVocabulary::of_bytes();
      texts.add(family + ("middle" + end), type);
      texts.add(family + ("prefix" + end), type);
      texts.add(family + ("suffix" + end), type);
      const Tokenizer tokenizer = load(texts.bytes());
      REQUIRE(tokenizer.fim());
      CHECK(tokenizer.fim()->prefix == 257);
      CHECK(tokenizer.fim()->suffix == 258);
      CHECK(tokenizer.fim()->middle == 256);
      CHECK(tokenizer.is_special(257));
      CHECK(tokenizer.encode(family + ("prefix" + end), SpecialTokens::parsed) == Tokens{257});
    }
  }
  CHECK_FALSE(load(SmallVocabulary::of_bytes().bytes()).fim());
}

TEST_CASE("what stands first in a prompt is told by the FIM tokens' texts, and by Mellum's name") {
  using engine::tokenizer::FimOrder;
  const auto order = [](const char* begin, const char* end, const char* pre) {
    auto vocabulary = SmallVocabulary::of_bytes();
    vocabulary.pre = pre;
    for (const char* part : {"prefix", "suffix", "middle"}) {
      vocabulary.add(begin + std::string(part) + end, 3);
    }
    const auto fim = load(vocabulary.bytes()).fim();
    REQUIRE(fim);
    return fim->order;
  };
  CHECK(order("<fim_", ">", "starcoder") == FimOrder::prefix_first);
  CHECK(order("<fim_", ">", "mellum") == FimOrder::suffix_first);
  CHECK(order("<[fim-", "]>", "seed-coder") == FimOrder::suffix_first);
}

TEST_CASE("markup that a vocabulary adds is said as text, and read as such where asked for alone") {
  auto vocabulary = SmallVocabulary::of_bytes();
  const Token end_of_thought = vocabulary.add("</think>", 4);
  const Token user = vocabulary.add("<｜User｜>", 4);
  const Token control = vocabulary.add("<control>", 3);
  const Token fim_pad = vocabulary.add("<fim_pad>", 4);
  const Token pad = vocabulary.add("[PAD300]", 4);
  const Token begin = vocabulary.add("<begin>", 4);
  vocabulary.ids = {{"bos_token_id", static_cast<uint32_t>(begin)}};
  const Tokenizer tokenizer = load(vocabulary.bytes());
  CHECK(tokenizer.decode(Tokens{'4', '2', end_of_thought, 'x'}) == "42</think>x");
  for (const Token silent : {user, control, fim_pad, pad, begin}) {
    CHECK(tokenizer.bytes(silent).empty());
  }
  CHECK(tokenizer.is_special(end_of_thought));
  CHECK(tokenizer.encode("</think>", SpecialTokens::parsed) == Tokens{end_of_thought});
  CHECK(tokenizer.encode("</think>", SpecialTokens::literal).size() == 8);
  CHECK(tokenizer.starting_with("</").empty());
  CHECK(tokenizer.prefixes_of("</think>").size() == 1);
}

TEST_CASE("a BOS that texts do not begin with is special and nothing more") {
  auto vocabulary = SmallVocabulary::of_bytes();
  const Token begin = vocabulary.add("<begin>", 3);
  vocabulary.ids = {{"bos_token_id", static_cast<uint32_t>(begin)}};
  for (const char* pre : {"seed-coder", "kimi-k2", "qwen2"}) {
    vocabulary.pre = pre;
    CHECK_FALSE(load(vocabulary.bytes()).bos());
  }
  for (const char* pre : {"deepseek-llm", "tekken"}) {
    vocabulary.pre = pre;
    CHECK(load(vocabulary.bytes()).bos() == begin);
  }
  vocabulary.pre = "qwen2";
  vocabulary.flags = {{"add_bos_token", true}};
  CHECK(load(vocabulary.bytes()).bos() == begin);
  vocabulary.flags = {{"add_bos_token", false}};
  CHECK_FALSE(load(vocabulary.bytes()).bos());
  CHECK(load(vocabulary.bytes()).is_special(begin));
}

TEST_CASE("llama-bpe and tekken take a piece that is a token whole, glm4 merges") {
  auto vocabulary = SmallVocabulary::of_bytes();
  const Token whole = vocabulary.add("abc");
  const Token pair = vocabulary.add_merge("a", "b");
  for (const char* pre : {"llama-bpe", "tekken"}) {
    vocabulary.pre = pre;
    CHECK(load(vocabulary.bytes()).encode("abc", SpecialTokens::literal) == Tokens{whole});
  }
  vocabulary.pre = "glm4";
  CHECK(load(vocabulary.bytes()).encode("abc", SpecialTokens::literal) == Tokens{pair, 'c'});
}

TEST_CASE("an id outside the vocabulary is empty text and nothing special") {
  const Tokenizer small = load(SmallVocabulary::of_bytes().bytes());
  for (const Token token : {-1, 256, 1 << 30, std::numeric_limits<Token>::min()}) {
    CHECK(small.bytes(token).empty());
    CHECK(small.text(token).empty());
    CHECK_FALSE(small.is_special(token));
    CHECK_FALSE(small.is_end_of_generation(token));
  }
  CHECK(small.decode(Tokens{72, -1, 105, 9999}) == "Hi");
  CHECK_FALSE(small.bos());
}

TEST_CASE("the longest of several special tokens is taken") {
  auto vocabulary = SmallVocabulary::of_bytes();
  vocabulary.add("<a>", 3);
  vocabulary.add("<a><b>", 3);
  vocabulary.add("<a><", 3);
  const Tokenizer tokenizer = load(vocabulary.bytes());
  CHECK(tokenizer.encode("<a><b>", SpecialTokens::parsed) == Tokens{257});
  CHECK(tokenizer.encode("<a><c", SpecialTokens::parsed) == Tokens{258, 'c'});
  CHECK(tokenizer.encode("<a>", SpecialTokens::parsed) == Tokens{256});
  CHECK(tokenizer.encode("<<a", SpecialTokens::parsed) == Tokens{'<', '<', 'a'});
}

TEST_CASE("tokens are found by the start of their bytes") {
  auto vocabulary = SmallVocabulary::of_bytes();
  const Token in = vocabulary.add_merge("i", "n");
  const Token integer = vocabulary.add_merge("in", "t");
  const Token i_f = vocabulary.add_merge("i", "f");
  vocabulary.add("<in>", 3);
  const Tokenizer tokenizer = load(vocabulary.bytes());
  CHECK(to_vector(tokenizer.starting_with("i")) == Tokens{'i', i_f, in, integer});
  CHECK(to_vector(tokenizer.starting_with("in")) == Tokens{in, integer});
  CHECK(tokenizer.starting_with("ix").empty());
  CHECK(tokenizer.starting_with("").size() == 259);
  CHECK(tokenizer.prefixes_of("into") == Tokens{'i', in, integer});
  CHECK(tokenizer.prefixes_of("<in>") == Tokens{'<'});
  CHECK(tokenizer.prefixes_of("").empty());
  CHECK(to_vector(tokenizer.starting_with("\xff")) == Tokens{255});
}

TEST_CASE("starting_with and prefixes_of agree with a search of the whole vocabulary") {
  const Tokenizer coder = load_coder();
  for (const std::string typed : {"ret", " for", "(", "    ", "ü", "中", "std::vec"}) {
    Tokens starting;
    Tokens prefixes;
    for (Token token = 0; token < static_cast<Token>(coder.size()); ++token) {
      const std::string_view bytes = coder.bytes(token);
      if (bytes.empty()) continue;
      if (bytes.starts_with(typed)) starting.push_back(token);
      if (typed.starts_with(bytes)) prefixes.push_back(token);
    }
    Tokens found = to_vector(coder.starting_with(typed));
    CHECK(std::is_sorted(found.begin(), found.end(), [&](Token left, Token right) {
      return coder.bytes(left) < coder.bytes(right);
    }));
    std::sort(found.begin(), found.end());
    CHECK(found == starting);
    Tokens typed_so_far = coder.prefixes_of(typed);
    CHECK(std::is_sorted(typed_so_far.begin(), typed_so_far.end(), [&](Token left, Token right) {
      return coder.bytes(left).size() < coder.bytes(right).size();
    }));
    std::sort(typed_so_far.begin(), typed_so_far.end());
    CHECK(typed_so_far == prefixes);
  }
}

TEST_CASE("any bytes survive a round trip where each byte has a token") {
  auto vocabulary = SmallVocabulary::of_bytes();
  vocabulary.add_merge("a", "b");
  std::mt19937 random(3);
  for (const char* pre : {"deepseek-llm", "deepseek-coder", "deepseek-v3", "qwen2", "llama-bpe",
                          "seed-coder", "gpt-2", "starcoder", "tekken", "gpt-4o", "kimi-k2"}) {
    vocabulary.pre = pre;
    const Tokenizer tokenizer = load(vocabulary.bytes());
    for (int round = 0; round < 2000; ++round) {
      std::string text(random() % 40, '\0');
      for (char& byte : text) byte = static_cast<char>(random());
      REQUIRE(tokenizer.decode(tokenizer.encode(text, SpecialTokens::literal)) == text);
    }
  }
}

TEST_CASE("a byte that an older vocabulary lacks becomes the replacement character") {
  const Tokenizer coder = load_coder();
  const auto round_trip = [&](std::string_view text) {
    return coder.decode(coder.encode(text, SpecialTokens::literal));
  };
  CHECK(round_trip("a\xff"
                   "b\xc0") == "a\ufffdb\ufffd");
  CHECK(round_trip("cut \xe4\xb8") == "cut \xe4\xb8");
  CHECK(round_trip(std::string("nul\0in", 6)) == std::string("nul\0in", 6));
}

TEST_CASE("long and short pieces are merged alike, lowest rank first") {
  // By hand: the definition, with strings.
  const std::vector<std::pair<std::string, std::string>> rules = {
      {"a", "b"},    {"b", "a"}, {"a", "a"},   {"ab", "ab"}, {"aa", "b"},
      {"abab", "a"}, {"c", "c"}, {"cc", "cc"}, {"b", "c"}};
  auto vocabulary = SmallVocabulary::of_bytes();
  std::map<std::string, Token> ids = {{"a", 'a'}, {"b", 'b'}, {"c", 'c'}};
  for (const auto& [left, right] : rules) ids[left + right] = vocabulary.add_merge(left, right);
  const Tokenizer tokenizer = load(vocabulary.bytes());
  const auto by_definition = [&](const std::string& text) {
    std::vector<std::string> parts;
    for (const char letter : text) parts.emplace_back(1, letter);
    for (bool merged = true; merged;) {
      merged = false;
      for (const auto& [left, right] : rules) {
        for (size_t place = 0; place + 1 < parts.size() && !merged; ++place) {
          if (parts[place] != left || parts[place + 1] != right) continue;
          parts[place] += right;
          parts.erase(parts.begin() + static_cast<ptrdiff_t>(place) + 1);
          merged = true;
        }
        if (merged) break;
      }
    }
    Tokens tokens;
    for (const auto& part : parts) tokens.push_back(ids.at(part));
    return tokens;
  };
  std::mt19937 random(5);
  for (int round = 0; round < 600; ++round) {
    std::string text(1 + random() % 120, 'a');
    for (char& letter : text) letter = static_cast<char>('a' + random() % 3);
    INFO(text);
    const Tokens expected = by_definition(text);
    REQUIRE(tokenizer.encode(text, SpecialTokens::literal) == expected);
    REQUIRE(tokenizer.encode(text, SpecialTokens::literal) == expected);  // now remembered
  }
}

TEST_CASE("a megabyte without a space takes no more than its share of time") {
  const Tokenizer coder = load_coder();
  const auto seconds_for = [&](const std::string& text) {
    const std::clock_t start = std::clock();
    const Tokens tokens = coder.encode(text, SpecialTokens::literal);
    const double taken = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    CHECK(coder.decode(tokens) == text);
    return taken;
  };
  std::string mixed;
  std::mt19937 random(9);
  while (mixed.size() < 1 << 20) mixed.push_back(static_cast<char>('a' + random() % 26));
  // A quadratic merge would take hours; the bound leaves room for sanitizers on busy machines.
  CHECK(seconds_for(mixed) < 60);
  CHECK(seconds_for(std::string(1 << 20, 'x')) < 60);
  CHECK(seconds_for(std::string(1 << 20, ' ')) < 60);
  CHECK(seconds_for(std::string(1 << 20, '\n')) < 60);
}

TEST_CASE("threads that encode at the same time get the same tokens") {
  const Tokenizer coder = load_coder();
  const Tokenizer alone = load_coder();
  std::mt19937 random(13);
  std::vector<std::string> texts;
  for (int index = 0; index < 300; ++index) {
    std::string text;
    for (int words = 0; words < 40; ++words) {
      text += " name" + std::to_string(random() % 5000) + ".call(";
    }
    texts.push_back(text);
  }
  std::vector<Tokens> expected;
  for (const auto& text : texts) expected.push_back(alone.encode(text, SpecialTokens::literal));
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < wrong.size(); ++thread) {
    threads.emplace_back([&, thread] {
      for (size_t index = 0; index < texts.size(); ++index) {
        const size_t mine = (index * (2 * thread + 1)) % texts.size();
        wrong[thread] += coder.encode(texts[mine], SpecialTokens::literal) != expected[mine];
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
}

}  // namespace tokenizer_test
