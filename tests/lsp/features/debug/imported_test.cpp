// What is wrong elsewhere than in the program: in what it imports, in how it is run.
#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

namespace {

Report debug_among(const support::TemporaryFolder& folder, const std::string& file,
                   const std::string& text, const std::string& tests = "") {
  folder.write("project/" + file, text);
  auto subject = find_subject({.file = folder.path("project/" + file),
                               .text = text,
                               .tests = tests.empty() ? "" : folder.path("project/" + tests),
                               .workspace = folder.path("project")});
  REQUIRE(subject.ok());
  runner::Runner sandbox;
  auto report = debug(*subject, sandbox, {.search_ms = 30'000});
  REQUIRE(report.ok());
  return std::move(*report);
}

}  // namespace

TEST_CASE("no change is verified where one of a module that it imports passes as well") {
  const support::TemporaryFolder folder{support::Readable::by_all};
  folder.write("project/app/__init__.py", "");
  folder.write("project/app/stats.py",
               "def mean(values):\n    return sum(values) / len(values)\n\n\n"
               "def median(values):\n    ordered = sorted(values)\n"
               "    middle = len(ordered) // 2\n    if len(ordered) % 2 == 1:\n"
               "        return ordered[middle]\n"
               "    return (ordered[middle] + ordered[middle + 1]) / 2\n");
  folder.write("project/tests/test_report.py",
               "from app.report import summary\n\n\ndef test_odd():\n"
               "    assert summary([3, 1, 2]) == {'mean': 2, 'median': 2}\n\n\ndef test_even():\n"
               "    assert summary([4, 1, 2, 3]) == {'mean': 2.5, 'median': 2.5}\n\n\n"
               "def test_none():\n    try:\n        summary([])\n"
               "    except ZeroDivisionError:\n        return\n    assert False\n");
  const Report report =
      debug_among(folder, "app/report.py",
                  "from .stats import mean, median\n\n\ndef summary(values):\n"
                  "    return {'mean': mean(values), 'median': median(values)}\n");
  REQUIRE_FALSE(report.fixes.empty());
  CHECK(report.fixes.front().verified == Verified::no);
  INFO(report.fixes.front().evidence);
  CHECK(report.fixes.front().evidence.find("a change of 'stats.py'") != std::string::npos);
}

TEST_CASE("a module that the failing test does not come to is no reason for doubt") {
  const support::TemporaryFolder folder{support::Readable::by_all};
  folder.write("project/package.json", "{}\n");
  folder.write("project/pad.js", "exports.pad = (n) => String(n).padStart(2, '0');\n");
  folder.write("project/days.test.js",
               "const test = require('node:test');\nconst assert = require('node:assert');\n"
               "const { next, day } = require('./days');\n"
               "test('next', () => { assert.equal(next(3), 4); assert.equal(next(8), 9); });\n"
               "test('day', () => assert.equal(day(3), '03'));\n");
  const Report report = debug_among(folder, "days.js",
                                    "const { pad } = require('./pad');\n"
                                    "exports.day = (n) => pad(n);\n"
                                    "exports.next = (n) => n - 1;\n");
  REQUIRE_FALSE(report.fixes.empty());
  INFO(report.fixes.front().evidence);
  CHECK(report.fixes.front().verified == Verified::yes);
}

TEST_CASE("a module of a package is not searched for what it fails with by itself") {
  const support::TemporaryFolder folder{support::Readable::by_all};
  folder.write("project/shop/__init__.py", "");
  folder.write("project/shop/money.py", "class Money:\n    pass\n");
  const Report report = debug_among(folder, "shop/cart.py",
                                    "from .money import Money\n\n\ndef total():\n    return 1\n");
  REQUIRE(report.failure);
  CHECK(report.fixes.empty());
  CHECK(report.note.find("'cart.py' is a module of a package") != std::string::npos);
}

TEST_CASE("tests for another runner than Node's own are told to be run by a command") {
  const support::TemporaryFolder folder{support::Readable::by_all};
  folder.write("project/sum.test.js",
               "const { sum } = require('./sum');\n"
               "describe('sum', () => { it('adds', () => expect(sum(1, 2)).toBe(3)); });\n");
  folder.write("project/node_modules/.bin/mocha", "");
  const Report report = debug_among(folder, "sum.js", "exports.sum = (a, b) => a - b;\n");
  REQUIRE(report.failure);
  CHECK(report.fixes.empty());
  CHECK(report.note.find("--command 'node_modules/.bin/mocha'") != std::string::npos);
  const Report own = debug_among(folder, "own.js", "describe(1);\n");
  CHECK(own.note.find("--command") == std::string::npos);
}

TEST_CASE("tests that are skipped are not said to pass") {
  const char* text =
      "import unittest\n\n\nclass F(unittest.TestCase):\n    def test_one(self):\n        pass\n\n"
      "    @unittest.skip('no card')\n    def test_two(self):\n        pass\n";
  const Report some = debug_project("f.py", text, "", "");
  CHECK(some.note ==
        "1 of 2 tests pass, and nothing is known of the rest: they were skipped "
        "(no card)");
  const support::TemporaryFolder folder{support::Readable::by_all};
  folder.write("project/f.py", text);
  const auto subject = find_subject({.file = folder.path("project/f.py"),
                                     .text = text,
                                     .line = 9,
                                     .workspace = folder.path("project")});
  REQUIRE(subject.ok());
  runner::Runner sandbox;
  const auto report = debug(*subject, sandbox, {});
  REQUIRE(report.ok());
  CHECK(report->note.find("test_two' was skipped (no card)") != std::string::npos);
}

TEST_CASE("a package that the project names itself is no slip for another") {
  const support::TemporaryFolder folder{support::Readable::by_all};
  folder.write("project/package.json", "{\"devDependencies\": {\"vitest\": \"^1\"}}\n");
  folder.write("project/sum.test.js",
               "import { test } from 'vitest';\nimport { sum } from './sum.js';\n"
               "test('sum', () => sum([1]));\n");
  const Report report = debug_among(folder, "sum.js", "export const sum = (list) => list[0];\n");
  REQUIRE((report.failure && report.failure->missing));
  CHECK(report.failure->missing->name == "vitest");
  CHECK(report.failure->missing->meant.empty());
}
