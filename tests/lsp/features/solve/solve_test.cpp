// The whole path: text, tree, sandbox, answer, check.
#include "lsp/features/solve/solve.h"

#include "tests/support/catch.h"

namespace {

using namespace lsp::features::solve;

sandbox::runner::Runner& runner() {
  static sandbox::runner::Runner one({.ready = 1});
  return one;
}

void check_solve(const std::string& text, const std::string& answer, Checked checked) {
  INFO(text);
  const auto found = solve(text, runner(), {.deadline_ms = 60'000});
  if (!found) FAIL(found.message());
  CHECK(found->answer == answer);
  CHECK(found->checked == checked);
  CHECK_FALSE(found->how.empty());
  CHECK_FALSE(found->latex.empty());
}

void check_refused(const std::string& text, const std::string& part, uint32_t deadline_ms) {
  INFO(text);
  const auto found = solve(text, runner(), {.deadline_ms = deadline_ms});
  REQUIRE_FALSE(found.ok());
  INFO(found.message());
  CHECK(found.message().find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("answers are exact and checked") {
  check_solve("17 * 23 - 4^3", "327", Checked::yes);
  check_solve("integrate x^2 sin x from 0 to pi", "-4 + pi**2", Checked::yes);
  check_solve("solve x^2 = 2 over the reals", "{-sqrt(2),sqrt(2)}", Checked::yes);
  check_solve("\\begin{cases} x + y = 3 \\\\ xy = 2 \\end{cases}", "[{x:1,y:2},{x:2,y:1}]",
              Checked::yes);
  check_solve("Matrix([[1, 2], [3, 4]]).det()", "-2", Checked::yes);
}

TEST_CASE("numbers in other bases and units, vectors and differential equations have answers") {
  check_solve("255 in hex", "0xff", Checked::yes);
  check_solve("100 degF in degC", "340*celsius/9", Checked::yes);
  check_solve("cross product of [1,2,3] and [4,5,6]", "Matrix([[-3],[6],[-3]])", Checked::yes);
  check_solve("y' = y", "C1*exp(x)", Checked::yes);
  check_solve("solve for r: A = pi r^2, r > 0", "{sqrt(A)/sqrt(pi)}", Checked::partly);
}

TEST_CASE("solutions whose completeness was not argued are partly checked") {
  check_solve("solve x e^x = 1 over the reals", "{LambertW(1)}", Checked::partly);
}

TEST_CASE("what has no closed form gets a number with its error") {
  const auto found = solve("integrate x^x from 0 to 1", runner(), {.deadline_ms = 60'000});
  REQUIRE(found.ok());
  CHECK(found->answer.starts_with("0.78343051071213"));
  CHECK(found->checked == Checked::no);
  CHECK_FALSE(found->error_bound.empty());
}

TEST_CASE("a sentence is told with the formula that it was read as, a formula without") {
  const auto sentence = solve("64 plus 8.25% tax", runner(), {.deadline_ms = 60'000});
  REQUIRE(sentence.ok());
  CHECK(sentence->read_as == "64*(1 + 8.25/100)");
  CHECK(sentence->checked == Checked::yes);
  const auto formula = solve("64 * (1 + 8.25/100)", runner(), {.deadline_ms = 60'000});
  REQUIRE(formula.ok());
  CHECK(formula->read_as.empty());
}

TEST_CASE("a check is of the formula as it was read") {
  const auto found = solve("1/2x", runner(), {.deadline_ms = 60'000});
  REQUIRE(found.ok());
  CHECK(found->read_as == "1/2*x");
  CHECK(found->checked == Checked::partly);
}

TEST_CASE("what has no answer gets a sentence") {
  check_refused("1/0", "divides by zero", 60'000);
  check_refused("det [[1,2,3],[4,5,6]]", "not square", 60'000);
  check_refused("lim sin(1/x) as x -> 0", "does not exist", 60'000);
  check_refused("9^9^9^9", "too long", 60'000);
  check_refused("5 kg in meters", "do not fit", 60'000);
}

TEST_CASE("what takes too long ends at the deadline") {
  check_refused("integrate exp(x^x) sin(x)^(x^x) log(x + exp(x^2))", "within 4 s", 4'000);
  check_solve("2 + 3", "5", Checked::yes);  // the next one has an interpreter of its own
}
