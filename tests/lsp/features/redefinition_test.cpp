// Suggestions that define or import what is there already.
#include "lsp/features/redefinition.h"

#include "tests/support/catch.h"

namespace lsp::features {
namespace {

// Of what stands between ⟦ and ⟧, at the end of which the rest of the document goes on: how much of
// its line and it is there already, as text.
std::string there_already(const std::string& marked, syntax::Language language) {
  const std::string begin = "⟦", end = "⟧";
  const size_t first = marked.find(begin), last = marked.find(end);
  const std::string before = marked.substr(0, first), after = marked.substr(last + end.size());
  const size_t line = before.rfind('\n') + 1, newline = std::min(after.find('\n'), after.size());
  Scene scene{{}, first, {}, {}, {}, {}, language};
  scene.before = before;
  scene.line_before = scene.before.substr(line);
  scene.line_after = std::string_view(after).substr(0, newline);
  scene.following = std::string_view(after).substr(newline);
  const std::string text =
      before.substr(line) + marked.substr(first + begin.size(), last - first - begin.size());
  return text.substr(0, length_there_already(scene, text));
}

std::string in_python(const std::string& marked) {
  return there_already(marked, syntax::Language::python);
}
std::string in_javascript(const std::string& marked) {
  return there_already(marked, syntax::Language::javascript);
}
std::string in_typescript(const std::string& marked) {
  return there_already(marked, syntax::Language::typescript);
}

const std::string f = "def f(a):\n    return a\n\n\n";

}  // namespace

TEST_CASE("a function that the block defines is there already, above and below") {
  CHECK(in_python(f + "⟦def f(a):⟧\n") == "def f");
  CHECK(in_python(f + "def ⟦f():\n    pass⟧\n") == "def f");
  CHECK(in_python("⟦async def f⟧\n\n\n" + f) == "async def f");
  CHECK(in_python("class A:\n    def f(self):\n        pass\n\n    ⟦def f(self):⟧\n") ==
        "    def f");
  CHECK(in_python("class f:\n    pass\n# f\n⟦class f(Exception):⟧\n") == "class f");
  CHECK(in_javascript("function f() {\n  g()\n}\n\nexport ⟦function f(a) {⟧\n") ==
        "export function f");
  CHECK(in_javascript("f(() => {\n  const a = 1;\n  ⟦const a = 2;⟧\n})\n") == "  const a");
  CHECK(in_javascript("function* f() {\n}\n⟦function *f() {⟧\n") == "function *f");
}

TEST_CASE("another one is not: by its name, its block or its decorator") {
  CHECK(in_python(f + "⟦def g(a):⟧\n").empty());
  CHECK(in_python(f + "⟦def⟧\n").empty());
  CHECK(in_python(f + "class A:\n    ⟦def f(self):⟧\n").empty());
  CHECK(in_python("class A:\n    def f(self):\n        pass\n\n⟦def f(a):⟧\n").empty());
  CHECK(in_python("if a:\n    def f(): pass\nelse:\n    ⟦def f(): pass⟧\n").empty());
  CHECK(in_python("    @property\n    def f(self): pass\n\n    @f.setter\n    ⟦def f(self, a):⟧\n")
            .empty());
  CHECK(in_python("@overload\ndef f(a: int): ...\n⟦def f(a):⟧\n").empty());
  CHECK(in_python("@f.register\ndef _(a: int): pass\n@f.register\n⟦def _(a: str):⟧\n").empty());
  CHECK(in_python("f = 1\n⟦f = 2⟧\n").empty());
  CHECK(in_javascript("if (a) {\n  const b = 1\n} else {\n  ⟦const b = 2⟧\n}\n").empty());
  CHECK(in_javascript("var a = 1\n⟦var a = 2⟧\n").empty());
  CHECK(in_typescript("function f(a: string): void;\n⟦function f(a: any) {⟧\n").empty());
  CHECK(there_already("int f(int a);\n⟦int f(int a) {⟧\n", syntax::Language::cpp).empty());
}

TEST_CASE("keys, methods, assigned functions and named arguments are there once") {
  CHECK(in_javascript("f({\n  a: 1,\n  ⟦a: 2,⟧\n})\n") == "  a");
  CHECK(in_javascript("f({\n  'a-b': 1,\n  c() {\n    d: 1\n  },\n  ⟦'a-b': 2⟧\n})\n") == "  'a-b");
  CHECK(in_javascript("class A {\n  ⟦f(a, b) {⟧\n  async f(c) {\n    d();\n  }\n}\n") == "  f");
  CHECK(in_javascript(
            "class A {\n  static #f() {}\n\n  static #f(c) {\n  }\n  ⟦static #f(a) {⟧\n}\n") ==
        "  static #f");
  CHECK(in_javascript("A.prototype.f = function () {\n};\n⟦A.prototype.f = (a) => {⟧\n") ==
        "A.prototype.f");
  CHECK(in_typescript("interface A {\n  a: string;\n  ⟦a: number;⟧\n}\n") == "  a");
  CHECK(in_python("f({\n    'a': 1,\n    ⟦'a': 2,⟧\n})\n") == "    'a");
  CHECK(in_python("f(\n    a=1,\n    ⟦a=2,⟧\n    b=3)\n") == "    a");
}

TEST_CASE("others are not: elsewhere, of another kind, or no names at all") {
  CHECK(in_javascript("f({\n  a: 1,\n}, {\n  ⟦a: 2,⟧\n})\n").empty());
  CHECK(in_javascript("f({\n  b: {\n    a: 1,\n  },\n  ⟦a: 2,⟧\n})\n").empty());
  CHECK(in_javascript("f({\n  a: 1,\n  ⟦b: 1,⟧\n})\n").empty());
  CHECK(in_javascript("class A {\n  get f() {\n  }\n  ⟦set f(a) {⟧\n}\n").empty());
  CHECK(in_javascript("class A {\n  f() {\n  }\n  ⟦static f(a) {⟧\n}\n").empty());
  CHECK(in_javascript("if (a) {\n}\n⟦if (b) {⟧\n").empty());
  CHECK(in_javascript("f(a, () => {\n});\n⟦f(b, () => {⟧\n").empty());
  CHECK(in_javascript("f({\n});\n⟦f({⟧\n").empty());
  CHECK(in_javascript("f(function () {\n});\n⟦f(function () {⟧\n").empty());
  CHECK(in_javascript("a.b = 1;\n⟦a.b = 2;⟧\n").empty());
  CHECK(in_javascript("a.b = c\n  ? d\n  : e\n⟦a.b = c⟧\n").empty());
  CHECK(
      in_typescript("interface A {\n  f(a: string): void;\n  ⟦f(a: number): void;⟧\n}\n").empty());
  CHECK(in_python("f(a=1,\n  b=2)\nf(a=2,\n  ⟦b=3)⟧\n").empty());
  CHECK(in_python("a=1\n⟦a=2⟧\n").empty());
  CHECK(in_python("f(\n    'a',\n    ⟦'a'⟧)\n").empty());
}

TEST_CASE("a name that its user has written is his") {
  CHECK(in_python(f + "def f⟦(b):⟧\n").empty());
  CHECK(in_python(f + "def ⟦f(b):⟧\n") == "def f");
  CHECK(in_javascript("const a = 1\nconst a⟦ = 2⟧\n").empty());
}

TEST_CASE("an import in the same words is there already") {
  CHECK(in_python("import os\nimport ⟦os⟧\n") == "import os");
  CHECK(in_python("import os\n⟦import os.path⟧\n").empty());
  CHECK(in_python("⟦from a import b⟧\nfrom a import b\n") == "from a import b");
  CHECK(in_python("import os\n\n\ndef g():\n    ⟦import os⟧\n").empty());
  CHECK(in_javascript("import a from 'a';\n⟦import a from 'a'⟧\n") == "import a from 'a'");
  CHECK(there_already("#include <map>\n⟦#include <map>⟧\n", syntax::Language::cpp) ==
        "#include <map>");
}

}  // namespace lsp::features
