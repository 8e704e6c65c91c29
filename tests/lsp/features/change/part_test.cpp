// Which lines an instruction is about.
#include "lsp/features/change/part.h"

#include "tests/support/catch.h"

using lsp::features::change::Part;
using lsp::features::change::part_at;

namespace {

const std::string circle =
    "import math\n\n\n"
    "class Circle:\n"
    "    def area(self):\n"
    "        r = self.r\n\n"
    "        return math.pi * r * r\n"
    "\n"
    "    name = 'round'\n";

// `where` marks the selection: between two '|', or at the only one.
Part part(std::string marked, const std::string& language = "python") {
  const size_t begin = marked.find('|');
  marked.erase(begin, 1);
  size_t end = marked.find('|');
  if (end == std::string::npos) {
    end = begin;
  } else {
    marked.erase(end, 1);
  }
  const auto document =
      std::make_shared<const lsp::text::Document>("untitled:a", language, 1, marked);
  const auto tree = lsp::syntax::Tree::parse(document, nullptr);
  return part_at(*document, tree.get(), {begin, end});
}

Part part_where(const std::string& line, size_t column = 0) {
  std::string marked = circle;
  return part(marked.insert(circle.find(line) + column, "|"));
}

}  // namespace

TEST_CASE("without a selection it is the function around the cursor, with all of its lines") {
  for (const char* line : {"    def area", "        r = self.r", "        return"}) {
    const Part found = part_where(line);
    CHECK(found.first == 4);
    CHECK(found.last == 7);
    CHECK(found.indentation == "    ");
    CHECK(found.lines.begin == circle.find("    def area"));
    CHECK(circle.substr(found.lines.end) == "\n\n    name = 'round'\n");
  }
}

TEST_CASE("the comment right before it is a part of it") {
  const auto lines = [](const std::string& marked, const std::string& language) {
    const Part found = part(marked, language);
    return std::pair(found.first, found.last);
  };
  using Lines = std::pair<size_t, size_t>;
  CHECK(lines("a = 1\n# One,\n# two.\n@cached\n# Three.\ndef f():\n    |pass\n", "python") ==
        Lines{1, 6});
  CHECK(lines("a();\n/**\n * Twice.\n\n * So.\n */\nfunction f(n) {\n  retur|n 2 * n;\n}\n",
              "javascript") == Lines{1, 8});
  CHECK(lines("int a;  // not it\nint |f();\n", "cpp") == Lines{1, 1});
  CHECK(lines("if a:\n    b()\n    # of b\ndef f():\n    |pass\n", "python") == Lines{3, 4});
  CHECK(lines("# far\n\ndef f():\n    |pass\n", "python") == Lines{2, 3});
  CHECK(lines("#!/usr/bin/python\ndef f():\n    |pass\n", "python") == Lines{1, 2});
}

TEST_CASE("outside of functions it is the statement, or the line") {
  CHECK(part_where("import").last == 0);
  const Part field = part_where("    name", 6);
  CHECK(field.first == 9);
  CHECK(field.last == 9);
  const Part plain = part("one\ntw|o\n", "plaintext");
  CHECK(plain.first == 1);
  CHECK(plain.last == 1);
}

TEST_CASE("a selection is widened to its lines, without the one that it ends before") {
  const Part some = part("a = 1\n  b |= 2\n    c = 3\n|d = 4\n");
  CHECK(some.first == 1);
  CHECK(some.last == 2);
  CHECK(some.indentation == "  ");
}

TEST_CASE("in a blank line something new is written, as deep as what stands there or next") {
  const Part between = part("def f():\n    pass\n|\n\ndef g():\n    pass\n");
  CHECK(between.first == 2);
  CHECK(between.lines.begin == between.lines.end);
  CHECK(between.indentation == "");
  CHECK(part("class C:\n    a = 1\n|\n    b = 2\n").indentation == "    ");
  CHECK(part("class C:\n    a = 1\n        |\nb = 2\n").indentation == "        ");
  CHECK(part("class C:\n    a = 1\n|").indentation == "    ");
  CHECK(part("class C:\n    a = 1\n\n|").indentation == "");
  CHECK(part("class C:\n    a = 1\n|\n\n").indentation == "    ");
  CHECK(part("|").lines == lsp::text::Range{0, 0});
}

TEST_CASE("tabs are shared as tabs, and lines that begin otherwise share nothing") {
  CHECK(part("|\tif (a)\n\t\tb();\n|", "cpp").indentation == "\t");
  CHECK(part("|\ta();\n    b();\n|", "cpp").indentation == "");
}
