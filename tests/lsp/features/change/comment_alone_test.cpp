// Where a comment goes that a model has written alone.
#include "lsp/features/change/comment_alone.h"

#include "tests/support/catch.h"

using lsp::features::change::part_of_lines;
using lsp::features::change::with_comment;
using lsp::syntax::Language;

namespace {

std::optional<std::string> commented(const std::string& reply, const std::string& text,
                                     size_t first, size_t last,
                                     Language language = Language::python) {
  const lsp::text::Document document("", "", 0, text);
  return with_comment(reply, text, part_of_lines(document, first, last), language);
}

std::string fenced_in_words(const std::string& code) { return "Here:\n```\n" + code + "```\n"; }

const std::string square_of_r =
    "class Circle:\n    def area(self):\n        return self.r ** 2\n\n    x = 1\n";

}  // namespace

TEST_CASE("Python's is a docstring, as deep as the body") {
  const std::string expected =
      "class Circle:\n    def area(self):\n        \"\"\"The area.\n\n        Of it.\n"
      "        \"\"\"\n        return self.r ** 2\n\n    x = 1\n";
  for (const char* docstring :
       {"\"\"\"The area.\n\nOf it.\n\"\"\"\n", "    \"\"\"The area.\n\n    Of it.\n    \"\"\"\n",
        "        \"\"\"The area.\n\n        Of it.\n        \"\"\"\n"}) {
    CHECK(commented(fenced_in_words(docstring), square_of_r, 1, 2) == expected);
    CHECK(commented(docstring, square_of_r, 1, 2) == expected);
  }
  // In place of what is there, wherever comments stand.
  CHECK(commented("'''New.'''\n", expected, 1, 6) ==
        "class Circle:\n    def area(self):\n        '''New.'''\n        return self.r ** 2\n\n"
        "    x = 1\n");
  CHECK(commented("'''A class.'''\n", square_of_r, 0, 4)
            ->starts_with("class Circle:\n    '''A class.'''\n    def area"));
  CHECK(commented("'''Doc.'''", "def f():\r\n    return 1\r\n", 0, 1) ==
        "def f():\r\n    '''Doc.'''\r\n    return 1\r\n");
}

TEST_CASE("that of others stands before the lines") {
  const std::string text = "class A {\n  f(n) {\n    return n;\n  }\n}\n";
  const std::string expected =
      "class A {\n  /**\n   * The same.\n   */\n  f(n) {\n    return n;\n  }\n}\n";
  CHECK(commented("/**\n * The same.\n */\n", text, 1, 3, Language::javascript) == expected);
  CHECK(commented(fenced_in_words("/**\n * The same.\n */\n"), text, 1, 3, Language::javascript) ==
        expected);
  CHECK(commented("// Itself.", expected, 1, 6, Language::javascript) ==
        "class A {\n  // Itself.\n  f(n) {\n    return n;\n  }\n}\n");
  CHECK(commented("/// @brief One.\n", "int one() { return 1; }\n", 0, 0, Language::cpp) ==
        "/// @brief One.\nint one() { return 1; }\n");
}

TEST_CASE("what is not a comment alone, or has no place, is left to others") {
  CHECK_FALSE(commented(fenced_in_words("def area(self):\n    '''A.'''\n    return 1\n"),
                        square_of_r, 1, 2));
  CHECK_FALSE(commented("It gives the area of the square_of_r.", square_of_r, 1, 2));
  CHECK_FALSE(commented("# The area\n", square_of_r, 1, 2));  // a heading, as likely
  CHECK_FALSE(commented("", square_of_r, 1, 2));
  CHECK_FALSE(commented(fenced_in_words(""), square_of_r, 1, 2));
  CHECK_FALSE(commented("'''One.'''", "def f(): return 1\n", 0, 0));
  CHECK_FALSE(commented("'''One.'''", "x = 1\n", 0, 0));
}
