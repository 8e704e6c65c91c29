// Token ids that others computed: the published vectors of three vocabularies, what llama.cpp and
// Hugging Face's tokenizer agree on for awkward strings (record_peers.mjs), and what SentencePiece
// says of such (record_sentence_piece.py).
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "engine/gguf/file.h"
#include "engine/gguf/writer.h"
#include "engine/tokenizer/tokenizer.h"
#include "tests/support/catch.h"

namespace {

using engine::gguf::File;
using engine::tokenizer::SpecialTokens;
using engine::tokenizer::Token;
using engine::tokenizer::Tokenizer;

const std::string golden = LEMMA_SOURCE_DIR "/tests/golden/tokenizer/";

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Tokenizer load(const std::string& path) {
  const auto file = File::open(path);
  INFO((file.ok() ? std::string() : file.message()));
  REQUIRE(file.ok());
  auto tokenizer = Tokenizer::load(*file);
  INFO((tokenizer.ok() ? std::string() : tokenizer.message()));
  REQUIRE(tokenizer.ok());
  return *std::move(tokenizer);
}

std::vector<Token> parse_ids(const std::string& line) {
  std::istringstream words(line);
  std::vector<Token> ids;
  for (Token id = 0; words >> id;) ids.push_back(id);
  return ids;
}

void check_encodes(const Tokenizer& tokenizer, const std::string& text,
                   const std::vector<Token>& expected) {
  INFO(text);
  const auto ids = tokenizer.encode(text, SpecialTokens::literal);
  CHECK(ids == expected);
  CHECK(tokenizer.decode(ids) == text);
}

// NAME.inp holds texts between separator lines, NAME.out a line of ids for each.
void check_published(const std::string& base) {
  const Tokenizer tokenizer = load(base + ".gguf");
  const std::string separator = "\n__ggml_vocab_test__\n";
  const std::string texts = read_file(base + ".inp");
  std::istringstream lines(read_file(base + ".out"));
  size_t start = 0;
  size_t vectors = 0;
  for (std::string line; std::getline(lines, line); ++vectors) {
    REQUIRE(start <= texts.size());
    const size_t end = std::min(texts.find(separator, start), texts.size());
    check_encodes(tokenizer, texts.substr(start, end - start), parse_ids(line));
    start = end + separator.size();
  }
  CHECK(vectors >= 46);
}

// A vocabulary in the repository with another value under one key.
Tokenizer load_with(const std::string& vocabulary, const std::string& changed,
                    const engine::gguf::Value& other) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("lemma-" + std::to_string(getpid()) + vocabulary);
  const auto source = File::open(golden + vocabulary);
  REQUIRE(source.ok());
  engine::gguf::Writer writer;
  for (const auto& [key, value] : source->metadata()) {
    writer.add(key, key == changed ? other : value);
  }
  REQUIRE(writer.begin(path));
  REQUIRE(writer.finish());
  Tokenizer tokenizer = load(path);
  std::filesystem::remove(path);
  return tokenizer;
}

std::string from_hexadecimal(const std::string& digits) {
  std::string text;
  for (size_t place = 0; place < digits.size(); place += 2) {
    text.push_back(static_cast<char>(std::stoi(digits.substr(place, 2), nullptr, 16)));
  }
  return text;
}

void check_recorded(const std::string& pre) {
  const Tokenizer tokenizer =
      load_with("deepseek-coder.gguf", "tokenizer.ggml.pre", std::string_view(pre));
  std::ifstream lines(golden + pre + ".vectors");
  size_t vectors = 0;
  for (std::string line; std::getline(lines, line); ++vectors) {
    const size_t tab = line.find('\t');
    REQUIRE(tab != std::string::npos);
    const std::string text = from_hexadecimal(line.substr(0, tab));
    check_encodes(tokenizer, text, parse_ids(line.substr(tab + 1)));
  }
  CHECK(vectors >= 190);
}

}  // namespace

TEST_CASE("deepseek-coder encodes its published vectors") {
  check_published(golden + "deepseek-coder");
}

// The larger vocabularies are not in the repository.
TEST_CASE("deepseek-llm and deepseek-v3 encode their published vectors") {
  const char* folder = std::getenv("LEMMA_GOLDEN");
  if (folder == nullptr) return;
  check_published(std::string(folder) + "/tokenizer/deepseek-llm");
  check_published(std::string(folder) + "/tokenizer/deepseek-v3");
}

TEST_CASE("deepseek-llm agrees with its peers") { check_recorded("deepseek-llm"); }
TEST_CASE("deepseek-coder agrees with its peers") { check_recorded("deepseek-coder"); }
TEST_CASE("deepseek-v3 agrees with its peers") { check_recorded("deepseek-v3"); }
TEST_CASE("qwen2 agrees with its peers") { check_recorded("qwen2"); }
TEST_CASE("llama-bpe agrees with its peers") { check_recorded("llama-bpe"); }
TEST_CASE("seed-coder agrees with its peers") { check_recorded("seed-coder"); }
TEST_CASE("starcoder agrees with its peers") { check_recorded("starcoder"); }
TEST_CASE("tekken agrees with its peers") { check_recorded("tekken"); }
TEST_CASE("kimi-k2 agrees with its peers") { check_recorded("kimi-k2"); }

TEST_CASE("a vocabulary with scores agrees with SentencePiece, also where scores are equal") {
  const Tokenizer tokenizer = load(golden + "sentence-piece.gguf");
  std::vector<float> rounded;
  {
    const auto file = File::open(golden + "sentence-piece.gguf");
    REQUIRE(file.ok());
    rounded = file->floats("tokenizer.ggml.scores").value();
  }
  for (float& score : rounded) score = std::floor(score / 32) * 32;
  const engine::gguf::Array scores{engine::gguf::ValueType::f32, rounded.size(),
                                   std::as_bytes(std::span(rounded))};
  const Tokenizer coarse = load_with("sentence-piece.gguf", "tokenizer.ggml.scores", scores);
  std::ifstream lines(golden + "sentence-piece.vectors");
  size_t vectors = 0;
  for (std::string line; std::getline(lines, line); ++vectors) {
    std::istringstream columns(line);
    std::string text, ids, whole_ids, coarse_ids;
    std::getline(columns, text, '\t');
    std::getline(columns, ids, '\t');
    std::getline(columns, whole_ids, '\t');
    std::getline(columns, coarse_ids, '\t');
    text = from_hexadecimal(text);
    check_encodes(tokenizer, text, parse_ids(ids));
    check_encodes(coarse, text, parse_ids(coarse_ids));
    // None of the text is the template's own, so that no mark in it is read as one.
    CHECK(tokenizer.encode(text, std::string(text.size(), '\1')) == parse_ids(whole_ids));
  }
  CHECK(vectors == 240);
}

TEST_CASE("a whole text with marks in it is what llama.cpp makes of it") {
  const Tokenizer tokenizer = load(golden + "sentence-piece.gguf");
  const std::string text = "<s>def f<unk>x </s></s>";
  CHECK(tokenizer.encode(text, std::string(text.size(), '\0')) ==
        std::vector<Token>{1, 418, 288, 0, 797, 1305, 2, 2});
}
