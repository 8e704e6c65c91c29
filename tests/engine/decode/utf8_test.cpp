#include "engine/decode/utf8.h"

#include <string>

#include "tests/support/catch.h"

using engine::decode::unfinished_utf8;
using engine::decode::Utf8Joiner;

TEST_CASE("a character that is cut off at the end is seen as such") {
  CHECK(unfinished_utf8("") == 0);
  CHECK(unfinished_utf8("abc") == 0);
  CHECK(unfinished_utf8("é") == 0);
  CHECK(unfinished_utf8("日") == 0);
  CHECK(unfinished_utf8("😀") == 0);
  CHECK(unfinished_utf8("a\xC3") == 1);
  CHECK(unfinished_utf8("a\xE6") == 1);
  CHECK(unfinished_utf8("a\xE6\x97") == 2);
  CHECK(unfinished_utf8("a\xF0\x9F\x98") == 3);
}

TEST_CASE("bytes that are no UTF-8 are not waited for") {
  CHECK(unfinished_utf8("a\xFF") == 0);
  CHECK(unfinished_utf8("a\xC0") == 0);      // never begins a character
  CHECK(unfinished_utf8("a\x97\xA5") == 0);  // continues nothing
  CHECK(unfinished_utf8("\x80\x80\x80\x80") == 0);
  CHECK(unfinished_utf8("\xC3\xA9\xA9") == 0);
}

TEST_CASE("joined pieces are whole characters and lose nothing") {
  const std::string text = "naïve 日本 😀 \xFF end\xE6";
  for (size_t step = 1; step <= 5; ++step) {
    Utf8Joiner joiner;
    std::string joined;
    for (size_t i = 0; i < text.size(); i += step) {
      const std::string whole = joiner.push(text.substr(i, step));
      CHECK(unfinished_utf8(whole) == 0);
      joined += whole;
    }
    const std::string rest = joiner.flush();
    CHECK(rest == "\xE6");
    CHECK(joined + rest == text);
    CHECK(joiner.flush().empty());
  }
}
