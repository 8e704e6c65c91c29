#include "lsp/features/debug/batch.h"

#include "engine/base/format.h"
#include "lsp/features/debug/compare.h"
#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;
using engine::base::concat;

namespace {

// How each version of the project's program ended: "green", "red", or "alone" where it has to be
// tried alone.
std::vector<std::string> check_batch(const Project& project, const std::vector<std::string>& texts,
                                     uint32_t each_ms = 1'500) {
  std::vector<Attempt> attempts;
  for (const std::string& text : texts) attempts.push_back({text});
  runner::Runner sandbox;
  const std::string& base = project.subject.question.text;
  Version version{.text = base, .pace = Pace::quick, .sanitized = false};
  version.deadline_ms = each_ms;
  std::vector<std::string> ends;
  for (const auto& trial : try_batch(sandbox, project.subject, attempts, version)) {
    ends.emplace_back(!trial ? "alone" : trial->green ? "green" : "red");
  }
  return ends;
}

Comparison check_compare(const Project& project, const std::vector<std::string>& texts) {
  runner::Runner sandbox;
  return compare(
      sandbox, project.subject, texts[0], texts,
      {.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(40), .batches = true});
}

const char* python_tests = "from f import f\n\n\ndef test_f():\n    assert f(2) == 4\n";
const char* node_tests =
    "const { test } = require('node:test');\nconst assert = require('node:assert');\n"
    "const { f } = require('./f.js');\n"
    "test('f', async () => { assert.strictEqual(await f(2), 4); });\n";
const char* cpp_tests =
    "#include \"f.cpp\"\n#include <cassert>\nint main() { assert(f(2) == 4); }\n";

std::string script(const std::string& body) { return "exports.f = (n) => " + body + ";\n"; }

}  // namespace

using Ends = std::vector<std::string>;

TEST_CASE("a Python version that hangs, exits or breaks leaves the ones behind it alone") {
  const Project project("f.py", "def f(n):\n    return n\n", "test_f.py", python_tests);
  CHECK(check_batch(project,
                    {"def f(n):\n    return n + 2\n", "def f(n):\n    while True:\n        pass\n",
                     "import os\n\n\ndef f(n):\n    os._exit(0)\n", "def f(n):\n    return n * 2\n",
                     "def f(n:\n", "import nothing\n", "def f(n):\n    return 4\n",
                     "def f(n):\n    return n\n"}) ==
        Ends{"green", "red", "red", "green", "red", "red", "green", "red"});
}

TEST_CASE("what never ends is the same in a batch, which may have told more of its tests") {
  for (const char* body : {"for (;;);", "const all = []; for (;;) all.push([1, 2, 3]);"}) {
    const std::string text = script(concat("{ ", body, " }"));
    const Project project("f.js", text, "f.test.js",
                          concat("const { test } = require('node:test');\n"
                                 "test('first', () => {});\n",
                                 node_tests + std::string_view(node_tests).find('\n') + 1));
    runner::Runner sandbox;
    Version version{.text = project.subject.question.text, .pace = Pace::quick};
    const auto alone = try_version(sandbox, project.subject, version);
    REQUIRE(alone.ok());
    CHECK_FALSE(alone->green);
    version.deadline_ms = 100;
    CHECK(batch_says_the_same(sandbox, project.subject, version, *alone));
  }
}

TEST_CASE("versions of a module of ECMAScript's own are loaded anew, whatever the others do") {
  const char* tests =
      "import test, { describe } from 'node:test';\nimport assert from 'node:assert/strict';\n"
      "import { f } from './f.mjs';\n"
      "describe('f', () => { test('two', async () => assert.equal(await f(2), 4)); });\n";
  const auto module = [](const std::string& body) {
    return "export const f = (n) => " + body + ";\n";
  };
  const Project project("f.mjs", module("n"), "f.test.mjs", tests);
  CHECK(check_batch(project, {module("n + 2"), module("{ for (;;) {} }"), module("process.exit(0)"),
                              module("n * 2"), module("n +"), "import './nothing.mjs';\n",
                              module("new Promise(() => {})"), module("4"), module("n")}) ==
        Ends{"green", "red", "red", "green", "red", "red", "red", "green", "red"});
  const Project compared("f.mjs", module("n"), "f.test.mjs",
                         "import test from 'node:test';\nimport assert from 'node:assert/strict';\n"
                         "import { f } from './f.mjs';\n"
                         "test('two', () => assert.equal(f(2), 4));\n");
  const Comparison comparison = check_compare(compared, {module("n + 2"), module("n * 2")});
  REQUIRE(comparison.difference.has_value());
  CHECK(comparison.difference->call.find("f(") != std::string::npos);
}

TEST_CASE("a JavaScript version that hangs, exits or throws later leaves the others alone") {
  const Project project("f.js", script("n"), "f.test.js", node_tests);
  CHECK(check_batch(project,
                    {script("n * 2"), script("{ for (;;); }"), script("process.exit(0)"),
                     script("{ setTimeout(() => { throw new Error('late'); }, 1); return 4; }"),
                     script("n + 2"), script("n +"), script("n")}) ==
        Ends{"green", "red", "red", "green", "green", "red", "red"});
}

TEST_CASE("a JavaScript program is tried in one thread with the others, and ends as by itself") {
  const auto program = [](const std::string& body) {
    return "const assert = require('node:assert');\nlet n = 1;\n" + body + "\n";
  };
  const Project project("f.js", program("assert(n === 2);"), "", "");
  CHECK(check_batch(
            project,
            {program("assert(n + 1 === 2);"), program("assert(n === 2);"), program("for (;;);"),
             program("setTimeout(() => assert(n === 2), 5);"),
             program("setTimeout(() => { n = 2; }, 5); setTimeout(() => assert(n === 2), 10);"),
             program("process.exitCode = 3;"), program("process.exit(3);"),
             program("process.on('exit', () => { process.exitCode = 4; });"),
             program("Promise.reject(new Error('no'));"), program("new Promise(() => {});"),
             program("setInterval(() => {}, 5);"), program("process.exit(0);"),
             program("if (require.main !== module) throw new Error('imported');"),
             program("setTimeout(() => {}, 1e6).unref();"), program("assert(n === 2)")}) ==
        Ends{"green", "red", "red", "red", "green", "red", "red", "red", "red", "green", "red",
             "green", "green", "green", "red"});
}

TEST_CASE("a program in ECMAScript's own modules is tried anew, and knows that it was started") {
  const std::string head = "import assert from 'node:assert';\nimport { one } from './one.mjs';\n";
  const Project project("f.mjs", head + "assert(one === 2);\n", "", "");
  project.folder.write("project/one.mjs", "export const one = 1;\n");
  CHECK(check_batch(project, {head + "assert(one + 1 === 2);\n", head + "assert(one === 2);\n",
                              head + "await new Promise((done) => setTimeout(done, 5));\n",
                              head + "assert(one === 3);\n", head + "\n"}) ==
        Ends{"green", "red", "green", "red", "green"});
  const std::string started =
      "import { argv } from 'node:process';\n"
      "const own = import.meta.url === `file://${argv[1]}`;\n";
  const Project main("g.mjs", started + "if (own) throw new Error('1');\n", "", "");
  CHECK(check_batch(main, {started + "if (own) throw new Error('1');\n",
                           started + "if (!own) throw new Error('1');\n"}) == Ends{"red", "green"});
}

TEST_CASE("a TypeScript version that hangs, exits or does not compile leaves the others alone") {
  const auto typed = [](const std::string& body) {
    return "import { one } from './one';\nexport const f = (n: number): number => " + body + ";\n";
  };
  const Project project("f.ts", typed("n"), "f.test.ts",
                        "import { test } from 'node:test';\nimport assert from 'node:assert';\n"
                        "import { f } from './f';\n"
                        "test('f', () => { assert.strictEqual(f(2), 4); });\n");
  project.folder.write("project/one.ts", "export const one: number = 1;\n");
  CHECK(check_batch(project, {typed("n * 2"), typed("{ for (;;); }"), typed("n +"),
                              typed("process.exit(0)"), typed("n + one + one"), typed("n")}) ==
        Ends{"green", "red", "red", "red", "green", "red"});
  const Comparison comparison = check_compare(project, {typed("n + 2"), typed("n * 2")});
  REQUIRE(comparison.difference.has_value());
  CHECK(comparison.difference->call.find("f(") != std::string::npos);
}

TEST_CASE("C++ versions are bodies in one program, or whole programs beside it, or tried alone") {
  const std::string head = "int f(int n) ";
  const Project project("f.cpp", head + "{ return n; }\n", "f_test.cpp", cpp_tests);
  CHECK(check_batch(project,
                    {head + "{ return n * 2; }\n", head + "{ for (;;) {} }\n",
                     head + "{ return missing; }\n", head + "{ return *(int*)0; }\n",
                     head + "{ return n + 2; }\n", head + "{ return n; }\n",
                     "long f(int n) { return n * 2; }\n", "missing f(int n) { return n * 2; }\n",
                     "namespace std {}\nint f(int n) { return n * 2; }\n"}) ==
        Ends{"green", "red", "red", "red", "green", "red", "green", "red", "alone"});
}

TEST_CASE("C++ headers that were compiled once change nothing but the time") {
  const std::string head = "#include <string>\nint f(int n) ";
  const Project project("f.cpp", head + "{ return n; }\n", "f_test.cpp", cpp_tests);
  runner::Runner sandbox;
  Version version{.text = project.subject.question.text, .pace = Pace::quick, .sanitized = false};
  version.headers = precompiled(sandbox, project.subject, version);
  REQUIRE(version.headers);
  CHECK(version.headers->text == "#include <cassert>\n#include <string>\n");
  const auto trials = try_batch(
      sandbox, project.subject,
      {{head + "{ return std::to_string(n + 98).size() + 1; }\n"}, {head + "{ return 3; }\n"}},
      version);
  REQUIRE((trials[0] && trials[1]));
  CHECK(trials[0]->green);
  CHECK_FALSE(trials[1]->green);
}

TEST_CASE("headers are not compiled ahead where a macro may change what they say") {
  const Project project("f.cpp", "#define NDEBUG\n#include <cassert>\nint f(int n) { return n; }\n",
                        "f_test.cpp", cpp_tests);
  runner::Runner sandbox;
  const Version version{.text = project.subject.question.text, .pace = Pace::quick};
  CHECK_FALSE(precompiled(sandbox, project.subject, version));
}

TEST_CASE("two programs are told apart by the input that does, in each language") {
  const Project python("f.py", "def f(n):\n    return n\n", "test_f.py", python_tests);
  const auto in_python =
      check_compare(python, {"def f(n):\n    return n + 2\n", "def f(n):\n    return n * 2\n"});
  REQUIRE(in_python.difference.has_value());
  CHECK(in_python.difference->call.find("f(") == 0);
  CHECK(in_python.difference->one != in_python.difference->other);
  const Project node("f.js", script("n"), "f.test.js", node_tests);
  CHECK(check_compare(node, {script("n + 2"), script("n * 2")}).difference.has_value());
  const Project cpp("f.cpp", "int f(int n) { return n; }\n", "f_test.cpp", cpp_tests);
  const auto in_cpp =
      check_compare(cpp, {"int f(int n) { return n + 2; }\n", "int f(int n) { return n * 2; }\n"});
  REQUIRE(in_cpp.difference.has_value());
  CHECK(in_cpp.difference->call.find("f(") == 0);
}

TEST_CASE("an error of the project's own tells programs apart by what it says") {
  const auto python = [](const std::string& line) {
    return "class Wrong(Exception):\n    pass\n\n\ndef f(n):\n    raise Wrong('line %d' % " + line +
           ")\n";
  };
  const Project in_python("f.py", python("n"), "test_f.py",
                          "from f import f\n\n\ndef test_f():\n    assert f(1) == 1\n");
  const auto difference = check_compare(in_python, {python("n"), python("(n + 1)")}).difference;
  REQUIRE(difference.has_value());
  CHECK(difference->one.value_or("").find("Wrong: 'line ") != std::string::npos);
  const auto node = [](const std::string& line) {
    return "exports.f = (n) => {\n  class Wrong extends Error {}\n  throw new Wrong(" + line +
           ");\n};\n";
  };
  const Project in_node("f.js", node("n"), "f.test.js",
                        "const { test } = require('node:test');\nconst { f } = require('./f.js');\n"
                        "test('f', () => assert.equal(f(1), 1));\n");
  CHECK(check_compare(in_node, {node("n"), node("n + 1")}).difference.has_value());
  const Project caught("f.py", python("n"), "test_f.py",
                       "import unittest\n\nfrom f import Wrong, f\n\n\n"
                       "class F(unittest.TestCase):\n    def test_f(self):\n"
                       "        with self.assertRaises(Wrong) as caught:\n            f(1)\n"
                       "        self.assertEqual(caught.exception.args, ('line 1',))\n");
  CHECK(check_compare(caught, {python("n"), python("(n + 1)")}).difference.has_value());
}

TEST_CASE("what does the same is not told apart, and what only breaks down says nothing") {
  const Project python("f.py", "def f(n):\n    return n\n", "test_f.py", python_tests);
  const auto same =
      check_compare(python, {"def f(n):\n    return n + n\n", "def f(n):\n    return n * 2\n",
                             "def f(n):\n    return n * 2 if n == 2 else n + None\n"});
  CHECK_FALSE(same.difference.has_value());
  CHECK(same.inputs >= 5);
}

TEST_CASE("what no test can tell from the other is no difference") {
  const Project python("f.py", "def f(n):\n    return n\n", "test_f.py", python_tests);
  const std::string text = "def f(n):\n    if n == 0: return ";
  const auto same =
      check_compare(python, {text + "0\n    return n * 2\n", text + "False\n    return n * 2\n"});
  CHECK(same.inputs >= 5);
  CHECK_FALSE(same.difference.has_value());
  const Project cpp("f.cpp", "int f(const int* n) { return *n; }\n", "f_test.cpp",
                    "#include \"f.cpp\"\n\n#include <cassert>\n\nint main() {\n"
                    "  int n[] = {2};\n  assert(f(n) == 4);\n}\n");
  CHECK_FALSE(check_compare(cpp, {"int f(const int* n) { return *n * 2; }\n",
                                  "int f(const int* n) { return 2 * *n; }\n"})
                  .difference.has_value());
}

TEST_CASE("what was not run is no difference, and keeps a comparison from being complete") {
  const Project project("f.cpp", "int f(int n) { return n; }\n", "f_test.cpp", cpp_tests);
  const Comparison comparison = check_compare(
      project, {"int f(int n) { return n * 2; }\n", "long f(int n) { return n + 2; }\n"});
  CHECK_FALSE(comparison.complete);
  CHECK_FALSE(comparison.difference.has_value());
  CHECK(comparison.inputs == 0);
}
