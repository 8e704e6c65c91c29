// What a model says, and what of it stays.
#include "lsp/features/debug/grounded.h"

#include "tests/support/catch.h"

using namespace lsp::features::debug;

namespace {

const std::string program =
    "def mean(values):\n"
    "    total = 0\n"
    "    for i in range(len(values) + 1):\n"
    "        total += values[i]\n"
    "    return total / len(values)\n";

std::string kept(const std::string& said, Tongue tongue = Tongue::english, size_t most = 3) {
  Found found{.verdict = "failed", .type = "IndexError", .message = "list index out of range"};
  found.frames = {{"/p/test_mean.py", 8, "test_of_several", {}},
                  {"/p/mean.py", 4, "mean", {{"values", "[1, 2, 6]"}, {"i", "3"}, {"total", "9"}}}};
  found.red = {"test_of_several"};
  Subject subject{.question = {.file = "/p/mean.py", .text = program}};
  subject.tests = "/p/test_mean.py";
  subject.tests_text = "def test_of_several():\n    assert mean([1, 2, 6]) == 3\n";
  const Fix fix{.diff =
                    "--- a\n+++ b\n-    for i in range(len(values) + 1):\n"
                    "+    for i in range(len(values)):\n"};
  return Ground(found, subject, tongue).of(said, most, {fix});
}

void check_stays(const std::string& said, Tongue tongue = Tongue::english) {
  CHECK(kept(said, tongue) == said);
}

void check_goes(const std::string& said, Tongue tongue = Tongue::english) {
  INFO(said);
  CHECK(kept(said, tongue).empty());
}

}  // namespace

TEST_CASE("a sentence that speaks of what is there stays") {
  check_stays("The loop in line 3 goes on until `i` is 3, and `values` has no such element.");
  check_stays("In `mean`, line 4 reads `values[i]` when i = 3.");
  check_stays("The test test_of_several passes `[1, 2, 6]` to `mean`.");
  check_stays("Think of the last round: what isn't there any more?");
  check_stays("Lines 3 and 4 belong together.");
}

TEST_CASE("a sentence with a value, a name or a line that does not occur goes") {
  check_goes("The list has 7 elements.");
  check_goes("The variable `position` is too large.");
  check_goes("It calls `values.pop()`.");
  check_goes("The helper compute_mean is wrong.");
  check_goes("The function averageOf is wrong.");
  check_goes("The call of sorted() is wrong.");
  check_goes("It fails in line 12.");
  check_goes("Look at lines 3 to 9.");
  check_goes("It says \"division by zero\".");
  check_goes("It has i > 10 there.");
  check_goes("");
}

TEST_CASE("a value belongs to the name that has it, and code to its line") {
  check_goes("At that moment `i` is 9.");
  check_goes("At that moment i = 2.");
  check_goes("Line 2 says `total += values[i]`.");
  check_stays("Line 2 says `total = 0`.");
  check_stays("At that moment `total` is 9.");
}

TEST_CASE("what a fix would write is given away by none") {
  check_goes("It should be `range(len(values))`.");
  check_stays("Is `range(len(values) + 1)` one too many?");
}

TEST_CASE("the sentences that hold stay when another goes") {
  CHECK(kept("The loop goes too far. It has 12 rounds. Look at `i`.") ==
        "The loop goes too far. Look at `i`.");
  CHECK(kept("One. Two. Three.", Tongue::english, 1) == "One.");
}

TEST_CASE("sentences are told in each language, and others go") {
  check_stays("第 3 行的循环多走了一步，此时 `i` 为 3。", Tongue::chinese);
  check_goes("第 30 行的循环多走了一步。", Tongue::chinese);
  check_goes("循环在 `i` 为 9 时结束。", Tongue::chinese);
  check_stays("L'indice `i` vaut 3 à la ligne 4.", Tongue::french);
  check_goes("L'indice `i` vaut 5 à la ligne 4.", Tongue::french);
  check_goes("Voir la ligne 40.", Tongue::french);
  check_stays("In Zeile 4 ist `i` 3, z. B. nach der letzten Runde.", Tongue::german);
  check_goes("In Zeile 44 bricht es ab.", Tongue::german);
  check_goes("The loop goes too far.", Tongue::chinese);
  check_goes("循环多走了一步。", Tongue::german);
}

TEST_CASE("any bytes may come from a model") {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(3, static_cast<char>(byte));
    kept(text);
    kept("`" + text);
    kept("line 99999999999999999999 " + text + ". `" + text + "`");
  }
}
