// From a docstring to a file of tests, in real sandboxes.
#include "lsp/features/testing/testing.h"

#include <filesystem>
#include <fstream>

#include "lsp/features/chat/remote_model.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/features/testing/proposals.h"
#include "tests/support/catch.h"
#include "tests/support/chat_server.h"
#include "tests/support/temporary_folder.h"

using namespace lsp::features;
using engine::base::Result;

namespace {

struct Project {
  support::TemporaryFolder folder{support::Readable::by_all};

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder.path() / name) << text;
  }

  Result<testing::Written> tests_for(const std::string& text, chat::Model* model = nullptr,
                                     const std::string& name = "work.py") const {
    write(name, text);
    const debug::Question question{.file = folder.path() / name,
                                   .text = text,
                                   .workspace = folder.path(),
                                   .python = "/usr/bin/python3"};
    const auto language =
        name.ends_with(".py") ? lsp::syntax::Language::python : lsp::syntax::Language::javascript;
    const auto tree = debug::parse(text, language);
    const auto targets = testing::targets_in(*tree, testing::Examples::optional);
    REQUIRE_FALSE(targets.empty());
    sandbox::runner::Runner sandbox({.ready = 0});
    return testing::write_tests(question, targets.front(), sandbox, {.model = model});
  }
};

bool contains(const std::string& text, const std::string& part) {
  INFO(text << "\n\nlacks " << part);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

std::string error_of(const Result<testing::Written>& made) {
  REQUIRE_FALSE(made);
  return made.message();
}

const std::string clamp =
    "def clamp(value, low, high):\n    \"\"\"Within bounds.\n\n    >>> clamp(5, 0, 10)\n    5\n"
    "    >>> clamp(-1, 0, 10)\n    0\n    >>> clamp(99, 0, 10)\n    10\n    \"\"\"\n"
    "    return max(low, min(value, high))\n";

}  // namespace

TEST_CASE("each example becomes a test, in a file beside the program") {
  Project project;
  const auto made = project.tests_for(clamp);
  INFO((made ? made->evidence : made.message()));
  REQUIRE(made);
  CHECK(made->file == project.folder.path() / "test_work.py");
  CHECK(made->text ==
        "import unittest\n\nfrom work import clamp\n\n\nclass ClampTest(unittest.TestCase):\n"
        "    def test_1(self):\n        self.assertEqual(clamp(5, 0, 10), 5)\n\n"
        "    def test_2(self):\n        self.assertEqual(clamp(-1, 0, 10), 0)\n\n"
        "    def test_3(self):\n        self.assertEqual(clamp(99, 0, 10), 10)\n\n\n"
        "if __name__ == \"__main__\":\n    unittest.main()\n");
  CHECK(made->evidence.starts_with("3 tests pass; "));
  contains(made->evidence, " small changes of clamp() make one fail");
}

TEST_CASE("a value that the user gives is tested as it is now, and says so") {
  const auto made = Project().tests_for(
      "def half(n):\n    \"\"\"\n    >>> half(9)\n\n    >>> half(4)\n    2\n    \"\"\"\n"
      "    return n // 2\n");
  REQUIRE(made);
  contains(made->text,
           "        # As it is now: no example says what is right.\n"
           "        self.assertEqual(half(9), 4)\n");
  CHECK(made->text.find("As it is now", made->text.find("half(4)")) == std::string::npos);
}

TEST_CASE("exceptions, truths and statements before an example") {
  const auto made = Project().tests_for(
      "LIMIT = 3\n\n\ndef within(n, most):\n    \"\"\"\n    >>> limit = LIMIT + 1\n"
      "    >>> within(4, limit)\n    True\n    >>> within(5, limit)\n    False\n"
      "    >>> within(-1, 2)\n    Traceback (most recent call last):\n    ValueError: negative\n"
      "    \"\"\"\n    if n < 0:\n        raise ValueError('negative')\n    return n <= most\n");
  INFO((made ? made->evidence : made.message()));
  REQUIRE(made);
  contains(made->text, "from work import LIMIT, within\n");
  contains(made->text,
           "        limit = LIMIT + 1\n        self.assertIs(within(4, limit), True)\n");
  contains(made->text, "        with self.assertRaises(ValueError):\n            within(-1, 2)\n");
}

TEST_CASE("a test that no change disturbs is left out, and that is said") {
  // Whatever the sum is, an empty list gives nothing of it.
  const auto made = Project().tests_for(
      "def last(items):\n    \"\"\"\n    >>> last([3, 4])\n    4\n    >>> last.__name__\n    "
      "'last'\n"
      "    \"\"\"\n    return items[-1]\n");
  INFO((made ? made->evidence : made.message()));
  REQUIRE(made);
  CHECK(made->text.find("__name__, ") == std::string::npos);
  CHECK(made->text.find("test_2") == std::string::npos);
  contains(made->evidence, "1 test passes; ");
  contains(made->evidence,
           "left out: 'self.assertEqual(last.__name__, 'last')' fails with no small change");
}

TEST_CASE("an example that fails is no test, and that is said") {
  const auto made = Project().tests_for(
      "def twice(n):\n    \"\"\"\n    >>> twice(2)\n    5\n    >>> twice(3)\n    6\n    \"\"\"\n"
      "    return n * 2\n");
  REQUIRE(made);
  contains(
      made->evidence,
      "left out: line 3: it gives 4 where 5 is expected, so that something is to be mended first");
  CHECK(made->text.find("twice(2)") == std::string::npos);
}

TEST_CASE("members and parameters of calls are no names to import") {
  const auto made = Project().tests_for(
      "class Rect:\n    kind = 'rect'\n\n    def __init__(self, side):\n        self.side = "
      "side\n\n"
      "    def area(self):\n        return self.side * self.side\n\n\n"
      "def make(side=1):\n    \"\"\"\n    >>> make(3).area()\n    9\n    >>> make(side=2).area()\n"
      "    4\n    >>> make(2).kind\n    'rect'\n    \"\"\"\n    return Rect(side + 0)\n");
  INFO((made ? made->text + made->evidence : made.message()));
  REQUIRE(made);
  contains(made->text, "from work import make\n");
  contains(made->text, "self.assertEqual(make(side=2).area(), 4)");
}

TEST_CASE("a module of a package is imported by its whole name") {
  Project project;
  const auto folder = std::filesystem::path(project.folder.path()) / "shapes" / "flat";
  std::filesystem::create_directories(folder);
  project.write("shapes/__init__.py", "");
  project.write("shapes/flat/__init__.py", "");
  project.write("shapes/flat/base.py", "ONE = 1\n");
  const auto made = project.tests_for(
      "from .base import ONE\n\n\ndef next_to(n):\n    \"\"\"\n    >>> next_to(3)\n    4\n"
      "    >>> next_to(-1)\n    0\n    \"\"\"\n    return n + ONE\n",
      nullptr, "shapes/flat/rects.py");
  INFO((made ? made->text + made->evidence : made.message()));
  REQUIRE(made);
  contains(made->text, "from shapes.flat.rects import next_to\n");
}

TEST_CASE("a file whose name is none of a module is told of") {
  contains(error_of(Project().tests_for(clamp, nullptr, "my-work.py")),
           "my-work.py' cannot be imported, since its name is none that Python can write");
  contains(error_of(Project().tests_for(clamp, nullptr, "2d.py")), "cannot be imported");
}

TEST_CASE("why no test passes is said") {
  contains(error_of(Project().tests_for(
               "import sys\n\n\ndef once(n):\n    \"\"\"\n    >>> once(1)\n    1\n    \"\"\"\n"
               "    if any(name.startswith('test_work') for name in sys.modules):\n"
               "        raise OSError('only once')\n    return n\n")),
           "no test that was written passes: OSError: only once");
}

TEST_CASE("files that are there are not written over") {
  Project project;
  project.write("test_work.py", "");
  const auto made = project.tests_for(clamp);
  REQUIRE(made);
  CHECK(made->file == project.folder.path() / "test_work_clamp.py");
  project.write("test_work_clamp.py", "");
  contains(error_of(project.tests_for(clamp)), "test_work_clamp.py already");
}

TEST_CASE("where there is nothing to say there are no tests") {
  contains(error_of(Project().tests_for(
               "def f(n):\n    \"\"\"\n    >>> f(1)\n    3\n    \"\"\"\n    return n\n")),
           "no example of f() makes a test: line 3: it gives 1 where 3 is expected");
  contains(error_of(Project().tests_for(
               "def f(n):\n    \"\"\"\n    >>> f.__name__\n    'f'\n    \"\"\"\n    return n\n")),
           "no test says anything");
}

TEST_CASE("functions with a body and examples are those that tests are written for") {
  const auto targets = [](const std::string& text) {
    return testing::targets_in(*debug::parse(text, lsp::syntax::Language::python),
                               testing::Examples::needed);
  };
  CHECK(targets(clamp).size() == 1);
  CHECK(targets(clamp).front().function == "clamp");
  CHECK(targets("@cache\n" + clamp).size() == 1);
  CHECK(targets("def f():\n    return 1\n").empty());
  CHECK(targets("def f():\n    '''\n    >>> f()\n    1\n    '''\n    pass\n").empty());
  CHECK(targets("def f():\n    '''\n    >>> f()\n    1\n    '''\n").empty());
}

// Replies as models write them, recorded by hand: right ones, wrong ones, and no examples at all.
TEST_CASE("what a model expects is a test where the code agrees, and else is said") {
  const support::ChatServer server(R"J([{"say":
      "Here are some:\n\n```python\n>>> clamp(0, 0, 10)\n0\n\n>>> clamp(11, 0, 10)\n10\n\n)J"
                                   R"J(>>> clamp(5, 10, 0)\n5\n\n)J"
                                   R"J(>>> clamp(clamp(42, 0, 9), 0, 9) == clamp(42, 0, 9)\n)J"
                                   R"J(True\n\n>>> clamp(5, 0, 10)\n5\n\n)J"
                                   R"J(>>> clamp('a', 0, 1)\nTraceback (most recent call last):\n)J"
                                   R"J(    ...\nTypeError: no\n\n)J"
                                   R"J(>>> __import__('os').system('x') or clamp(1, 0, 2)\n1\n)J"
                                   R"J(```\n"}])J");
  chat::RemoteModel model({.url = server.url(), .model = "double"}, chat::Ability::instruct);
  const auto made = Project().tests_for(clamp, &model);
  INFO((made ? made->text + made->evidence : made.message()));
  REQUIRE(made);
  contains(made->text,
           "        # Written by a model; the code gives this.\n"
           "        self.assertEqual(clamp(11, 0, 10), 10)\n");
  contains(made->text, "self.assertIs(clamp(clamp(42, 0, 9), 0, 9) == clamp(42, 0, 9), True)");
  // Wrong of what the code gives; the one of the docstring once more; what would run anything else.
  contains(made->evidence, "left out: 'clamp(5, 10, 0)': the code gives 10, the model expected 5");
  CHECK(made->text.find("clamp(5, 10, 0)") == std::string::npos);
  CHECK(made->text.find("clamp(5, 0, 10)") == made->text.rfind("clamp(5, 0, 10)"));
  CHECK(made->text.find("__import__") == std::string::npos);
  contains(made->evidence, " of them by double at http://");
}

TEST_CASE("a model that has no examples takes nothing away from the docstring's") {
  const support::ChatServer server(R"([{"say": "The function is fine as it is."}])");
  chat::RemoteModel model({.url = server.url(), .model = "double"}, chat::Ability::instruct);
  const auto made = Project().tests_for(clamp, &model);
  REQUIRE(made);
  CHECK(made->evidence.starts_with("3 tests pass; "));
  contains(made->evidence, " might propose: its reply has no example that calls clamp()");
}

TEST_CASE("only what computes is read in a model's reply") {
  const auto read = [](const std::string& source) {
    return !testing::proposals_in(">>> " + source + "\n1\n", "f").empty();
  };
  for (const char* source : {"f(1)", "f(f([1, -2], key=3)) == len(f([]))", "sum(f(i) for i in [1])",
                             "all(f(a) == b for a, b in [(1, 2)])", "f({'a': None}) is None"}) {
    INFO(source);
    CHECK(read(source));
  }
  for (const char* source :
       {"g(1)", "open('x') or f(1)", "f(open('x'))", "f(eval)", "f(1).x()", "f(lambda: 1)",
        "sorted(['1'], key=eval) or f(1)", "[open(1) for open in [f(1)]]", "f(", "x = f(1)",
        "f(f'{open(1)}')", "1 + 1"}) {
    INFO(source);
    CHECK_FALSE(read(source));
  }
  CHECK(testing::proposals_in("I think f(1) is 2.\n>>> f(1)\n\n>>>\n>>> \n", "f").empty());
}

// --- JavaScript ---------------------------------------------------------------------------------

namespace {

const std::string clamp_js =
    "/**\n * Within bounds.\n * clamp(5, 0, 10) // => 5\n * clamp(-1, 0, 10) // => 0\n"
    " * clamp(99, 0, 10) // =>\n * clamp(1, 2, 3) // => 4\n */\n"
    "function clamp(value, low, high) {\n  return Math.max(low, Math.min(value, high));\n}\n";

}  // namespace

TEST_CASE("examples of JavaScript become tests of node:test beside the program") {
  Project project;
  const auto made =
      project.tests_for(clamp_js + "module.exports = { clamp };\n", nullptr, "work.js");
  INFO((made ? made->evidence : made.message()));
  REQUIRE(made);
  CHECK(made->file == project.folder.path() / "work.test.js");
  CHECK(made->text ==
        "const assert = require('node:assert');\nconst test = require('node:test');\n\n"
        "const { clamp } = require('./work.js');\n\n"
        "test('clamp(5, 0, 10)', () => {\n  assert.strictEqual(clamp(5, 0, 10), 5);\n});\n\n"
        "test('clamp(-1, 0, 10)', () => {\n  assert.strictEqual(clamp(-1, 0, 10), 0);\n});\n\n"
        "test('clamp(99, 0, 10)', () => {\n"
        "  // As it is now: no example says what is right.\n"
        "  assert.strictEqual(clamp(99, 0, 10), 10);\n});\n");
  CHECK(made->evidence.starts_with("3 tests pass; "));
  contains(made->evidence, " small changes of clamp() make one fail");
  contains(made->evidence, "left out: 'clamp(1, 2, 3)': the code gives 2 where 4 is expected");
}

TEST_CASE("what is no primitive is compared by what it holds") {
  const auto made = Project().tests_for(
      "// of('a') // => /a/\n// of('b') // => /b/\n"
      "export function of(text) {\n  return new RegExp(text);\n}\n",
      nullptr, "work.mjs");
  INFO((made ? made->text + made->evidence : made.message()));
  REQUIRE(made);
  contains(made->text, "  assert.deepStrictEqual(of('a'), /a/);\n");
  const auto dated = Project().tests_for(
      "// at(0) // => new Date(0)\n// at(1) // => new Date(60000)\n"
      "export function at(minutes) {\n  return new Date(minutes * 60000);\n}\n",
      nullptr, "work.mjs");
  INFO((dated ? dated->text + dated->evidence : dated.message()));
  REQUIRE(dated);
  contains(dated->text, "  assert.deepStrictEqual(at(1), new Date(60000));\n");
}

TEST_CASE("ES modules, objects, and what is thrown") {
  const auto made = Project().tests_for(
      "// pair(1) // => { n: 1, list: ['a\\'b'] }\n// pair(-1) // =>\n// pair(-2) // => 5\n"
      "export function pair(n) {\n  if (n < 0) throw new RangeError('negative');\n"
      "  return { n, list: ['a\\'b'] };\n}\n",
      nullptr, "work.mjs");
  INFO((made ? made->text + made->evidence : made.message()));
  REQUIRE(made);
  contains(made->text, "import { pair } from './work.mjs';\n");
  contains(made->text, "  assert.deepStrictEqual(pair(1), { n: 1, list: ['a\\'b'] });\n");
  contains(made->text, "  assert.throws(() => pair(-1), { name: 'RangeError' });\n");
  contains(made->evidence, "left out: 'pair(-2)': the code throws RangeError where 5 is expected");
}

TEST_CASE("what tests cannot reach or say in JavaScript is a sentence") {
  contains(error_of(Project().tests_for(clamp_js, nullptr, "work.js")),
           "does not export clamp(), so that tests in a file of their own do not reach it");
  contains(error_of(Project().tests_for("export function f(n) {\n  return n;\n}\n", nullptr,
                                        "work.mjs")),
           "f() has no examples: write some into the comment before it, as f(…) // => …");
  contains(error_of(Project().tests_for("// f(1) // => 2\nexport function f(n) {\n  return n;\n}\n",
                                        nullptr, "work.mjs")),
           "no example of f() makes a test: 'f(1)': the code gives 1 where 2 is expected");
}

TEST_CASE("a function without examples is tested by what a model expects, and the code gives") {
  const support::ChatServer server(
      R"([{"say": "```js\nf(0) // => 0\nf(-3) // => 3\nf(2) // => 3\n)"
      R"(f(process.exit(1)) // => 1\nf(7) // => open()\nf(f(-2)) === f(2) // => true\n```"}])");
  chat::RemoteModel model({.url = server.url(), .model = "double"}, chat::Ability::instruct);
  const auto made = Project().tests_for("export function f(n) {\n  return n < 0 ? -n : n;\n}\n",
                                        &model, "work.mjs");
  INFO((made ? made->text + made->evidence : made.message()));
  REQUIRE(made);
  contains(made->text,
           "  // Written by a model; the code gives this.\n  assert.strictEqual(f(-3), 3);\n");
  contains(made->evidence, "left out: 'f(2)': the code gives 2, the model expected 3");
  contains(made->text, "  assert.strictEqual(f(f(-2)) === f(2), true);\n");
  CHECK(made->text.find("process") == std::string::npos);
  CHECK(made->text.find("open") == std::string::npos);
}

TEST_CASE("the same in Python") {
  const support::ChatServer server(R"([{"say": ">>> f(-3)\n3\n\n>>> f(2)\n3\n"}])");
  chat::RemoteModel model({.url = server.url(), .model = "double"}, chat::Ability::instruct);
  const auto made = Project().tests_for("def f(n):\n    return -n if n < 0 else n\n", &model);
  INFO((made ? made->text + made->evidence : made.message()));
  REQUIRE(made);
  contains(made->text, "self.assertEqual(f(-3), 3)");
  contains(made->evidence, "the model expected 3");
  // Without a model there is nothing to go by.
  contains(error_of(Project().tests_for("def f(n):\n    return n\n")), "f() has no examples");
}

TEST_CASE("only what computes is read in a model's lines of JavaScript") {
  const auto read = [](const std::string& line) {
    return testing::javascript_proposals_in(line + "\n", "f").size();
  };
  for (const char* line :
       {"f(1) // => 2", "  f([1, { a: -2 }], 'x'); // => null;", "f(f(1)) // => 1",
        "f(1) + f(2) === 3 // => true", "f('a').length // => 1", "f(NaN) // => Infinity"}) {
    INFO(line);
    CHECK(read(line) == 1);
  }
  for (const char* line :
       {"g(1) // => 2", "f(g(1)) // => 2", "f(process) // => 1", "f(() => 1) // => 1",
        "f`x` // => 1", "f(`${g()}`) // => 1", "f(1).constructor // => 1", "f(new Date()) // => 1",
        "f(x = 1) // => 1", "f(1) // => f(2)", "f(1); g() // => 1", "1 + 1 // => 2", "f(1)",
        "f(1)) + (f(2) // => 3", "f(1) // =>"}) {
    INFO(line);
    CHECK(read(line) == 0);
  }
}
