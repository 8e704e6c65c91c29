// The fuzz target's work with a fixed seed and a short time.
#include "tests/fuzz/edit_input.h"

#include "tests/fuzz/mutation.h"
#include "tests/support/catch.h"

TEST_CASE("any edits in any encoding leave a text and positions that agree") {
  std::mt19937 random(7);
  int edits = 0;
  for (int i = 0; i < 3'000; ++i) {
    std::string seed(1, static_cast<char>(i % 3));
    seed += "\x18one\r\ntwo\rthree é 中 😀\n";
    for (int edit = 0; edit < 6; ++edit) {
      for (int number = 0; number < 4; ++number) seed += static_cast<char>(random() % 24);
      seed += "\x04\r\né";
    }
    edits += fuzz::feed_edits(fuzz::mutated(seed, "\r\n\xC3\xE4\xF0\x80\xFF", random));
  }
  CHECK(edits > 10'000);
}
