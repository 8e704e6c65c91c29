// Where each pre-tokenizer cuts.
#include "engine/tokenizer/pre_tokenizer.h"

#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "engine/tokenizer/unicode.h"
#include "tests/support/catch.h"

namespace {

using engine::tokenizer::PreTokenizer;
using Pieces = std::vector<std::string>;

Pieces split(PreTokenizer kind, std::string_view text) {
  struct Collector final : engine::tokenizer::PieceSink {
    void piece(std::string_view piece) override { pieces.emplace_back(piece); }
    Pieces pieces;
  } collector;
  engine::tokenizer::split(kind, text, collector);
  return collector.pieces;
}

void check_split(PreTokenizer kind, std::string_view text, const Pieces& expected) {
  INFO(text);
  CHECK(split(kind, text) == expected);
}

constexpr PreTokenizer every_kind[] = {
    PreTokenizer::deepseek_llm, PreTokenizer::deepseek_coder, PreTokenizer::deepseek_v3,
    PreTokenizer::qwen2,        PreTokenizer::llama_bpe,      PreTokenizer::glm4,
    PreTokenizer::seed_coder,   PreTokenizer::gpt_2,          PreTokenizer::starcoder,
    PreTokenizer::tekken,       PreTokenizer::gpt_4o,         PreTokenizer::kimi_k2};

}  // namespace

TEST_CASE("deepseek-v3 cuts code") {
  const auto check = [](std::string_view text, const Pieces& expected) {
    check_split(PreTokenizer::deepseek_v3, text, expected);
  };
  check("", {});
  check("int main() {\n  return 12345;\n}",
        {"int", " main", "()", " {\n", " ", " return", " ", "123", "45", ";\n", "}"});
  check("self.name_x", {"self", ".name", "_x"});
  check("a  1", {"a", "  ", "1"});
  check("a  b", {"a", " ", " b"});
  check("a \r\n\r\n  b", {"a", " \r\n\r\n", " ", " b"});
  check("tail  ", {"tail", "  "});
  check("中文かなab", {"中文かな", "ab"});
  check("フ゛ア・イ", {"フ", "゛", "ア", "・", "イ"});
  check("x\t=\ty", {"x", "\t", "=", "\ty"});
  check("e\u0301t\u0301", {"e\u0301t\u0301"});
  check(
      "\x01\x02"
      "abc",
      {"\x01",
       "\x02"
       "abc"});
  check("\xff\xfe", {"\xff\xfe"});
}

TEST_CASE("deepseek-coder cuts code") {
  const auto check = [](std::string_view text, const Pieces& expected) {
    check_split(PreTokenizer::deepseek_coder, text, expected);
  };
  check("x = 12;\r\n", {"x", " = ", "1", "2", ";", "\r", "\n"});
  check("    return  a", {"   ", " return", " ", " a"});
  check("a  (b)", {"a", " ", " (", "b", ")"});
  check("10 ms", {"1", "0", " ms"});
  check("①②は", {"①", "②", "は"});
  check("²³", {"²", "³"});
  check("# 中文abc;。", {"#", " ", "中文", "abc", ";", "。"});
}

TEST_CASE("deepseek-llm cuts text") {
  const auto check = [](std::string_view text, const Pieces& expected) {
    check_split(PreTokenizer::deepseek_llm, text, expected);
  };
  check("x += 12", {"x", " +=", " ", "1", "2"});
  check(" café naïve", {" caf", "é", " na", "ï", "ve"});
  check("€   ", {"€", "   "});
  check("€   \nb", {"€", "   ", "\n", "b"});
  check("a\u3000b", {"a", "\u3000", "b"});
  check("a\u3000\u3000", {"a", "\u3000\u3000"});
  check("  \u3000a", {"  ", "\u3000", "a"});
  check(" !\u3000a", {" !", "\u3000", "a"});
  check("中文 ab", {"中文", " ab"});
  check("a “b”。\u3000", {"a", " ", "“", "b", "”。", "\u3000"});
}

// The published patterns as another program matches them (record_splits.py), on every kind of
// blank.
TEST_CASE("texts of odd characters are cut where the published patterns cut them") {
  std::ifstream lines(LEMMA_SOURCE_DIR "/tests/golden/tokenizer/splits.txt");
  size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    std::istringstream words(line);
    std::string name, text;
    words >> name;
    Pieces expected;
    for (std::string word; words >> word;) {
      std::string piece;
      for (size_t place = 0; place < word.size(); place += 2) {
        piece.push_back(static_cast<char>(std::stoi(word.substr(place, 2), nullptr, 16)));
      }
      text += expected.emplace_back(piece);
    }
    INFO(line);
    CHECK(split(*engine::tokenizer::pre_tokenizer_from_name(name), text) == expected);
  }
  CHECK(count > 5000);
}

TEST_CASE("qwen2 and llama-bpe differ in digits alone") {
  check_split(PreTokenizer::qwen2, "n=2024", {"n", "=", "2", "0", "2", "4"});
  check_split(PreTokenizer::llama_bpe, "n=2024", {"n", "=", "202", "4"});
  check_split(PreTokenizer::glm4, "n=2024", {"n", "=", "202", "4"});
  for (const auto kind : {PreTokenizer::qwen2, PreTokenizer::llama_bpe, PreTokenizer::glm4}) {
    check_split(kind, "I'll say 'same'", {"I", "'ll", " say", " '", "same", "'"});
    check_split(kind, "WE'RE 'x'rest", {"WE", "'RE", " '", "x", "'re", "st"});
    check_split(kind, "a(b) \n\n  c", {"a", "(b", ")", " \n\n", " ", " c"});
    check_split(kind, " {\r\n\tx", {" {\r\n", "\tx"});
    check_split(kind, "end   ", {"end", "   "});
    check_split(kind, "((b \xff\xff", {"((", "b", " \xff\xff"});
    check_split(kind, "\xffmit", {"\xffmit"});
  }
}

TEST_CASE("seed-coder takes single digits, and no newlines behind marks") {
  check_split(PreTokenizer::seed_coder, "n=2024;\n\nI'LL",
              {"n", "=", "2", "0", "2", "4", ";", "\n\n", "I", "'LL"});
}

TEST_CASE("gpt-2 and starcoder cut code") {
  check_split(PreTokenizer::gpt_2, "x = 1024;\n  it's I'S",
              {"x", " =", " 1024", ";", "\n ", " it", "'s", " I", "'", "S"});
  check_split(PreTokenizer::starcoder, "x = 12;\n\n  3",
              {"x", " =", " ", "1", "2", ";", "\n\n  ", "3"});
}

TEST_CASE("words are cut before capitals") {
  check_split(PreTokenizer::tekken, "getValue HTTPServer x12 it's a//\n/b",
              {"get", "Value", " HTTPServer", " x", "1", "2", " it", "'s", " a", "//\n/", "b"});
  check_split(PreTokenizer::gpt_4o, "getValue it's I'LL 1234",
              {"get", "Value", " it's", " I'LL", " ", "123", "4"});
  check_split(PreTokenizer::kimi_k2, "中文Ab aÉ漢c//\n/",
              {"中文", "Ab", " a", "É", "漢", "c", "//\n", "/"});
  check_split(PreTokenizer::gpt_4o, "中A b", {"中", "A", " b"});
}

TEST_CASE("the pieces of any bytes are those bytes, none empty") {
  const std::string alphabet[] = {" ",      "\n", "\r",   "\t",   "a",           "Z", "9",
                                  ".",      "'",  "$",    "é",    "中",          "①", "\u3000",
                                  "\u0301", "😀",  "\xff", "\xe4", "\xed\xa0\x80"};
  std::mt19937 random(11);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (size_t parts = random() % 12; parts > 0; --parts) {
      text += alphabet[random() % std::size(alphabet)];
    }
    for (const auto kind : every_kind) {
      std::string joined;
      for (const auto& piece : split(kind, text)) {
        REQUIRE_FALSE(piece.empty());
        joined += piece;
      }
      REQUIRE(joined == text);
    }
  }
}

TEST_CASE("UTF-8 is decoded strictly") {
  using engine::tokenizer::decode_utf8;
  using engine::tokenizer::invalid_code_point;
  const auto check = [](std::string_view text, uint32_t value, uint32_t length) {
    const auto decoded = decode_utf8(text);
    CHECK(decoded.value == value);
    CHECK(decoded.length == length);
  };
  check("a", 'a', 1);
  check("é", 0xe9, 2);
  check("中x", 0x4e2d, 3);
  check("😀", 0x1f600, 4);
  check("\xf4\x8f\xbf\xbf", 0x10ffff, 4);
  for (const std::string_view invalid :
       {"\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe4\xb8",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    check(invalid, invalid_code_point, 1);
  }
}

TEST_CASE("code points have the classes Unicode gives them") {
  using namespace engine::tokenizer;
  const ClassTable& table = ClassTable::instance();
  CHECK(table['a'] == (letter | cased_letter | lower));
  CHECK(table['A'] == (letter | cased_letter | upper));
  CHECK(table[0x4e2d] == (letter | han));
  CHECK(table[0x301] == mark);
  CHECK(table[0xbd] == number);
  CHECK(table['_'] == punctuation);
  CHECK(table['='] == symbol);
  CHECK(table[0x3000] == space);
  CHECK(table[0x200b] == 0);
  CHECK(table[0x1c4] == (letter | cased_letter | upper));
  CHECK(table[0x1c5] == (letter | cased_letter | upper));  // \p{Lt}
  CHECK(table[0x1bb] == letter);
  CHECK(table[0x1f600] == symbol);
  CHECK(table[0x10ffff] == 0);
}
