#include "lsp/features/solve/formula.h"

#include "tests/support/catch.h"

namespace {

using namespace lsp::features::solve;

void check_asked(const std::string& line, Prose prose, const std::string& expected) {
  INFO(line);
  CHECK(asked_formula(line, prose).value_or("") == expected);
}

}  // namespace

TEST_CASE("a comment that ends in an equals sign asks for an answer") {
  check_asked("# 17 * 23 =", Prose::comment, "17 * 23");
  check_asked("    // integrate x^2 from 0 to 1 => ", Prose::comment, "integrate x^2 from 0 to 1");
  check_asked("-- 15% of 80 =", Prose::comment, "15% of 80");
  check_asked("y = f(x)  # d/dx x^3 =", Prose::comment, "d/dx x^3");
  check_asked("/* 2^10 =", Prose::comment, "2^10");
  check_asked("# maximum of x(10-x) =", Prose::comment, "maximum of x(10-x)");
  check_asked("# Ableitung von x^3 =", Prose::comment, "Ableitung von x^3");
  check_asked("# f(x) = x^2, f'(3) =", Prose::comment, "f(x) = x^2, f'(3)");
  check_asked("# C(5, 2) =", Prose::comment, "C(5, 2)");
  check_asked("# theta^2/theta =", Prose::comment, "theta^2/theta");
}

TEST_CASE("Markdown asks in text, lists and formulas") {
  check_asked("17 * 23 =", Prose::all, "17 * 23");
  check_asked("- 17 * 23 =", Prose::all, "17 * 23");
  check_asked("The area is $\\int_0^1 x^2 dx$ =", Prose::all, "\\int_0^1 x^2 dx");
  check_asked("$\\frac{1}{2} + \\frac{1}{3} =", Prose::all, "$\\frac{1}{2} + \\frac{1}{3}");
}

TEST_CASE("code, words and equations ask for nothing") {
  check_asked("x = 3 + 4", Prose::comment, "");
  check_asked("x = 17 * 23 =", Prose::comment, "");
  check_asked("if (a ==", Prose::comment, "");
  check_asked("# the total price =", Prose::comment, "");
  check_asked("# width =", Prose::comment, "");
  check_asked("# a = b =", Prose::comment, "");
  check_asked("# ==========", Prose::comment, "");
  check_asked("# why does this fail =", Prose::comment, "");
  check_asked("#", Prose::comment, "");
  for (const char* prose :
       {"# max retries =",   "# minimum size =",     "# die Summe =",
        "# let width =",     "# sum of squares =",   "# degree of parallelism =",
        "# f(x) =",          "# la somme =",         "# 求和 =",
        "# a = 3, b =",      "# critical section =", "# the least common case =",
        "# if x else y =",   "# first 10 rows =",    "# --prefix=",
        "# --- setup =",     "# 2024-01-31 =",       "# a[i] =",
        "# total / count =", "# start + offset =",   "# O(n^2) =>",
        "# O(n log n) =",    "# f(x) + 1 ="}) {
    check_asked(prose, Prose::comment, "");
  }
}

TEST_CASE("what marks a line is no part of its formula") {
  CHECK(formula_of_line("  # 1 + 2 =") == "1 + 2 =");
  CHECK(formula_of_line("<!-- 1 + 2 -->") == "1 + 2");
  CHECK(formula_of_line("- $x^2 = 4$") == "x^2 = 4");
}
