#include "lsp/bench/baseline.h"

#include "tests/support/catch.h"

namespace lsp::bench {
namespace {

// `<cursor>` and the end of its line are where the rest is missing.
void check_baseline(std::string text, std::string_view expected) {
  const size_t cursor = text.find("<cursor>");
  const std::string before = text.substr(0, cursor);
  const std::string after = text.substr(std::min(text.size(), cursor + 9));
  CHECK(baseline(before, after) == expected);
}

}  // namespace

TEST_CASE("the baseline repeats the nearest line that begins alike, whatever its indentation") {
  check_baseline("a = one()\na = two()\n    a =<cursor>\n", " two()");
  check_baseline("a =<cursor>\n\n\n    a = far()\n", " far()");
}

TEST_CASE("the baseline lets lines that recur outvote one that is near") {
  check_baseline("a = one()\na = one()\na = two()\na =<cursor>\n", " one()");
}

TEST_CASE("on a blank line the baseline repeats what followed the line before") {
  check_baseline("try:\n    work()\nx\ntry:\n    <cursor>\n", "work()");
  check_baseline("try:\n    <cursor>\nx\ntry:\n\n    later()\n", "later()");
}

TEST_CASE("the baseline completes a half-typed word from the buffer") {
  check_baseline("value = compute_total(rows)\nprint(comp<cursor>\n", "ute_total");
  check_baseline("f(comp<cursor>\ncompute = 1\n", "ute");
}

TEST_CASE("the baseline is silent where it knows nothing") {
  check_baseline("f(<cursor>\n", "");
  check_baseline("<cursor>", "");
  check_baseline("12345\nx = 12<cursor>\n", "");
}

}  // namespace lsp::bench
