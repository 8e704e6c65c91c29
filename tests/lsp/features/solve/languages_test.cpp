// Words of other languages around a formula, definitions before a question, and signs of comments.
#include "lsp/features/solve/languages.h"

#include "lsp/features/solve/read.h"
#include "tests/support/catch.h"

namespace {

using namespace lsp::features::solve;

void check_read(const std::string& text, const std::string& expected) {
  INFO(text);
  const auto reading = read(text);
  if (!reading) FAIL(reading.message());
  CHECK(to_text(reading->task) == expected);
}

}  // namespace

TEST_CASE("German around a formula is read") {
  check_read("Ableitung von x^3 - 2x", "diff(x**3 - 2*x, x, 1)");
  check_read("leite x^2 y nach y ab", "diff(x**2*y, y, 1)");
  check_read("Löse V = a b h nach h auf", "solve(V = a*b*h, h)");
  check_read("Loese 4x = 8", "solve(4*x = 8)");
  check_read("Integral von x^2 von 0 bis 3", "integrate(x**2, (x, 0, 3))");
  check_read("Grenzwert von sin(x)/x für x gegen 0", "limit(sin(x)/x, x, 0, both)");
  check_read("15% von 80", "15%*80");
  check_read("19% von 1.289,90", "19%*1289.90");
  check_read("Ist 97 eine Primzahl?", "isprime(97)");
}

TEST_CASE("French around a formula is read") {
  check_read("dérivée de x ln x", "diff(x*log(x), x, 1)");
  check_read("derivee de x^2 en x = 3", "at(diff(x**2, x, 1), x = 3)");
  check_read("intégrale de x^2 de 0 à 3", "integrate(x**2, (x, 0, 3))");
  check_read("limite de sin(x)/x quand x tend vers 0", "limit(sin(x)/x, x, 0, both)");
  check_read("résoudre x^2 = 4 dans les réels", "solve(x**2 = 4, Reals)");
  check_read("somme de k^2 pour k de 1 à 10", "summation(k**2, (k, 1, 10))");
  check_read("97 est-il premier ?", "isprime(97)");
  check_read("5 km en m", "5*kilometer in meter");
  check_read("1,5 km en m", "1.5*kilometer in meter");
}

TEST_CASE("Chinese around a formula is read, in its order of words") {
  check_read("求导 x^2 sin x", "diff(x**2*sin(x), x, 1)");
  check_read("x^2 的导数", "diff(x**2, x, 1)");
  check_read("sin(x y) 对 y 求导", "diff(sin(x*y), y, 1)");
  check_read("求 sin x 从 0 到 pi 的积分", "integrate(sin(x), (x, 0, pi))");
  check_read("当 x 趋于 0 时 sin(x)/x 的极限", "limit(sin(x)/x, x, 0, both)");
  check_read("80 的 15%", "15%*80");
  check_read("561 是素数吗", "isprime(561)");
  check_read("解方程组 x + y = 3，x - y = 1", "solve(x + y = 3, x - y = 1)");
}

TEST_CASE("what has no word of another language stays as it is") {
  for (const std::string text : {"d e x + la", "12 % 5", "Matrix([[1, 2]]).T", "sin(x)’"}) {
    CHECK(in_english(text) == text);
  }
}

TEST_CASE("a function is defined before the question about it") {
  check_read("f(x) = x/(x+1), f'(x)", "diff(x/(x + 1), x, 1)");
  check_read("let f(x) = x^2 - 3x. find f(5)", "at(x**2 - 3*x, x = 5)");
  check_read("f(t) = t^3; f''(2) + f(1)", "at(diff(t**3, t, 2), t = 2) + at(t**3, t = 1)");
  check_read("if g(x) = x^2 then integrate g(x) from 0 to 1", "integrate(x**2, (x, 0, 1))");
  check_read("f(x) = x^2, (f(2) + 1)*3", "(at(x**2, x = 2) + 1)*3");
  check_read("a = 3, b = 4, sqrt(a^2 + b^2)", "at(sqrt(a**2 + b**2), a = 3, b = 4)");
  // A differential equation defines nothing.
  check_read("f(x) = f'(x), f(0) = 1", "dsolve([f = diff(f, x, 1), value(0, 0) = 1], f, x)");
  CHECK_FALSE(read("f(x) = x^2, f(").ok());
  // Bodies within bodies grow no further than a formula may.
  std::string nested = "f(x) = x + 1";
  for (int i = 0; i < 300; ++i) nested += " + x";
  nested += ", f(1)";
  for (int i = 0; i < 300; ++i) nested += " + f(1)";
  const auto reading = read(nested);
  CHECK((!reading || to_text(reading->task).size() < 20'000));
}

TEST_CASE("an unknown may be asked for behind its equation") {
  check_read("2^x = 32, x=?", "solve(2**x = 32, x)");
  check_read("x + y = 3, x - y = 1, x, y", "solve(x + y = 3, x - y = 1, x, y)");
}

TEST_CASE("a formula may come with the sign of its comment, numbers with their groups") {
  check_read("// 60*60*24 =", "60*60*24");
  check_read("## log2(8) =", "log2(8)");
  check_read("/* 3*4 */", "3*4");
  check_read("1,299.00 * 3", "1299.00*3");
  check_read("integral of t^3 from t=0 to t=2", "integrate(t**3, (t, 0, 2))");
  check_read("220 V * 10 A", "220*volt*10*ampere");
}

TEST_CASE("extrema and completed squares are asked for in words") {
  check_read("maximum of x e^-x on [0,3]",
             "extremum(max, x*E**(-x), [], unknown, [interval(0, 3, closed, closed)])");
  check_read("maximize x(10-x), 0 <= x <= 3",
             "extremum(max, x*(10 - x), [], unknown, [0 <= x and x <= 3])");
  check_read("local minima of f(x) = x^3 - 3x", "extrema(both, x**3 - 3*x, [], unknown, [])");
  check_read("critical points of x^4", "extrema(critical, x**4, [], unknown, [])");
  check_read("maximum of 3, 9, 2", "max([3, 9, 2])");  // a list has its own
  check_read("complete the square: x^2 + 6x + 5", "square(x**2 + 6*x + 5)");
}

TEST_CASE("functions in pieces are read in all notations") {
  const std::string two = "piecewise((x**2, x < 0), (x, True))";
  check_read("x^2 if x < 0 else x", two);
  check_read("x^2 if x < 0, x otherwise", two);
  check_read("Piecewise((x**2, x < 0), (x, True))", two);
  check_read("\\begin{cases} x^2, & \\text{if } x < 0 \\\\ x, & \\text{otherwise} \\end{cases}",
             two);
  check_read("f(x) = \\begin{cases} x^2, & x < 0 \\\\ x & x \\ge 0 \\end{cases}, f(3)",
             "at(piecewise((x**2, x < 0), (x, x >= 0)), x = 3)");
  check_read("f(x) = x^2 if x < 0 else 5x, f'(1)",
             "at(diff(piecewise((x**2, x < 0), (5*x, True)), x, 1), x = 1)");
  const auto reading = read("f(x) = \\begin{cases} x & x < 0 \\\\ 1 & x \\ge 0 \\end{cases}");
  REQUIRE_FALSE(reading.ok());
  CHECK(reading.message().find("what is asked") != std::string::npos);
}

TEST_CASE("words around LaTeX are words, and letters in a row are products") {
  check_read("solve $\\frac{x}{2} = 3$ for x", "solve(x/2 = 3, x)");
  check_read("Integrate $\\int_0^1 x^2 dx$", "integrate(x**2, (x, 0, 1))");
  check_read("differentiate \\sqrt{x} with respect to x", "diff(sqrt(x), x, 1)");
  check_read("\\int_0^1 xyz dx", "integrate(x*y*z, (x, 0, 1))");
  check_read("\\int_0^\\pi sin(x) dx", "integrate(sin(x), (x, 0, pi))");
  check_read("ln x + \\sqrt{4}", "log(x) + sqrt(4)");
  check_read("lim_{x \\to 0} \\frac{\\sin x}{x}", "limit(sin(x)/x, x, 0, both)");
  check_read("\\mathrm{abs}x", "abs(x)");
  check_read("\\max_{x \\in [0,2]} x^2 - x",
             "extremum(max, x**2 - x, [], unknown, [interval(0, 2, closed, closed)])");
  CHECK_FALSE(read("the \\purple of \\frac{1}{2} seven").ok());
}

TEST_CASE("remainders of equations, of numbers and of polynomials") {
  check_read("3x ≡ 2 (mod 7)", "congruence(3*x, 2, 7)");
  check_read("x^2 = 2 mod 7", "congruence(x**2, 2, 7)");
  check_read("solve 3x + 4 = 7 mod 11", "congruence(3*x + 4, 7, 11)");
  check_read("17 mod 5", "17 mod 5");
  check_read("remainder of 17 divided by 5", "17 mod 5");
  check_read("remainder of x^3 + 2x + 1 divided by x - 1", "remainder(x**3 + 2*x + 1, x - 1)");
  check_read("quotient of x^3 - 1 and x - 1", "quotient(x**3 - 1, x - 1)");
  CHECK(read("x^2 = 2 mod 7")->notes.size() == 1);
}

TEST_CASE("several definitions, and one behind the question") {
  check_read("f(x) = x^2, g(x) = x + 1, f(g(2))", "at(x**2, x = at(x + 1, x = 2))");
  check_read("integrate f(x) from 0 to 1 where f(x) = x^2", "integrate(x**2, (x, 0, 1))");
  check_read("let x = 3, y = 4. compute x^2 + y^2", "at(x**2 + y**2, x = 3, y = 4)");
  check_read("write 3x^2 + 12x in vertex form", "square(3*x**2 + 12*x)");
}

TEST_CASE("shares of what is not known, first numbers, choices, and who is counted") {
  check_read("60 is 15% of what", "60/15%");
  check_read("15% of what is 60", "60/15%");
  check_read("18 is what percent of 72", "what_percent(18, 72)");
  check_read("sum of first 50 odd numbers", "summation(2*k - 1, (k, 1, 50))");
  check_read("sum of the first 10 squares", "summation(k**2, (k, 1, 10))");
  check_read("20C3 + 5P2", "binomial(20, 3) + permutations(5, 2)");
  check_read("variance of 1, 2, 3 (population)", "pvariance([1, 2, 3])");
  check_read("variance of 1, 2, 3", "variance([1, 2, 3])");
}

TEST_CASE("sums that go on in fractions, over Python's ranges, and systems with 'and'") {
  check_read("1/2 + 1/4 + 1/8 + ... + 1/64", "summation(1/(2*2**k), (k, 0, 5))");
  check_read("2/3 + 4/9 + 8/27 + ... + 64/729", "summation(2*2**k/(3*3**k), (k, 0, 5))");
  check_read("1/2 + 1/3 + ... + 1/10", "summation(1/k, (k, 2, 10))");
  CHECK_FALSE(read("1/2 + 1/4 + ... + 1/63").ok());
  CHECK_FALSE(read("1/2 + 1/4 + ... + 64").ok());
  check_read("sum(range(1, 51))", "summation(k, (k, 1, 51 - 1))");
  check_read("x + 2y = 4 and 3x - y = 5", "solve(x + 2*y = 4, 3*x - y = 5)");
  check_read("x^2 = 4 and x > 0", "solve(x**2 = 4, x > 0)");
  check_read("solve for x and y: x + y = 3, x - y = 1", "solve(x + y = 3, x - y = 1, x, y)");
}

TEST_CASE("the slope of a curve is no differential equation") {
  check_read("find dy/dx of y = x^2 ln x", "diff(x**2*log(x), x)");
  check_read("y = x^3 - x, find dy/dx", "diff(x**3 - x, x)");
  check_read("dy/dx = x y", "dsolve([diff(y, x, 1) = x*y], y, x)");
  check_read("Find \\frac{d}{dx} x^2", "diff(x**2, x, 1)");
}
