"""Verifies the answers of problems.jsonl, each by another route than the computer algebra takes.

    /usr/bin/python3 check.py [FILE]

The field "check" of a problem names one of the functions below and gives its arguments, which state
the problem once more, in SymPy's notation. SymPy reads expressions here; what decides is evaluation
in numbers, substitution, or plain Python.
"""
import cmath  # in the expressions of complex_value
import itertools
import json
import math
import pathlib
import re
import statistics
import sys
from fractions import Fraction

import mpmath
import sympy
from sympy.physics import units

import unseen_checks  # noqa: F401 (fills CHECKS)
from reading import (CHECKS, answer_rows, check, close, equal_at_points, exactly, expression,
                     function, leibniz, members, number, product_of, rows, solutions)

POINTS = (mpmath.mpf("0.3"), mpmath.mpf("0.7"))  # inside of every domain that occurs

# --- arithmetic ---------------------------------------------------------------------------------

@check
def fraction(answer, text):
    """Python's exact fractions give the same."""
    return exactly(answer, eval(re.sub(r"\d+", r"Fraction(\g<0>)", text)))


@check
def numeric(answer, text):
    """Python's floating point gives the same."""
    return close(number(answer), eval(text))


@check
def unit(answer, text, name):
    """The factor, worked out by hand in `text`, times the unit."""
    names = {key: value for key, value in vars(units).items() if isinstance(value, units.Quantity)}
    factor = sympy.sympify(answer, locals=names) / sympy.sympify(name, locals=names)
    return fraction(str(factor), text)


@check
def complex_value(answer, text):
    """Python's complex numbers give the same."""
    return close(number(answer), eval(text))


# --- calculus -----------------------------------------------------------------------------------

@check
def derivative(answer, text, variable, order):
    """The numeric derivative at some points."""
    given, found = function(text, variable), function(answer, variable)
    return all(close(found(p), mpmath.diff(given, p, int(order))) for p in POINTS)


@check
def antiderivative(answer, text, variable):
    """Its numeric derivative is the integrand at some points."""
    given, found = function(text, variable), function(answer, variable)
    return all(close(mpmath.diff(found, p), given(p)) for p in POINTS)


@check
def definite(answer, text, variable, low, high):
    """Numeric quadrature, split at whole numbers, where the corners are."""
    ends = [number(low), number(high)]
    inner = range(-3, 4) if mpmath.inf in map(abs, ends) else range(-9, 10)
    places = [ends[0], *(n for n in inner if ends[0] < n < ends[1]), ends[1]]
    return close(number(answer), mpmath.quad(function(text, variable), places))


@check
def limit(answer, text, variable, point, side=""):
    """The value very near to the point, on both sides unless one is given."""
    given = function(text, variable)
    step = mpmath.mpf("1e-9")
    with mpmath.workdps(60):
        if point == "oo":
            values = [given(1 / step)]
        else:
            values = [given(number(point) + sign * step)
                      for sign, name in ((1, "+"), (-1, "-")) if side in ("", name)]
    if answer in ("oo", "-oo"):
        return all(value > 1e6 if answer == "oo" else value < -1e6 for value in values)
    return all(close(value, number(answer)) for value in values)


@check
def sum_of(answer, text, variable, low, high):
    """All terms added; up to infinity, extrapolated; up to n, added for n = 1..8."""
    if high == "oo":
        return close(number(answer), mpmath.nsum(function(text, variable), [int(low), mpmath.inf]))
    return fold(answer, text, variable, low, high, lambda a, b: a + b, 0)


@check
def product_of_terms(answer, text, variable, low, high):
    """All factors multiplied."""
    return fold(answer, text, variable, low, high, lambda a, b: a * b, 1)


def fold(answer, text, variable, low, high, operation, start):
    symbol = sympy.Symbol(variable)
    for last in range(1, 9) if high == "n" else [int(high)]:
        value = start
        for k in range(int(low), last + 1):
            value = operation(value, expression(text).subs(symbol, k))
        if expression(answer).subs(sympy.Symbol("n"), last) != value:
            return False
    return True


# --- equations ----------------------------------------------------------------------------------

def distinct_roots(text, variable):
    coefficients = sympy.Poly(expression(text), sympy.Symbol(variable)).all_coeffs()
    found = []
    for root in mpmath.polyroots([mpmath.mpf(c.p) / c.q for c in coefficients], maxsteps=200):
        if not any(abs(root - other) < 1e-6 for other in found):
            found.append(root)
    return found


def are_zeros(values, text, variable):
    given = function(text, variable)
    return all(abs(given(mpmath.mpmathify(sympy.N(value, 30)))) < 1e-12 for value in values)


@check
def all_roots(answer, text, variable):
    """Each is a zero, and the polynomial has no more distinct complex zeros."""
    found = members(answer)
    return are_zeros(found, text, variable) and len(found) == len(distinct_roots(text, variable))


@check
def real_roots(answer, text, variable):
    """Each is a real zero, and the polynomial has no more distinct real zeros."""
    found = members(answer)
    real = [root for root in distinct_roots(text, variable) if abs(mpmath.im(root)) < 1e-9]
    all_real = all(value.is_real for value in found)
    return all_real and are_zeros(found, text, variable) and len(found) == len(real)


@check
def substitution(answer, text, variable, count, low, high):
    """Each is a zero, and the function changes its sign as often between the bounds."""
    found, given = members(answer), function(text, variable)
    low, high = number(low), number(high)
    values = [given(low + (high - low) * (k + mpmath.mpf("0.37")) / 5000) for k in range(5000)]
    changes = len([1 for a, b in zip(values, values[1:]) if a * b < 0])
    return are_zeros(found, text, variable) and len(found) == changes == int(count)


@check
def identity_root(answer, text, variable):
    """The only member makes the expression zero for all values of the other symbols."""
    [found] = members(answer)
    return sympy.expand(expression(text).subs(sympy.Symbol(variable), found)) == 0


@check
def inequality(answer, condition, variable):
    """The answer has those of many numbers for which the condition is true."""
    answer = expression(answer)
    answer = answer() if isinstance(answer, type) else answer
    for numerator in range(-140, 141):
        value = Fraction(numerator, 7)
        try:
            holds = eval(condition, {variable: value, "abs": abs})
        except ZeroDivisionError:
            holds = False
        if bool(answer.contains(sympy.Rational(value.numerator, value.denominator))) != holds:
            return False
    return True


@check
def linear_system(answer, *equations):
    """The values make all zero, and the coefficients' determinant is not zero: no other do."""
    [values] = solutions(answer)
    given = [expression(text) for text in equations]
    matrix = [[equation.diff(symbol) for symbol in values] for equation in given]
    square = len(given) == len(values) and leibniz(matrix) != 0
    return square and all(equation.subs(values) == 0 for equation in given)


@check
def system(answer, count, first, second):
    """All make both zero, and the resultant's degree allows no more."""
    found, given = solutions(answer), [expression(first), expression(second)]
    x, y = sympy.symbols("x y")
    bound = sympy.Poly(sympy.resultant(*given, y), x).degree()
    zero = all(equation.subs(values) == 0 for values in found for equation in given)
    different = all(a != b for a, b in itertools.combinations(found, 2))
    return zero and different and len(found) == bound == int(count)


# --- matrices -----------------------------------------------------------------------------------

@check
def determinant(answer, matrix):
    """The sum over all permutations."""
    return exactly(answer, Fraction(str(leibniz(rows(matrix)))))


@check
def inverse(answer, matrix):
    """The product is the unit matrix."""
    size = range(len(rows(matrix)))
    identity = [[int(i == j) for j in size] for i in size]
    return product_of(rows(matrix), answer_rows(answer)) == identity


@check
def matrix_product(answer, left, right):
    """Rows times columns."""
    return answer_rows(answer) == product_of(rows(left), rows(right))


@check
def transpose(answer, matrix):
    """Rows are columns."""
    return answer_rows(answer) == [list(column) for column in zip(*rows(matrix))]


@check
def eigenvalues(answer, matrix):
    """det(A - v) = 0 for each, and there are as many as rows."""
    found, given = members(answer), json.loads(matrix)
    shifted = [[[cell - v * (i == j) for j, cell in enumerate(row)] for i, row in enumerate(given)]
               for v in found]
    return len(found) == len(given) and all(leibniz(each) == 0 for each in shifted)


@check
def rank2(answer, matrix):
    """Of a 2x2 matrix that is not zero: 2 unless the determinant is 0."""
    return int(answer) == (2 if leibniz(rows(matrix)) != 0 else 1)


# --- integers -----------------------------------------------------------------------------------

def is_prime(n):
    return n > 1 and all(n % d for d in range(2, n))


@check
def gcd(answer, a, b):
    """The greatest number that divides both."""
    return int(answer) == max(d for d in range(1, int(a) + 1) if int(a) % d == int(b) % d == 0)


@check
def lcm(answer, a, b):
    """The least multiple of one that the other divides."""
    return int(answer) == next(m for m in itertools.count(int(a), int(a)) if m % int(b) == 0)


@check
def factorization(answer, n):
    """Powers of different primes, in order, whose product is the number."""
    powers = [tuple(map(int, (part + "**1").split("**")[:2])) for part in
              re.findall(r"\d+(?:\*\*\d+)?", answer)]
    primes = [p for p, _ in powers]
    return (math.prod(p ** e for p, e in powers) == int(n) and all(map(is_prime, primes)) and
            primes == sorted(set(primes)))


@check
def power_mod(answer, base, exponent, modulus):
    """Multiplied step by step."""
    value = 1
    for _ in range(int(exponent)):
        value = value * int(base) % int(modulus)
    return int(answer) == value


@check
def prime(answer, n):
    """Trial division."""
    return answer == str(is_prime(int(n)))


@check
def next_prime(answer, n):
    """Trial division of each number that follows."""
    return int(answer) == next(k for k in itertools.count(int(n) + 1) if is_prime(k))


@check
def divisors(answer, n):
    """All numbers that divide it."""
    return list(map(int, members(answer))) == [d for d in range(1, int(n) + 1) if int(n) % d == 0]


@check
def totient(answer, n):
    """Counts the numbers without a common divisor."""
    return int(answer) == len([k for k in range(1, int(n) + 1) if math.gcd(k, int(n)) == 1])


@check
def binomial(answer, n, k):
    """Counts the subsets."""
    return int(answer) == len(list(itertools.combinations(range(int(n)), int(k))))


@check
def fibonacci(answer, n):
    """Added step by step from 0, 1."""
    a, b = 0, 1
    for _ in range(int(n)):
        a, b = b, a + b
    return int(answer) == a


# --- algebra and statistics ---------------------------------------------------------------------

@check
def expanded(answer, text):
    """The same values, and no bracket left."""
    return equal_at_points(answer, text) and "(" not in answer


@check
def factored(answer, text):
    """The same values, and several factors, none of which can be factored over the rationals."""
    factors = expression(answer).args
    irreducible = all(sympy.Poly(factor).is_irreducible for factor in factors)
    return equal_at_points(answer, text) and len(factors) > 1 and irreducible


@check
def simpler(answer, text):
    """The same values, and shorter."""
    return equal_at_points(answer, text) and len(answer) < len(text)


@check
def partial_fractions(answer, text):
    """The same values, and a sum of fractions with linear denominators."""
    parts = expression(answer).args
    linear = all(sympy.degree(1 / part) == 1 for part in parts)
    return equal_at_points(answer, text) and expression(answer).is_Add and linear


@check
def statistic(answer, name, values):
    """Python's module statistics on exact fractions."""
    return exactly(answer, getattr(statistics, name)(map(Fraction, values.split(","))))


@check
def deviation(answer, name, values):
    """Its square is the variance of Python's module statistics."""
    return expression(answer) >= 0 and statistic(str(expression(answer) ** 2), name, values)


# ------------------------------------------------------------------------------------------------

def fault(problem):
    """What is wrong with a problem, or None."""
    wanted = {"id", "half", "kind", "notation", "input", "answer"}
    wanted |= {"why"} if problem.get("answer") is None else {"check"}
    if set(problem) != wanted:
        return f"fields {sorted(problem)} instead of {sorted(wanted)}"
    if problem["half"] not in ("tune", "measure"):
        return "an unknown half"
    if problem["notation"] not in ("plain", "sympy", "latex"):
        return "an unknown notation"
    if problem["answer"] is None:
        return None
    name, *arguments = problem["check"]
    try:
        right = CHECKS[name](problem["answer"], *arguments)
    except Exception as error:  # whatever a wrong answer leads to is this problem's fault
        return f"{name}: {type(error).__name__}: {error}"
    return None if right else f"{name}: {problem['answer']} is not the answer"


def main():
    path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else
                        pathlib.Path(__file__).with_name("problems.jsonl"))
    problems = [json.loads(line) for line in path.read_text().splitlines()]
    faults = [(problem["id"], fault(problem)) for problem in problems]
    faults = [f"{name}: {text}" for name, text in faults if text]
    if len({problem["id"] for problem in problems}) != len(problems):
        faults.append("an id comes twice")
    for line in faults:
        print(line)
    print(f"{len(problems)} problems, {len(faults)} faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
