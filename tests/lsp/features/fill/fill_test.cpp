// From end to end, in real sandboxes.
#include "lsp/features/fill/fill.h"

#include <fstream>

#include "lsp/features/debug/grammar.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace lsp::features;
using engine::base::Result;

namespace {

struct Project {
  support::TemporaryFolder folder{support::Readable::by_all};

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder.path() / name) << text;
  }

  Result<fill::Report> fill(const std::string& text, uint32_t search_ms = 3'000) const {
    const std::string file = folder.path() / "work.py";
    write("work.py", text);
    auto subject = debug::find_subject(
        {.file = file, .text = text, .workspace = folder.path(), .python = "/usr/bin/python3"});
    REQUIRE(subject);
    const auto tree = debug::parse(text, lsp::syntax::Language::python);
    const auto holes = fill::holes_in(*tree);
    REQUIRE_FALSE(holes.empty());
    sandbox::runner::Runner sandbox({.ready = 0});
    return fill::fill(*subject, holes.front(), sandbox, {.search_ms = search_ms});
  }
};

fill::Report check_fills(const Result<fill::Report>& report, const std::string& body) {
  INFO((report ? report->note : report.message()));
  REQUIRE(report);
  REQUIRE_FALSE(report->bodies.empty());
  INFO(report->bodies.front().evidence);
  CHECK(report->bodies.front().lines.back() == body);
  return *report;
}

bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

const std::string last_digit =
    "def last_digit(number):\n    \"\"\"\n    >>> last_digit(123)\n    3\n    >>> last_digit(90)\n"
    "    0\n    >>> last_digit(7)\n    7\n    >>> last_digit(4528)\n    8\n    \"\"\"\n    pass\n";

}  // namespace

TEST_CASE("examples that leave nothing open give a verified body") {
  const auto report = check_fills(Project().fill(last_digit), "return number % 10");
  REQUIRE(report.bodies.size() == 1);
  const fill::Body& body = report.bodies.front();
  CHECK(body.verified);
  CHECK(body.evidence.starts_with("passes 4 of 4 examples; nothing about as simple passes and "));
  CHECK(contains(body.text, "    \"\"\"\n    return number % 10\n"));
}

TEST_CASE("where two bodies pass and differ, both are shown with the input, and none is verified") {
  const auto report =
      check_fills(Project().fill("def count(text):\n    \"\"\"\n    >>> count('a b')\n    2\n"
                                 "    >>> count('one')\n    1\n    >>> count('')\n    0\n"
                                 "    >>> count(' x  y z ')\n    3\n    \"\"\"\n"),
                  "return len(text.split())");
  REQUIRE(report.bodies.size() == 2);
  for (const fill::Body& body : report.bodies) CHECK_FALSE(body.verified);
  CHECK(contains(report.bodies[0].evidence, "another body passes as well, and they differ: c"));
}

TEST_CASE("a body that the tests refuse is no reason to doubt the other one") {
  Project project;
  // The loop is not understood as an example, and says what the docstring leaves open.
  project.write(
      "test_work.py",
      "from work import count\n\n\ndef test_words():\n"
      "    for text in ['', ' ', '  a', 'a ', 'a\\tb', ' a  b ', 'a\\nb c', 'x x', 'z']:\n"
      "        assert count(text) == len(text.split())\n");
  const auto report =
      check_fills(project.fill("def count(text):\n    \"\"\"\n    >>> count('a b')\n    2\n"
                               "    >>> count('one')\n    1\n    >>> count('')\n    0\n"
                               "    >>> count(' x  y z ')\n    3\n    \"\"\"\n"),
                  "return len(text.split())");
  REQUIRE(report.bodies.size() == 1);
  CHECK_FALSE(contains(report.bodies[0].evidence, "another body"));
  CHECK(report.passing == 1);
  CHECK(report.bodies[0].verified);
}

TEST_CASE("few examples are said to be few") {
  const auto report =
      check_fills(Project().fill("def shout(text):\n    \"\"\"\n    >>> shout('ab')\n    'AB!'\n"
                                 "    >>> shout('Go on')\n    'GO ON!'\n    \"\"\"\n    ...\n"),
                  "return text.upper() + '!'");
  CHECK_FALSE(report.bodies.front().verified);
  CHECK(contains(report.bodies.front().evidence, "passes 2 of 2 examples; 2 examples say little"));
}

TEST_CASE("answers yes or no need many examples") {
  const auto report =
      check_fills(Project().fill("def leap(year):\n    \"\"\"\n    >>> leap(2024)\n    True\n"
                                 "    >>> leap(2023)\n    False\n    >>> leap(2000)\n    True\n"
                                 "    >>> leap(2012)\n    True\n    \"\"\"\n    pass\n"),
                  "return year % 2 == 0");
  CHECK_FALSE(report.bodies.front().verified);
}

TEST_CASE("tests in a file of their own are examples, too, and must be green with it") {
  Project project;
  project.write("test_work.py",
                "from work import spread\n\n\ndef test_it():\n    assert spread([3, 9, 5]) == 6\n"
                "    assert spread([4]) == 0\n\n\ndef test_more():\n"
                "    assert spread([10, 1, 7]) == 9\n    assert spread([2, 8]) == 6\n");
  const auto report = check_fills(project.fill("def spread(values):\n    pass\n"),
                                  "return max(values) - min(values)");
  CHECK(contains(report.bodies.front().evidence, "passes 4 of 4 examples"));
}

TEST_CASE("what the tests refuse is not offered") {
  Project project;
  // The loop is not understood as an example, and says what the two examples leave open.
  project.write("test_work.py",
                "from work import f\n\n\ndef test_two():\n    assert f(2) == 4\n"
                "    assert f(0) == 0\n    for n in range(9):\n        assert f(n) == n * n * n - "
                "(n - 2) * n * 2 - n * n + (n > 2) * 1000\n");
  const auto report = project.fill("def f(n):\n    pass\n", 1'000);
  REQUIRE(report);
  CHECK(report->bodies.empty());
  CHECK(contains(report->note, "fails the program's tests"));
}

TEST_CASE("the program's own imports are there, and other holes do not stand in the way") {
  Project project;
  project.write("units.py", "DOZEN = 12\n");
  const auto report = check_fills(
      project.fill("from units import DOZEN\n\n\ndef eggs(dozens):\n    \"\"\"\n"
                   "    >>> eggs(0)\n    0\n    >>> eggs(1)\n    12\n    >>> eggs(5)\n    60\n"
                   "    >>> eggs(7)\n    84\n    \"\"\"\n    pass\n\n\ndef later(n):\n"
                   "    \"\"\"\n    >>> later(1)\n    5\n    \"\"\"\n    pass\n"),
      "return dozens * DOZEN");
  CHECK(contains(report.bodies.front().evidence, "passes 4 of 4 examples"));
}

TEST_CASE("what cannot be tried says why") {
  const auto check_error = [](const std::string& text, const std::string& wanted) {
    const auto report = Project().fill(text, 1'000);
    REQUIRE_FALSE(report);
    CHECK(contains(report.message(), wanted));
  };
  check_error("def f(n):\n    pass\n", "there is no example of f()");
  check_error(
      "def f(n):\n    \"\"\"\n    >>> f(1)\n    2\n    >>> f(1)\n    3\n    \"\"\"\n"
      "    pass\n",
      "two examples contradict each other: f(1) gives 2 and 3");
  check_error(
      "import nowhere_to_be_found\n\n\ndef f(n):\n    \"\"\"\n    >>> f(1)\n    2\n"
      "    \"\"\"\n    pass\n",
      "the program cannot be imported: ModuleNotFoundError");
  check_error("def f(*all):\n    \"\"\"\n    >>> f(1)\n    2\n    \"\"\"\n    pass\n", "no *args");
}

TEST_CASE("what no small expression does is said to be so") {
  const auto report = Project().fill(
      "def f(n):\n    \"\"\"\n    >>> f(1)\n    8731\n    >>> f(2)\n    11\n    >>> f(3)\n"
      "    90210\n    >>> f(4)\n    -3\n    >>> f(5)\n    777\n    \"\"\"\n    pass\n",
      1'000);
  REQUIRE(report);
  CHECK(report->bodies.empty());
  CHECK(report->note == "no small expression passes the 5 examples");
}
