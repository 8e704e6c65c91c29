// What formulas are read as, in all notations, and what is said about what is none.
#include "lsp/features/solve/letters.h"
#include "tests/lsp/features/solve/reading.h"

namespace read_test {

TEST_CASE("signs bind as in mathematics") {
  check_read("1 + 2*3", "1 + 2*3");
  check_read("-3^2", "-3**2");
  check_read("2^3^2", "2**3**2");
  check_read("(2^3)^2", "(2**3)**2");
  check_read("2 - (3 - 4)", "2 - (3 - 4)");
  check_read("6/2*3", "6/2*3");
  check_read("x^-1", "x**(-1)");
  check_read("5!^2", "5!**2");
  check_read("2 x (y + 1)", "2*x*(y + 1)");
  check_read("1/2x", "1/2*x");
  check_read("2^{10}", "2**10");
  check_read("3 squared", "3**2");
  check_read("0x1F + 1_000", "31 + 1000");
}

TEST_CASE("where a power or a function without brackets ends is said where it is doubtful") {
  check_read("sin pi/4 + 1", "sin(pi/4) + 1");
  check_note("sin^2 2pi/3", "sin(pi/b)");
  check_read("cos(pi)/4", "cos(pi)/4");
  check_note("ln x/2", "(ln a)/b");
  check_note("e^2x", "(a^b)*c");
  check_note("d/dx 2^-3x", "(a^b)*c");
  check_note("x^1/2", "(a^b)/c");
  check_read("e^i\u03c0 + 1", "E**(I*pi) + 1");
  check_read("e^ix", "E**(I*x)");
  for (const char* const clear :
       {"x^2/2", "x^2y", "e^2 x", "10^-3 kg in g", "ln x/x", "sqrt 2/2", "e^(2x)"}) {
    INFO(clear);
    const auto reading = read(clear);
    REQUIRE(reading.ok());
    CHECK(reading->notes.empty());
  }
}

TEST_CASE("signs that programs and mathematics know otherwise are said or refused") {
  check_read("5!! + 1", "factorial2(5) + 1");
  check_note("5!!", "double factorial");
  check_refused("5!!!", "'!!!'");
  check_read("7 % -3", "7 mod (-3)");
  check_read("7% - 3", "7% - 3");
  check_read("\\sqrt 16", "sqrt(16)");
  check_note("\\sqrt 16", "all the digits");
  check_refused("2*3 4", "nothing between two numbers");
  check_refused("x^2 3", "nothing between two numbers");
}

TEST_CASE("numbers are read as they are written in other countries") {
  check_read("1.234,56 + 1", "1234.56 + 1");
  check_read("1.234.567,89/2", "1234567.89/2");
  check_read("lg 1,000", "log10(1000)");
  check_read("mean of 1,5; 2; 3,5", "mean([1.5, 2, 3.5])");
  check_read("[1,2; 3,4]", "[[1, 2], [3, 4]]");
  check_read("gcd of 100,200", "gcd(100, 200)");
  check_read("\uff11\uff0b\uff12", "1 + 2");
  check_refused("1 + (1,5", "never closed");
  check_refused("\u00c5 + 1", "'\u00c5'");
}

TEST_CASE("congruences are written with their modulus in brackets, and together") {
  check_read("x^2 = 2 (mod 7)", "congruence(x**2, 2, 7)");
  check_read("x = 2 (mod 3), x = 3 (mod 5)", "[congruence(x, 2, 3), congruence(x, 3, 5)]");
  check_read("x = 2 mod 3 and x = 3 mod 5", "[congruence(x, 2, 3), congruence(x, 3, 5)]");
}

TEST_CASE("the place of a limit may be a fraction") {
  check_read("lim x->pi/2 tan x", "limit(tan(x), x, pi/2, both)");
  check_read("lim x->0 sin x/x", "limit(sin(x)/x, x, 0, both)");
}

TEST_CASE("a current and an energy are no constants") {
  check_read("U = R*I solve for R", "solve(U = R*I_, R)");
  check_read("solve U = R I for I", "solve(U = R*I_, I_)");
  check_note("solve E = m c^2 for c", "E was read as a name, not as Euler's number");
  CHECK(with_letters("{U/I_, -E_/(2*E)}") == "{U/I, -E_/(2*E)}");
  check_read("x^2 = I", "solve(x**2 = I)");
  check_read("solve(x^2 + E, x)", "solve(x**2 + E, x)");
  check_read("e^(2x) = E", "solve(E**(2*x) = E)");
  check_read("5 \u00b5s in ms", "5*microsecond in millisecond");
  check_read("\u03bc + 1", "mu + 1");
}

TEST_CASE("a function that is not said is no product without a word") {
  check_note("P(A) = 0.5", "P(\u2026) was read as a product");
  CHECK(read("A = P(1 + r)^t")->notes.empty());
}

TEST_CASE("an unknown word before a list or a matrix is no factor") {
  check_refused("sort [3, 1, 2]", "no word");
  check_refused("LU [[2, 1], [1, 3]]", "no word");
  check_read("A [1, 2]", "A*[1, 2]");
}

TEST_CASE("an equation for growth has a product with the unknown function") {
  check_read("y' = y(1 - y)", "dsolve([diff(y, x, 1) = y*(1 - y)], y, x)");
}

TEST_CASE("functions go without brackets up to the next function or sign") {
  check_read("sin 2x cos x + 1", "sin(2*x)*cos(x) + 1");
  check_read("sin^2 x", "sin(x)**2");
  check_read("ln x / x", "log(x)/x");
  check_read("sqrt(2) x", "sqrt(2)*x");
  check_read("log_2 8", "log(8, 2)");
  check_read("\\sin^{-1} x", "asin(x)");
}

TEST_CASE("a percent sign is a remainder's before an operand") {
  check_read("17 % 5", "17 mod 5");
  check_read("15% of 80", "15%*80");
  check_read("90 - 20%", "90 - 20%");
}

TEST_CASE("tasks are read in words") {
  check_read("integrate x^2 sin x from 0 to pi", "integrate(x**2*sin(x), (x, 0, pi))");
  check_read("integral of 3 t^2 with respect to t", "integrate(3*t**2, t)");
  check_read("second derivative of x^3", "diff(x**3, x, 2)");
  check_read("d/dx x^3 + x", "diff(x**3 + x, x, 1)");
  check_read("lim sin(x)/x as x -> 0", "limit(sin(x)/x, x, 0, both)");
  check_read("lim x->0+ ln x", "limit(log(x), x, 0, right)");
  check_read("sum of k^2 for k from 1 to 10", "summation(k**2, (k, 1, 10))");
  check_read("sum k=1 to 10 of k^2", "summation(k**2, (k, 1, 10))");
  check_read("gcd of 12 and 18", "gcd(12, 18)");
  check_read("18 is what percent of 72", "what_percent(18, 72)");
  check_read("is 97 a prime number", "isprime(97)");
  check_read("d(x^2)/dx", "diff(x**2, x, 1)");
}

TEST_CASE("equations keep their conditions") {
  check_read("solve x^2 = 2 over the reals", "solve(x**2 = 2, Reals)");
  check_read("solve x + y = 3, x y = 2", "solve(x + y = 3, x*y = 2)");
  check_read("solve sin x = 1/2 for 0 <= x < 2 pi", "solve(sin(x) = 1/2, 0 <= x and x < 2*pi)");
  check_read("solve a x = b for x, a not 0", "solve(a*x = b, x, a != 0)");
  check_read("x^2 = 4, x > 0", "solve(x**2 = 4, x > 0)");
}

TEST_CASE("SymPy's syntax gives the same trees") {
  check_read("integrate(x**2, (x, 0, 1))", "integrate(x**2, (x, 0, 1))");
  check_read("limit(1/x, x, 0, '+')", "limit(1/x, x, 0, right)");
  check_read("limit(1/x, x, 0, dir='-')", "limit(1/x, x, 0, left)");
  check_read("solve([x + y - 3], [x, y], dict=True)", "solve(x + y - 3, x, y)");
  check_read("S(1)/3", "1/3");
  check_read("Matrix([[1, 2], [3, 4]]).det()", "det(matrix([[1, 2], [3, 4]]))");
  check_read("sum(k**2 for k in range(1, 11))", "sum(k**2, (k, 1, 11 - 1))");
  check_read("(x**2 + 1).subs(x, 3)", "at(x**2 + 1, x = 3)");
  check_read("math.sqrt(16)", "sqrt(16)");
}

TEST_CASE("LaTeX gives the same trees") {
  check_read("$\\frac{1}{2} + \\sqrt{x}$", "1/2 + sqrt(x)");
  check_read("\\int_0^1 x^2 \\, dx + 1", "integrate(x**2, (x, 0, 1)) + 1");
  check_read("\\int \\frac{dx}{x}", "integrate(1/x, x)");
  check_read("\\int_0^1 \\int_0^x xy \\, dy \\, dx",
             "integrate(integrate(x*y, (y, 0, x)), (x, 0, 1))");
  check_read("\\lim_{x \\to 0^+} x \\ln x", "limit(x*log(x), x, 0, right)");
  check_read("\\sum_{i=1}^{n} i", "summation(i, (i, 1, n))");
  check_read("\\frac{d^2}{dx^2} x^4", "diff(x**4, x, 2)");
  check_read("\\begin{cases} x + y = 3 \\\\ x - y = 1 \\end{cases}", "solve(x + y = 3, x - y = 1)");
  check_read("\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}^T",
             "transpose(matrix([[1, 2], [3, 4]]))");
  check_read("e^{i \\pi}", "E**(I*pi)");
  check_read("\\sum_{k=1}^{3} k + \\sum_{k=1}^{3} k^2",
             "summation(k, (k, 1, 3)) + summation(k**2, (k, 1, 3))");
  check_read("\\frac{d}{dx} x^2 + \\frac{d}{dx} x^3", "diff(x**2, x, 1) + diff(x**3, x, 1)");
}

TEST_CASE("Python's numbers are numbers, and its int is no integral") {
  check_read("0x1F + 0b101 - 0o17", "31 + 5 - 15");
  check_read("2j * 3", "2*I*3");
  check_read("sum 2j for j from 1 to 3", "summation(2*j, (j, 1, 3))");
  check_read("int(7/2)", "sign(7/2)*floor(abs(7/2))");
  check_read("int x^2 dx", "integrate(x**2, x)");
  check_read("np.std([1, 2])", "pstdev([1, 2])");
  check_read("stdev [1, 2]", "stdev([1, 2])");
  check_read("hex(255)", "base(255, 16)");
  check_refused("0b102", "base 2");
}

TEST_CASE("a differential equation has an unknown function") {
  check_read("y'' + 4y = 0, y(0) = 1, y'(0) = 0",
             "dsolve([diff(y, x, 2) + 4*y = 0, value(0, 0) = 1, value(1, 0) = 0], y, x)");
  check_read("dy/dt = -2 y", "dsolve([diff(y, t, 1) = (-2)*y], y, t)");
  check_read("\\frac{d^2y}{dx^2} + y = 0", "dsolve([diff(y, x, 2) + y = 0], y, x)");
  check_read("dsolve(f(x).diff(x) - f(x), f(x))", "dsolve([diff(f, x) - f], f, x)");
  check_read("(x^2)''", "diff(x**2, x, 2)");
  check_refused("y'", "what y is");
}

TEST_CASE("square brackets are brackets in LaTeX") {
  check_read("\\frac{d}{dx} \\left[ x^2 \\right]", "diff(x**2, x, 1)");
  check_read("[x + 1]", "[x + 1]");
}

TEST_CASE("vectors have products of their own") {
  check_read("dot [1,2] [3,4]", "dot([1, 2], [3, 4])");
  check_read("cross product of [1,0,0] and [0,1,0]", "cross([1, 0, 0], [0, 1, 0])");
  check_read("[1,0,0] x [0,1,0]", "cross([1, 0, 0], [0, 1, 0])");
  check_read("[1,2] · [3,4]", "dot([1, 2], [3, 4])");
  check_read("2 · 3", "2*3");
  check_read("[[1,2],[3,4]] @ [[1],[1]]", "[[1, 2], [3, 4]]*[[1], [1]]");
}

TEST_CASE("sums that go on are progressions") {
  check_read("1 + 2 + 3 + ... + 100", "summation(k, (k, 1, 100))");
  check_read("1^2 + 2^2 + ... + n^2", "summation(k**2, (k, 1, n))");
  check_read("1 + 2 + 4 + \\cdots + 64", "summation(1*2**k, (k, 0, 6))");
  check_read("2 + 4 + ... + 20", "summation(2 + 2*k, (k, 0, 9))");
  check_refused("1 + 4 + 9 + ... + 100", "not clear");
  check_refused("1 + 3 + ... + 8", "not clear");
}

TEST_CASE("people ask in sentences") {
  check_read("What's 3 + 4?", "3 + 4");
  check_read("find x such that x^2 = 9 and x > 0", "solve(x**2 = 9, x > 0, x)");
  check_read("3x + 5 = 20, find x", "solve(3*x + 5 = 20, x)");
  check_read("255 in hex", "base(255, 16)");
  check_read("20% off 50", "50 - 20%");
  check_read("50% of 20% of 300", "50%*(20%*300)");
  check_read("15 out of 60 as a percentage", "what_percent(15, 60)");
  check_read("10th prime", "prime(10)");
  check_read("sqrt(2) to 10 digits", "evalf(sqrt(2), 10)");
  check_read("sum k^3 k=1..5", "summation(k**3, (k, 1, 5))");
  check_read("limit (x^3 - 1)/(x - 1) x -> 1", "limit((x**3 - 1)/(x - 1), x, 1, both)");
  check_read("inverse of 3 modulo 11", "mod_inverse(3, 11)");
  check_read("taylor series of e^x at 0 to order 4", "series(E**x, x, 0, 4 + 1)");
  check_read("x^2 + y for x = 2, y = 3", "at(x**2 + y, x = 2, y = 3)");
}

TEST_CASE("a congruence has its modulus behind it") {
  check_read("3x + 1 \\equiv 4 \\pmod{7}", "congruence(3*x + 1, 4, 7)");
  check_read("17 \\equiv 3 \\mod 7", "congruence(17, 3, 7)");
  check_read("17 \\pmod{7}", "17 mod 7");
  check_refused("x \\equiv 4", "no modulus");
}

TEST_CASE("an array of equations is a system") {
  check_read("\\left\\{ \\begin{array}{rcl} x + y &=& 3 \\\\ x - y &=& 1 \\end{array} \\right.",
             "solve(x + y = 3, x - y = 1)");
}

TEST_CASE("cases are a system, or a function in pieces") {
  check_read("\\begin{cases} x + y &= 3 \\\\ x - y = 1 \\end{cases}",
             to_text(read("\\begin{cases} x + y = 3 \\\\ x - y = 1 \\end{cases}")->task));
  check_read("\\begin{cases} x^2 & x > 0 \\\\ -x & x \\le 0 \\end{cases}",
             "piecewise((x**2, x > 0), (-x, x <= 0))");
  check_refused("\\begin{cases} x^2 & x > 0", "never closed");
}

TEST_CASE("units are units where all words are") {
  check_read("90 km/h in m/s", "90*kilometer/hour in meter/second");
  check_read("3 hours + 30 minutes", "3*hour + 30*minute");
  check_read("5 feet 3 inches in cm", "5*foot + 3*inch in centimeter");
  check_read("5 m + 3 h", "5*m + 3*h");
  check_read("10 m / 4 s", "10*meter/(4*second)");
  check_read("5 ft 10 in in cm", "5*foot + 10*inch in centimeter");
  check_read("25 °C to °F", "25*celsius in fahrenheit");
  check_read("98.6 F to C", "98.6*fahrenheit in celsius");
  check_read("how many minutes are in 3 hours", "3*hour in minute");
  check_read("tan(45 degrees)", "tan(degrees(45))");
}

TEST_CASE("what is ambiguous is noted") {
  check_note("1/2x", "(a/b)*c");
  check_note("2^3^2", "a^(b^c)");
  check_note("xy + 1", "x*y");
  check_note("f(2) + 1", "product");
  check_note("variance of 1, 2, 3", "sample");
  check_note("average of 3 and 5 plus 2", "one entry");
  check_note("1,234,567 + 1", "one number");
  check_note("2 x 3 =", "sign of a product");
  check_note("C(5,2)", "combinations");
  check_note("1 + 2 + ... + 9", "progression");
  check_read("gcd of 100,200", "gcd(100, 200)");
  check_refused("2\\tfrac{1}{2}", "added or multiplied");
}

TEST_CASE("an error says what is wrong, and where") {
  check_refused("", "no formula");
  check_refused("(2 + 3", "opened at 1");
  check_refused("\\frac{1}{2", "opened at 9");
  check_refused("3 + * 4", "missing before '*' at 5");
  check_refused("2 +", "ends where");
  check_refused("3 4", "between two numbers");
  check_refused("the purple of seven", "'purple'");
  check_refused("integrate", "nothing to integrate");
  check_refused("3 apples", "'apples'");
  check_refused("dy/dx", "without an integral");
  check_refused("foo(3)", "no function 'foo'");
  check_refused("\\foo{3}", "'\\foo'");
  check_refused("2 # 3", "'#'");
  check_refused("__import__('os').system('true')", "quotation marks");
  check_refused(std::string(400, '('), "nested too deeply");
  std::string pieces = "x";
  for (int i = 0; i < 1500; ++i) pieces += " if x";
  check_refused(pieces + " else x", "nested too deeply");
  check_refused(std::string(20'000, '1'), "bytes");
}

TEST_CASE("no text makes the reader fail but by an error") {
  const std::string pieces[] = {"x",
                                "2",
                                "+",
                                "^",
                                "(",
                                ")",
                                "[",
                                "]",
                                "{",
                                "}",
                                "|",
                                "%",
                                "=",
                                "sin ",
                                "sum ",
                                "d",
                                "/",
                                "dx",
                                "\\frac",
                                "\\int",
                                "_",
                                ",",
                                " of ",
                                " from ",
                                " to ",
                                "!",
                                ".",
                                "f(x) = ",
                                "f(x)",
                                "f'",
                                ";",
                                " if ",
                                " else ",
                                " where ",
                                "max ",
                                "的",
                                "求导",
                                "von ",
                                "dy/dx",
                                "y",
                                "C3 ",
                                "remainder of ",
                                " divided by ",
                                "~",
                                "\\begin{cases}",
                                "\\end{cases}",
                                "&",
                                "mod "};
  unsigned state = 1;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (int i = 0; i < 1 + round % 12; ++i) {
      state = state * 1664525 + 1013904223;
      text += pieces[(state >> 16) % std::size(pieces)];
    }
    const auto reading = read(text);
    if (!reading) CHECK_FALSE(reading.message().empty());
  }
}

TEST_CASE("names take what statements before the question give them") {
  check_read("A = [[1,2],[3,4]], det A", "det([[1, 2], [3, 4]])");
  check_read("det A where A = [[1,2],[3,4]]", "det([[1, 2], [3, 4]])");
  check_read("f = x**3; diff(f, x)", "diff(x**3, x)");
  check_read("f = lambda x: x**2 + 1; f(3)", "at(x**2 + 1, x = 3)");
  check_read("x = symbols('x'); diff(x**2, x)", "diff(x**2, x)");
  check_read("import math; math.sqrt(16)", "sqrt(16)");
  check_read("np.std([1, 2, 3], ddof=1)", "stdev([1, 2, 3])");
}

TEST_CASE("signs of LaTeX and raised digits are read as they are meant") {
  check_read("x^2 + 3x \\big|_{x=2}", "at(x**2 + 3*x, x = 2)");
  check_read("\\frac{d(x^3 + 1)}{dx}", "diff(x**3 + 1, x, 1)");
  check_read("0.\\overline{3}", "0. + 3/9");
  check_read("3{,}5 + 1", "3.5 + 1");
  check_read("\\zeta(2)", "zeta(2)");
  check_read("∫₀¹ x⁴ dx", "integrate(x**4, (x, 0, 1))");
  check_read("½ + 1", "1/2 + 1");
  check_read("∂/∂y (x³y²)", "diff(x**3*y**2, y, 1)");
  check_read("$\\sqrt{4} =$", "sqrt(4)");
  check_refused("1010_2", "another base");
}

}  // namespace read_test
