// Sentences, and what they are read as.
#include "lsp/features/solve/letters.h"
#include "lsp/features/solve/read.h"
#include "tests/support/catch.h"

namespace phrasings_test {
namespace {

using namespace lsp::features::solve;

void check_read(const std::string& text, const std::string& expected) {
  INFO(text);
  const auto reading = read(text);
  INFO((reading.ok() ? std::string() : reading.message()));
  REQUIRE(reading.ok());
  CHECK(with_letters(to_text(reading->task)) == expected);
}

void check_refused(const std::string& text) {
  INFO(text);
  CHECK_FALSE(read(text).ok());
}

}  // namespace

TEST_CASE("percentages are asked for in many words") {
  check_read("discount of 30% on 89.90", "89.90*30/100");
  check_read("Rabatt von 30% auf 89,90", "89.90*30/100");
  check_read("remise de 30% sur 89,90", "89.90*30/100");
  check_read("250 plus 19% tax", "250*(1 + 19/100)");
  check_read("what is 80 reduced by 15%", "80*(1 - 15/100)");
  check_read("price 120 after 25% discount", "120*(1 - 25/100)");
  check_read("by what percent did 80 change to 100", "percent_change(80, 100)");
  check_read("wie viel Prozent sind 30 von 120", "what_percent(30, 120)");
  check_read("30是120的百分之几", "what_percent(30, 120)");
  check_read("120 Euro minus 25 %", "120 - 25%");
  check_refused("250 plus 19% wages");
}

TEST_CASE("what is not clear, or not read to its end, is refused") {
  check_refused("30 is 12% of what number plus 1");
  check_refused("square of 3 plus 4");
  check_refused("1/2 of 10 + 4");
  check_refused("sum of 3 and 4 times 2");
  check_refused("100 plus 5% tax minus 3");
  check_refused("probability of rolling a 7");
  check_refused("how many minutes are in 3 hours exactly now");
  check_read("5 | 3 | 1", "bit_or(bit_or(5, 3), 1)");
}

TEST_CASE("quantities are asked for in many words") {
  check_read("speed 100 km/h in mph", "100*kilometer/hour in mile_per_hour");
  check_read("how many feet in a mile", "1*mile in foot");
  check_read("5 square meters in square feet", "5*meter**2 in foot**2");
  check_read("2 m2 in cm2", "2*meter**2 in centimeter**2");
  check_read("1h 45m + 2h 30m", "1*hour + 45*minute + 2*hour + 30*minute");
  check_read("5'10\" in cm", "5*foot + 10*inch in centimeter");
  check_read("wie viele Minuten sind 3 Stunden", "3*hour in minute");
  check_read("100 km/h en m/s", "100*kilometer/hour in meter/second");
  check_read("5 公里等于多少米", "5*kilometer in meter");
}

TEST_CASE("numbers are spoken") {
  check_read("two plus two", "2 + 2");
  check_read("twenty-five times three hundred and five", "25*305");
  check_read("two thousand ten", "2010");
  check_read("two thirds of 90", "2/3*90");
  check_read("3/4 divided by 2/5", "3/4/(2/5)");
  check_read("2 1/2 + 1", "2 + 1/2 + 1");
  check_read("3,5 * 4 + 1,25", "3.5*4 + 1.25");
  check_read("三加四", "3 + 4");
}

TEST_CASE("bits, bases and digits") {
  check_read("5 & 3", "bit_and(5, 3)");
  check_read("5 | 3", "bit_or(5, 3)");
  check_read("12 AND 10", "bit_and(12, 10)");
  check_read("~5", "-5 - 1");
  check_read("1 << 10", "1*2**10");
  check_read("1011 in base 2 to decimal", "from_base(1011, 2)");
  check_read("digit sum of 12345", "digit_sum(12345)");
  check_read("how many divisors of 36", "divisor_count(36)");
  check_read("how many permutations of 5 out of 8", "permutations(8, 5)");
}

TEST_CASE("equations and functions in sentences") {
  check_read("make r the subject of A = pi r^2", "solve(A = pi*r**2, r)");
  check_read("E = mc^2 solve for m", "solve(E = m*c**2, m)");
  check_read("solve PV = nRT for T", "solve(P*V = n*R*T, T)");
  check_read("solve ax^2 + bx + c = 0 for x", "solve(a*x**2 + b*x + c = 0, x)");
  check_read("intersection of y = 2x and y = x + 3", "solve(y = 2*x, y = x + 3)");
  check_read("x^3 - 1 divided by x - 1", "simplify((x**3 - 1)/(x - 1))");
  check_read("slope of y = x^3 at x = 2", "at(diff(x**3, x), x = 2)");
  check_read("solve y' = 3y with y(0) = 1", "dsolve([diff(y, x, 1) = 3*y, value(0, 0) = 1], y, x)");
  check_read("square root of 196 divided by 7", "sqrt(196)/7");
  check_read("square root of x^2 + 1", "sqrt(x**2 + 1)");
  check_read("period: 1/4", "1/4");
  check_refused("multiply velocity (x+1)");
  check_refused("limit of 1/x as x -> unendlos");
  check_refused("2 choose_something 5");
}

TEST_CASE("shapes, chances, sets, dates") {
  check_read("area of a circle with radius 5", "pi*5**2");
  check_read("Umfang eines Kreises mit Radius 3", "2*pi*3");
  check_read("distance between (1,2) and (4,6)", "norm((1, 2) - (4, 6))");
  check_read("probability of two heads in 3 coin flips", "binomial(3, 2)/2**3");
  check_read("{1,2} ∪ {2,3}", "set_union({1, 2}, {2, 3})");
  check_read("2024-01-31 + 30 days", "date_after(2024, 01, 31, 30)");
  check_read("hours between 9:15 and 17:45", "(17 + 45/60 - 9 - 15/60)*hour in hour");
  check_read("next number in 2, 4, 8, 16", "next_term([2, 4, 8, 16])");
  check_read("mean of 3 5 7", "mean([3, 5, 7])");
  check_read("10 - 5 - 3 - 2 - 1 - 1", "10 - 5 - 3 - 2 - 1 - 1");
}

}  // namespace phrasings_test
