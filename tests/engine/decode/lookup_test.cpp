#include "engine/decode/lookup.h"

#include <numeric>
#include <vector>

#include "tests/support/catch.h"

namespace {

using engine::decode::last_occurrence;
using engine::decode::longest_match;
using engine::decode::Token;

void check_occurrence(const std::vector<Token>& text, size_t next, size_t length) {
  const auto found = last_occurrence(text);
  CHECK(found.length == length);
  if (length > 0) CHECK(found.next == next);
}

}  // namespace

TEST_CASE("a text without a repeated end has no occurrence") {
  check_occurrence({}, 0, 0);
  check_occurrence({1}, 0, 0);
  check_occurrence({1, 2, 3}, 0, 0);
}

TEST_CASE("the longest match counts, and of several as long the latest") {
  check_occurrence({1, 2, 9, 3, 2, 8, 1, 2}, 2, 2);
  check_occurrence({5, 2, 9, 6, 2, 8, 7, 2}, 5, 1);
  check_occurrence({1, 1}, 1, 1);
  check_occurrence({1, 2, 1, 2, 1, 2}, 4, 4);  // a text may overlap its own repetition
}

TEST_CASE("a match ends where the text begins, and at its greatest length") {
  check_occurrence({4, 5, 6, 4, 5}, 2, 2);
  std::vector<Token> text(100);
  std::iota(text.begin(), text.end(), 0);
  for (Token token = 0; token < 80; ++token) text.push_back(token);
  check_occurrence(text, 80, longest_match);
}
