#include "engine/session/common_runs.h"

#include <string>

#include "tests/support/catch.h"

namespace {

using engine::session::common_runs;
using engine::session::CommonRun;

std::vector<int32_t> tokens(const std::string& text) { return {text.begin(), text.end()}; }

// "new[from old]…": what is shared in brackets, each with the place where the old text has it.
void check_runs(const std::string& old_text, const std::string& new_text,
                const std::string& expected, int first = 0, int end = -1) {
  std::string found = new_text;
  auto runs = common_runs(tokens(old_text), tokens(new_text), first,
                          end < 0 ? static_cast<int>(new_text.size()) : end, 3);
  for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
    CHECK(old_text.substr(static_cast<size_t>(run->from), static_cast<size_t>(run->count)) ==
          new_text.substr(static_cast<size_t>(run->to), static_cast<size_t>(run->count)));
    found.insert(static_cast<size_t>(run->to + run->count), "]");
    found.insert(static_cast<size_t>(run->to), "[" + std::to_string(run->from) + " ");
  }
  CHECK(found == expected);
}

}  // namespace

TEST_CASE("text behind an insertion, a deletion or a change is found where it was") {
  check_runs("abcdefgh", "abcXXdefgh", "abcXX[3 defgh]", 3);
  check_runs("abcdefgh", "abefgh", "ab[4 efgh]", 2);
  check_runs("abcdefgh", "abcXefgh", "abcX[4 efgh]", 3);
}

TEST_CASE("several pieces are found, in any order") {
  check_runs("abcdefghij", "XfghYabcdZ", "X[5 fgh]Y[0 abcd]Z");
}

TEST_CASE("of several places the one that agrees for longest is taken") {
  check_runs("abcX abcde abcdY", "-abcdef", "-[5 abcde]f");
}

TEST_CASE("what is shorter than the least, before the first or behind the end does not count") {
  check_runs("abcdef", "XabY", "XabY");
  check_runs("Xabcdef", "Yabcdef", "Yab[3 cdef]", 3);
  check_runs("abcdef", "Xabcdef", "X[0 abcd]ef", 0, 5);
  check_runs("ab", "abab", "abab");
  check_runs("abcdef", "ab", "ab");
}

TEST_CASE("what repeats the beginning that both share has not moved") {
  check_runs("abcdXefgh", "abcdYabcdefgh", "abcdYabcd[5 efgh]", 4);
}

TEST_CASE("texts that repeat themselves for long are gone through in no time") {
  const std::string lines(20000, '\n');
  const auto runs = common_runs(tokens(lines), tokens("a" + lines), 0, 20001, 3);
  REQUIRE(!runs.empty());
  CHECK(runs.front().count > 19000);
}
