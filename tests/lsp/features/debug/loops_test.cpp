// Changes of what a loop's variable is not, or not any more; and of what is set and never read.
#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

TEST_CASE("a function made in a loop gets the value of its own round") {
  check_offers("python", "def f(all):\n    return [lambda: n for n in all]\n",
               "def f(all):\n    return [lambda n=n: n for n in all]\n");
  check_offers("python", "for n in all:\n    add(lambda x: x * n)\n",
               "for n in all:\n    add(lambda x, n=n: x * n)\n");
  check_offers("python", "for a, b in all:\n    def g():\n        return a + b\n    add(g)\n",
               "for a, b in all:\n    def g(a=a, b=b):\n        return a + b\n    add(g)\n");
  check_offers("javascript", "for (var i = 0; i < 3; i++) add(() => i);\n",
               "for (let i = 0; i < 3; i++) add(() => i);\n");
  for (const std::string& changed :
       changes_of("python", "for n in all:\n    add(lambda n: n + m)\n")) {
    CHECK(changed.find("n=n") == std::string::npos);
    CHECK(changed.find("m=m") == std::string::npos);
  }
}

TEST_CASE("lines are often counted from one") {
  check_offers("python", "for i, line in enumerate(text):\n    f(i)\n",
               "for i, line in enumerate(text, 1):\n    f(i)\n");
}

TEST_CASE("a loop that counts down without a sign ends before it has to go below zero") {
  check_offers("cpp", "void f(size_t n) {\n  for (size_t i = n - 1; i >= 0; --i) g(i);\n}\n",
               "void f(size_t n) {\n  for (size_t i = n; i-- > 0; ) g(i);\n}\n");
  check_offers("cpp", "void f(size_t n) {\n  for (size_t i = n; i >= 0; i--) g(i);\n}\n",
               "void f(size_t n) {\n  for (size_t i = n + 1; i-- > 0; ) g(i);\n}\n");
}

TEST_CASE("a loop goes on where the loop inside of it has come to") {
  check_offers("javascript",
               "function f(s) {\n  let at = 0;\n  while (at < s.length) {\n    let end = at;\n"
               "    while (s[end] === ' ') end += 1;\n    add(end);\n  }\n}\n",
               "function f(s) {\n  let at = 0;\n  while (at < s.length) {\n    let end = at;\n"
               "    while (s[end] === ' ') end += 1;\n    add(end);\n    at = end;\n  }\n}\n");
  check_offers("python",
               "def f(s, i):\n    while i < len(s):\n        j = i + 1\n"
               "        while s[j] == ' ':\n            j += 1\n        add(j)\n",
               "def f(s, i):\n    while i < len(s):\n        j = i + 1\n"
               "        while s[j] == ' ':\n            j += 1\n        add(j)\n        i = j\n");
}

TEST_CASE("what is set and never read is added to what stands in its place") {
  check_offers("python", "def f(a, b):\n    have, _ = g(a)\n    return (b, a)\n",
               "def f(a, b):\n    have, _ = g(a)\n    return (have + b, a)\n");
  check_offers("javascript", "function f(a, b) {\n  const rest = g(a);\n  return b;\n}\n",
               "function f(a, b) {\n  const rest = g(a);\n  return rest + b;\n}\n");
}

TEST_CASE("what one method does with its object another one may have forgotten") {
  const std::string get = "class Cache:\n    def get(self, key):\n";
  const std::string put =
      "\n    def put(self, key, value):\n        self.order.touch(key)\n"
      "        self.items[key] = value\n        self.count += size\n";
  check_offers("python", get + "        return self.items[key]\n" + put,
               get + "        self.order.touch(key)\n        return self.items[key]\n" + put);
  for (const std::string& changed : changes_of("python", get + "        return 1\n" + put)) {
    CHECK(changed.find("= value\n        return 1") == std::string::npos);
    CHECK(changed.find("size\n        return 1") == std::string::npos);
  }
  check_offers("javascript",
               "class A {\n  add(x) {\n    this.all.push(x);\n    this.touch();\n  }\n"
               "  put(x) {\n    this.all.push(x);\n  }\n}\n",
               "class A {\n  add(x) {\n    this.all.push(x);\n    this.touch();\n  }\n"
               "  put(x) {\n    this.all.push(x);\n    this.touch();\n  }\n}\n");
}

TEST_CASE("where a loop begins to count is no text") {
  for (const std::string& changed :
       changes_of("javascript", "for (let i = 0; i < n; i += 2) f(i);\n")) {
    CHECK(changed.find("i = ''") == std::string::npos);
  }
  check_offers("javascript", "function f(all) {\n  let sum = 0;\n  return sum;\n}\n",
               "function f(all) {\n  let sum = '';\n  return sum;\n}\n");
}
