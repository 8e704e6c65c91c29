#include "engine/decode/memory/traits.h"

#include "tests/support/catch.h"

namespace engine::decode::memory {

TEST_CASE("a token's shape and ending are read from its bytes") {
  struct Case {
    std::string_view bytes;
    Shape shape;
    Ending ending;
    bool ends_line;
    int bracket_change;
  };
  for (const Case& expected : {
           Case{"return", Shape::word, Ending::word, false, 0},
           Case{" return", Shape::spaced_word, Ending::word, false, 0},
           Case{".append", Shape::joined_word, Ending::word, false, 0},
           Case{"(", Shape::punctuation, Ending::opens_bracket, false, 1},
           Case{"()):", Shape::punctuation, Ending::opens_block, false, -1},
           Case{"):\n", Shape::punctuation_line_end, Ending::opens_block, true, -1},
           Case{"\n\n", Shape::line_end, Ending::none, true, 0},
           Case{"    ", Shape::blank, Ending::none, false, 0},
           Case{"127", Shape::number, Ending::word, false, 0},
           Case{" {\n(", Shape::punctuation_line_end, Ending::opens_bracket, true, 1},
           Case{"", Shape::blank, Ending::none, false, 0},
       }) {
    INFO("token '" << expected.bytes << "'");
    const TokenTraits traits = token_traits(expected.bytes);
    CHECK(traits.shape == expected.shape);
    CHECK(traits.ending == expected.ending);
    CHECK(traits.ends_line == expected.ends_line);
    CHECK(traits.bracket_change == expected.bracket_change);
  }
}

TEST_CASE("a line's state follows the bytes") {
  Line line;
  line.feed("def f(a,\n");
  CHECK(line.previous_column == 8);
  CHECK(line.open_brackets == 1);
  CHECK(line.blank);
  line.feed("      ");
  line.feed("b='(");
  CHECK(line.indentation == 6);
  CHECK(line.column == 10);
  CHECK(line.quote == '\'');
  CHECK(line.depth == 0);  // a bracket in quotes opens nothing
  CHECK(line.tokens == 2);
  line.feed("')");
  CHECK(line.quote == 0);
  CHECK(line.depth == -1);
  CHECK(line.open_brackets == 0);
}

}  // namespace engine::decode::memory
