// What names, numbers and conditions in front of a formula or behind it make of it.
#include "tests/lsp/features/solve/reading.h"

namespace read_test {

TEST_CASE("functions that are defined are applied to each other, and have inverses") {
  check_read("f(x) = x^2, f(f(3))", "at(x**2, x = at(x**2, x = 3))");
  for (const char* const composed : {"(f o g)(3)", "(f∘g)(3)", "f o g(3)", "f(g(3))"}) {
    check_read(std::string("f(x) = 2x, g(x) = x + 1, ") + composed,
               "at(2*x, x = at(x + 1, x = 3))");
  }
  check_read("f(x) = 2x, g(x) = x + 1, (f \\circ g)(x)", "at(2*x, x = x + 1)");
  check_read("f(x) = 2x, g(t) = t + 1, f o g", "at(2*x, x = t + 1)");
  check_read("f(x) = 2x, f^-1(x)", "inverse_function(2*x, x)");
  check_read("f(x) = 2x, f^{-1}", "inverse_function(2*x, x)");
  check_read("f(x) = x^3, f^(-1)(8)", "solveset(x**3 - 8, x, Reals)");
  check_read("f(x) = x^2, f(3)^2", "at(x**2, x = 3)**2");
  check_refused("f(x) = x^2, f^2(3)", "how often f is applied");
  check_refused("f(x) = x^2, f²(3)", "how often f is applied");
  check_refused("f(x) = x^2, f(f^3(1))", "how often f is applied");
}

TEST_CASE("a function that is defined is asked for its value at a place") {
  for (const char* const asked :
       {", x = 3", "; x = 3", " for x = 3", " at x = 3", " where x = 3"}) {
    check_read(std::string("f(x) = x^2 + 1") + asked, "at(x**2 + 1, x = 3)");
  }
}

TEST_CASE("digits that repeat are no product, nor cut off") {
  check_read("0.(3)", "0. + 3/9");
  check_read("2 * 0.333...", "2*(0.333 + 3/9000)");
  check_read("0.121212\u2026 + 1", "0.121212 + 12/99000000 + 1");
  check_note("0.(3)", "a decimal that repeats 3");
  check_note("0.1(6)", "as a product");
  check_refused("3.14...", "which digits repeat");
  check_read("1 + 2 + ... + 9", "summation(k, (k, 1, 9))");
}

TEST_CASE("groups of digits are one number, which is said") {
  check_read("1 000 000 / 4", "1000000/4");
  check_read("1\u202f000 + 10\u00a0000", "1000 + 10000");
  check_read("(1 000 + 500) * 2", "(1000 + 500)*2");
  check_read("1 234.5 + 1 234,5", "1234.5 + 1234.5");
  check_read("3.000.000 / 4", "3000000/4");
  check_read("1'000'000 / 4", "1000000/4");
  check_note("1 000 / 4", "1 000 was read as one number");
  check_read("mean 100 200 300", "mean([100, 200, 300])");
  check_read("mean 1 000, 2 000", "mean([1000, 2000])");
  check_read("1 000 x = 2 000", "solve(1000*x = 2000)");
  check_read("mean 0.5 0.1", "mean([0.5, 0.1])");
  check_read("2 100/300", "2 + 100/300");
  check_refused("1 00 000", "nothing between two numbers");
}

TEST_CASE("a number behind log is its base, and what a root goes over is said") {
  check_read("log3 9", "log(9, 3)");
  check_read("log5(25) + 1", "log(25, 5) + 1");
  check_read("log3 + 1", "log3 + 1");
  check_note("\u221a2x", "sqrt(a*b)");
}

TEST_CASE("conditions that give a value hold together with the equation") {
  const char* const both = "solve(y = 3*x + 2, x = 4)";
  check_read("y = 3x + 2 for x = 4", both);
  check_read("y = 3x + 2 at x = 4", both);
  check_read("x^2 + y, x = 2, y = 3", "at(x**2 + y, x = 2, y = 3)");
  check_read("F = m a, m = 2, a = 3, F", "2*3");
  check_read("x = 2, y = x + z, z = 3, y^2", "(2 + 3)**2");
  check_read("A = [[1,2],[3,4]], B = A^2, B", "[[1, 2], [3, 4]]**2");
  check_read("a = b, b = a, a", "solve(a = b, b = a, a)");
}

TEST_CASE("relations may be alternatives") {
  const char* const either = "solve(x < 3 or x > 5)";
  check_read("x < 3 or x > 5", either);
  check_read("solve x < 3 or x > 5", either);
  check_read("x < 3 \u2228 x > 5", either);
  check_read("x < 1 or 2 < x < 3 or x > 5", "solve(x < 1 or 2 < x and x < 3 or x > 5)");
}

TEST_CASE("a function that has the name of a unit is one where no number stands before it") {
  check_read("sec 0", "sec(0)");
  check_read("min 3 4", "min([3, 4])");
  check_read("30 sec in min", "30*second in minute");
}

TEST_CASE("a date is no subtraction") {
  for (const char* const difference : {"2024-03-01 - 2024-02-01", "2024-03-01 minus 2024-02-01"}) {
    check_read(difference, "days_between(2024, 02, 01, 2024, 03, 01)");
  }
  check_refused("2024-03-01 + 3", "asked of the date");
  check_refused("the year of 2024-03-01", "asked of the date");
  check_refused("2 * (2024-03-01)", "asked of the date");
  check_read("2024 - 03 - 01", "2024 - 03 - 01");
}

TEST_CASE("e between d and f is a name, and matrices that are named are put into their equation") {
  check_note("a x + b y = c, d x + e y = f", "e was read as a name");
  check_read("d = e^x f", "solve(d = E**x*f)");
  check_read("A = [[2,0],[0,3]], b = [4,9], solve A x = b", "solve([[2, 0], [0, 3]]*x = [4, 9])");
}

TEST_CASE("names may stand for quantities, whose units are no names") {
  const char* const force = "2*kilogram*(3*meter/second**2)";
  check_read("m = 2 kg, a = 3 m/s^2, m a", force);
  check_read("m = 2 kg, a = 3 m/s^2, F = m a", force);
  check_read("F = m a, m = 2 kg, a = 3 m/s^2", force);
  check_read("F = m a, m = 2 kg, a = 3 m/s^2, F", force);
  check_read("d = 100 km, t = 2 h, d/t", "100*kilometer/(2*hour)");
  check_read("P = 1 kW, t = 3 h, P t in kWh", "1*kilowatt*(3*hour) in kilowatt_hour");
  check_read("x = 3, y = 4, x y", "at(x*y, x = 3, y = 4)");
}

}  // namespace read_test
