#include "engine/decode/stop_texts.h"

#include <random>
#include <string>
#include <vector>

#include "tests/support/catch.h"

namespace {

using engine::decode::Piece;
using engine::decode::StopTexts;

struct Stream {
  std::vector<std::string> pieces;  // released, in order
  std::vector<size_t> released_by;  // for each push, how many pieces are out
  bool stopped = false;

  std::string text() const {
    std::string all;
    for (const std::string& piece : pieces) all += piece;
    return all;
  }
};

Stream stream(const std::vector<std::string>& pieces, const std::vector<std::string>& stops,
              size_t exempt_bytes = 0) {
  StopTexts texts(stops, exempt_bytes);
  std::vector<Piece> released;
  Stream result;
  for (const std::string& piece : pieces) {
    if (result.stopped) break;
    result.stopped = texts.push({0, piece, 0}, released);
    result.released_by.push_back(released.size());
  }
  texts.flush(released);
  for (const Piece& piece : released) result.pieces.push_back(piece.bytes);
  return result;
}

void check_stop(const std::vector<std::string>& pieces, const std::vector<std::string>& stops,
                const std::vector<std::string>& expected) {
  const Stream result = stream(pieces, stops);
  CHECK(result.stopped);
  CHECK(result.pieces == expected);
}

}  // namespace

TEST_CASE("without stop texts every piece passes at once") {
  const Stream result = stream({"a", "", "bc"}, {});
  CHECK_FALSE(result.stopped);
  CHECK(result.pieces == std::vector<std::string>{"a", "", "bc"});
  CHECK(result.released_by == std::vector<size_t>{1, 2, 3});
}

TEST_CASE("a stop text ends the stream before it, also inside a piece and across pieces") {
  check_stop({"a", "\n", "b"}, {"\n"}, {"a"});
  check_stop({"ab\ncd"}, {"\n"}, {"ab"});
  check_stop({"\nb"}, {"\n"}, {});
  check_stop({"x = 1", "\n", "\ndef"}, {"\n\n"}, {"x = 1"});
  check_stop({"ab", "cd", "ef"}, {"bcde"}, {"a"});
  check_stop({"a", "b", "c", "d"}, {"bcd"}, {"a"});
  check_stop({"", "a", "", "b", "c"}, {"bc"}, {"", "a", ""});
}

TEST_CASE("of several stop texts the first in the text counts") {
  check_stop({"one two"}, {"two", "one"}, {});
  check_stop({"ab", "c"}, {"c", "bc"}, {"a"});
  check_stop({"aXbYc"}, {"Y", "X"}, {"a"});
}

TEST_CASE("what may begin a stop text is held back, and released when it does not") {
  const Stream result = stream({"a", "<", "<", "b", "<e", "nd", "!"}, {"<end>"});
  CHECK_FALSE(result.stopped);
  CHECK(result.pieces == std::vector<std::string>{"a", "<", "<", "b", "<e", "nd", "!"});
  CHECK(result.released_by == std::vector<size_t>{1, 1, 2, 4, 4, 4, 7});
}

TEST_CASE("a stop text that overlaps itself is found") {
  check_stop({"a", "a", "b", "a", "a", "a", "b", "c"}, {"aabaaabc"}, {});
  check_stop({"aabaa", "baaabc"}, {"aabaaabc"}, {"aab"});
}

TEST_CASE("what is held back when the stream ends is released") {
  const Stream result = stream({"a", "<", "en"}, {"<end>"});
  CHECK_FALSE(result.stopped);
  CHECK(result.text() == "a<en");
  CHECK(result.released_by.back() == 1);
}

TEST_CASE("stop texts count only after the bytes the user typed") {
  // Typed: "\n\n". The stop text begins after them.
  const Stream after = stream({"\n", "\nx", "\n", "\n"}, {"\n\n"}, 2);
  CHECK(after.stopped);
  CHECK(after.text() == "\n\nx");
  // One newline typed, one generated: they are no blank line of the model's own.
  const Stream across = stream({"\n", "\n", "x"}, {"\n\n"}, 1);
  CHECK_FALSE(across.stopped);
  CHECK(across.text() == "\n\nx");
  const Stream inside = stream({"ab\n", "c"}, {"b", "\n"}, 2);
  CHECK(inside.stopped);
  CHECK(inside.text() == "ab");
}

TEST_CASE("any cut into pieces gives what searching the whole text gives") {
  std::mt19937 random(3);
  const auto below = [&](size_t limit) { return static_cast<size_t>(random() % limit); };
  int stopped = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    std::vector<std::string> pieces;
    while (pieces.size() < 12) {
      std::string piece;
      for (size_t i = below(4); i > 0; --i) piece += static_cast<char>('a' + below(2));
      text += piece;
      pieces.push_back(piece);
    }
    std::vector<std::string> stops(1 + below(3));
    for (std::string& stop : stops) {
      for (size_t i = 1 + below(6); i > 0; --i) stop += static_cast<char>('a' + below(2));
    }
    const size_t exempt = below(6);
    // The first to be complete, byte by byte; of those that end together the longest.
    size_t first = std::string::npos;
    for (size_t end = exempt; end <= text.size() && first == std::string::npos; ++end) {
      for (const std::string& stop : stops) {
        if (end < exempt + stop.size() || !text.substr(0, end).ends_with(stop)) continue;
        first = std::min(first, end - stop.size());
      }
    }

    const Stream result = stream(pieces, stops, exempt);
    INFO(text << " exempt " << exempt << " first stop " << stops[0]);
    CHECK(result.stopped == (first != std::string::npos));
    CHECK(result.text() == text.substr(0, first));
    stopped += result.stopped;
  }
  CHECK(stopped > 1000);
  CHECK(stopped < 3000);
}
