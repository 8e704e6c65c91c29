#include "lsp/features/debug/smaller.h"

#include <algorithm>

#include "lsp/features/debug/diff.h"
#include "tests/support/catch.h"

using namespace lsp::features::debug;

TEST_CASE("the second of two steps is taken alone, before the first or behind it") {
  CHECK(second_step_alone("a b c", "A b c", "A b C") == "a b C");
  CHECK(second_step_alone("a b c", "a b C", "A b C") == "A b c");
  CHECK(second_step_alone("a b c", "a B c", "a C c").empty());
}

TEST_CASE("each place of a change is taken back for itself") {
  const auto texts = with_one_place_less("return f(a, b) + 1;\n", "return f(a, c) - 1;\n");
  CHECK(texts == std::vector<std::string>{"return f(a, b) - 1;\n", "return f(a, c) + 1;\n"});
  CHECK(with_one_place_less("return a;\n", "return b;\n").empty());
  CHECK(with_one_place_less("same", "same").empty());
}

TEST_CASE("a name is taken back as a whole") {
  const auto texts = with_one_place_less("x = left(size);\n", "x = lift(side);\n");
  CHECK(std::find(texts.begin(), texts.end(), "x = left(side);\n") != texts.end());
  CHECK(std::find(texts.begin(), texts.end(), "x = lift(size);\n") != texts.end());
}

TEST_CASE("inserted lines are put at other places of the same depth") {
  CHECK(inserted_elsewhere("f:\n  a\n    b\n\n  c\n  d\ng\n",
                           "f:\n  new\n  a\n    b\n\n  c\n  d\ng\n") ==
        std::vector<std::string>{"f:\n  a\n    b\n\n  new\n  c\n  d\ng\n",
                                 "f:\n  a\n    b\n\n  c\n  new\n  d\ng\n"});
  CHECK(inserted_elsewhere("  a\n  b\n", "  a\n  new\n  b\n") ==
        std::vector<std::string>{"  new\n  a\n  b\n"});
  CHECK(inserted_elsewhere("a\nb\n", "a\nc\n").empty());
  CHECK(inserted_elsewhere("a\nb\n", "a\n").empty());
}
