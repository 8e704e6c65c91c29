// Names in a suggestion that nothing in sight defines.
#include "lsp/features/names.h"

#include <cmath>

#include "tests/support/catch.h"

namespace lsp::features {
namespace {

context::OpenText open(const std::string& text, const std::string& language) {
  context::OpenText here;
  here.document = std::make_shared<const text::Document>("file:///x", language, 1, text);
  here.tree = syntax::Tree::parse(here.document, nullptr);
  return here;
}

// The unknown names of what stands between ⟦ and ⟧, each followed by a blank.
std::string unknown(const std::string& marked, const std::string& language = "python",
                    const std::string& other = "") {
  const std::string begin = "⟦", end = "⟧";
  const size_t first = marked.find(begin), last = marked.find(end);
  const std::string text = marked.substr(first + begin.size(), last - first - begin.size());
  const context::OpenText here =
      open(marked.substr(0, first) + marked.substr(last + end.size()), language);
  const std::vector<context::OpenText> others{open(other, language)};
  std::string names;
  for (const text::Range name : unknown_names({here, {first, first}, text}, others)) {
    names += text.substr(name.begin, name.end - name.begin) + " ";
  }
  return names;
}

}  // namespace

TEST_CASE("a name that nothing defines is unknown, and only that") {
  CHECK(unknown("total = 1\n⟦print(totl)⟧\n") == "totl ");
  CHECK(unknown("total = 1\n⟦print(total)⟧\n").empty());
  CHECK(unknown("import os\n⟦os.wibble(file.name)⟧\n") == "file ");
  CHECK(unknown("⟦value = compute(x=1)⟧\n") == "compute ");
  CHECK(unknown("def f(a):\n    return ⟦a + b⟧\n") == "b ");
}

TEST_CASE("what a suggestion defines itself is known") {
  CHECK(unknown("⟦for item in range(3):\n    print(item)⟧\n").empty());
  CHECK(unknown("⟦def g(alpha, *rest, beta=1):\n    return alpha + beta + len(rest)⟧\n").empty());
  CHECK(unknown("⟦with open('x') as file:\n    print([line for line in file])⟧\n").empty());
  CHECK(unknown("⟦import json\nprint(json.dumps(1))⟧\n").empty());
}

TEST_CASE("strings, comments, members, keys and names of arguments are not looked up") {
  CHECK(unknown("⟦x = 'wibble wobble'  # wubble⟧\n").empty());
  CHECK(unknown("d = 1\n⟦d.wibble(wobble=3)⟧\n").empty());
  CHECK(unknown("⟦x = f'{wibble}'⟧\n") == "wibble ");
  CHECK(unknown("⟦@wibble\ndef f(): pass⟧\n").empty());
}

TEST_CASE("after import * nothing is unknown") {
  CHECK(unknown("from tkinter import *\n⟦Button(root)⟧\n").empty());
}

TEST_CASE("a name that another document has is known") {
  CHECK(unknown("⟦x = Shape()⟧\n", "python", "class Shape: pass\n").empty());
  CHECK(unknown("⟦x = Shape()⟧\n", "python", "class Shapes: pass\n") == "Shape ");
}

TEST_CASE("names are looked up in languages whose files bind them all") {
  CHECK(unknown("const a = 1;\n⟦console.log(a, bb);⟧\n", "javascript") == "bb ");
  CHECK(unknown("⟦const f = (x, { y }) => x + y;⟧\n", "javascript").empty());
  CHECK(unknown("⟦return { wibble };⟧\n", "javascript") == "wibble ");
  CHECK(unknown("const a: number = ⟦wibble as Wobble⟧;\n", "typescript") == "wibble ");
  CHECK(unknown("const a = ⟦<div className=\"x\">{wibble}</div>⟧;\n", "typescriptreact") ==
        "wibble ");
  CHECK(unknown("package p\nfunc f(n int) int { ⟦return len(wibble) + n⟧ }\n", "go") == "wibble ");
  CHECK(unknown("local a = 1\n⟦print(a, wibble)⟧\n", "lua") == "wibble ");
  CHECK(unknown("int main() { ⟦return wibble;⟧ }\n", "cpp").empty());
  CHECK(unknown("class A { int f() { ⟦return wibble;⟧ } }\n", "java").empty());
  CHECK(unknown("⟦wibble⟧\n", "markdown").empty());
}

TEST_CASE("an unknown name asks for twice the probability, and takes whole lines with it") {
  const context::OpenText here = open("total = 1\n", "python");
  const std::string text = "print(total)\nprint(wibble)";
  const auto left = [&](double probability) {
    const std::vector<ScoredPiece> pieces{{text, std::log(probability)}};
    return known_length({here, {10, 10}, text}, 0, pieces, 0.25, {});
  };
  CHECK(left(0.6) == text.size());
  CHECK(left(0.4) == text.find('\n'));
  const std::string line = "print(wibble)";
  const std::vector<ScoredPiece> unsure{{line, std::log(0.4)}};
  CHECK(known_length({here, {10, 10}, line}, 0, unsure, 0.25, {}) == 0);
  // Of what the user wrote nothing is doubted.
  const std::string own = "wibble(total)";
  CHECK(known_length({here, {10, 10}, own}, 6, unsure, 0.25, {}) == own.size() - 6);
}

}  // namespace lsp::features
