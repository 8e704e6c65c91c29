// Formulas that stand in documents, and what is put below them.
#include <chrono>

#include "lsp/features/solve/formula.h"
#include "lsp/features/solve/worked.h"
#include "tests/support/catch.h"

namespace standing_test {
namespace {

using namespace lsp::features::solve;

void check_asked(const std::string& text, Prose prose, const std::vector<std::string>& expected) {
  std::vector<std::string> found;
  for (const Standing& each : asked_formulas(text, prose)) {
    found.push_back(each.formula + " | " + text.substr(each.begin, each.end - each.begin));
  }
  INFO(text);
  CHECK(found == expected);
}

// The cursor is |; two of them are a selection.
void check_in(std::string text, Prose prose, const std::string& expected) {
  INFO(text);
  const size_t begin = text.find('|');
  text.erase(begin, 1);
  size_t end = text.find('|');
  if (end == std::string::npos) {
    end = begin;
  } else {
    text.erase(end, 1);
  }
  const auto found = formula_in(text, begin, end, prose);
  CHECK((found ? found->formula : "") == expected);
}

void check_worked(std::string text, Prose prose, const std::string& sign,
                  const std::string& expected, Manner manner = Manner::plain) {
  Solution found{.answer = "2*x", .latex = "2 x", .checked = Checked::yes, .how = "in numbers"};
  found.steps = {{"power rule", "2*x", true}, {"a\nb", "2*x", false}};
  const auto all = asked_formulas(text, prose);
  REQUIRE(all.size() == 1);
  const auto insertions = worked_insertions(text, all[0], found, sign, manner);
  for (auto each = insertions.rbegin(); each != insertions.rend(); ++each) {
    text.insert(each->at, each->text);
  }
  CHECK(text == expected);
}

}  // namespace

TEST_CASE("comments that end in an equals sign ask for an answer") {
  check_asked("x = 1\n  # 17 * 23 =\ny = 2  # d/dx x^3 =>\n# a note\n", Prose::comment,
              {"17 * 23 | 17 * 23 =", "d/dx x^3 | d/dx x^3 =>"});
  check_asked("/* 2^10 = */\n<!-- 1/3 + 1/6 = -->\n", Prose::comment,
              {"2^10 | 2^10 =", "1/3 + 1/6 | 1/3 + 1/6 ="});
  check_asked("# 17 * 23 = 391\nx ==\nif a =", Prose::comment, {});
}

TEST_CASE("the text of Python's strings of three quotes asks as well") {
  check_asked(
      "def f():\n    \"\"\"The area:\n    integrate x^2 from 0 to 1 =\n    \"\"\"\n    a =\n",
      Prose::docstring, {"integrate x^2 from 0 to 1 | integrate x^2 from 0 to 1 ="});
  check_asked("x = '\"\"\"'\n1 + 1 =\n# \"\"\"\n2 + 2 =\n", Prose::docstring, {});
  check_asked("s = '''a\n\\\\\n2 * 3 =\n'''\n2 * 4 =\n# 2 * 5 =\n", Prose::docstring,
              {"2 * 3 | 2 * 3 =", "2 * 5 | 2 * 5 ="});
  check_worked("def f():\n    \"\"\"\n    d/dx x^2 =\n    \"\"\"\n", Prose::docstring, "",
               "def f():\n    \"\"\"\n    d/dx x^2 = 2*x\n\n    1. power rule: 2*x\n"
               "    2. a b: 2*x (not checked)\n\n    checked: in numbers\n    \"\"\"\n");
}

TEST_CASE("a large file is read once, however many of its lines might ask") {
  std::string text = "\"\"\"\n1 + 1 =\n\"\"\"\n";
  while (text.size() < (size_t{4} << 20)) text += "key = \"c2VjcmV0\"  # YWJj\nYWJjZGVm==\n";
  text += "'''\n2 + 3 =\n'''\n";
  const auto begin = std::chrono::steady_clock::now();
  const auto all = asked_formulas(text, Prose::docstring);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  REQUIRE(all.size() == 2);
  CHECK(all[0].formula == "1 + 1");
  CHECK(all[1].formula == "2 + 3");
  CHECK(took.count() < 20);  // some 0.1 s; by the square of its size it would be minutes
}

TEST_CASE("what was doubtful is said beside the answer") {
  Solution found{.answer = "x/2", .latex = "x/2", .checked = Checked::partly, .how = "in numbers"};
  found.read_as = "1/2*x";
  found.notes = {"a/b c was read as (a/b)*c"};
  CHECK(written_answer(found, "# 1/2x =", "1/2x") == " x/2 (read as 1/2*x; partly checked)");
  const std::string text = "# 1/2x =\n";
  const auto lines = worked_insertions(text, asked_formulas(text, Prose::comment)[0], found, "#");
  CHECK(lines.back().text == "\n# note: a/b c was read as (a/b)*c\n# partly checked: in numbers");
}

TEST_CASE("a quantity is written in decimals, as a formula that has some") {
  Solution found{.answer = "889*centimeter/5", .latex = "", .checked = Checked::yes, .how = ""};
  found.decimal = "177.8*centimeter";
  found.is_quantity = true;
  CHECK(written_answer(found, "# 5 ft 10 in in cm =", "5 ft 10 in in cm") == " 177.8*centimeter");
  found.is_quantity = false;
  found.answer = "sqrt(2)*I";
  found.decimal = "1.4142135623731*I";
  CHECK(written_answer(found, "# sqrt(-2) =", "sqrt(-2)") == " sqrt(2)*I");
  found.answer = "1/4";
  found.decimal = "0.25";
  CHECK(written_answer(found, "# 1/4 =", "1/4") == " 1/4");
  CHECK(written_answer(found, "# 0.5/2 =", "0.5/2") == " 0.25");
  CHECK(written_answer(found, "# 25% of 1 =", "25% of 1") == " 0.25");
  CHECK(written_answer(found, "# 0,5/2 =", "0,5/2") == " 0.25");
  CHECK(written_answer(found, "# 25% as a fraction =", "25% as a fraction") == " 1/4");
  CHECK(written_answer(found, "# 0.25 as a fraction =", "0.25 as a fraction") == " 1/4");
  found.answer = "595/2";
  found.decimal = "297.5";
  CHECK(written_answer(found, "# 250 + 19% =", "250 + 19%") == " 297.5");
  found.answer = "100/3";
  found.decimal = "33.3333333333333";
  CHECK(written_answer(found, "# 10% of 1000/3 =", "10% of 1000/3") == " 100/3");
  found.answer = std::string(30, '1') + "/" + std::string(30, '7');
  CHECK(written_answer(found, "# (2/3)^100 =", "(2/3)^100") == " 33.3333333333333");
}

TEST_CASE("in Markdown what is between dollars asks where there is something to do") {
  check_asked("The area $\\int_0^1 x^2 dx$ and $a + b$ and $f$.", Prose::all,
              {"\\int_0^1 x^2 dx | $\\int_0^1 x^2 dx$"});
  check_asked("$\\max_{x \\in [0,2]} x^2$", Prose::all,
              {"\\max_{x \\in [0,2]} x^2 | $\\max_{x \\in [0,2]} x^2$"});
  check_asked("$$\n\\frac{1}{2} + \\frac{1}{3}\n$$\n", Prose::all,
              {"\n\\frac{1}{2} + \\frac{1}{3}\n | $$\n\\frac{1}{2} + \\frac{1}{3}\n$$"});
  check_asked("$$ 2^{10} $$", Prose::all, {" 2^{10}  | $$ 2^{10} $$"});
  check_asked("It costs $5 and $6 more, or $ 7 $", Prose::all, {});
  check_asked("```\n1 + 1 =\n$1+1$\n```\n1 + 2 =\n", Prose::all, {"1 + 2 | 1 + 2 ="});
}

TEST_CASE("dollars outside of comments are code") {
  check_asked("x = '$1+1$'\necho $1 $2\n", Prose::comment, {});
  check_asked("x = 3  # the sum $1+1$\n", Prose::comment, {"1+1 | $1+1$"});
}

TEST_CASE("a cursor finds the formula around it, or the one that its line asks for") {
  check_in("|# 17 * 23 =\n", Prose::comment, "17 * 23");
  check_in("# 17 * 23 =\n|x", Prose::comment, "");
  check_in("Let $a +| b$ and $c$", Prose::all, "a + b");
  check_in("Let $a + b$ a|nd $c$", Prose::all, "");
  check_in("1 + 1 =\n\n$$\nx^2 =| 4\n$$\n", Prose::all, "\nx^2 = 4\n");
}

TEST_CASE("a selection is a formula wherever it can be read") {
  check_in("y = |x**2 + 1|;", Prose::comment, "x**2 + 1");
  check_in("|# solve x^2 = 4 =>|", Prose::comment, "solve x^2 = 4 ");
  check_in("|the rest of it|", Prose::comment, "");
  check_in("x = |value|", Prose::comment, "");
}

TEST_CASE("the steps stand below the line, as comments of its own kind") {
  check_worked("if x:\n    y = 1  # d/dx x^2 =\n    z = 2\n", Prose::comment, "#",
               "if x:\n    y = 1  # d/dx x^2 = 2*x\n"
               "    # 1. power rule: 2*x\n    # 2. a b: 2*x (not checked)\n"
               "    # checked: in numbers\n    z = 2\n");
  check_worked("/* d/dx x^2 = */\r\nint y;\r\n", Prose::comment, "//",
               "/* d/dx x^2 = 2*x */\r\n// 1. power rule: 2*x\r\n"
               "// 2. a b: 2*x (not checked)\r\n// checked: in numbers\r\nint y;\r\n");
}

TEST_CASE("a comment that has to be closed is, and none is begun within another") {
  check_worked("<!-- d/dx x^2 = -->\n<p>\n", Prose::comment, sign_of_line("<!-- d/dx x^2 = -->"),
               "<!-- d/dx x^2 = 2*x -->\n<!-- 1. power rule: 2*x -->\n"
               "<!-- 2. a b: 2*x (not checked) -->\n<!-- checked: in numbers -->\n<p>\n");
  check_worked("/* d/dx x^2 = */\na { }\n", Prose::comment, sign_of_line("/* d/dx x^2 = */"),
               "/* d/dx x^2 = 2*x */\n/* 1. power rule: 2*x */\n"
               "/* 2. a b: 2*x (not checked) */\n/* checked: in numbers */\na { }\n");
  CHECK(sign_of_line("/* d/dx x^2 =") == "*");
  CHECK(sign_of_line(" * d/dx x^2 =") == "*");
  CHECK(sign_of_line("<!-- d/dx x^2 =").empty());
  CHECK(sign_of_line("x = 1;  // d/dx x^2 =") == "//");
  CHECK(sign_of_line("% d/dx x^2 =") == "%");
}

TEST_CASE("lines that end in CR LF or in spaces ask as others do") {
  check_asked("# d/dx x^3 =>\r\n# 1 + 1 =  \r\n# 1 + 2 =>  \n", Prose::comment,
              {"d/dx x^3 | d/dx x^3 =>", "1 + 1 | 1 + 1 =", "1 + 2 | 1 + 2 =>"});
}

TEST_CASE("in Markdown and LaTeX an answer that is a formula is written as one") {
  Solution found{.answer = "2*x*y**2", .latex = "2 x y^{2}", .checked = Checked::yes, .how = "a*b"};
  const auto answer = [&](const std::string& formula, Manner manner) {
    return written_answer(found, formula + " =", formula, manner);
  };
  CHECK(answer("d/dx (x y)^2", Manner::dollars) == " $2 x y^{2}$");
  CHECK(answer("d/dx (x y)^2", Manner::formula) == " 2 x y^{2}");
  CHECK(answer("\\frac{d}{dx} (xy)^2", Manner::dollars) == " 2 x y^{2}");
  CHECK(answer("d/dx (x y)^2", Manner::plain) == " 2*x*y**2");
  found.notes = {"a note"};
  found.read_as = "x*y*z";
  CHECK(answer("xyz", Manner::dollars) == " $2 x y^{2}$ (read as `x*y*z`)");
  for (const char* const word : {"391", "-1/2", "2024-03-01", "Thursday", "True", "0b101"}) {
    found = {.answer = word, .latex = "other"};
    found.checked = Checked::yes;
    CHECK(answer("1 + 1", Manner::dollars) == std::string(" ") + word);
  }
  check_worked("d/dx x^2 =\n", Prose::all, "",
               "d/dx x^2 = $2 x$\n\n1. power rule: `2*x`\n2. a b: `2*x` (not checked)\n\n"
               "checked: in numbers\n",
               Manner::dollars);
}

TEST_CASE("dollars of a problem in words are money") {
  Solution found{.answer = "15", .latex = "", .checked = Checked::yes, .how = "in numbers"};
  for (const std::string text :
       {"How much is left of 20$ after 5$", "Of $20 she spends 5, left ="}) {
    const auto lines = worked_insertions(text, Standing{text, 0, text.size()}, found, "");
    INFO(text);
    CHECK(lines.front().text.find("15") != std::string::npos);
  }
}

TEST_CASE("within a block of Markdown the answer is LaTeX, and the steps stand behind the block") {
  const std::string text = "So\n\n$$\nd/dx x^2 =\n$$\n\nand\n";
  CHECK(manner_at(text, text.find("d/dx")) == Manner::formula);
  CHECK(manner_at(text, text.find("and")) == Manner::dollars);
  CHECK(manner_at("\\begin{align*}\n1 + 1 =", 18) == Manner::formula);
  CHECK(manner_at("\\[ x \\]\n1 + 1 =", 12) == Manner::dollars);
  Solution found{.answer = "2*x", .latex = "2 x", .checked = Checked::yes, .how = "in numbers"};
  const size_t begin = text.find("d/dx");
  const auto insertions =
      worked_insertions(text, Standing{"d/dx x^2", begin, begin + 10}, found, "", Manner::formula);
  REQUIRE(insertions.size() == 2);
  CHECK(insertions[0].text == " 2 x");
  CHECK(insertions[1].at == text.find("\n\nand"));
}

TEST_CASE("in Markdown they are plain lines, and a list") {
  check_worked("d/dx x^2 =", Prose::all, "",
               "d/dx x^2 = 2*x\n\n1. power rule: 2*x\n2. a b: 2*x (not checked)\n\n"
               "checked: in numbers");
  check_worked("So $\\frac{d}{dx} x^2$ is", Prose::all, "",
               "So $\\frac{d}{dx} x^2$ is\n\n= $2 x$\n1. power rule: 2*x\n"
               "2. a b: 2*x (not checked)\n\nchecked: in numbers");
}

}  // namespace standing_test
