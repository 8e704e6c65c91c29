// Projects whose tests take longer than those of most.
#include "lsp/features/debug/search.h"
#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

namespace slow_test {
namespace {

struct Told {
  Report report;
  std::string how_far;  // one line for each sentence
};

Told debug_slow(Subject subject, std::optional<uint32_t> search_ms = {}) {
  runner::Runner sandbox;
  Told told;
  Options options{.search_ms = search_ms};
  options.on_progress = [&](const std::string& how_far) { told.how_far += how_far + "\n"; };
  auto report = debug(subject, sandbox, options);
  INFO((report ? "" : report.message()));
  REQUIRE(report.ok());
  told.report = std::move(*report);
  INFO(told.how_far << told.report.note);
  return told;
}

const std::string program = "def larger(a, b):\n    return a if a < b else b\n";
const std::string right = "+    return a if a > b else b";

}  // namespace

TEST_CASE("a command that takes longer than most runs is waited for, and a fix is still found",
          "[slow]") {
  Project project("larger.py", program, "", "");
  project.folder.write("project/check.py",
                       "import time\nfrom larger import larger\n\ntime.sleep(6)\n"
                       "assert larger(1, 2) == 2\nassert larger(4, 3) == 4\n");
  project.subject.question.command = "python3 check.py";
  auto subject = find_subject(project.subject.question);
  REQUIRE(subject.ok());
  const Told told = debug_slow(*subject);
  REQUIRE(told.report.failure);
  CHECK(told.report.failure->verdict == "failed");  // and not "timed out"
  REQUIRE_FALSE(told.report.fixes.empty());
  CHECK(told.report.fixes[0].diff.find(right) != std::string::npos);
  CHECK(told.how_far.find("it has not ended in 5 s: waiting up to 90 s") != std::string::npos);
  CHECK(told.how_far.find("one run takes 6") != std::string::npos);
  CHECK(told.how_far.find("tried 2 of ") != std::string::npos);
  CHECK(told.report.note.find(" changes (one run takes 6") != std::string::npos);
}

TEST_CASE("tests that wait are no program that never ends", "[slow]") {
  const Project project("larger.py", program, "test_larger.py",
                        "import time\n\nfrom larger import larger\n\n\n"
                        "def test_waits():\n    time.sleep(6)\n\n\n"
                        "def test_larger():\n    assert larger(1, 2) == 2\n");
  const Told told = debug_slow(project.subject);
  REQUIRE(told.report.failure);
  CHECK(told.report.failure->red == std::vector<std::string>{"test_larger.py::test_larger"});
  REQUIRE_FALSE(told.report.fixes.empty());
  CHECK(told.report.fixes[0].seen == "passes 2 of 2 tests");
}

TEST_CASE("a time that is named is kept, however long a run takes", "[slow]") {
  const Project project("larger.py", program, "test_larger.py",
                        "import time\n\nfrom larger import larger\n\n\n"
                        "def test_waits():\n    time.sleep(60)\n    assert larger(1, 2) == 2\n");
  const auto begin = Clock::now();
  const Told told = debug_slow(project.subject, 14'000);
  CHECK(Clock::now() - begin < std::chrono::seconds(26));
  CHECK(told.how_far.find("waiting up to 90 s") == std::string::npos);
  REQUIRE(told.report.failure);
  CHECK(told.report.fixes.empty());
}

TEST_CASE("a long program that cannot be read is mended before all of its changes were looked at",
          "[slow]") {
  std::string text;
  for (int i = 0; i < 120; ++i) {
    const std::string n = std::to_string(i);
    text += "def work_" + n + "(values, start):\n    total = start + " + n +
            "\n    for value in values:\n        if value > start and value % 2 == 0:\n"
            "            total = total + value * " +
            n + "\n    return total - start\n\n\n";
  }
  const Project project("larger.py", text + "def larger(a, b)\n    return a if a > b else b\n",
                        "test_larger.py",
                        "from larger import larger\n\n\ndef test_larger():\n"
                        "    assert larger(1, 2) == 2\n    assert larger(4, 3) == 4\n");
  const Told told = debug_slow(project.subject);
  INFO(told.report.note);
  REQUIRE_FALSE(told.report.fixes.empty());
  CHECK(told.report.fixes[0].diff.find("+def larger(a, b):") != std::string::npos);
}

}  // namespace slow_test
