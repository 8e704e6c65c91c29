#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

TEST_CASE("operators and constants are taken for their neighbours") {
  check_offers("python", "def f(a):\n    return a < 3\n", "def f(a):\n    return a <= 3\n");
  check_offers("python", "def f(a):\n    return a < 3\n", "def f(a):\n    return a < 4\n");
  check_offers("javascript", "const f = (a) => a && 1;\n", "const f = (a) => a || 1;\n");
  check_offers("cpp", "int f(int a) { return a / 2; }\n", "int f(int a) { return a * 2; }\n");
}

TEST_CASE("no operation is left that does nothing: it goes, and the statement with it") {
  const std::string text = "def f(a):\n    a -= 1\n    return g(a + 1, 2 * a)\n";
  check_offers("python", text, "def f(a):\n    a -= 1\n    return g(a, 2 * a)\n");
  for (const std::string& changed : changes_of("python", text)) {
    INFO(changed);
    for (const char* idle : {"a + 0", "1 * a", "a * 1", "a -= 0", "a // 1"}) {
      CHECK(changed.find(idle) == std::string::npos);
    }
  }
}

TEST_CASE("what no C++ compiler takes is left out") {
  const std::string text =
      "#include <vector>\n"
      "struct Queue {\n"
      "  void push(int value) { values.push_back(value); }\n"
      "  bool full() const { return values.size() == count; }\n"
      "  std::vector<int> values;\n"
      "  unsigned count = 0;\n"
      "};\n";
  check_offers("cpp", text, std::string(text).replace(text.find("== count"), 8, "!= count"));
  for (const std::string& changed : changes_of("cpp", text)) {
    INFO(changed);
    for (const char* none :
         {"return 0;", "value.empty()", "values.full", "abs(values)", "values + 1", "== values;"}) {
      CHECK(changed.find(none) == std::string::npos);
    }
  }
}

TEST_CASE("values become one more, one less, or another name in reach") {
  check_offers("python", "def f(n):\n    return range(n)\n",
               "def f(n):\n    return range(n + 1)\n");
  check_offers("javascript", "function f(a, b) { return g(a, a); }\n",
               "function f(a, b) { return g(a, b); }\n");
  check_offers("cpp", "int f(int rows, int columns) { return g(rows); }\n",
               "int f(int rows, int columns) { return g(columns); }\n");
}

TEST_CASE("arguments are swapped, calls are wrapped and replaced") {
  check_offers("python", "def f(a, b):\n    return g(a, b)\n",
               "def f(a, b):\n    return g(b, a)\n");
  check_offers("python", "x = max(a)\n", "x = min(a)\n");
  check_offers("javascript", "values.sort();\n", "values.sort((a, b) => a - b);\n");
  check_offers("python", "def f(n):\n    return [[0] * n] * n\n",
               "def f(n):\n    return [[0] * n for _ in range(n)]\n");
}

TEST_CASE("statements return, move out of a block, change places or gain a base case") {
  check_offers("python", "def f(a):\n    a + 1\n", "def f(a):\n    return a + 1\n");
  check_offers("python", "def f(n):\n    while n:\n        n -= 1\n        return True\n",
               "def f(n):\n    while n:\n        n -= 1\n    return True\n");
  check_offers("python", "def f(a):\n    b()\n    c()\n", "def f(a):\n    c()\n    b()\n");
  check_offers("python", "def f(n):\n    return f(n - 1)\n",
               "def f(n):\n    if not n: return 0\n    return f(n - 1)\n");
  check_offers("javascript", "async function f() { const a = g(); }\n",
               "async function f() { const a = await g(); }\n");
}

TEST_CASE("a mutable default is made anew in each call") {
  check_offers("python", "def f(x, seen=[]):\n    return seen\n",
               "def f(x, seen=None):\n    seen = [] if seen is None else seen\n    return seen\n");
}

TEST_CASE("unresolved names are spelled right, imported or included") {
  check_offers("python", "lenght = 1\nlength = 2\nx = lenght\n",
               "lenght = 1\nlength = 2\nx = length\n",
               {.type = "NameError", .message = "name 'lenght' is not defined", .tests = ""});
  check_offers("python", "x = math.pi\n", "import math\nx = math.pi\n",
               {.type = "NameError", .message = "name 'math' is not defined", .tests = ""});
  check_offers(
      "cpp", "std::map<int, int> m;\n", "#include <map>\nstd::map<int, int> m;\n",
      {.type = "compile error", .message = "'std::map' is defined in header '<map>'", .tests = ""});
}

TEST_CASE("no change touches a test, an assertion, a handler or an exit") {
  const std::string text =
      "import sys\n"
      "def test_one():\n    x = 1 < 2\n"
      "try:\n    pass\nexcept ValueError:\n    y = 3\n"
      "assert 4 == 4\n"
      "sys.exit(5)\n";
  for (const std::string& changed : changes_of("python", text)) {
    INFO(changed);
    for (const char* kept : {"def test_one():\n    x = 1 < 2\n", "except ValueError:\n    y = 3",
                             "assert 4 == 4", "sys.exit(5)"}) {
      CHECK(changed.find(kept) != std::string::npos);
    }
  }
}
