#include <set>

#include "lsp/features/debug/likeness.h"
#include "lsp/features/debug/search.h"
#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

TEST_CASE("operators and constants are taken for their neighbours") {
  check_offers("python", "def f(a):\n    return a < 3\n", "def f(a):\n    return a <= 3\n");
  check_offers("python", "def f(a):\n    return a < 3\n", "def f(a):\n    return a < 4\n");
  check_offers("python", "def f(a):\n    return a / 10\n", "def f(a):\n    return a / 100\n");
  check_offers("cpp", "int f(int a) { return a * 100; }\n", "int f(int a) { return a * 10; }\n");
  check_offers("javascript", "const f = (a) => a && 1;\n", "const f = (a) => a || 1;\n");
  check_offers("python", "open(path, 'w')\n", "open(path, 'a')\n");
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

TEST_CASE("headers that a compiler asks for are included, all of them at once") {
  const std::string text = "size_t f(uint8_t n) { return std::popcount(n); }\n";
  const std::string told =
      "‘size_t’ does not name a type\n‘uint8_t’ was not declared in this scope\n"
      "‘popcount’ is not a member of ‘std’\n";
  check_offers("cpp", text, "#include <bit>\n#include <cstddef>\n#include <cstdint>\n" + text,
               {.type = "compile error", .message = told, .tests = ""});
  check_offers("cpp", text, "#include <bit>\n" + text,
               {.type = "compile error",
                .message = "no member named 'popcount' in namespace 'std'",
                .tests = ""});
  const std::string c = "#include <stdio.h>\nbool f(void) { return strlen(\"a\"); }\n";
  check_offers("c", c, "#include <string.h>\n" + c,
               {.type = "compile error", .message = "include ‘<string.h>’", .tests = ""});
}

TEST_CASE("modules that are used and not imported are imported, all of them at once") {
  const std::string text = "def f(x):\n    return math.sqrt(float(re.sub('a', '', x)))\n";
  const Clues clues{.type = "NameError", .message = "name 're' is not defined", .tests = ""};
  check_offers("python", text, "import re\n" + text, clues);
  check_offers("python", text, "import re\nimport math\n" + text, clues);
  const std::string taken = "def f(math):\n    return re.sub('a', math, '')\n";
  for (const std::string& changed : changes_of("python", taken, clues)) {
    CHECK(changed.find("import math") == std::string::npos);
  }
  const std::string module = "export const f = (x) => path.join(x, os.EOL);\n";
  check_offers("javascript", module,
               "import path from 'node:path';\nimport os from 'node:os';\n" + module,
               {.type = "ReferenceError", .message = "path is not defined", .tests = ""});
}

TEST_CASE(
    "what the grammar misses is written, and a block ended nowhere but where it is indented") {
  check_offers("cpp", "int f(int x) { return 2 * x }\n", "int f(int x) { return 2 * x; }\n");
  check_offers("python", "def f(x)\n    return x\n", "def f(x):\n    return x\n",
               {.type = "SyntaxError", .message = "SyntaxError: expected ':'", .tests = ""});
  const std::string open = "function f(x) {\n  return 2 * x;\n\ng(f(2));\n";
  const std::string ended = "function f(x) {\n  return 2 * x;\n}\n\ng(f(2));\n";
  for (const std::string& changed : changes_of("javascript", open)) {
    INFO(changed);
    CHECK(changed.find(";}") == std::string::npos);
    CHECK((changed == ended || changed.find("}\n") == std::string::npos));
  }
}

TEST_CASE("colons and indentations of Python are mended whatever ends a line and indents it") {
  const Clues colon{.type = "SyntaxError", .message = "SyntaxError: expected ':'", .tests = ""};
  check_offers("python", "def f(x)\r\n    return x\r\n", "def f(x):\r\n    return x\r\n", colon);
  check_offers("python", "class A:\n\tdef f(x)\n\t\treturn x\n",
               "class A:\n\tdef f(x):\n\t\treturn x\n", colon);
  const Clues expected{.type = "IndentationError",
                       .message = "expected an indented block after function definition",
                       .tests = ""};
  check_offers("python", "def f(x):\r\nreturn x\r\n", "def f(x):\r\n    return x\r\n", expected);
  check_offers("python", "class A:\n\tdef f(x):\n\treturn x\n",
               "class A:\n\tdef f(x):\n\t\treturn x\n", expected);
  check_offers("python", "def f(x):\n  y = x\n  if y:\n  z = y\n  return z\n",
               "def f(x):\n  y = x\n  if y:\n      z = y\n  return z\n", expected);
  const Clues unexpected{.type = "IndentationError", .message = "unexpected indent", .tests = ""};
  check_offers("python", "def f(x):\r\n\ty = x\r\n\t\treturn y\r\n",
               "def f(x):\r\n\ty = x\r\n\treturn y\r\n", unexpected);
}

TEST_CASE("what is inserted ends its lines as the text does") {
  const std::string text = "def f(x):\r\n    y = math.sqrt(x)\r\n    g(y)\r\n";
  const Clues clues{.type = "NameError", .message = "name 'math' is not defined", .tests = ""};
  check_offers("python", text, "import math\r\n" + text, clues);
  check_offers("python", text, text.substr(0, text.size() - 2) + "\r\n    return y\r\n");
  for (const std::string& changed : changes_of("python", text, clues)) {
    INFO(changed);
    CHECK(std::count(changed.begin(), changed.end(), '\n') ==
          std::count(changed.begin(), changed.end(), '\r'));
  }
}

TEST_CASE("nothing is awaited where nothing can be") {
  for (const std::string text : {"const a = f(1);\n", "function g() { return f(1); }\n"}) {
    for (const std::string& changed : changes_of("javascript", text)) {
      INFO(changed);
      CHECK(changed.find("await") == std::string::npos);
    }
  }
  check_offers("javascript", "export const a = f(1);\n", "export const a = await f(1);\n");
}

TEST_CASE("an index starts over at the end") {
  check_offers("python", "def f(x, i):\n    return x[i + 1]\n",
               "def f(x, i):\n    return x[(i + 1) % len(x)]\n");
  check_offers("javascript", "const f = (x, i) => x[i];\n",
               "const f = (x, i) => x[i % x.length];\n");
  check_offers("cpp", "int f(std::vector<int>& x) { return x[i_++]; }\n",
               "int f(std::vector<int>& x) { return x[i_++ % x.size()]; }\n");
}

TEST_CASE("values become one more, one less, or another name in reach") {
  check_offers("python", "def f(n):\n    return range(n)\n",
               "def f(n):\n    return range(n + 1)\n");
  check_offers("javascript", "function f(a, b) { return g(a, a); }\n",
               "function f(a, b) { return g(a, b); }\n");
  check_offers("cpp", "int f(int rows, int columns) { return g(rows); }\n",
               "int f(int rows, int columns) { return g(columns); }\n");
}

TEST_CASE("a parameter that is never read is the likeliest of the names in reach") {
  const std::string text = "int f(int n, int by) { return n + n; }\n";
  const auto tree = tree_of("cpp", text);
  double best = 0;
  std::string changed;
  for (const Edit& edit : edits_of(lsp::syntax::Nodes(*tree), *grammar_of(tree->language()), {})) {
    if (edit.prior > best) changed = applied(text, edit), best = edit.prior;
  }
  CHECK(changed == "int f(int n, int by) { return by + n; }\n");
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

TEST_CASE("numbers of C++ become wider, rests positive and differences signed") {
  check_offers("cpp", "int f(int a) { return a; }\n", "long long f(long long a) { return a; }\n");
  check_offers("cpp", "long f(V v) { return std::accumulate(v.begin(), v.end(), 0); }\n",
               "long f(V v) { return std::accumulate(v.begin(), v.end(), 0LL); }\n");
  check_offers("cpp", "int f(int a, int b) { return a % b; }\n",
               "int f(int a, int b) { return (a % b + b) % b; }\n");
  check_offers("cpp", "int f(int a, int b) { return a / b; }\n",
               "int f(int a, int b) { return (a + b - 1) / b; }\n");
  check_offers("cpp", "bool f(size_t i, V v) { return i < v.size() - 1; }\n",
               "bool f(size_t i, V v) { return i + 1 < v.size(); }\n");
}

TEST_CASE("members of C++ begin with a value, and methods of a base are virtual") {
  check_offers("cpp", "struct S {\n  int a, b;\n};\n", "struct S {\n  int a = 0, b = 0;\n};\n");
  check_offers("cpp", "struct S {\n  int a[3];\n};\n", "struct S {\n  int a[3] = {};\n};\n");
  const std::string derived = "struct D : B {\n  int f() { return 1; }\n};\n";
  check_offers("cpp", "struct B {\n  int f() { return 0; }\n};\n" + derived,
               "struct B {\n  virtual int f() { return 0; }\n};\n" + derived);
}

TEST_CASE("what is a copy becomes a reference, and the other way about") {
  check_offers("cpp", "void f() { auto x = g(); }\n", "void f() { auto &x = g(); }\n");
  check_offers("cpp", "void f() { auto& x = g(); }\n", "void f() { auto x = g(); }\n");
  check_offers("cpp", "void f(int n) { g([=] { h(n); }); }\n",
               "void f(int n) { g([&] { h(n); }); }\n");
  check_offers("cpp", "void f(V& v) {\n  auto& x = v[0];\n  v.push_back(1);\n  x = 2;\n}\n",
               "void f(V& v) {\n  ;\n  v.push_back(1);\n  v[0] = 2;\n}\n");
}

TEST_CASE("a loop erases what it stands at and goes on from there") {
  check_offers("cpp",
               "void f(M& m) {\n"
               "  for (auto i = m.begin(); i != m.end(); ++i) {\n"
               "    if (g(*i)) m.erase(i);\n"
               "  }\n}\n",
               "void f(M& m) {\n"
               "  for (auto i = m.begin(); i != m.end(); ) {\n"
               "    if (g(*i)) { i = m.erase(i); continue; }\n"
               "    ++i;\n"
               "  }\n}\n");
  check_offers("cpp", "void f(N* p) {\n  while (p) {\n    delete p;\n    p = p->next;\n  }\n}\n",
               "void f(N* p) {\n  while (p) {\n    auto following = p->next;\n    delete p;\n"
               "    p = following;\n  }\n}\n");
}

TEST_CASE("a loop of C++ counts on, or begins to count anew") {
  check_offers("cpp", "void f(int n) {\n  while (n > 0) {\n    g(n);\n  }\n}\n",
               "void f(int n) {\n  while (n > 0) {\n    g(n);\n    --n;\n  }\n}\n");
  check_offers("cpp",
               "void f(V v) {\n  int n = 0;\n  for (int x : v) {\n    ++n;\n    g(n);\n  }\n}\n",
               "void f(V v) {\n  int n = 0;\n  for (int x : v) {\n    ++n;\n    g(n);\n"
               "    n = 0;\n  }\n}\n");
}

TEST_CASE("a condition of C++ asks first whether there is something, and what comments name") {
  check_offers("cpp", "void f(N* p) { if (p->next) g(); }\n",
               "void f(N* p) { if (p && p->next) g(); }\n");
  check_offers("cpp", "void f(S& s) {\n  s.pop();\n}\n",
               "void f(S& s) {\n  if (!s.empty()) s.pop();\n}\n");
  check_offers("cpp", "// Not 100, but 400.\nbool f(int y) { return y % 100 != 0; }\n",
               "// Not 100, but 400.\n"
               "bool f(int y) { return (y % 100 != 0 || y % 400 == 0); }\n");
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

TEST_CASE("brackets that nobody closed are closed where indentation tells") {
  const auto check = [](const char* language, const std::string& whole, const std::string& part) {
    std::string broken = whole;
    broken.erase(whole.rfind(part), part.size());
    check_offers(language, broken, whole);
  };
  const std::string cpp =
      "int sum(int n) {\n  int s = 0;\n  while (n > 0) {\n    if (n % 2) {\n      s += n;\n    }\n"
      "    --n;\n  }\n  return s;\n}\n\nint main() {\n  return sum(3);\n}\n";
  check("cpp", cpp, "    }\n");
  check("cpp", "struct A {\n  int n = 0;\n};\n\nint main() {\n  return A().n;\n}\n", "};\n");
  check("cpp", "int f() {\n  return 1;\n}\n\nint main() {\n  return f();\n}\n", "}\n");
  check("cpp", "int f(int n) {\n  while (n > 0) {\n    --n;\n  }\n  return n;\n}\n", ")");
  check_offers("cpp", "int f() {\n  return 1;\n\n// One.\nint main() {\n  return f();\n}\n",
               "int f() {\n  return 1;\n}\n\n// One.\nint main() {\n  return f();\n}\n");
  check("javascript",
        "function f(xs) {\n  for (const x of xs) {\n    g(x);\n  }\n  return xs;\n}\n", "  }\n");
  check("javascript",
        "const f = (xs) => {\n  xs.forEach((x) => {\n    g(x);\n  });\n  return xs;\n};\n",
        "  });\n");
  check("javascript", "const o = {\n  a: [1, 2],\n};\nlet b = 1;\n", "};\n");
  check("python", "def f(xs):\n    total = sum((x for x in xs))\n    return total\n", ")");
  check("python", "xs = [\n    1,\n    2,\n]\nprint(xs)\n", "]\n");
  check("python", "def f(xs):\n    if len(xs[0]) > 1:\n        return 1\n    return 2\n", "]");
}

TEST_CASE("a bracket that nobody opened is taken out") {
  check_offers("python", "def f(c):\n    return c * 9 / 5 + 32)\n",
               "def f(c):\n    return c * 9 / 5 + 32\n");
  check_offers("python", "xs = [1, 2]]\nprint(xs)\n", "xs = [1, 2]\nprint(xs)\n");
  check_offers("cpp", "int f(int n) {\n  return (n + 1));\n}\n",
               "int f(int n) {\n  return (n + 1);\n}\n");
  check_offers("javascript", "g(() => {\n  f(1));\n});\n", "g(() => {\n  f(1);\n});\n");
}

TEST_CASE("text that is whole is offered no bracket") {
  const auto tree = tree_of("cpp", "int f() {\nreturn 1;\n}\n");
  const lsp::syntax::Nodes nodes(*tree);
  for (const Edit& edit : edits_of(nodes, *grammar_of(tree->language()), {})) {
    CHECK(edit.what != "missing token");
    CHECK(edit.what != superfluous_token);
  }
}

TEST_CASE("a text may end anywhere, within a bracket and an indentation too") {
  const std::pair<const char*, std::string> texts[] = {
      {"cpp", "struct A {\n  int n = f(1, \"a\");\n};\nint main() {\n  while (n > 0 {\n    --n;\n"},
      {"javascript", "const f = (xs) => {\n  let y = g([1, `a`]);\n  if (xs {\n  }\n};\n  "},
      {"python", "def f(xs):\n  if xs:\n  y = [1, 'a']\n    z = (2\n   return y\n  \n  "}};
  const char* const messages[] = {"expected an indented block after 'if'", "unexpected indent", ""};
  for (const auto& [language, text] : texts) {
    for (size_t end = 0; end <= text.size(); ++end) {
      const auto tree = tree_of(language, text.substr(0, end));
      const lsp::syntax::Nodes nodes(*tree);
      for (const char* message : messages) {
        const Clues clues{.type = "IndentationError", .message = message, .tests = ""};
        for (const Edit& edit : edits_of(nodes, *grammar_of(tree->language()), clues)) {
          REQUIRE(edit.range.end <= end);
        }
      }
    }
  }
}

TEST_CASE("a key that is missing is read with a default") {
  const Clues clues{.type = "KeyError", .message = "KeyError: 'a'", .tests = ""};
  check_offers("python", "d['a'] = d['a'] + 1\n", "d['a'] = d.get('a', 0) + 1\n", clues);
  check_offers("python", "d[k] += n\n", "d[k] = d.get(k, 0) + n\n", clues);
}

TEST_CASE("names are what the compiler says may be meant, all at once") {
  check_offers("cpp", "int f() {\n  cout << 1 << endl;\n  return 0;\n}\n",
               "int f() {\n  std::cout << 1 << std::endl;\n  return 0;\n}\n",
               {.type = "compile error",
                .message = "‘cout’ was not declared in this scope; did you mean ‘std::cout’?\n"
                           "‘endl’ was not declared in this scope; did you mean ‘std::endl’?",
                .tests = ""});
}

TEST_CASE("lines are indented as Python wants them") {
  const auto clues = [](const char* message) {
    return Clues{.type = "IndentationError", .message = message, .tests = ""};
  };
  check_offers("python", "def f(n):\nm = n\nprint(m)\n\nf(1)\n",
               "def f(n):\n    m = n\n    print(m)\n\nf(1)\n",
               clues("expected an indented block after function definition on line 1"));
  check_offers("python", "def f(n):\nprint(n)\nf(1)\n", "def f(n):\n    print(n)\nf(1)\n",
               clues("expected an indented block after function definition on line 1"));
  check_offers("python", "a = 1\n  b = 2\n", "a = 1\nb = 2\n", clues("unexpected indent"));
  check_offers("python", "if a:\n    b = 1\n   c = 2\n", "if a:\n    b = 1\n    c = 2\n",
               clues("unindent does not match any outer indentation level"));
}

namespace {

// So many functions of eight lines, the last of which uses what is not imported.
std::string long_program(size_t functions) {
  std::string text = "class Box:\n    def full(self):\n        return self.full()\n\n\n";
  for (size_t i = 0; i < functions; ++i) {
    const std::string n = std::to_string(i);
    text += "def work_" + n + "(values, start, step):\n    total = start\n" +
            "    for index, value in enumerate(values):\n" +
            "        if value > step and index % 2 == 0:\n            total = total + value * " +
            n + "\n    result = work_" + std::to_string(i / 2) + "(total, step)\n" +
            "    return result\n\n\n";
  }
  return text + "def root(x):\n    return math.sqrt(x)\n";
}

int lines_of(const std::string& text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("in a long program what keeps it from running comes first, then what is suspected") {
  const std::string text = long_program(100);
  const int last = lines_of(text);
  const Clues clues{.type = "NameError", .message = "name 'math' is not defined", .tests = ""};
  const auto edits = ranked_edits(text, lsp::syntax::Language::python, clues, {{last, 1.0}});
  REQUIRE(edits.size() > 1'000);
  CHECK(edits[0].edit.text == "import math\n");
  const size_t begin = text.find("def root");
  for (size_t i = 1; i < 5; ++i) CHECK(edits[i].edit.range.begin >= begin);
}

TEST_CASE("in a long program the last function's edits are found as the first one's are") {
  const std::string text = long_program(500);
  const auto tree = tree_of("python", text);
  const lsp::syntax::Nodes nodes(*tree);
  const Grammar& grammar = *grammar_of(tree->language());
  const auto count_at = [&](size_t begin, size_t end) {
    const auto weight = [=](lsp::text::Range range, std::string_view) {
      return begin <= range.begin && range.end <= end ? 1.0 : 0.0;
    };
    return edits_of(nodes, grammar, {}, {.weight = weight}).size();
  };
  const size_t first = text.find("def work_10("), last = text.find("def work_499(");
  const size_t size = text.find("def work_11(") - first;
  CHECK(count_at(last, text.size()) > 40);
  CHECK(count_at(first, first + size) > 40);
}

TEST_CASE("edits of a long program hold what they change and no more, and end when they are told") {
  const std::string text = long_program(400);
  const auto edits = ranked_edits(text, lsp::syntax::Language::python, {}, {});
  size_t bytes = 0;
  for (const RankedEdit& each : edits) bytes += each.edit.text.size();
  CHECK(edits.size() > 10'000);
  CHECK(bytes < 4'000'000);
  std::stop_source stop;
  stop.request_stop();
  const auto never = Clock::time_point::max();
  CHECK(ranked_edits(text, lsp::syntax::Language::python, {}, {}, never, stop.get_token()).empty());
  CHECK(ranked_edits(text, lsp::syntax::Language::python, {}, {}, Clock::now()).empty());
}

TEST_CASE("edits that make the same text are one, whichever of equal letters they take") {
  const std::string text = "def f(aa):\n    return aa + a\n";
  std::set<std::string> made;
  for (const auto& each : ranked_edits(text, lsp::syntax::Language::python, {}, {})) {
    const std::string changed = applied(text, each.edit);
    INFO(changed);
    CHECK(changed != text);
    CHECK(made.insert(changed).second);
  }
}

TEST_CASE("long texts are no names, and are not taken for each other") {
  const std::string one(30'000, 'a'), other(30'000, 'b');
  CHECK(likeness(one, other) == 0);
  CHECK(likeness("recieve", "receive") > 0.8);
  CHECK(likeness("ab", "ba") == 0.5);
  const std::string text = "f('" + one + "', '" + other + "')\ng('key', 'kez')\n";
  const auto tree = tree_of("python", text);
  size_t keys = 0;
  for (const Edit& edit : edits_of(lsp::syntax::Nodes(*tree), *grammar_of(tree->language()), {})) {
    if (edit.what != "wrong key") continue;
    ++keys;
    CHECK(edit.range.begin >= text.find("g("));
  }
  CHECK(keys == 2);
}

TEST_CASE("where nothing is known of the lines that ran, the likeliest change comes first") {
  const std::string text =
      "#include \"account.h\"\n\nbool Account::withdraw(long cents) {\n"
      "  if (cents >= cents_) return false;\n  cents_ -= cents;\n  return true;\n}\n";
  const auto changes = ranked_edits(text, lsp::syntax::Language::cpp,
                                    {"assertion", "account.withdraw(600)", ""}, {});
  const auto right = std::find_if(changes.begin(), changes.end(), [&](const RankedEdit& each) {
    return applied(text, each.edit).find("cents > cents_") != std::string::npos;
  });
  REQUIRE(right != changes.end());
  CHECK(right - changes.begin() < 20);
}

TEST_CASE("of Python's indices the other end is likelier than the next one") {
  const std::string text = "def top(stack):\n    return stack[0]\n";
  const auto changes = ranked_edits(text, lsp::syntax::Language::python, {}, {{2, 1.0}});
  const auto place = [&](const char* wanted) {
    return std::find_if(changes.begin(), changes.end(), [&](const RankedEdit& each) {
      return applied(text, each.edit).find(wanted) != std::string::npos;
    });
  };
  REQUIRE(place("stack[1]") != changes.end());
  CHECK(place("stack[-1]") < place("stack[1]"));
}
