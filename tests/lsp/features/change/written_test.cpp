// What a model's reply makes of a text.
#include "lsp/features/change/written.h"

#include "tests/support/catch.h"

using lsp::features::change::part_of_lines;
using lsp::features::change::text_with;
using lsp::syntax::Language;

namespace {

const std::string one =
    "import os\n\n\nclass A:\n    def f(self):\n        return 1\n\n\nx = A()\n";

std::optional<std::string> with(const std::string& reply, const std::string& text = one,
                                size_t first = 4, size_t last = 5,
                                std::optional<Language> language = Language::python) {
  const lsp::text::Document document("", "", 0, text);
  return text_with(reply, text, part_of_lines(document, first, last), language);
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

TEST_CASE("of several blocks it is the largest, since some show how it is used") {
  CHECK(with(fenced_code("def f(self):\n    return 2\n") + "Use it so:\n" +
             fenced_code("A().f()\n")) == two);
}

TEST_CASE("a reply that repeats what stands before the lines is the whole text") {
  CHECK(with(fenced_code(two)) == two);
  CHECK(with(fenced_code("import os\nimport re\n\n\n" + two.substr(12))) != two);
}

TEST_CASE("a reply without a block counts where it is code and repeats a line") {
  CHECK(with("    def f(self):\n        return 2\n") == two);
  CHECK_FALSE(with("No."));
  CHECK_FALSE(with("I cannot do that, since f is used elsewhere."));
  CHECK_FALSE(with(""));
  CHECK_FALSE(with("    def f(self):\n        return 2\n", one, 4, 5, std::nullopt));
}

TEST_CASE("lines within a string may begin before the others") {
  const std::string kept = "    def f(self):\n        return '''\nmargin'''\n";
  CHECK(with(fenced_code(kept))->find("\nmargin'''\n\n\nx") != std::string::npos);
}

TEST_CASE("an empty block takes the lines away") {
  CHECK(with("```\n```") == "import os\n\n\nclass A:\n\n\nx = A()\n");
  CHECK(with("```\n```", "a\nb", 1, 1) == "a\n");
}

TEST_CASE("line endings stay what they are") {
  CHECK(with(fenced_code("b = 2\nc = 3\n"), "a = 1\r\nb = 1\r\nd = 1\r\n", 1, 1) ==
        "a = 1\r\nb = 2\r\nc = 3\r\nd = 1\r\n");
  CHECK(with(fenced_code("a = 2\n"), "a = 1", 0, 0) == "a = 2");
}

TEST_CASE("Markdown may hold blocks of its own") {
  const std::string text = "# A\n\nold\n";
  CHECK(with("```markdown\nnew\n\n```sh\nls\n```\n\nmore\n```\n", text, 2, 2, Language::markdown) ==
        "# A\n\nnew\n\n```sh\nls\n```\n\nmore\n");
}

TEST_CASE("new lines go where a blank one was") {
  CHECK(with(fenced_code("y = 1\n"), "x = 1\n\nz = 1\n", 1, 1) == "x = 1\ny = 1\nz = 1\n");
  CHECK(with(fenced_code("y = 1\n"), "", 0, 0) == "y = 1");
}
