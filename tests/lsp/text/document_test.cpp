#include "lsp/text/document.h"

#include <chrono>
#include <random>

#include "lsp/text/utf8.h"
#include "tests/support/catch.h"

using lsp::text::Document;
using lsp::text::Encoding;
using lsp::text::Position;
using lsp::text::Range;

namespace {

Document document(std::string text) { return Document("file:///a", "text", 1, std::move(text)); }

void check_lines(const std::string& text, const std::vector<std::string>& expected) {
  const Document read = document(text);
  std::vector<std::string> lines;
  for (size_t i = 0; i < read.line_count(); ++i) lines.emplace_back(read.line(i));
  INFO(text);
  CHECK(lines == expected);
}

void check_position(const std::string& text, Position position, Encoding encoding,
                    size_t expected_offset) {
  INFO(text << " at " << position.line << ':' << position.character);
  CHECK(document(text).offset_of(position, encoding) == expected_offset);
}

// There and back: every boundary of every character, in every encoding.
void check_round_trip(const std::string& text) {
  const Document read = document(text);
  for (const Encoding encoding : {Encoding::utf8, Encoding::utf16, Encoding::utf32}) {
    for (size_t line = 0; line < read.line_count(); ++line) {
      const Range range = read.line_range(line);
      for (size_t at = range.begin; at <= range.end;) {
        CHECK(read.offset_of(read.position_of(at, encoding), encoding) == at);
        at += at < text.size() ? lsp::text::character_bytes(text, at) : 1;
      }
    }
  }
}

std::string random_text(std::mt19937& random, size_t pieces) {
  static const std::vector<std::string> alphabet{
      "a", "b ", "\n", "\r", "\r\n", "é", "中", "😀", "\xFF", "\xC3", "\xF0\x9F", "\t", "xyz"};
  std::string text;
  for (size_t i = 0; i < pieces; ++i) text += alphabet[random() % alphabet.size()];
  return text;
}

}  // namespace

TEST_CASE("lines end with \\n, \\r\\n or \\r") {
  check_lines("", {""});
  check_lines("a", {"a"});
  check_lines("a\n", {"a", ""});
  check_lines("a\r\nb\rc\nd", {"a", "b", "c", "d"});
  check_lines("\r\r\n\n\r", {"", "", "", "", ""});
  check_lines("a\r", {"a", ""});
}

TEST_CASE("positions count code units of the encoding") {
  const std::string line = "aé中😀z";  // bytes 1 2 3 4 1
  check_position(line, {0, 3}, Encoding::utf8, 3);
  check_position(line, {0, 10}, Encoding::utf8, 10);
  check_position(line, {0, 3}, Encoding::utf16, 6);
  check_position(line, {0, 5}, Encoding::utf16, 10);
  check_position(line, {0, 4}, Encoding::utf32, 10);
}

TEST_CASE("positions outside are clamped") {
  check_position("ab\r\ncd", {0, 99}, Encoding::utf16, 2);
  check_position("ab\r\ncd", {1, 99}, Encoding::utf16, 6);
  check_position("ab\r\ncd", {2, 0}, Encoding::utf16, 6);
  check_position("ab\r\ncd", {0xFFFFFFFF, 0xFFFFFFFF}, Encoding::utf8, 6);
  check_position("", {3, 3}, Encoding::utf32, 0);
  check_position("a😀b", {0, 2}, Encoding::utf16, 1);  // between the surrogates
  check_position("a😀b", {0, 3}, Encoding::utf8, 1);
  const Position inside_line_ending = document("ab\r\ncd").position_of(3, Encoding::utf16);
  CHECK(inside_line_ending.line == 0);
  CHECK(inside_line_ending.character == 2);
}

TEST_CASE("each byte that is no character counts as one unit") {
  const std::string text = "\xFF\xC3\x28\xE2\x82z\xED\xA0\x80";  // cut forms and a surrogate
  for (const Encoding encoding : {Encoding::utf8, Encoding::utf16, Encoding::utf32}) {
    for (uint32_t i = 0; i <= text.size(); ++i) check_position(text, {0, i}, encoding, i);
  }
  check_position("\xFF中a", {0, 2}, Encoding::utf16, 4);
  CHECK(lsp::text::is_valid_utf8("aé中😀"));
  CHECK(lsp::text::first_invalid("é\xC0\x80") == 2);
  CHECK(lsp::text::first_invalid("\xF4\x90\x80\x80") == 0);
}

TEST_CASE("a character that has only begun is told from whole ones and from no character") {
  for (const char* whole : {"", "ab", "é", "中", "😀", "a\x80", "\xFF", "\xA4\xA4\xA4\xA4"}) {
    CHECK(lsp::text::whole_characters(whole) == std::string_view(whole).size());
  }
  for (const char* begun : {"ab\xC3", "ab\xE4", "ab\xE4\xB8", "ab\xF0", "ab\xF0\x9F\x98"}) {
    CHECK(lsp::text::whole_characters(begun) == 2);
  }
}

TEST_CASE("offsets survive the way to a position and back") {
  std::mt19937 random(1);
  for (int i = 0; i < 300; ++i) check_round_trip(random_text(random, 12));
}

TEST_CASE("an edited document equals one read anew") {
  std::mt19937 random(2);
  for (int sequence = 0; sequence < 2000; ++sequence) {
    std::string expected = random_text(random, random() % 12);
    Document edited = document(expected);
    for (int64_t version = 2; version < 12; ++version) {
      const size_t begin = random() % (expected.size() + 1);
      const size_t end = begin + random() % (expected.size() - begin + 1);
      const std::string inserted = random_text(random, random() % 4);
      expected.replace(begin, end - begin, inserted);
      edited.apply({begin, end}, inserted, version);
      const Document anew = document(expected);
      REQUIRE(edited.text() == expected);
      REQUIRE(edited.version() == version);
      REQUIRE(edited.line_count() == anew.line_count());
      for (size_t i = 0; i < anew.line_count(); ++i) REQUIRE(edited.line(i) == anew.line(i));
    }
  }
}

TEST_CASE("an edit leaves the older snapshot as it was") {
  const auto old = std::make_shared<const Document>(document("one\ntwo\n"));
  const auto edited = old->edit({4, 7}, "2\n3", 7);
  CHECK(old->text() == "one\ntwo\n");
  CHECK(old->line_count() == 3);
  CHECK(edited->text() == "one\n2\n3\n");
  CHECK(edited->line_count() == 4);
  CHECK(edited->version() == 7);
  CHECK(edited->uri() == old->uri());
}

// Run by hand: test_lsp_text "[bench]".
TEST_CASE("a keystroke in a 100 MB file", "[.][bench]") {
  std::string text;
  while (text.size() < 100'000'000) text += "    value = compute(first, second)  # 中\n";
  const auto now = [] { return std::chrono::steady_clock::now(); };
  const auto ms = [](auto from, auto to) {
    return std::chrono::duration<double, std::milli>(to - from).count();
  };
  const auto begin = now();
  Document huge = document(std::move(text));
  const auto opened = now();
  huge.apply({4, 4}, "a", 2);
  const auto first = now();
  for (int i = 0; i < 20; ++i) huge.apply({5, 5}, "a", 3 + i);
  const auto at_start = now();
  const size_t middle = huge.text().size() / 2;
  for (int i = 0; i < 20; ++i) huge.apply({middle, middle}, "\n", 23 + i);
  const auto at_middle = now();
  WARN("open " << ms(begin, opened) << " ms, first keystroke " << ms(opened, first)
               << " ms, then at the start " << ms(first, at_start) / 20 << " ms, a new line in the"
               << " middle " << ms(at_start, at_middle) / 20 << " ms");
  CHECK(huge.line_count() > 2'000'000);
}
