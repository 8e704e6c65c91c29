#include "lsp/bench/pace.h"

#include "tests/support/catch.h"

namespace lsp::bench {

TEST_CASE("how long something takes is told in a unit that people think in") {
  CHECK(in_words(0.2) == "1 s");
  CHECK(in_words(89) == "89 s");
  CHECK(in_words(100) == "2 minutes");
  CHECK(in_words(5'000) == "83 minutes");
  CHECK(in_words(9'000) == "2.5 hours");
}

}  // namespace lsp::bench
