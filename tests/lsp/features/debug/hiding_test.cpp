// Changes that only keep a program from failing, where no test says what it should do.
#include "lsp/features/debug/hiding.h"

#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

namespace {

// What is left of these versions of a program that fails, which come with the kind of their change.
std::vector<std::string> kept_of(const std::string& name, const std::string& program,
                                 const std::vector<std::pair<std::string, const char*>>& changed) {
  const Project project(name, program, "", "");
  runner::Runner sandbox;
  const Options options;
  const Runs runs{.subject = project.subject,
                  .sandbox = sandbox,
                  .options = options,
                  .end = Clock::now() + std::chrono::seconds(60)};
  const auto red = try_version(sandbox, project.subject, runs.version(program, Pace::full));
  REQUIRE((red.ok() && !red->green));
  Search found;
  for (const auto& [text, what] : changed) found.green.push_back({{text, what, 1, false}, 0});
  const Clues clues;
  std::vector<const Green*> green;
  for (const Green& each : found.green) green.push_back(&each);
  std::vector<std::string> kept;
  for (const Green* each : without_hiding(runs, {*red, clues, found, 9, program}, green)) {
    kept.push_back(each->candidate.text);
  }
  return kept;
}

}  // namespace

TEST_CASE("a change that takes away what failed is dropped, one that goes round it comes last") {
  const std::string head = "print('begin')\n\n\ndef last(xs):\n";
  const std::string call = "\n\nprint(last([1, 2]))\n";
  const std::string program = head + "    if len(xs) > 0:\n        return xs[len(xs)]\n" + call;
  const std::string right = head + "    if len(xs) > 0:\n        return xs[len(xs) - 1]\n" + call;
  const std::string inverted = head + "    if len(xs) < 0:\n        return xs[len(xs)]\n" + call;
  const std::string gone = head + "    if len(xs) > 0:\n        pass\n" + call;
  const std::string round = head +
                            "    if len(xs) > 1:\n        return None\n    if len(xs) > 0:\n       "
                            " return xs[len(xs)]\n" +
                            call;
  const std::string silent =
      "\n\n\ndef last(xs):\n    if len(xs) > 0:\n        return xs[len(xs) - 1]\n" + call;
  CHECK(kept_of("last.py", program,
                {{inverted, "operator"},
                 {gone, "superfluous statement"},
                 {silent, "rewritten function"},
                 {round, "early return"},
                 {right, "off by one"}}) == std::vector<std::string>{right, round});
}

TEST_CASE("where all that passes prints something else than before, that is kept") {
  const std::string program = "print(1)\nprint(1 / 0)\n", other = "print(2)\nprint(1 / 1)\n";
  CHECK(kept_of("ones.py", program, {{other, "constant"}}) == std::vector<std::string>{other});
}

TEST_CASE("a return put before what failed takes it away") {
  const std::string head = "def f(xs):\n    n = 0\n", tail = "\n\nf([])\n";
  CHECK(kept_of("f.py", head + "    n = xs[0]\n    return n\n" + tail,
                {{head + "    return n\n    n = xs[0]\n" + tail, "order of statements"}})
            .empty());
}

TEST_CASE("an inverted guard in C++ is no fix") {
  const auto program = [](const std::string& condition, const std::string& argument) {
    return "#include <cstdio>\n#include <cstring>\nint length(const char* text) {\n  if (" +
           condition + ") {\n    return (int)std::strlen(" + argument +
           ");\n  }\n  return 0;\n}\nint main() {\n  std::printf(\"%d\\n\", length(nullptr));\n}\n";
  };
  CHECK(kept_of("length.cpp", program("text == nullptr", "text"),
                {{program("text != nullptr", "text"), "operator"}})
            .empty());
  for (const std::string& changed : changes_of("cpp", program("text", "text"))) {
    CHECK(changed.find("strlen(text + 1)") == std::string::npos);
  }
  check_offers("cpp", "int f(const int* a, const int* b) { return g(a, b); }\n",
               "int f(const int* a, const int* b) { return g(a, b + 1); }\n");
}

TEST_CASE("a line that does not compile is not left out") {
  const Report report = debug_project(
      "sum.cpp",
      "#include <iostream>\nint main() {\n  int total = 6;\n  cout << total << endl;\n}\n", "", "");
  REQUIRE_FALSE(report.fixes.empty());
  INFO(report.fixes[0].evidence);
  CHECK(report.fixes[0].text.find("std::cout << total << std::endl;") != std::string::npos);
  for (const Fix& fix : report.fixes) CHECK(fix.text.find("  ;\n") == std::string::npos);
}
