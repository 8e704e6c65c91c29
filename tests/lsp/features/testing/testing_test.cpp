// From a docstring to a file of tests, in real sandboxes.
#include "lsp/features/testing/testing.h"

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

  Result<testing::Written> tests_for(const std::string& text, chat::Model* model = nullptr) const {
    write("work.py", text);
    const debug::Question question{.file = folder.path() / "work.py",
                                   .text = text,
                                   .workspace = folder.path(),
                                   .python = "/usr/bin/python3"};
    const auto tree = debug::parse(text, lsp::syntax::Language::python);
    const auto targets = testing::targets_in(*tree);
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
    return testing::targets_in(*debug::parse(text, lsp::syntax::Language::python));
  };
  CHECK(targets(clamp).size() == 1);
  CHECK(targets(clamp).front().function == "clamp");
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
