// What lies around a cursor.
#include "tests/lsp/syntax/check.h"

namespace lsp::syntax {
namespace {

void check_place(std::string_view language_id, std::string_view marked, Place expected) {
  const auto [text, cursor] = take_cursor(marked);
  const auto tree = tree_of(language_id, text);
  INFO(marked << "\n" << tree->dump());
  CHECK(static_cast<int>(tree->place_at(cursor)) == static_cast<int>(expected));
}

using Around = std::optional<Range> (Tree::*)(size_t) const;

void check_around(std::string_view language_id, std::string_view marked, Around around,
                  std::string_view expected) {
  const auto [text, cursor] = take_cursor(marked);
  const auto tree = tree_of(language_id, text);
  const auto range = ((*tree).*around)(cursor);
  INFO(marked << "\n" << tree->dump());
  REQUIRE(range);
  CHECK(text.substr(range->begin, range->end - range->begin) == expected);
}

}  // namespace

TEST_CASE("a cursor within a comment or at the end of a line comment is in the comment") {
  check_place("python", "x = 1  # no<cursor>te\n", Place::comment);
  check_place("python", "x = 1  # note<cursor>\n", Place::comment);
  check_place("python", "x = 1  # note<cursor>", Place::comment);
  check_place("python", "x = 1  <cursor># note\n", Place::code);
  check_place("python", "# note\n<cursor>x = 1\n", Place::code);
  check_place("c", "int x; // note<cursor>\nint y;", Place::comment);
  check_place("c", "int x; /* no<cursor>te */\n", Place::comment);
  check_place("c", "int x; /* note */<cursor>\n", Place::code);
  check_place("cpp", "// note<cursor>", Place::comment);
  check_place("javascript", "f(); // note<cursor>\ng();", Place::comment);
  check_place("typescript", "/** @pa<cursor>ram x */", Place::comment);
  check_place("rust", "/// doc<cursor>\nfn f() {}", Place::comment);
  check_place("rust", "/// doc\n<cursor>fn f() {}", Place::code);
  check_place("go", "package p // note<cursor>\n", Place::comment);
  check_place("java", "// note<cursor>\nclass A {}", Place::comment);
  check_place("lua", "x = 1 -- note<cursor>\n", Place::comment);
  check_place("lua", "--[[ no<cursor>te ]]\n", Place::comment);
  check_place("lua", "--[[ note ]]<cursor>\n", Place::code);
  check_place("shellscript", "ls # note<cursor>\n", Place::comment);
}

TEST_CASE("a cursor between quotes is in a string") {
  check_place("python", "x = 'a<cursor>b'\n", Place::string);
  check_place("python", "x = '<cursor>'\n", Place::string);
  check_place("python", "x = ''<cursor>\n", Place::code);
  check_place("python", "x = <cursor>'a'\n", Place::code);
  check_place("python", "def f():\n    \"\"\"Doc<cursor>\n    \"\"\"\n", Place::string);
  check_place("c", "char *s = \"a<cursor>b\";", Place::string);
  check_place("c", "#include <std<cursor>io.h>\n", Place::string);
  check_place("cpp", "auto s = R\"(a<cursor>b)\";", Place::string);
  check_place("javascript", "x = `a<cursor>b`;", Place::string);
  check_place("typescriptreact", "x = \"a<cursor>b\";", Place::string);
  check_place("rust", "fn f() { g(r#\"a<cursor>b\"#); }", Place::string);
  check_place("go", "package p\nvar s = `a<cursor>b`\n", Place::string);
  check_place("java", "class A { String s = \"a<cursor>b\"; }", Place::string);
  check_place("lua", "s = [[a<cursor>b]]", Place::string);
  check_place("shellscript", "echo \"a<cursor>b\"\n", Place::string);
  check_place("shellscript", "cat <<E\na<cursor>b\nE\n", Place::string);
  check_place("json", "{\"a<cursor>\": 1}", Place::string);
}

TEST_CASE("a cursor in an unfinished string is in a string") {
  check_place("c", "int main() {\n  puts(\"abc<cursor>\n}\n", Place::string);
  check_place("javascript", "f(\"abc<cursor>\n", Place::string);
  check_place("python", "f('abc<cursor>\n", Place::string);
  check_place("python", "def f():\n    x = \"abc<cursor>\n    return x\n", Place::string);
  check_place("java", "class A { void f() { g(\"abc<cursor>\n } }", Place::string);
  check_place("go", "package p\nfunc f() {\n\tg(\"abc<cursor>\n}\n", Place::string);
  check_place("rust", "fn f() {\n    g(\"abc<cursor>", Place::string);
  check_place("lua", "f(\"abc<cursor>\n", Place::string);
  check_place("shellscript", "echo \"abc<cursor>\n", Place::string);
}

TEST_CASE("an interpolation is code again") {
  check_place("python", "x = f'a{b<cursor>c}d'\n", Place::code);
  check_place("python", "x = f'a{bc}d<cursor>'\n", Place::string);
  check_place("javascript", "x = `a${b<cursor>c}`;", Place::code);
  check_place("shellscript", "echo \"a$(l<cursor>s)\"\n", Place::code);
}

TEST_CASE("everything else is code") {
  check_place("python", "de<cursor>f f(): pass\n", Place::code);
  check_place("markdown", "some <cursor>text\n", Place::code);
  check_place("json", "{<cursor>}", Place::code);
  check_place("c", "<cursor>", Place::code);
}

TEST_CASE("enclosing definitions are found from within, not from outside") {
  check_enclosing("python", "class A:\n    def f(self):\n        <cursor>pass\n", "A.f");
  check_enclosing("python", "class A:\n    def f(self):\n        pass<cursor>\n", "A.f");
  check_enclosing("python", "<cursor>class A:\n    pass\n", "");
  check_enclosing("python", "def f():\n    pass\n\nx<cursor> = 1\n", "");
  check_enclosing("c", "int f(void) {\n  <cursor>\n}\n", "f");
  check_enclosing("c", "int f(void) {\n}<cursor>\n", "");
  check_enclosing("cpp", "namespace n { struct S { void f() { <cursor> } }; }", "n.S.f");
  check_enclosing("cpp", "void S::f() { <cursor> }", "f");
  check_enclosing("javascript", "class A { f() { g(() => { <cursor> }); } }", "A.f");
  check_enclosing("typescript", "namespace n { function f() { <cursor> } }", "n.f");
  check_enclosing("rust", "impl A { fn f(&self) { <cursor> } }", "A.f");
  check_enclosing("go", "package p\nfunc (a *A) F() {\n\t<cursor>\n}\n", "F");
  check_enclosing("java", "class A { void f() { <cursor> } }", "A.f");
  check_enclosing("lua", "function M.f()\n  <cursor>\nend\n", "f");
  check_enclosing("lua", "function M.f()\n  x()\nend<cursor>\n", "");
  check_enclosing("shellscript", "f() {\n  <cursor>\n}\n", "f");
  check_enclosing("markdown", "# A\n\n## B\n\ntext<cursor>\n", "A.B");
}

TEST_CASE("in Python an empty line belongs to what it is indented for") {
  check_enclosing("python", "class A:\n    def f(self):\n        x = 1\n        <cursor>\n", "A.f");
  check_enclosing("python", "class A:\n    def f(self):\n        x = 1\n    <cursor>\n", "A");
  check_enclosing("python", "class A:\n    def f(self):\n        x = 1\n<cursor>\n", "");
  check_enclosing("python", "def f():\n    x = 1\n\n\n    <cursor>\n\ndef g():\n    pass\n", "f");
  check_enclosing("python", "def f():\r\n    x = 1\r\n    <cursor>\r\n", "f");
}

TEST_CASE("enclosing definitions survive what is half typed") {
  check_enclosing("python", "class A:\n    def f(self):\n        x = g(<cursor>\n", "A.f");
  check_enclosing("c", "int f(void) {\n  if (x<cursor>\n}\n", "f");
  check_enclosing("javascript", "function f() {\n  const x = [1, <cursor>\n}\n", "f");
  check_enclosing("rust", "fn f() {\n    let x = <cursor>\n}\n", "f");
  check_enclosing("go", "package p\nfunc f() {\n\tx := <cursor>\n}\n", "f");
}

TEST_CASE("the smallest statement and block around a cursor") {
  check_around("python", "if a:\n    x = g(<cursor>1)\n    y\n", &Tree::statement_at, "x = g(1)");
  check_around("python", "if a:\n    x = g(<cursor>1)\n    y\n", &Tree::block_at,
               "x = g(1)\n    y");
  check_around("c", "void f() { if (a) { g(<cursor>); } h(); }", &Tree::statement_at, "g();");
  check_around("c", "void f() { if (a) { g(<cursor>); } h(); }", &Tree::block_at, "{ g(); }");
  check_around("cpp", "void f() { auto x = <cursor>y; }", &Tree::statement_at, "auto x = y;");
  check_around("javascript", "if (a) { const x = <cursor>1; }", &Tree::statement_at,
               "const x = 1;");
  check_around("typescript", "interface A { x: <cursor>T }", &Tree::block_at, "{ x: T }");
  check_around("rust", "fn f() { let x = <cursor>1; g() }", &Tree::statement_at, "let x = 1;");
  check_around("go", "package p\nfunc f() {\n\tx := <cursor>1\n}\n", &Tree::statement_at, "x := 1");
  check_around("java", "class A { void f() { g(<cursor>); } }", &Tree::statement_at, "g();");
  check_around("lua", "if a then f(<cursor>) end", &Tree::statement_at, "f()");
  check_around("shellscript", "if a; then echo <cursor>b; fi\n", &Tree::statement_at, "echo b");
  check_around("json", "{\"a\": {\"b\": <cursor>1}}", &Tree::statement_at, "\"b\": 1");
  check_around("markdown", "# A\n\nsome <cursor>text\n", &Tree::statement_at, "some text\n");
}

TEST_CASE("the smallest named node around a cursor") {
  const auto tree = tree_of("python", "x = value + 1\n");
  CHECK(tree->node_at(6).kind == "identifier");
  CHECK(tree->node_at(6).range.begin == 4);
  CHECK(tree->node_at(6).range.end == 9);
  CHECK(tree->node_at(0).kind == "identifier");
  CHECK(tree->node_at(14).kind == "module");
}

TEST_CASE("errors are where they are") {
  const std::string text = "int f() { return 1; }\nint g() { return ); }\nint z;\n";
  const auto tree = tree_of("c", text);
  CHECK(tree->has_error({0, text.size()}));
  CHECK(tree->has_error({text.find(");"), text.find(");") + 1}));
  CHECK_FALSE(tree->has_error({0, text.find("int g")}));
  CHECK_FALSE(tree->has_error({text.find("int z"), text.size()}));
  const auto missing = tree_of("c", "int f() { return 1 }");
  CHECK(missing->has_error({10, 19}));
  CHECK_FALSE(missing->has_error({0, 7}));
  CHECK_FALSE(tree_of("c", "int f() { return 1; }")->has_error({0, 21}));
}

TEST_CASE("code nested thirty thousand deep does no harm") {
  const std::string deep(30'000, '[');
  const auto tree = tree_of("json", deep);
  const auto start = std::chrono::steady_clock::now();
  CHECK(tree->has_error({0, deep.size()}));
  CHECK(tree->enclosing(deep.size() / 2).empty());
  CHECK(tree->symbols().empty());
  CHECK_FALSE(tree->dump().empty());
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
}

}  // namespace lsp::syntax
