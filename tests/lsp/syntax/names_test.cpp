// Imports, and the names a scope binds.
#include "tests/lsp/syntax/check.h"

namespace lsp::syntax {

TEST_CASE("imports may be asked for from the beginning alone") {
  const auto tree = tree_of("python", "import a\nimport b\nx = 1\nimport c\n");
  CHECK(tree->imports().size() == 3);
  CHECK(tree->imports(17).size() == 2);
  CHECK(tree->imports(9).size() == 1);
  CHECK(tree->imports(0).empty());
}

TEST_CASE("imports of each language") {
  check_imports("python",
                "import os\nimport a.b as c, d.e\nfrom x import y, z as w\nfrom . import v\n"
                "from q import *\nfrom __future__ import annotations\n",
                "os: os\na.b: c\nd.e: d\nx: y w\n.: v\nq:\n:\n");
  check_imports("c", "#include <stdio.h>\n#include \"a/b.h\"\n", "stdio.h:\na/b.h:\n");
  check_imports("cpp", "#include <vector>\nusing std::vector;\nusing namespace std;\n",
                "vector:\nstd::vector: vector\nstd:\n");
  check_imports("javascript",
                "import a from 'x';\nimport b, {c, d as e} from \"y\";\nimport * as f from 'z';\n"
                "import 'w';\nconst g = require('v');\nconst {h, i} = require('u');\n"
                "const j = other('t');\n",
                "x: a\ny: b c e\nz: f\nw:\nv: g\nu: h i\n");
  check_imports("typescript", "import type {A} from 'x';\nimport b = require('y');\n",
                "x: A\ny: b\n");
  check_imports("rust",
                "use std::fmt;\nuse a::{b, c as d, e::f};\nuse g::*;\nuse h as i;\n"
                "extern crate j;\n",
                "std::fmt: fmt\na: b d f\ng:\nh: i\nj: j\n");
  check_imports("go", "package p\nimport \"fmt\"\nimport (\n\tx \"a/b\"\n\t\"os\"\n)\n",
                "fmt:\na/b: x\nos:\n");
  check_imports("java", "package p.q;\nimport a.b.C;\nimport static d.E.f;\nimport g.*;\n",
                "p.q:\na.b.C: C\nd.E.f: f\ng:\n");
  check_imports("lua", "local a = require('x.y')\nlocal b = require \"z\"\nlocal c = f('w')\n",
                "x.y: a\nz: b\n");
  check_imports("shellscript", "source ./a.sh\n. b.sh\necho c\n", "./a.sh:\nb.sh:\n");
  check_imports("json", "{}", "");
  check_imports("markdown", "text\n", "");
}

TEST_CASE("an import's range is its statement, without the line's end") {
  const std::string text = "#include <a.h>\r\n\nint x;\n";
  const auto imports = tree_of("c", text)->imports();
  REQUIRE(imports.size() == 1);
  CHECK(imports[0].range.begin == 0);
  CHECK(imports[0].range.end == 14);
}

TEST_CASE("names are visible in their scope, innermost first") {
  check_visible("python",
                "import os\nfrom a import b as c\nX = 1\ndef f(p, *q, r=1, **s):\n"
                "    for i, j in p:\n        with g() as k:\n            <cursor>pass\n"
                "def h(hidden):\n    also_hidden = 1\n",
                "p q r s i j k os c X f h");
  check_visible("c",
                "#define M 1\nstruct S { int field; };\nint g(int *p, char q[]) {\n"
                "  int a = 1, *b;\n  for (int i = 0;;) { int inner; <cursor> }\n"
                "  { int hidden; }\n}\n",
                "inner i a b p q M S g");
  check_visible("cpp",
                "namespace n {\ntemplate <typename T> struct S {\n  T value;\n"
                "  void f(const T& x) {\n    for (auto& [k, v] : m) {\n"
                "      auto g = [y = 1](int z) { <cursor> };\n    }\n  }\n};\n}\n",
                "y z g k v x value f T S n");
  check_visible("javascript",
                "import a, {b as c} from 'x';\nfunction f(p, {q, r: s}, [t], ...u) {\n"
                "  let v = 1;\n  try { } catch (hidden) { }\n  <cursor>\n}\nclass K {}\n"
                "const g = w => { };\n",
                "v p q s t u a c f K g");
  check_visible(
      "typescript",
      "type A<T> = T;\ninterface I<U> { x: U }\nfunction f(p: A<1>, q?: I<2>) { <cursor> }\n",
      "p q A I f");
  check_visible(
      "rust",
      "use a::{b, c as d};\nconst K: u8 = 1;\nfn f<T>(p: T, mut q: u8) {\n"
      "    let (x, y) = p;\n    if let Some(z) = q { <cursor> }\n    let hidden_not = 1;\n}\n",
      "z x y hidden_not T p q b d K f");
  check_visible("go",
                "package p\nimport x \"a\"\nvar g int\nfunc f(a, b int) (c error) {\n"
                "\tfor i, v := range a { h := 1; <cursor> }\n}\n",
                "h i v a b c x g f");
  check_visible("java",
                "import a.B;\nclass A<T> {\n  int field;\n  void f(int p) {\n"
                "    for (String s : p) { int x = 1; <cursor> }\n  }\n}\n",
                "x s p T field f B A");
  check_visible(
      "lua",
      "local a = 1\nlocal function f(p, q)\n  for i = 1, 2 do local x = 1 <cursor> end\nend\n",
      "i x p q a f");
  check_visible("shellscript", "A=1\nf() { local b=2; for c in x; do <cursor>:; done; }\n",
                "b c A f");
}

TEST_CASE("in Python an empty line sees what it is indented for") {
  check_visible("python", "X = 1\ndef f(p):\n    y = 1\n    <cursor>\n", "p y X f");
  check_visible("python", "X = 1\ndef f(p):\n    y = 1\n<cursor>\n", "X f");
}

}  // namespace lsp::syntax
