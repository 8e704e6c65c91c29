#include "lsp/bench/validity.h"

#include <memory>

#include "engine/base/format.h"
#include "tests/support/catch.h"

namespace lsp::bench {
namespace {

struct Case {
  std::string language;
  // Between ⟦ and ⟧ stands what the author wrote, to the end of the line.
  std::string text;
  std::string suggestion;
  std::string related = "";
};

Validity judge(const Case& tried) {
  const std::string begin = "⟦", end = "⟧";
  const size_t first = tried.text.find(begin), last = tried.text.find(end);
  REQUIRE(last != std::string::npos);
  SourceFile file{"here", tried.language, tried.text};
  file.text.erase(last, end.size()).erase(first, begin.size());
  const Place place{&file, first,
                    std::string_view(file.text).substr(first, last - first - begin.size())};
  std::vector<context::OpenText> related;
  if (!tried.related.empty()) {
    related.push_back(
        {std::make_shared<const text::Document>("file:///other", tried.language, 1, tried.related),
         nullptr, "other"});
  }
  const std::vector<std::string_view> texts{tried.suggestion};
  return Validator().judge(place, related, texts).at(0);
}

// "resolved of names, seen of members".
std::string names(const Case& tried) {
  const Validity validity = judge(tried);
  return engine::base::concat(validity.names_resolved, " of ", validity.names, ", ",
                              validity.members_seen, " of ", validity.members);
}

// Whether the code parses as with nothing there, and as with the author's text.
std::string syntax(const Case& tried) {
  const Validity validity = judge(tried);
  REQUIRE(validity.suggestions == 1);
  return std::string(validity.as_before ? "as before" : "worse than before") + ", " +
         (validity.as_author ? "as the author's" : "worse than the author's");
}

}  // namespace

TEST_CASE("a suggestion that parses is as good as nothing and as the author's text") {
  CHECK(syntax({"python", "x = 1\ny = ⟦x + 1⟧\nz = 2\n", "x"}) == "as before, as the author's");
  CHECK(syntax({"cpp", "int f() {\n  return ⟦1;⟧\n}\n", "2;"}) == "as before, as the author's");
}

TEST_CASE("what nothing makes no worse may be worse than what the author wrote") {
  // An open bracket was broken before.
  CHECK(syntax({"python", "print(⟦1)⟧\ny = 2\n", "1"}) == "as before, worse than the author's");
}

TEST_CASE("a suggestion that breaks a line is worse than nothing") {
  CHECK(syntax({"python", "x = 1⟦ + 2⟧\ny = 2\n", " + + * ("}) ==
        "worse than before, worse than the author's");
  CHECK(syntax({"javascript", "f();⟦⟧\ng();\n", " let = = 3;"}) ==
        "worse than before, worse than the author's");
  // A token that is missing counts like one that is wrong.
  CHECK(syntax({"cpp", "int f() {\n  g();⟦⟧\n}\n", " h()"}) ==
        "worse than before, worse than the author's");
}

TEST_CASE("a bracket that later lines close is no error") {
  CHECK(syntax({"python", "f(⟦1,⟧\n  2)\n", "x,"}) == "as before, as the author's");
  CHECK(syntax({"python", "f(⟦1,⟧\n  2)\n", "x),"}) ==
        "worse than before, worse than the author's");
}

TEST_CASE("names resolve by scopes, imports and what the language brings along") {
  CHECK(names({"python", "import os\ntotal = 1\n⟦pass⟧\n", "print(total, os, totl)"}) ==
        "3 of 4, 0 of 0");
  CHECK(names({"python", "def f(a):\n    b = 1\n\ndef g(c):\n    return ⟦c⟧\n", "a + b + c + f"}) ==
        "2 of 4, 0 of 0");
  CHECK(names({"javascript", "const a = 1;\nfunction f(b) {\n  return ⟦b⟧\n}\n",
               "Math.max(a, b, c)"}) == "3 of 4, 0 of 1");
}

TEST_CASE("a line's names are looked up where it is indented to") {
  CHECK(names({"python", "def f(a):\n⟦    return a⟧\n", "    return a"}) == "1 of 1, 0 of 0");
}

TEST_CASE("a name that only the author's own rest of the line defines does not resolve") {
  CHECK(names({"python", "⟦total = 1⟧\nprint(2)\n", "x = total"}) == "1 of 2, 0 of 0");
}

TEST_CASE("a suggestion may bind names itself, and finish a word") {
  CHECK(names({"python", "⟦pass⟧\n", "x = [y for y in range(3)]"}) == "4 of 4, 0 of 0");
  CHECK(names({"javascript", "f(⟦g)⟧;\n", "a => a + (b, c))"}) == "2 of 4, 0 of 0");
  CHECK(names({"python", "total = 1\nprint(to⟦tal)⟧\n", "tal)"}) == "1 of 1, 0 of 0");
  CHECK(names({"python", "total = 1\nprint(to⟦tal)⟧\n", "p)"}) == "0 of 1, 0 of 0");
}

TEST_CASE("members, keys and names of arguments are counted apart, and seen where they stand") {
  CHECK(names({"python", "a = f()\na.known()\n⟦pass⟧\n", "a.known().unknown(key=1)"}) ==
        "1 of 1, 1 of 3");
  CHECK(names({"javascript", "const a = {known: 1};\n⟦a⟧\n", "f({known: 1, unknown: a}, ...a)"}) ==
        "2 of 3, 1 of 2");
  CHECK(names({"cpp", "void f(S* s) {\n  ⟦s;⟧\n}\n", "s->size = std::max(1, 2);"}) ==
        "2 of 2, 0 of 2");
}

TEST_CASE("strings, comments and imports have no names") {
  CHECK(names({"python", "⟦pass⟧\n", "x = 'one two'  # three"}) == "1 of 1, 0 of 0");
  CHECK(names({"python", "⟦pass⟧\n", "from one.two import three"}) == "0 of 0, 0 of 0");
  CHECK(names({"python", "⟦pass⟧\n", "x = f'{one}'"}) == "1 of 2, 0 of 0");
}

TEST_CASE("related files define names, and members where methods need no `this`") {
  const std::string module =
      "def area(width):\n    return width\n\nclass Box:\n    def close(): 1\n";
  CHECK(names({"python", "⟦pass⟧\n", "area(Box, close, width)", module}) == "2 of 4, 0 of 0");
  CHECK(names({"python", "x = 1\n⟦pass⟧\n", "x.close()", module}) == "1 of 1, 1 of 1");
  CHECK(names({"cpp", "int Box::area() {\n  return ⟦1;⟧\n}\n", "width_ * height_;",
               "struct Box {\n  int area();\n  int width_;\n};\n"}) == "1 of 2, 0 of 0");
}

TEST_CASE("silence, and a text without a grammar, have nothing to judge") {
  CHECK(judge({"python", "x = ⟦1⟧\n", ""}).suggestions == 0);
  CHECK(judge({"plaintext", "x = ⟦1⟧\n", "2"}).suggestions == 0);
}

}  // namespace lsp::bench
