// Whether two texts are the same code.
#include "lsp/features/change/same_code.h"

#include "lsp/features/debug/grammar.h"
#include "tests/support/catch.h"

using lsp::features::change::other_code;
using lsp::syntax::Language;

namespace {

// The rest of the text behind the first difference; "same" where there is none.
std::string difference(const std::string& before, const std::string& after,
                       Language language = Language::python) {
  const auto old = lsp::features::debug::parse(before, language);
  const auto now = lsp::features::debug::parse(after, language);
  REQUIRE(old);
  REQUIRE(now);
  REQUIRE_FALSE(now->has_error({0, after.size()}));
  const auto at = other_code(*old, *now);
  return at ? after.substr(*at) : "same";
}

}  // namespace

TEST_CASE("comments, docstrings and blanks are no code") {
  const std::string bare = "def f(a, b):\n    return a + b\n";
  CHECK(difference(bare, bare) == "same");
  CHECK(difference(bare, "def f(a, b):\n    return (a + b)\n") == "(a + b)\n");
  CHECK(difference(bare, "# Adds.\ndef f(a,  b):  # two\n\n    return a  + b  # so\n") == "same");
  CHECK(difference(bare,
                   "\"\"\"All.\"\"\"\n\n\ndef f(a, b):\n    '''Adds.\n\n    a: one\n    '''\n"
                   "    return a + b\n") == "same");
  CHECK(difference(
            "class A:\n    \"\"\"Old.\"\"\"\n    x = 1\n",
            "class A:\n    # not the first thing, and still\n    \"\"\"New.\"\"\"\n    x = 1\n") ==
        "same");
  CHECK(difference("#!/usr/bin/python\n'''Old.'''\n", "#!/usr/bin/python\n'''New.'''\n") == "same");
  const std::string script = "/** Old. */\nfunction f(a) {\n  return `${a} b`;\n}\n";
  CHECK(difference(script, "// New.\nfunction f(a) {\n\n  return `${a} b`; // so\n}\n",
                   Language::javascript) == "same");
  CHECK(difference("a = 1\nf()\n", "a = 1;\nf();\n", Language::javascript) == "same");
  CHECK(difference("int f(int a) { return a; }\n",
                   "/// The same.\nint f(int a /* one */) {\n  return a;\n}\n",
                   Language::cpp) == "same");
  CHECK(difference("fn f() -> i32 {\n    1\n}\n", "/// One.\nfn f() -> i32 {\n    1 // so\n}\n",
                   Language::rust) == "same");
}

TEST_CASE("every word counts, and so does what it belongs to") {
  CHECK(difference("a = 1\n", "a = 2\n") == "2\n");
  CHECK(difference("a = 'x  y'\n", "a = 'x y'\n") == "x y'\n");
  CHECK(difference("a = 'x'  # y\n", "a = 'x  # y'\n") == "x  # y'\n");
  CHECK(difference("a = 1\nb = 2\n", "a = 1\n") != "same");
  CHECK(difference("a = 1\n", "a = 1\nb = 2\n") == "b = 2\n");
  CHECK(difference("if a:\n    b()\n    c()\n", "if a:\n    b()\nc()\n") != "same");
  CHECK(difference("a = b\n(c)\n", "a = b  # d\n(c)\n") == "same");
  CHECK(difference("a = b\n", "# a = b\n") != "same");
  CHECK(difference("def f():\n    g()\n", "def f():\n    pass\n    'no docstring'\n    g()\n") !=
        "same");
  // Strings that are values, however alone they stand.
  CHECK(difference("f('a')\n", "f('b')\n") == "b')\n");
  CHECK(difference("if a:\n    'x'\n", "if a:\n    'y'\n") == "y'\n");
  CHECK(difference("return `${a} b`;", "return `${a}  b`;", Language::javascript) != "same");
  CHECK(difference("x = <p>a b</p>;", "x = <p>a  b</p>;", Language::javascript) != "same");
  CHECK(difference("f();\n", "//f();\n", Language::cpp) != "same");
  CHECK(difference("#define A 1\n", "#define A 2\n", Language::cpp) != "same");
  CHECK(difference("#!/bin/sh\na\n", "#!/bin/bash\na\n", Language::bash) != "same");
  CHECK(difference("while (a) f()\n", "while (a);f()\n", Language::javascript) != "same");
  CHECK(difference("for (;;) f()\n", "for (;a;) f()\n", Language::javascript) != "same");
  CHECK(difference("for (a;;) f()\n", "for (;a;) f()\n", Language::javascript) != "same");
  CHECK(difference("a = b\n(c)\n", "a = b;\n(c)\n", Language::javascript) != "same");
  CHECK(difference("return\n1;\n", "return 1;\n", Language::javascript) != "same");
}
