// From end to end, in real sandboxes.
#include <regex>
#include <sstream>

#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

namespace {

void check_fixed(const Report& report, const std::string& line, const std::string& evidence,
                 Verified verified = Verified::yes) {
  REQUIRE(report.failure.has_value());
  CHECK(report.failure->reproduced);
  INFO(report.note);
  REQUIRE_FALSE(report.fixes.empty());
  const Fix& fix = report.fixes.front();
  INFO(fix.evidence << "\n" << fix.diff);
  CHECK(fix.verified == verified);
  CHECK(fix.diff.find("+" + line) != std::string::npos);
  CHECK(fix.evidence.find(evidence) != std::string::npos);
}

}  // namespace

TEST_CASE("a Python program is mended, and told how many tests pass") {
  check_fixed(
      debug_project("sums.py", "def total(n):\n    return sum(range(1, n))\n", "test_sums.py",
                    "from sums import total\n\n\ndef test_small():\n    assert total(1) == 1\n"
                    "    assert str(total(0)) == '0' and total(-1) == 0\n"
                    "\n\ndef test_large():\n    assert total(100) == 5050\n"),
      "    return sum(range(1, n + 1))", "passes 2 of 2 tests");
}

TEST_CASE("a Python project is mended as pytest runs it: fixtures, classes, a folder of tests") {
  const std::string program =
      "def larger(a, b):\n    return a if a < b else b\n\n\ndef unused():\n    return 0\n";
  const std::string cases =
      "assert larger(1, 2) == 2\nassert larger(2, 1) == 2\nassert larger(3, 3) == 3\n"
      "assert larger(-1, 0) == 0\nassert larger('a', 'b') == 'b'\n";
  const auto body = [&](const std::string& indent) {
    std::string text;
    std::istringstream lines(cases);
    for (std::string line; std::getline(lines, line);) text += indent + line + "\n";
    return text;
  };
  const std::string import = "from app.tools import larger\n\n\n";
  const std::pair<const char*, std::string> tests[] = {
      {"conftest.py", import + "def test_larger(two):\n    assert two == 2\n" + body("    ")},
      {"other.txt", import + "def test_larger(tmp_path):\n" + body("    ")},
      {"other.txt", import + "class TestLarger:\n    def test_it(self):\n" + body("        ")},
      {"__init__.py", import +
                          "import unittest\n\n\nclass Larger(unittest.TestCase):\n"
                          "    def test_it(self):\n" +
                          body("        ")},
      {"other.txt",
       import + "def test_larger():\n    open('tests/other.txt').close()\n" + body("    ")}};
  for (const auto& [beside, text] : tests) {
    const support::TemporaryFolder folder{support::Readable::by_all};
    folder.write("project/app/tools.py", program);
    folder.write("project/tests/test_tools.py", text);
    folder.write(std::string("project/tests/") + beside,
                 beside == std::string("conftest.py")
                     ? "import pytest\n\n\n@pytest.fixture\ndef two():\n    return 2\n"
                     : "");
    const auto subject = find_subject({.file = folder.path("project/app/tools.py"),
                                       .text = program,
                                       .tests = folder.path("project/tests/test_tools.py"),
                                       .workspace = folder.path("project")});
    REQUIRE(subject.ok());
    runner::Runner sandbox;
    const auto report = debug(*subject, sandbox, {.search_ms = 20'000});
    REQUIRE(report.ok());
    INFO(text);
    check_fixed(*report, "    return a if a > b else b", "passes 1 of 1 test",
                report->fixes.empty() ? Verified::yes : report->fixes.front().verified);
  }
}

TEST_CASE("a Python module is mended that the tests know by another one alone") {
  const support::TemporaryFolder folder{support::Readable::by_all};
  const std::string program = "def larger(a, b):\n    return a if a < b else b\n";
  folder.write("project/app/inner/tools.py", program);
  folder.write("project/app/main.py",
               "from app.inner.tools import larger\n\n\ndef best(a, b):\n"
               "    return larger(a, b)\n");
  folder.write("project/tests/test_main.py",
               "from app.main import best\n\n\ndef test_best():\n    assert best(1, 2) == 2\n"
               "    assert best(2, 1) == 2 and best(3, 3) == 3 and best(-1, 0) == 0\n");
  const auto subject = find_subject({.file = folder.path("project/app/inner/tools.py"),
                                     .text = program,
                                     .tests = folder.path("project/tests/test_main.py"),
                                     .workspace = folder.path("project")});
  REQUIRE(subject.ok());
  runner::Runner sandbox;
  const auto report = debug(*subject, sandbox, {.search_ms = 30'000});
  REQUIRE(report.ok());
  INFO(report->note);
  REQUIRE_FALSE(report->fixes.empty());
  CHECK(report->fixes.front().diff.find("+    return a if a > b else b") != std::string::npos);
}

TEST_CASE("how many changes were tried is the same wherever it is said") {
  const Report report =
      debug_project("sums.py", "def total(n):\n    return sum(range(1, n))\n", "test_sums.py",
                    "from sums import total\n\n\ndef test_small():\n    assert total(1) == 1\n"
                    "    assert total(0) == 0 and total(-1) == 0\n    assert total(100) == 5050\n");
  std::smatch said, others;
  REQUIRE(std::regex_search(report.note, said, std::regex("tried (\\d+) of (\\d+) changes")));
  CHECK(said[1] == said[2]);
  REQUIRE_FALSE(report.fixes.empty());
  const std::string& evidence = report.fixes.front().evidence;
  INFO(report.note << "\n" << evidence);
  REQUIRE(std::regex_search(evidence, others, std::regex("of (\\d+) other changes")));
  CHECK(std::stoi(others[1]) == std::stoi(said[1]) - 1);
}

TEST_CASE("a JavaScript program is mended") {
  check_fixed(
      debug_project("last.js", "exports.last = (list) => list[list.length];\n", "last.test.js",
                    "const { test } = require('node:test');\n"
                    "const assert = require('node:assert');\n"
                    "const { last } = require('./last.js');\n"
                    "test('one', () => { assert.strictEqual(last([7]), 7); });\n"
                    "test('more', () => { assert.strictEqual(last([7, 8, 9]), 9); });\n"),
      "exports.last = (list) => list[list.length - 1];", "passes 2 of 2 tests");
}

TEST_CASE("a C++ program is mended") {
  check_fixed(
      debug_project("area.cpp", "int area(int width, int height)\n{ return width + height; }\n",
                    "area_test.cpp",
                    "#include \"area.cpp\"\n\n#include <cassert>\n\nint main() {\n"
                    "  assert(area(3, 5) == 15);\n  assert(area(0, 4) == 0);\n}\n"),
      "{ return width * height; }", "passes 1 of 1 test");
}

TEST_CASE("where two programs pass and differ elsewhere, neither is verified") {
  const Report report =
      debug_project("area.py", "def area(a, b):\n    return a - b\n", "test_area.py",
                    "from area import area\n\n\ndef test_two():\n    assert area(2, 2) == 4\n");
  REQUIRE(report.fixes.size() > 1);
  for (const Fix& fix : report.fixes) CHECK(fix.verified == Verified::no);
  CHECK(report.fixes.front().evidence.find("differ") != std::string::npos);
}

TEST_CASE("without a test nothing is called fixed") {
  const Report report =
      debug_project("shout.py",
                    "import os\n\n\ndef shout(words):\n    return words[len(words)]\n\n\n"
                    "print(shout([1, 2, 3]))\n",
                    "", "");
  REQUIRE(report.failure.has_value());
  CHECK(report.failure->type == "IndexError");
  REQUIRE_FALSE(report.fixes.empty());
  for (const Fix& fix : report.fixes) CHECK(fix.verified != Verified::yes);
}

TEST_CASE("what passes has no failure, and hints speak the reader's language") {
  const Report report =
      debug_project("fine.py", "def f():\n    return 1\n", "test_fine.py",
                    "from fine import f\n\n\ndef test_f():\n    assert f() == 1\n");
  CHECK_FALSE(report.failure.has_value());
  Found found{.verdict = "failed", .type = "KeyError", .message = "KeyError: 'a'"};
  found.frames.push_back({"/p/x.py", 2, "f", {{"k", "'a'"}}});
  const Subject subject{.question = {.file = "/p/x.py", .text = "def f(k):\n  return d[k]\n"}};
  const auto hints = hints_of(found, subject, Tongue::french);
  REQUIRE(hints.size() == 3);
  CHECK(hints[0].step == "where");
  CHECK(hints[0].text.find("return d[k]") != std::string::npos);
  CHECK(hints[0].text.find("k = 'a'") != std::string::npos);
  CHECK(hints[1].text.find("Une clé manque") != std::string::npos);
}

TEST_CASE("a doctest that gives another value is no matter of grammar") {
  const Report report =
      debug_project("twice.py",
                    "def twice(n):\n    \"\"\"\n    >>> twice(4)\n    8\n    \"\"\"\n"
                    "    return n + n + n\n",
                    "", "");
  REQUIRE(report.hints.size() >= 2);
  CHECK(report.hints[1].text.find("another result") != std::string::npos);
}

TEST_CASE("a failure in a test of JavaScript is in the test of that name") {
  const std::string tests =
      "const test = require('node:test');\nconst assert = require('node:assert');\n"
      "test('one and one', () => {\n  assert.strictEqual(1 + 1, 3);\n});\n";
  const Subject subject{.question = {.file = "/p/sum.js", .text = ""},
                        .language = lsp::syntax::Language::javascript,
                        .proof = Proof::tests,
                        .tests = "/p/sum.test.js",
                        .tests_text = tests};
  Found found{.type = "AssertionError", .message = "AssertionError: 2 !== 3"};
  found.frames.push_back({"/p/sum.test.js", 4, "<anonymous>", {}});
  const auto where = [&] { return hints_of(found, subject, Tongue::english)[0].text; };
  CHECK(where().find("It fails in \"one and one\", line 4") == 0);
  found.frames[0].line = 1;
  CHECK(where().find("It fails in sum.test.js, line 1") == 0);
}

TEST_CASE("hints know what is awaited, shared, shadowed and read too early") {
  const auto hints_on = [](const std::string& type, const std::string& message,
                           const std::string& text = "def f():\n  return 1\n") {
    const Subject subject{.question = {.file = "/p/x.py", .text = text},
                          .language = lsp::syntax::Language::python};
    std::string said;
    for (const Hint& hint :
         hints_of(Found{.type = type, .message = message}, subject, Tongue::english)) {
      said += hint.text + "\n";
    }
    return said;
  };
  CHECK(hints_on("AssertionError", "Expected values to be equal: Promise { 4 } !== 4")
            .find("has to be awaited") != std::string::npos);
  CHECK(hints_on("TypeError", "unsupported operand: 'coroutine' and 'int'").find("awaited") !=
        std::string::npos);
  CHECK(hints_on("TypeError", "'list' object is not callable").find("which of the two was meant") !=
        std::string::npos);
  CHECK(hints_on("UnboundLocalError", "cannot access local variable 'n'").find("taken a name") !=
        std::string::npos);
  CHECK(hints_on("ReferenceError", "Cannot access 'n' before initialization")
            .find("read before it has a value") != std::string::npos);
  const std::string shared = "def add(n, all=[]):\n    all.append(n)\n    return all\n";
  CHECK(hints_on("AssertionError", "assert [1, 2] == [2]", shared)
            .find("The default `all=[]` in line 1 is made once") != std::string::npos);
  CHECK(hints_on("KeyError", "'a'", shared).find("is made once") == std::string::npos);
}

TEST_CASE("where a change of the fix passes as well, and differs, the fix is not verified") {
  const Report report = debug_project(
      "fee.py", "def fee(age):\n    if age < 7:\n        return 0\n    return 5\n", "test_fee.py",
      "from fee import fee\n\n\ndef test_child():\n    assert fee(7) == 0\n\n\n"
      "def test_adult():\n    assert fee(30) == 5\n");
  REQUIRE_FALSE(report.fixes.empty());
  const Fix& fix = report.fixes.front();
  INFO(fix.evidence << "\n" << fix.diff);
  CHECK(fix.verified == Verified::no);
  CHECK(fix.evidence.find("fee(") != std::string::npos);
  CHECK(fix.green_runs == 2);
  CHECK(fix.mended == std::vector<std::string>{"test_fee.py::test_child"});
  CHECK(fix.kept == std::vector<std::string>{"test_fee.py::test_adult"});
  REQUIRE(report.fixes.size() == 2);
  CHECK(report.fixes.back().green_runs == 1);
  CHECK(report.fixes.back().mended == fix.mended);
  CHECK(report.fixes.size() == 2);
}

TEST_CASE("changes may be kept within a range") {
  const std::string text = "def total(n):\n    n = n + 2\n    return n + 1\n";
  const std::string tests =
      "from total import total\n\n\ndef test_it():\n    assert [total(n) for n in range(3)] == [2, "
      "3, 4]\n";
  const Project project("total.py", text, "test_total.py", tests);
  runner::Runner sandbox({.ready = 0});
  for (const std::string line : {"    n = n + 2\n", "    return n + 1\n"}) {
    const size_t begin = text.find(line);
    Options options;
    options.within = {begin, begin + line.size()};
    const auto report = debug(project.subject, sandbox, options);
    REQUIRE(report.ok());
    REQUIRE_FALSE(report->fixes.empty());
    for (const Fix& fix : report->fixes) {
      INFO(fix.diff);
      CHECK(fix.text.starts_with(text.substr(0, begin)));
      CHECK(fix.text.ends_with(text.substr(begin + line.size())));
    }
  }
}

TEST_CASE("a file may be named like one of Python's own modules") {
  check_fixed(debug_project("numbers.py",
                            "def last(values):\n    return values[len(values)]\n\n\n"
                            "def test_one():\n    assert last([7]) == 7\n\n\n"
                            "def test_more():\n    assert last([7, 8, 9]) == 9\n",
                            "", ""),
              "    return values[len(values) - 1]", "passes 2 of 2 tests", Verified::no);
}

TEST_CASE("where Python's own module is taken for the program, that is said and nothing tried") {
  const Report report = debug_project(
      "numbers.py", "def last(values):\n    return values[len(values)]\n", "test_numbers.py",
      "from numbers import last\n\n\ndef test_one():\n    assert last([7]) == 7\n");
  CHECK(report.failure.has_value());
  CHECK(report.fixes.empty());
  CHECK(report.note.find("rename numbers.py") != std::string::npos);
}

TEST_CASE("two changes that pass the same examples are told apart by others") {
  const Report report = debug_project("area.py",
                                      "def area(a, b):\n    \"\"\"\n    >>> area(2, 2)\n    4\n"
                                      "    \"\"\"\n    return a - b\n",
                                      "", "");
  REQUIRE(report.fixes.size() == 2);
  CHECK(report.fixes.front().verified == Verified::no);
  INFO(report.fixes.front().evidence);
  CHECK(report.fixes.front().evidence.find("they differ: area(") != std::string::npos);
}

TEST_CASE("what tells two changes of an object apart is a call, and a test of it decides") {
  const Report report = debug_project(
      "queue.js",
      "class Queue {\n  constructor() { this.jobs = []; }\n  add(name, priority) {\n"
      "    let at = 0;\n"
      "    while (at < this.jobs.length && this.jobs[at].priority > priority) at++;\n"
      "    this.jobs.splice(at, 0, { name, priority });\n  }\n"
      "  next() { return this.jobs.shift()?.name; }\n}\nmodule.exports = { Queue };\n",
      "queue.test.js",
      "const test = require('node:test');\nconst assert = require('node:assert');\n"
      "const { Queue } = require('./queue.js');\ntest('higher first', () => {\n"
      "  const q = new Queue();\n  q.add('a', 1); q.add('b', 2);\n"
      "  assert.strictEqual(q.next(), 'b');\n});\ntest('equal in order', () => {\n"
      "  const q = new Queue();\n  q.add('a', 1); q.add('b', 1); q.add('c', 1);\n"
      "  assert.strictEqual(q.next(), 'a');\n  assert.strictEqual(q.next(), 'b');\n});\n");
  REQUIRE(report.fixes.size() == 2);
  const std::string& evidence = report.fixes[0].evidence;
  INFO(evidence);
  CHECK(report.fixes[0].diff.find("priority >= priority") != std::string::npos);
  CHECK(evidence.find("they differ: q.next() gives ") != std::string::npos);
  CHECK(evidence.find("a test of that call tells which is right") != std::string::npos);
}

TEST_CASE("a fix whose rivals do the same on other examples is verified") {
  check_fixed(debug_project("sums.py",
                            "def total(values):\n    \"\"\"\n    >>> total([1, 2, 6])\n    9\n"
                            "    >>> total([4])\n    4\n    >>> total([])\n    0\n    \"\"\"\n"
                            "    result = 0\n    for i in range(len(values) - 1):\n"
                            "        result += values[i]\n    return result\n",
                            "", ""),
              "    for i in range(len(values)", "do the same on");
}

TEST_CASE("what examples bind and print tells programs apart as well") {
  const Report report = debug_project(
      "stack.py",
      "class Stack:\n    \"\"\"\n    >>> s = Stack()\n    >>> s.push(3)\n    >>> s.size()\n    1\n"
      "    \"\"\"\n\n    def __init__(self):\n        self.items = []\n\n"
      "    def push(self, item):\n        self.items.append(item)\n\n"
      "    def size(self):\n        return len(self.items) + 1\n",
      "", "");
  REQUIRE_FALSE(report.fixes.empty());
  INFO(report.fixes.front().evidence);
  CHECK(report.fixes.front().evidence.find("s.size()") != std::string::npos);
}

TEST_CASE("a guard that passes in two places is not verified where these differ") {
  const Report report = debug_project(
      "leaves.py",
      "def leaves(value):\n    \"\"\"\n    >>> leaves([1, [2, [3, 4]], 5])\n    [1, 2, 3, 4, 5]\n"
      "    >>> leaves([])\n    []\n    >>> leaves([[], [[]]])\n    []\n    \"\"\"\n"
      "    if not isinstance(value, list):\n        return [value]\n"
      "    return leaves(value[0]) + leaves(value[1:])\n",
      "", "");
  REQUIRE_FALSE(report.fixes.empty());
  const Fix& fix = report.fixes.front();
  INFO(fix.evidence << "\n" << fix.diff);
  CHECK((fix.verified == Verified::no || fix.diff.find("+    if not value") == std::string::npos));
}

TEST_CASE("a program of ECMAScript's own modules is mended and its fix held against others") {
  const char* tests =
      "import assert from 'node:assert/strict';\n"
      "import { describe, test } from 'node:test';\n"
      "import { mean } from './mean.mjs';\n\n"
      "describe('mean', () => {\n"
      "  test('of several', () => assert.equal(mean([1, 2, 6]), 3));\n"
      "  test('of one', async () => {\n    assert.equal(mean([4]), 4);\n"
      "    assert.ok(Number.isNaN(mean([])));\n  });\n});\n";
  check_fixed(debug_project("mean.mjs",
                            "export function mean(values) {\n  let total = 0;\n"
                            "  for (let i = 1; i < values.length; i++) total += values[i];\n"
                            "  return total / values.length;\n}\n",
                            "mean.test.mjs", tests),
              "  for (let i = 0; i < values.length; i++) total += values[i];",
              "passes 2 of 2 tests");
}

TEST_CASE("what is missing is imported, all of it, and then what is wrong is mended") {
  check_fixed(debug_project("words.py",
                            "def longest(text):\n    best = ''\n"
                            "    for word in re.findall('[a-z]+', text):\n"
                            "        if len(word) < len(best):\n            best = word\n"
                            "    return best\n\n\ndef root(x):\n    return math.sqrt(x)\n",
                            "test_words.py",
                            "from words import longest, root\n\n\ndef test_all():\n"
                            "    assert longest('a bbb cc') == 'bbb' and root(16) == 4\n"
                            "    assert longest('aa bb') == 'aa'\n"),
              "import re\n+import math", "passes 1 of 1 test", Verified::no);
  const Report report =
      debug_project("sum.cpp",
                    "uint32_t sum(uint32_t n) { return n == 0 ? 0 : n + sum(n - 2); }\n"
                    "size_t one() { return 1; }\n",
                    "sum_test.cpp",
                    "#include \"sum.cpp\"\n\n#include <cassert>\n\nint main() {\n"
                    "  assert(sum(4) == 10 && sum(2) == 3 && one() == 1);\n}\n");
  REQUIRE_FALSE(report.fixes.empty());
  const std::string& diff = report.fixes.front().diff;
  INFO(diff);
  CHECK(diff.find("+#include <cstddef>\n+#include <cstdint>") != std::string::npos);
  CHECK(diff.find("sum(n - 1)") != std::string::npos);
}

TEST_CASE("a program that never ends is mended in the time that there is") {
  const Report report = debug_project("steps.py",
                                      "def steps(n):\n    count = 0\n    while n != 1:\n"
                                      "        if n % 2 == 0:\n            n = n * 2\n"
                                      "        else:\n            n = 3 * n + 1\n"
                                      "        count += 1\n    return count\n",
                                      "test_steps.py",
                                      "from steps import steps\n\n\ndef test_steps():\n"
                                      "    assert steps(1) == 0\n    assert steps(6) == 8\n");
  INFO(report.note);
  REQUIRE_FALSE(report.fixes.empty());
  CHECK(report.fixes.front().diff.find("-            n = n * 2") != std::string::npos);
}

TEST_CASE("what a line of the program holds between braces stands in the hint as it is") {
  const Report report =
      debug_project("a.py", "def f(n):\n    return '{values} {line}' + n\n\n\nassert f(3) == ''\n",
                    "", "", 2'000);
  REQUIRE_FALSE(report.hints.empty());
  INFO(report.hints[0].text);
  CHECK(report.hints[0].text.find("`return '{values} {line}' + n`. There n = 3.") !=
        std::string::npos);
}
