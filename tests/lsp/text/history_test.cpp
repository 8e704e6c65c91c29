#include "lsp/text/history.h"

#include <algorithm>
#include <random>

#include "tests/support/catch.h"

using lsp::text::History;
using lsp::text::Hunk;
using lsp::text::Range;

namespace history_test {
namespace {

struct Text {
  std::string text;
  History history;

  void change(Range range, const std::string& now) {
    history.change(text, range, now);
    text.replace(range.begin, range.end - range.begin, now);
  }
  void type(size_t at, const std::string& now) {
    for (size_t i = 0; i < now.size(); ++i) change({at + i, at + i}, now.substr(i, 1));
  }
  void erase(size_t at, size_t bytes) {  // by Backspace
    for (size_t left = bytes; left > 0; --left) change({at + left - 1, at + left}, "");
  }
  // "before -> now" of each hunk.
  std::vector<std::string> told() const {
    std::vector<std::string> all;
    for (const auto& [range, before, order] : history.hunks()) {
      all.push_back(before + " -> " + text.substr(range.begin, range.end - range.begin));
    }
    return all;
  }
};

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("what is typed at a place is one change") {
  Text text{"a count b", {}};
  text.erase(2, 5);
  text.type(2, "sizes");
  text.erase(6, 1);
  CHECK(text.told() == Told{"count -> size"});
}

TEST_CASE("what is typed elsewhere is another change, and moves the first") {
  Text text{"one two three", {}};
  text.change({8, 13}, "3");
  text.change({0, 3}, "first");
  CHECK(text.told() == Told{"three -> 3", "one -> first"});
  text.change({6, 9}, "");  // between both
  CHECK(text.told() == Told{"three -> 3", "one -> first", "two -> "});
}

TEST_CASE(
    "a word that is changed again is what it was at first; text typed anew is new each time") {
  Text text{"count = 1", {}};
  text.change({0, 5}, "size");
  text.type(8, "2");
  text.change({0, 4}, "length");
  CHECK(text.told() == Told{" -> 2", "count -> length"});
  Text fresh{"\n", {}};
  fresh.type(0, "a = b");
  fresh.type(1, "");
  fresh.change({0, 1}, "c");
  CHECK(fresh.told() == Told{"a -> c"});
}

TEST_CASE("a line break ends a change, and lines that are put in at once are a block") {
  Text text{"count", {}};
  text.change({0, 5}, "size");
  text.type(4, "\n  x");
  CHECK(text.told() == Told{"count -> size"});
  CHECK(text.history.blocks().empty());
  text.change({0, 0}, "def f():\n    pass\n");
  REQUIRE(text.history.blocks().size() == 1);
  text.change({4, 5}, "go");
  CHECK(text.history.blocks()[0] == Range{0, 19});
  CHECK(text.told() == Told{"count -> size", "f -> go"});
}

TEST_CASE("a text that is replaced as a whole has changed where it differs") {
  Text text{"int count = 0;", {}};
  text.change({0, 14}, "int size = 0;");
  CHECK(text.told() == Told{"count -> size"});
  text.change({0, 13}, "int size = 0;");
  CHECK(text.told() == Told{"count -> size"});
}

TEST_CASE("whatever is edited, changes lie in the text and apart from each other") {
  std::mt19937 random(1);
  const auto below = [&](size_t most) { return random() % (most + 1); };
  const std::vector<std::string> pieces{"",  "a",  "bc", " ", "\n", "é", "x = y\n    return z\n",
                                        "(", "d.e"};
  for (int round = 0; round < 200; ++round) {
    Text text{"def f(a):\n    b = a\n", {}};
    for (int step = 0; step < 60; ++step) {
      const size_t begin = below(text.text.size());
      const size_t end = std::min(text.text.size(), begin + below(step % 7 == 0 ? 20 : 2));
      text.change({begin, end}, pieces[below(pieces.size() - 1)]);
      std::vector<Hunk> hunks = text.history.hunks();
      std::sort(hunks.begin(), hunks.end(), [](const Hunk& a, const Hunk& b) {
        return std::pair(a.range.begin, a.range.end) < std::pair(b.range.begin, b.range.end);
      });
      size_t past = 0;
      for (const auto& [range, before, order] : hunks) {
        const bool is_apart = past <= range.begin && range.begin <= range.end;
        REQUIRE((is_apart && range.end <= text.text.size()));
        past = range.end;
      }
      for (const Range block : text.history.blocks()) {
        REQUIRE((block.begin <= block.end && block.end <= text.text.size()));
      }
    }
  }
}

}  // namespace history_test
