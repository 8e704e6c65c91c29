// What can be code where it stands, whole or as the beginning of something.
#include "lsp/features/viable.h"

#include "tests/support/catch.h"

namespace lsp::features {
namespace {

// Of what stands between ⟦ and ⟧.
bool stands(const std::string& marked, const std::string& language = "python") {
  const std::string begin = "⟦", end = "⟧";
  const size_t first = marked.find(begin), last = marked.find(end);
  context::OpenText here;
  here.document = std::make_shared<const text::Document>(
      "file:///x", language, 1, marked.substr(0, first) + marked.substr(last + end.size()));
  here.tree = syntax::Tree::parse(here.document, nullptr);
  return may_stand(
      {here, {first, first}, marked.substr(first + begin.size(), last - first - begin.size())});
}

}  // namespace

TEST_CASE("a suggestion may end anywhere between two tokens") {
  CHECK(stands("⟦total = compute(a, b)⟧\n"));
  for (const char* text : {"total =", "total = a +", "print(a", "print(a,", "print([a[0]",
                           "x = {1:", "if a", "if a and", "while f(", "class A(B", "def f(a,",
                           "import os,", "return", "x = a.", "for a in", "'%s' % ("}) {
    INFO(text);
    CHECK(stands("def g(a, b):\n    ⟦" + std::string(text) + "⟧\n    return a\n"));
  }
  for (const char* text : {"const a =", "if (a", "if (a &&", "while (f(", "return { start:", "a.",
                           "const f = (a,", "if (a) {", "function g(", "x = [1,"}) {
    INFO(text);
    CHECK(stands("function f(a, b) {\n  ⟦" + std::string(text) + "⟧\n}\n", "javascript"));
  }
  for (const char* text : {"int a =", "if (a", "std::vector<int> v{1,",
                           "for (const auto& each :", "return f(a", "a->", "while (a) {"}) {
    INFO(text);
    CHECK(stands("int f(int a) {\n  ⟦" + std::string(text) + "⟧\n}\n", "cpp"));
  }
}

TEST_CASE("the body of what a suggestion begins may stand below") {
  CHECK(stands("def f(a):\n    if a:\n        a = 1\n    elif ⟦(a⟧\n        a = 2\n"));
  CHECK(stands("def f(a):\n    ⟦while a.⟧\n        a = 2\n"));
  CHECK(stands("function f(a) {\n  ⟦if (a⟧\n    a = 2\n  }\n}\n", "javascript"));
}

TEST_CASE("what begins nothing in its place does not stand there") {
  CHECK_FALSE(stands("def f(n):\n    if ⟦n n % 2 == 1:⟧\n        return n\n"));
  CHECK_FALSE(stands("def f(a):\n    return ⟦compute compute_total(a⟧\n"));
  CHECK_FALSE(stands("function f(a) {\n  return ⟦a a.length;⟧\n}\n", "javascript"));
  CHECK_FALSE(stands("int f(int a) {\n  return ⟦a a + 1;⟧\n}\n", "cpp"));
}

TEST_CASE("at a document's beginning, in a string, and where nothing is parsed it stands") {
  CHECK(stands("⟦import os⟧"));
  CHECK(stands("x = '⟦of the of the⟧'\n"));
  CHECK(stands("⟦of the ((⟧\n", "markdown"));
  CHECK(stands("⟦of the ((⟧\n", "plaintext"));
}

}  // namespace lsp::features
