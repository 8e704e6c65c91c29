#include "lsp/features/debug/diff.h"

#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

TEST_CASE("lines between two changes are not said to change") {
  CHECK(unified_diff("a\nb\nc\nd\ne\n", "A\nb\nc\nX\nd\n", "f") ==
        "--- a/f\n+++ b/f\n@@ -1,5 +1,5 @@\n-a\n+A\n b\n c\n+X\n d\n-e\n");
  CHECK(unified_diff("a\n", "a\nb", "f") ==
        "--- a/f\n+++ b/f\n@@ -1,1 +1,2 @@\n a\n+b\n\\ No newline at end of file\n");
  CHECK(unified_diff("a\n", "a\n", "f").empty());
}

TEST_CASE("a diff of two large texts that share little is made in time") {
  std::string before, after;
  for (int i = 0; i < 5'000; ++i) {
    before += "b" + std::to_string(i) + "\n";
    after += "a" + std::to_string(i) + "\n";
  }
  CHECK(unified_diff(before, after, "f").size() > before.size() + after.size());
}

TEST_CASE("a program that says itself that it failed is quoted") {
  const Report report = debug_project(
      "words.py",
      "import sys\n\nif len('a b'.split()) != 3:\n    print('wrong: two', file=sys.stderr)\n"
      "    sys.exit(3)\n",
      "", "");
  REQUIRE(report.hints.size() >= 2);
  const std::string& what = report.hints[report.hints.size() - 2].text;
  INFO(what);
  CHECK(what.find("exit status 3, and the words: wrong: two") != std::string::npos);
}
