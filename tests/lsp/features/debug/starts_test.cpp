// Where debugging starts, and what one test's search is about.
#include "lsp/features/debug/starts.h"
#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

namespace {

using lsp::syntax::Language;

// "LINE BEGIN-END NAME" of each, all from 0.
std::string starts(std::string_view text, Language language) {
  std::string all;
  for (const Start& start : starts_of(text, language, "shop")) {
    all += std::to_string(start.line) + " " + std::to_string(start.begin) + "-" +
           std::to_string(start.end) + " " + (start.test.empty() ? "program" : start.test) + "\n";
  }
  return all;
}

const std::string two_faults =
    "def total(n):\n    return sum(range(1, n))\n\n\n"
    "def last(values):\n    return values[len(values)]\n";
const std::string their_tests =
    "import unittest\n\nfrom shop import last, total\n\n\n"
    "class Shop(unittest.TestCase):\n"
    "    def test_last(self):\n"
    "        self.assertEqual(last([7]), 7)\n"
    "        self.assertEqual(last([7, 8, 9]), 9)\n\n"
    "    def test_total(self):\n"
    "        self.assertEqual(total(100), 5050)\n"
    "        self.assertEqual(total(1), 1)\n"
    "        self.assertEqual([str(total(0)), total(-1)], ['0', 0])\n";

Report debug_there(const std::string& name, const std::string& text, const std::string& test_name,
                   const std::string& tests, size_t line) {
  Project project(name, text, test_name, tests);
  Question question = project.subject.question;
  if (!test_name.empty()) question.tests = project.folder.path("project/" + test_name);
  question.line = line;
  const auto subject = find_subject(question);
  INFO((subject ? "" : subject.message()));
  REQUIRE(subject.ok());
  runner::Runner sandbox;
  auto report = debug(*subject, sandbox, {.search_ms = 30'000});
  REQUIRE(report.ok());
  return std::move(*report);
}

void check_fix(const Report& report, const std::string& line, const std::string& evidence,
               Verified verified = Verified::yes) {
  INFO(report.note);
  REQUIRE_FALSE(report.fixes.empty());
  const Fix& fix = report.fixes.front();
  INFO(fix.evidence << "\n" << fix.diff);
  CHECK(fix.diff.find("+" + line) != std::string::npos);
  CHECK(fix.evidence.starts_with(evidence));
  CHECK(fix.verified == verified);
}

}  // namespace

TEST_CASE("a test and examples and a main program are where debugging starts") {
  CHECK(starts("class Shop:\n"
               "    def test_a(self):\n"
               "        text = \"\"\"\n"
               "no end of it\n"
               "\"\"\"\n"
               "        assert text\n"
               "\n"
               "    async def test_b(\n"
               "        self,\n"
               "    ):\n"
               "        pass\n"
               "\n"
               "def test_c(): pass\n"
               "if __name__ == '__main__':\n"
               "    print(1)\n",
               Language::python) ==
        "1 1-7 Shop.test_a\n7 7-12 Shop.test_b\n12 12-13 test_c\n13 13-15 program\n");
  CHECK(starts("\"\"\"A shop.\n"
               ">>> 1 + 1\n"
               "2\n"
               "\"\"\"\n"
               "class Till:\n"
               "    def pay(self):\n"
               "        \"\"\"\n"
               "        >>> 1\n"
               "        1\n"
               "        >>> 2\n"
               "        2\n"
               "        \"\"\"\n"
               "        return 1\n"
               "x = 1\n",
               Language::python) == "1 1-3 doctest shop\n7 5-13 doctest shop.Till.pay\n");
  CHECK(starts("describe('till', () => {\n"
               "  it('pays', () => {\n"
               "    pay();\n"
               "  });\n"
               "});\n"
               "test(\"a b\", () => {});\n",
               Language::javascript) == "1 1-4 till > pays\n5 5-6 a b\n");
  CHECK(starts("int f();\nint main()\n{\n  f();\n}\nint f() { return 1; }\n", Language::cpp) ==
        "1 1-5 program\n");
}

TEST_CASE("a test in JavaScript has the name that its string says") {
  CHECK(starts("test('it\\'s', () => {});\ntest(\"a \\\"b\\\"\", () => {});\n",
               Language::javascript) == "0 0-1 it's\n1 1-2 a \"b\"\n");
  CHECK(starts("test('it\\'s never ended\n", Language::javascript) == "0 0-1 program\n");
}

TEST_CASE("quotes in comments and in strings of a line begin no long string") {
  CHECK(starts("# three \"\"\" open a string\n"
               "def test_a():\n"
               "    a = '\"\"\"'\n"
               "    b = \"it's '''\"  # '''\n"
               "    c = '''\n"
               "\"\"\" # and '' in it\n"
               "'''\n"
               "    assert a\n"
               "def test_b():\n"
               "    assert True\n",
               Language::python) == "1 1-8 test_a\n8 8-10 test_b\n");
}

TEST_CASE("what a run calls a test is the test that a start names") {
  const Start start{Start::Kind::test, 0, 0, 1, "C.test_d"};
  CHECK(is_of("C.test_d", start));
  CHECK(is_of("../a/test_b.py::C::test_d", start));
  CHECK(is_of("test_b.py::C::test_d[1-x::y]", start));
  CHECK_FALSE(is_of("test_b.py::test_d", start));
  CHECK_FALSE(is_of("C.test_deep", start));
  CHECK_FALSE(is_of("", {Start::Kind::program, 0}));
  CHECK(is_of("A::b", {Start::Kind::test, 0, 0, 1, "A::b"}));
}

TEST_CASE("of two failures the one asked about is told and mended, and the other left alone") {
  const Report last = debug_there("shop.py", two_faults, "test_shop.py", their_tests, 7);
  REQUIRE(last.failure.has_value());
  CHECK(last.failure->type == "IndexError");
  REQUIRE(last.failure->red.size() == 1);
  check_fix(last, "    return values[len(values) - 1]",
            "passes 1 of 2 tests, 'Shop.test_last' among them; but another", Verified::no);
  const Report total = debug_there("shop.py", two_faults, "test_shop.py", their_tests, 10);
  CHECK(total.failure->message.find("4950 != 5050") != std::string::npos);
  check_fix(total, "    return sum(range(1, n + 1))",
            "passes 1 of 2 tests, 'Shop.test_total' among them");
}

TEST_CASE("one test of JavaScript's is mended alone") {
  const Report report = debug_there(
      "shop.js", "exports.last = (list) => list[list.length];\nexports.twice = (n) => n + n + n;\n",
      "shop.test.js",
      "const { test, describe } = require('node:test');\n"
      "const assert = require('node:assert');\n"
      "const { last, twice } = require('./shop.js');\n"
      "describe('lists', () => {\n"
      "  test('last', () => {\n"
      "    assert.strictEqual(last([7]), 7);\n"
      "    assert.strictEqual(last([7, 8, 9]), 9);\n"
      "  });\n"
      "});\n"
      "test('twice', () => { assert.strictEqual(twice(2), 4); });\n",
      5);
  check_fix(report, "exports.last = (list) => list[list.length - 1];",
            "passes 1 of 2 tests, 'lists > last' among them");
}

TEST_CASE("an example in a program that has tests elsewhere is run by itself") {
  const std::string text =
      "def twice(n):\n    \"\"\"\n    >>> twice(4)\n    8\n    \"\"\"\n    return n + n + n\n\n\n"
      "def half(n):\n    \"\"\"\n    >>> half(4)\n    2\n    \"\"\"\n    return n // 2\n";
  const std::string tests =
      "from shop import half\n\n\ndef test_half():\n    assert half(4) == 2\n";
  Project project("shop.py", text, "test_shop.py", tests);
  runner::Runner sandbox;
  const auto report_at = [&](size_t line) {
    Question question = project.subject.question;
    question.line = line;
    const auto subject = find_subject(question);
    REQUIRE(subject.ok());
    const auto report =
        debug(*subject, sandbox, {.until = Options::Until::failure, .search_ms = 10'000});
    REQUIRE(report.ok());
    return *report;
  };
  const Report twice = report_at(5);
  REQUIRE(twice.failure.has_value());
  CHECK(twice.failure->frames.back().line == 3);
  CHECK(twice.fixes.empty());
  CHECK(report_at(10).note == "'doctest shop.half' passes");
}

TEST_CASE("the main program is run, whatever tests there are") {
  const Report report = debug_there("shop.py",
                                    "def half(n):\n    return n / 0\n\n\n"
                                    "if __name__ == '__main__':\n    half(4)\n",
                                    "", "", 5);
  REQUIRE(report.failure.has_value());
  CHECK(report.failure->type == "ZeroDivisionError");
}

TEST_CASE("where nothing starts, that is said") {
  const Project project("shop.py", "x = 1\n", "", "");
  Question question = project.subject.question;
  question.line = 0;
  const auto subject = find_subject(question);
  REQUIRE_FALSE(subject.ok());
  CHECK(subject.message().find("line 1 of '") == 0);
  CHECK(subject.message().find("is in no test") != std::string::npos);
}
