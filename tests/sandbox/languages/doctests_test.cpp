#include "sandbox/languages/doctests.h"

#include <cstdlib>

#include "tests/sandbox/languages/checks.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace languages_test;

// "name line: source => expected", one a line.
std::string listed(const Doctests& found) {
  std::string text;
  for (const Doctest& test : found.tests) {
    for (const auto& [line, source, expected, options] : test.examples) {
      text += test.name + " " + std::to_string(line) + ": " + source + "=> " + expected;
    }
  }
  return text;
}

// A function whose docstring holds this, and another that needs none.
Run run_doctest(const std::string& docstring) {
  return run_text("a.py",
                  "class Missing(Exception): pass\n"
                  "def find(key):\n    '''\n" +
                      docstring +
                      "    '''\n    if key < 0: raise Missing('no ' + str(key))\n"
                      "    return key\n",
                  Mode::tests);
}

void check_doctest(const std::string& docstring, const std::string& outcome) {
  const Run run = run_doctest(docstring);
  INFO(docstring << run.outcome.reason << run.outcome.errors.text());
  CHECK(tests_of(run) == "doctest a.find " + outcome + "\n");
  CHECK((run.outcome.verdict == Verdict::passed) == (outcome == "passed"));
  if (outcome == "passed") CHECK(run.findings.failures.empty());
}

}  // namespace

TEST_CASE("docstrings are found as Python finds them, and lose their answers alone") {
  const std::string text = R"py('''>>> first()
1
'''
import os  # ''' >>> not this
data = """
>>> 2
2
"""
class Stack:
    """Docs.

    >>> s = Stack()
    >>> for x in s:
    ...     print(x)
    1
    <BLANKLINE>
    2

    Not this."""

    async def push(self, x=(")", ':')) -> int:
        r'''
        >>> "\n"
        '\\n' '''
        return f"""
        >>> 3
        3
        """
    "not >>> this"

def last(): return 1
)py";
  const Doctests found = find_doctests(text, "m");
  CHECK(listed(found) ==
        "doctest m 1: first()\n=> 1\n"
        "doctest m.Stack 12: s = Stack()\n=> "
        "doctest m.Stack 13: for x in s:\n    print(x)\n=> 1\n<BLANKLINE>\n2\n"
        "doctest m.Stack.push 23: \"\\n\"\n=> '\\\\n' \n");
  std::string expected = text;
  for (const std::string& answer :
       {std::string("first()\n1"), std::string("print(x)\n    1\n    <BLANKLINE>\n    2"),
        std::string(">>> \"\\n\"\n        '\\\\n' ")}) {
    const size_t at = expected.find(answer);
    REQUIRE(at != std::string::npos);
    const size_t line = expected.find('\n', at);
    std::string lines;
    for (size_t i = line; i < at + answer.size(); ++i) lines += expected[i] == '\n' ? "\n" : "";
    expected.replace(line, at + answer.size() - line, lines);
  }
  CHECK(found.text == expected);
  CHECK(find_doctests("def f(): '''>>> 1", "m").text == "def f(): '''>>> 1");
  CHECK(find_doctests("'''>>> 1\n2", "m").tests.size() == 1);
  CHECK(find_doctests("", "m").tests.empty());
}

TEST_CASE("what a doctest prints is compared as Python's own does") {
  const auto check = [](const std::string& expected, const std::string& output,
                        const std::string& option, bool matching) {
    INFO(expected << "|" << output << "|" << option);
    CHECK(matches({1, "", expected, {option}}, output, "") == matching);
  };
  check("1\n", "1\n", "", true);
  check("1\n", "2\n", "", false);
  check("1\n", "", "", false);
  check("", "1\n", "", false);
  check("1\n", "True\n", "", true);
  check("a\n<BLANKLINE>\nb\n", "a\n  \nb\n", "", true);
  check("[1, 2]\n", "[1,\n   2]\n", "", false);
  check("[1, 2]\n", "[1,\n   2]\n", "+NORMALIZE_WHITESPACE", true);
  check("a...c\n", "abbbc\n", "", false);
  for (const char* expected : {"a...c\n", "...\n", "abbbc\n", "a...b...c\n", "abbb...\n"}) {
    check(expected, "abbbc\n", "+ELLIPSIS", true);
  }
  for (const char* expected : {"b...c\n", "a...d\n", "a...c...c\n", "abbbc...abbbc\n"}) {
    check(expected, "abbbc\n", "+ELLIPSIS", false);
  }
  const std::string thrown = "Traceback (most recent call last):\n  ...\nm.Error: why\n";
  CHECK(matches({1, "", thrown, {}}, "", "m.Error: why\n"));
  CHECK_FALSE(matches({1, "", thrown, {}}, "", "m.Error: other\n"));
  CHECK(matches({1, "", thrown, {"+IGNORE_EXCEPTION_DETAIL"}}, "", "n.Error: other\n"));
  CHECK_FALSE(matches({1, "", thrown, {}}, "m.Error: why\n", ""));
  CHECK_FALSE(matches({1, "", "1\n", {}}, "1\n", "Error\n"));
}

TEST_CASE("doctests run inside and are judged outside") {
  check_doctest("    >>> find(1)\n    1\n    >>> x = find(2)\n    >>> x\n    2\n", "passed");
  check_doctest("    >>> find(1)\n    2\n", "failed");
  check_doctest(
      "    >>> find(-1)\n    Traceback (most recent call last):\n        ...\n"
      "    a.Missing: no -1\n",
      "passed");
  check_doctest("    >>> find(-1)\n    1\n", "failed");
  check_doctest("    >>> print(1, end='')\n    1\n    >>> find(7)  # doctest: +SKIP\n    8\n",
                "passed");
  check_doctest("    >>> find(\n", "failed");
  check_doctest("    >>> import sys; sys.exit(0)\n    >>> find(1)\n    2\n", "failed");
  check_doctest("    >>> import os; os._exit(0)\n", "failed");
}

TEST_CASE("a failing doctest has its line, what it printed, and the frames of what it threw") {
  Run run = run_doctest("    >>> find(1)\n    2\n");
  CHECK(innermost(run) == "a.py:4 doctest a.find {}");
  CHECK(last_failure(run).message == "expected 2\nand got 1\n");
  CHECK(run.outcome.errors.text().find("expected 2\nand got 1") != std::string::npos);
  CHECK(run.outcome.reason == "a doctest got something else than it says");
  run = run_doctest("    >>> find(-1)\n    1\n");
  CHECK(innermost(run) == "a.py:7 find {key=-1 }");
  CHECK(last_failure(run).type == "Missing");
}

TEST_CASE(
    "attack 60: a program finds the answers of its doctests neither in itself nor in its file") {
  const std::string cheat =
      "import re\ndef answer():\n    '''\n    >>> answer()\n    4711\n    '''\n"
      "    for text in answer.__doc__, open(__file__).read():\n"
      "        found = re.search(r'>>> answer\\(\\)\\n\\s*(\\d+)', text)\n"
      "        if found: return int(found[1])\n";
  const Run run = run_text("a.py", cheat, Mode::tests);
  CHECK(tests_of(run) == "doctest a.answer failed\n");
  CHECK(run.outcome.verdict == Verdict::failed);
  // Its positive control: by Python itself, the program gets away with it.
  const support::TemporaryFolder folder;
  folder.write("a.py", cheat);
  const std::string command =
      "cd " + folder.path().string() + " && /usr/bin/python3 -B -m doctest a.py";
  CHECK(std::system(command.c_str()) == 0);
}
