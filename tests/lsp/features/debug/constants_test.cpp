// Changes where a constant stands for a variable, a name for its value, a row before another; and
// of what was meant for the other case of a condition.
#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

TEST_CASE("where a number stands, a variable of the function may be meant") {
  check_offers("python", "def f(n):\n    return range(0, 10)\n",
               "def f(n):\n    return range(0, n)\n");
  check_offers("python", "def f(all):\n    for n in all:\n        add(n - 1)\n    return 1\n",
               "def f(all):\n    for n in all:\n        add(n - 1)\n    return n\n");
  check_offers("javascript", "const f = (all, n) => all.map((m) => m * n * 2);\n",
               "const f = (all, n) => all.map((m) => m * n * n);\n");
  check_offers("javascript", "function f(n) {\n  const half = n / 2;\n  return g(half, 1);\n}\n",
               "function f(n) {\n  const half = n / 2;\n  return g(half, half);\n}\n");
  check_offers("cpp",
               "int f(int n) {\n  int sum = n;\n  for (int i = 0; i < 3; ++i) sum += 1;\n"
               "  return sum;\n}\n",
               "int f(int n) {\n  int sum = n;\n  for (int i = 0; i < 3; ++i) sum += i;\n"
               "  return sum;\n}\n");
}

TEST_CASE("where a constant stands, a parameter that is never read may be meant") {
  check_offers("python", "def f(values, between=','):\n    return ', '.join(values)\n",
               "def f(values, between=','):\n    return between.join(values)\n");
  check_offers("javascript", "const f = (all, deep) => all.flat(true);\n",
               "const f = (all, deep) => all.flat(deep);\n");
}

TEST_CASE("no variable stands for a constant before it is set, or beside itself") {
  const std::string text =
      "def f(n, rows):\n    a = 7\n    late = n - 3\n    return late + rows[0] + g(n)\n";
  for (const std::string& changed : changes_of("python", text)) {
    INFO(changed);
    for (const char* none : {"a = a", "a = late", "n - n", "a = rows", "a = g"}) {
      CHECK(changed.find(none) == std::string::npos);
    }
  }
}

TEST_CASE("where a name stands as a key, its value may be meant") {
  check_offers("javascript", "function f(row, column) {\n  return row.column || column;\n}\n",
               "function f(row, column) {\n  return row[column] || column;\n}\n");
  check_offers("javascript", "const f = (row, key) => row['key'] + key;\n",
               "const f = (row, key) => row[key] + key;\n");
  check_offers("python", "def f(row, key):\n    return row['key'] + key\n",
               "def f(row, key):\n    return row[key] + key\n");
}

TEST_CASE("the rows of a table may be in another order") {
  check_offers("javascript", "const T = [['a', 1], ['b', 2], ['c', 3]];\n",
               "const T = [['a', 1], ['c', 3], ['b', 2]];\n");
  check_offers("python", "T = [(1, 'a'), (2, 'b')]\n", "T = [(2, 'b'), (1, 'a')]\n");
  check_offers("cpp", "int t[2][2] = {{1, 2}, {3, 4}};\n", "int t[2][2] = {{3, 4}, {1, 2}};\n");
}

TEST_CASE("what stands behind a condition may be meant for its other case") {
  check_offers("javascript",
               "function f(a) {\n  if (a > 0) {\n    g(a);\n  }\n  h(a);\n  return a;\n}\n",
               "function f(a) {\n  if (a > 0) {\n    g(a);\n  } else {\n    h(a);\n  }\n"
               "  return a;\n}\n");
  check_offers("python", "def f(a):\n    if a > 0:\n        g(a)\n    h(a)\n    return a\n",
               "def f(a):\n    if a > 0:\n        g(a)\n    else:\n        h(a)\n    return a\n");
  check_offers("python", "def f(a):\n    if a > 5:\n        g(a)\n    if a > 0:\n        h(a)\n",
               "def f(a):\n    if a > 5:\n        g(a)\n    elif a > 0:\n        h(a)\n");
  check_offers("cpp", "void f(int a) {\n  if (a > 5) g(a);\n  if (a > 0) h(a);\n}\n",
               "void f(int a) {\n  if (a > 5) g(a); else if (a > 0) h(a);\n}\n");
}

TEST_CASE("what a loop needs in each round may stand before it") {
  check_offers("javascript",
               "function f(all) {\n  const n = g(one);\n  for (const one of all) {\n    h(n);\n"
               "  }\n}\n",
               "function f(all) {\n  for (const one of all) {\n    const n = g(one);\n    h(n);\n"
               "  }\n}\n");
}

TEST_CASE("a function that gives a value before its end may lack one there") {
  check_offers("javascript",
               "function f(n) {\n  for (const m of all) {\n    if (m > n) return 'a';\n  }\n}\n",
               "function f(n) {\n  for (const m of all) {\n    if (m > n) return 'a';\n  }\n  "
               "return '';\n}\n");
  check_offers("python", "def f(n):\n    if n > 0:\n        return n\n",
               "def f(n):\n    if n > 0:\n        return n\n    return 0\n");
  const std::string given = "def f(n):\n    if n > 0:\n        return\n    g(lambda: n)\n";
  for (const std::string& changed : changes_of("python", given)) {
    INFO(changed);
    CHECK_FALSE(changed.ends_with("    return ''\n"));
  }
}
