// Which functions are to be filled in, and what a body does to the text.
#include "lsp/features/fill/hole.h"
#include "lsp/features/debug/grammar.h"
#include "tests/support/catch.h"

using namespace lsp::features::fill;

namespace {

std::vector<Hole> holes_of(const std::string& text) {
  const auto tree = lsp::features::debug::parse(text, lsp::syntax::Language::python);
  REQUIRE(tree);
  return holes_in(*tree);
}

void check_filled(const std::string& text, const std::string& wanted) {
  const auto holes = holes_of(text);
  INFO(text);
  REQUIRE(holes.size() == 1);
  CHECK(filled(text, holes[0], {"return 1"}) == wanted);
}

}  // namespace

TEST_CASE("what stands for a body gives way to one") {
  check_filled("def f():\n    pass\n", "def f():\n    return 1\n");
  check_filled("def f():\n    ...\n", "def f():\n    return 1\n");
  check_filled("def f(a, b):\n  raise NotImplementedError\n", "def f(a, b):\n  return 1\n");
  check_filled("def f():\n    raise NotImplementedError('later')\n", "def f():\n    return 1\n");
  check_filled("def f():\n\t\"\"\"Says.\"\"\"\n\t# TODO\n\tpass\n",
               "def f():\n\t\"\"\"Says.\"\"\"\n\t# TODO\n\treturn 1\n");
}

TEST_CASE("what a function is decorated with stays") {
  check_filled("@cache\n@other(1)\ndef f():\n    pass\n",
               "@cache\n@other(1)\ndef f():\n    return 1\n");
}

TEST_CASE("a docstring alone is kept, with the body behind it") {
  check_filled("def f():\n    '''\n    >>> f()\n    1\n    '''\n\n\ndef g():\n    return 2\n",
               "def f():\n    '''\n    >>> f()\n    1\n    '''\n    return 1\n\n\n"
               "def g():\n    return 2\n");
}

TEST_CASE("lines of a body are indented as the hole is") {
  const std::string text = "def f():\n   pass\n";
  CHECK(filled(text, holes_of(text)[0], {"import math", "return math.pi"}) ==
        "def f():\n   import math\n   return math.pi\n");
}

TEST_CASE("what has a body, or is no function of the file, is left alone") {
  for (const char* text :
       {"def f():\n    return 1\n", "def f():\n    x = 1\n    pass\n", "class A:\n    pass\n",
        "class A:\n    def f(self):\n        pass\n", "if x:\n    pass\n", "def f(): pass\n",
        "async def f():\n    pass\n", "def f():\n    raise ValueError\n", "def f(:\n    pass\n"}) {
    INFO(text);
    CHECK(holes_of(text).empty());
  }
}

TEST_CASE("functions of JavaScript without a body, or with one that says so") {
  const auto check = [](const std::string& text, const std::string& wanted) {
    INFO(text);
    const auto tree = lsp::features::debug::parse(text, lsp::syntax::Language::javascript);
    const auto holes = holes_in(*tree);
    REQUIRE(holes.size() == 1);
    CHECK(filled(text, holes[0], {"return 1;"}) == wanted);
  };
  check("function f(a) {}\n", "function f(a) {\n  return 1;\n}\n");
  check("export const f = (a, b) => {\n    // TODO\n};\n",
        "export const f = (a, b) => {\n    // TODO\n    return 1;\n};\n");
  check("function f(a) {\n  // One.\n  /* Two. */\n}\n",
        "function f(a) {\n  // One.\n  /* Two. */\n  return 1;\n}\n");
  check("function f(a) {\n  // One.\n  throw new Error('TODO'); // Two.\n}\n",
        "function f(a) {\n  // One.\n  return 1;\n  // Two.\n}\n");
  check("const f = function () {\n\tthrow new Error('Not implemented');\n};\n",
        "const f = function () {\n\treturn 1;\n};\n");
}

TEST_CASE("other functions of JavaScript, and other languages, are left alone") {
  for (const char* text :
       {"function f() { return 1; }", "function f({ a }) {}", "function f(...a) {}",
        "async function f() {}", "class A { f() {} }", "const f = () => 1;",
        "function f() { throw new RangeError('negative'); }", "function f( {}"}) {
    INFO(text);
    CHECK(holes_in(*lsp::features::debug::parse(text, lsp::syntax::Language::javascript)).empty());
  }
  CHECK(
      holes_in(*lsp::features::debug::parse("void f() { }\n", lsp::syntax::Language::cpp)).empty());
}
