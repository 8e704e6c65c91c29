"""Reads expressions and answers in SymPy's notation, and compares and evaluates them."""
import itertools
import json
from fractions import Fraction

import mpmath
import sympy

TOLERANCE = mpmath.mpf("1e-6")
CHECKS = {}


def check(function):
    """Makes it one of the checks that problems name."""
    CHECKS[function.__name__] = function
    return function


def expression(text):
    return sympy.sympify(text)


def split(text):
    """The parts between commas outside of brackets."""
    parts, depth = [""], 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part for part in map(str.strip, parts) if part]


def members(answer):
    """The expressions of an answer "{a,b}"."""
    assert answer[0] == "{" and answer[-1] == "}", "not a set"
    found = [expression(part) for part in split(answer[1:-1])]
    assert len(set(found)) == len(found), "a member comes twice"
    return found


def solutions(answer):
    """The solutions {symbol: value} of an answer "{x:1,y:2}" or a list of such."""
    texts = split(answer[1:-1]) if answer[0] == "[" else [answer]
    pairs = [[part.split(":") for part in split(text[1:-1])] for text in texts]
    return [{sympy.Symbol(name): expression(value) for name, value in each} for each in pairs]


def function(text, variable):
    """A function of one number; other symbols have fixed values."""
    formula = expression(text)
    symbol = sympy.Symbol(variable)
    others = sorted(formula.free_symbols - {symbol}, key=str)
    fixed = {other: sympy.Rational(13 + i, 10) for i, other in enumerate(others)}
    return sympy.lambdify(symbol, formula.subs(fixed), "mpmath")


def number(text):
    infinite = {"oo": mpmath.inf, "-oo": -mpmath.inf}
    return infinite[text] if text in infinite else mpmath.mpmathify(sympy.N(expression(text), 30))


def close(a, b):
    return abs(a - b) <= TOLERANCE * max(1, abs(b))


def exactly(answer, value):
    """Whether an answer is this rational number."""
    value = Fraction(value)
    return expression(answer) == sympy.Rational(value.numerator, value.denominator)


def equal_at_points(a, b):
    """Whether two expressions have the same value at some points of all their symbols."""
    a, b = expression(a), expression(b)
    symbols = sorted(a.free_symbols | b.free_symbols, key=str)
    places = [{s: sympy.Rational(3 * i + k, 7) for k, s in enumerate(symbols)} for i in (1, 4, 5)]
    return all(abs(sympy.N((a - b).subs(place), 30)) < 1e-20 for place in places)


def rows(text):
    return [[Fraction(str(value)) for value in row] for row in json.loads(text)]


def answer_rows(answer):
    return [[Fraction(str(value)) for value in row] for row in expression(answer).tolist()]


def product_of(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]


def leibniz(matrix):
    """The determinant as the sum over all permutations."""
    total = 0
    for order in itertools.permutations(range(len(matrix))):
        swaps = sum(a > b for a, b in itertools.combinations(order, 2))
        total += (-1) ** swaps * sympy.prod(matrix[i][j] for i, j in enumerate(order))
    return sympy.expand(total)
