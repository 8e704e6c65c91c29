// What a model's reply makes of a text.
#include "lsp/features/change/written.h"

#include <random>

#include "tests/support/catch.h"

using lsp::features::change::part_of_lines;
using lsp::features::change::written_in;
using lsp::syntax::Language;

namespace {

const std::string one =
    "import os\n\n\nclass A:\n    def f(self):\n        return 1\n\n\nx = A()\n";

std::optional<std::string> with(const std::string& reply, const std::string& text = one,
                                size_t first = 4, size_t last = 5,
                                std::optional<Language> language = Language::python) {
  const lsp::text::Document document("", "", 0, text);
  const auto written = written_in(reply, text, part_of_lines(document, first, last), language);
  return written ? std::optional(written->text) : std::nullopt;
}

std::string fenced_code(const std::string& code) { return "```python\n" + code + "```\n"; }

const std::string two =
    "import os\n\n\nclass A:\n    def f(self):\n        return 2\n\n\nx = A()\n";

}  // namespace

TEST_CASE("what is written takes the place of the lines, as deep as they were") {
  CHECK(with(fenced_code("def f(self):\n    return 2\n")) == two);
  CHECK(with(fenced_code("    def f(self):\n        return 2\n")) == two);
  CHECK(with("Sure.\n\n" + fenced_code("\n\ndef f(self):\n    return 2\n\n") + "\nThat is it.") ==
        two);
  CHECK(with("~~~\ndef f(self):\n    return 2\n~~~") == two);
  CHECK(with("```python\ndef f(self):\n    return 2\n") == two);  // never closed
}

TEST_CASE("of several blocks it is the one that is most like what it replaces") {
  const std::string usage =
      fenced_code("a = A()\nb = A()\nassert a.f() == b.f() == 2\nprint(a.f())\n");
  CHECK(with(fenced_code("def f(self):\n    return 2\n") + "Use it so:\n" + usage) == two);
  CHECK(with("Instead of\n" + fenced_code("    def f(self):\n        return 1\n") + "write\n" +
             fenced_code("    def f(self):\n        return 2\n")) == two);
  const lsp::text::Document document("", "", 0, one);
  CHECK(written_in(fenced_code("def f(self):\n    return 2\n") + usage, one,
                   part_of_lines(document, 4, 5), Language::python)
            ->blocks == 2);
}

TEST_CASE("a reply that repeats nearly all that stands around the lines is the whole text") {
  CHECK(with(fenced_code(two)) == two);
  const std::string more = "import os\nimport re\n" + two.substr(10);
  CHECK(with(fenced_code(more)) == more);
}

TEST_CASE("what stands around the lines is not written twice, and nothing behind them is lost") {
  const std::string text =
      "import os\n\ndef a():\n    return 1\n\ndef b():\n    return 2\n\n"
      "def c():\n    return 3\n";
  std::string changed = text;
  changed.replace(changed.find("return 2"), 8, "return 9");
  const std::string b = "def b():\n    return 9\n";
  CHECK(with(fenced_code("import os\n\n" + b), text, 5, 6) == changed);
  CHECK(with(fenced_code("def a():\n    return 1\n\n" + b), text, 5, 6) == changed);
  CHECK(with(fenced_code(b + "\ndef c():\n    return 3\n"), text, 5, 6) == changed);
  CHECK(with(fenced_code("import os\n\ndef a():\n    return 1\n\n" + b), text, 5, 6) == changed);
  std::string imports = changed;
  imports.insert(imports.find("def b"), "import re\n\n");
  CHECK(with(fenced_code("import os\nimport re\n\n" + b), text, 5, 6) == imports);
  CHECK(with(fenced_code(b), text, 6, 6) == changed);  // the body alone was to be changed
}

TEST_CASE("the class around a method is left out with what closes it") {
  CHECK(with(fenced_code("class A:\n    def f(self):\n        return 2\n")) == two);
  const std::string text = "impl A {\n    fn f(&self) -> i32 {\n        1\n    }\n}\n";
  std::string changed = text;
  changed.replace(changed.find("1\n"), 1, "2");
  CHECK(with("```rust\n" + changed + "```", text, 1, 3, Language::rust) == changed);
  CHECK(with("```rust\nimpl A {\n    fn f(&self) -> i32 {\n        2\n    }\n}\n\n```",
             "use b;\n" + text + "fn g() {}\n", 2, 4,
             Language::rust) == "use b;\n" + changed + "fn g() {}\n");
}

TEST_CASE("decorators stay, once") {
  const std::string text = "class A:\n    @staticmethod\n    def f(x):\n        return 1\n";
  std::string changed = text;
  changed.replace(changed.find("return 1"), 8, "return 2");
  CHECK(with(fenced_code("@staticmethod\ndef f(x):\n    return 2\n"), text, 1, 3) == changed);
  CHECK(with(fenced_code("@staticmethod\ndef f(x):\n    return 2\n"), text, 2, 3) == changed);
  CHECK(with(fenced_code("def f(x):\n    return 2\n"), text, 2, 3) == changed);
}

TEST_CASE("a line that stands for code that was not written is told of") {
  const lsp::text::Document document("", "", 0, one);
  const auto left_out = [&](const std::string& code, size_t first = 3, size_t last = 5) {
    const auto part = part_of_lines(document, first, last);
    return written_in(fenced_code(code), one, part, Language::python)->left_out;
  };
  CHECK(left_out("class A:\n    # ... rest unchanged\n") == "# ... rest unchanged");
  CHECK(left_out("class A:\n    # rest of the class ...\n") == "# rest of the class ...");
  CHECK(left_out("class A:\n    ...\n") == "...");
  CHECK(left_out("class A:\n    # Wait ...\n    def f(self):\n        return 2\n") == "");
  CHECK(left_out("def f(self) -> int:\n    ...\n    return 2\n", 4, 5) == "");
}

TEST_CASE("a diff is no new text") {
  CHECK_FALSE(with(
      "```diff\n@@ -5,2 +5,2 @@\n     def f(self):\n-        return 1\n+        return 2\n```"));
}

TEST_CASE("tabs and blanks are as the text has them") {
  CHECK(with("```\nall:\n    echo hi\n```", "all:\n\techo ho\n", 0, 1, std::nullopt) ==
        "all:\n\techo hi\n");
  CHECK(with(fenced_code("def f(self):\n\tif self:\n\t\treturn 2\n")) ==
        "import os\n\n\nclass A:\n    def f(self):\n        if self:\n            return 2\n\n\n"
        "x = A()\n");
}

TEST_CASE("a reply without a block counts where it is code and repeats a line") {
  CHECK(with("    def f(self):\n        return 2\n") == two);
  CHECK_FALSE(with("No."));
  CHECK_FALSE(with("I cannot do that, since f is used elsewhere."));
  CHECK_FALSE(with(""));
  CHECK_FALSE(with("    def f(self):\n        return 2\n", one, 4, 5, std::nullopt));
}

TEST_CASE("lines within a string may begin before the others, and keep what they say") {
  const std::string kept = "    def f(self):\n        return '''\nmargin'''\n";
  CHECK(with(fenced_code(kept))->find("\nmargin'''\n\n\nx") != std::string::npos);
  const std::string flat = "def f(self):\n    return '''\nmargin\n  deep'''\n";
  CHECK(with(fenced_code(flat))->find("\nmargin\n  deep'''\n\n\nx") != std::string::npos);
  const std::string documented = "def f(self):\n    '''One.\n\n    Two.\n    '''\n    return 2\n";
  CHECK(with(fenced_code(documented))->find("\n        Two.\n        '''\n") != std::string::npos);
}

TEST_CASE("code that is too deep comes back to the margin") {
  CHECK(with(fenced_code("  x = B()\n"), one, 8, 8)->ends_with("\nx = B()\n"));
}

TEST_CASE("an empty block takes the lines away") {
  CHECK(with("```\n```") == "import os\n\n\nclass A:\n\n\nx = A()\n");
  CHECK(with("```\n```", "a\nb", 1, 1) == "a\n");
}

TEST_CASE("line endings stay what they are") {
  CHECK(with(fenced_code("b = 2\nc = 3\n"), "a = 1\r\nb = 1\r\nd = 1\r\n", 1, 1) ==
        "a = 1\r\nb = 2\r\nc = 3\r\nd = 1\r\n");
  CHECK(with(fenced_code("a = 2\n"), "a = 1", 0, 0) == "a = 2");
  CHECK(with(fenced_code("a = 2\n"), "a = 1\n", 0, 1) == "a = 2\n");  // all of it
  CHECK(with("```\n\xEF\xBB\xBF"
             "a = 2\n```",
             "a = 1\n", 0, 0) == "a = 2\n");
}

TEST_CASE("Markdown may hold blocks of its own") {
  const std::string text = "# A\n\nold\n";
  CHECK(with("```markdown\nnew\n\n```sh\nls\n```\n\nmore\n```\n", text, 2, 2, Language::markdown) ==
        "# A\n\nnew\n\n```sh\nls\n```\n\nmore\n");
  CHECK(with("# A\n\nnew\n\n```sh\nls\n```\n\nmore\n", text, 0, 3, Language::markdown) ==
        "# A\n\nnew\n\n```sh\nls\n```\n\nmore\n");
}

TEST_CASE("new lines go where a blank one was") {
  CHECK(with(fenced_code("y = 1\n"), "x = 1\n\nz = 1\n", 1, 1) == "x = 1\ny = 1\nz = 1\n");
  CHECK(with(fenced_code("y = 1\n"), "", 0, 0) == "y = 1\n");
}

TEST_CASE("any bytes may come from a model") {
  const std::vector<std::string> pieces{
      "```",  "```python\n", "\n",  "\r\n",  "    ",  "\t",      "def f():", "return 1",
      "}",    "{",           "@a",  "...",   "# ...", "'''",     "\"",       "é",
      "\xFF", "import os",   "~~~", "@@ -1", "f()",   "class A:"};
  std::mt19937 random(7);
  const auto some = [&](size_t most) {
    std::string text;
    for (size_t count = random() % most; count > 0; --count)
      text += pieces[random() % pieces.size()];
    return text;
  };
  for (int i = 0; i < 3'000; ++i) {
    const std::string text = some(24);
    const lsp::text::Document document("", "", 0, text);
    const size_t first = random() % document.line_count();
    const size_t last = first + random() % (document.line_count() - first);
    const auto part = part_of_lines(document, first, last);
    const auto language = i % 4 == 0   ? std::nullopt
                          : i % 4 == 1 ? std::optional(Language::markdown)
                          : i % 4 == 2 ? std::optional(Language::cpp)
                                       : std::optional(Language::python);
    const auto written = written_in(some(24), text, part, language);
    if (written && written->nothing) CHECK(written->text.size() <= text.size() + 2);
  }
}

TEST_CASE("a new definition keeps the blank lines that the language's style has around it") {
  const std::string reply = fenced_code("def g():\n    return 2\n");
  const std::string above = "def f():\n    return 1\n", below = "x = f()\n";
  const std::string spaced = above + "\n\ndef g():\n    return 2\n\n\n" + below;
  for (const size_t blanks : {1, 2, 3}) {
    for (size_t line = 2; line < 2 + blanks; ++line) {
      CAPTURE(blanks, line);
      const std::string text = above + std::string(blanks, '\n') + below;
      CHECK(with(reply, text, line, line) == spaced);
    }
  }
  CHECK(with(reply, below + "\n", 1, 1) == below + "\n\ndef g():\n    return 2\n");
  CHECK(with(reply, "\n" + below, 0, 0) == "def g():\n    return 2\n\n\n" + below);
  // Statements are not set apart.
  CHECK(with(fenced_code("y = 1\n"), "x = 1\n\nz = 1\n", 1, 1) == "x = 1\ny = 1\nz = 1\n");
}

TEST_CASE("a new method is set apart from its neighbours, not from the class's first line") {
  const std::string reply = fenced_code("def g(self):\n    return 2\n");
  CHECK(with(reply, "class A:\n    def f(self):\n        return 1\n    \nx = 1\n", 3, 3) ==
        "class A:\n    def f(self):\n        return 1\n\n    def g(self):\n        return 2\n"
        "\n\nx = 1\n");
  CHECK(with(reply, "class A:\n    \n    def f(self):\n        return 1\n", 1, 1) ==
        "class A:\n    def g(self):\n        return 2\n\n    def f(self):\n        return 1\n");
  CHECK(with("```js\nfunction g() {\n  return 2;\n}\n```\n", "function f() {\n}\n\nf();\n", 2, 2,
             Language::javascript) ==
        "function f() {\n}\n\nfunction g() {\n  return 2;\n}\n\nf();\n");
}
