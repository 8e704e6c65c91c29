"""Evaluates a tree in numbers, without SymPy: the other route that answers are checked by.

exact() works in fractions and refuses what is not rational; value() works in mpmath's complex
numbers with mp.dps digits.
"""
import math
from fractions import Fraction

import mpmath
from mpmath import mp


class NotNumeric(Exception):
    """This tree has no value, or none that is computed here."""


MAX_BITS = 1 << 20
MAX_TERMS = 20_000


def fraction_of(text):
    _, _, exponent = text.lower().partition("e")
    if exponent and abs(int(exponent)) > 5000:
        raise NotNumeric("a power of ten beyond all measure")
    return Fraction(text if not text.endswith(".") else text + "0")


def integer(value):
    if isinstance(value, Fraction) and value.denominator == 1:
        return value.numerator
    raise NotNumeric("no integer")


def power(base, exponent):
    exponent = integer(exponent)
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    if size * abs(exponent) > MAX_BITS:
        raise NotNumeric("too large")
    return base ** exponent


def percent_of(operation):
    """240 + 12.5 % means 12.5 % of 240."""
    def combine(left, right, left_tree, right_tree):
        if right_tree[0] == "percent" and left_tree[0] != "percent":
            return operation(left, left * right)
        return operation(left, right)
    return combine


ADDITIONS = {"add": percent_of(lambda a, b: a + b), "sub": percent_of(lambda a, b: a - b)}

EXACT = {
    "mul": lambda a, b: a * b,
    "div": lambda a, b=1: a / b,
    "neg": lambda a: -a,
    "pow": power,
    "abs": abs,
    "percent": lambda a: a / 100,
    "mod": lambda a, b: a - b * math.floor(a / b),
    "floordiv": lambda a, b: Fraction(math.floor(a / b)),
    "floor": lambda a: Fraction(math.floor(a)),
    "ceiling": lambda a: Fraction(math.ceil(a)),
    "round": lambda a, digits=Fraction(0): Fraction(round(a, integer(digits))),
    "sign": lambda a: Fraction((a > 0) - (a < 0)),
    "factorial": lambda a: Fraction(factorial(integer(a))),
    "factorial2": lambda a: Fraction(factorial(integer(a), 2)),
    "binomial": lambda n, k: Fraction(subsets(integer(n), integer(k))),
    "gcd": lambda *all: Fraction(math.gcd(*map(integer, all))),
    "lcm": lambda *all: Fraction(math.lcm(*map(integer, all))),
    "max": lambda *all: max(all),
    "min": lambda *all: min(all),
    "conjugate": lambda a: a,
    "re": lambda a: a,
    "im": lambda a: Fraction(0),
    "permutations": lambda n, k: Fraction(math.perm(integer(n), integer(k))),
}


def factorial(n, step=1):
    """The product of every number up to n, or of every other one from n downwards."""
    if not 0 <= n <= 5000:
        raise NotNumeric("too large")
    result = 1
    for k in range(n, 1, -step):
        result *= k
    return result


def subsets(n, k):
    """By Pascal's rule, row by row: without the formula that SymPy uses."""
    if not 0 <= n <= 2000:
        raise NotNumeric("too large")
    row = [1]
    for _ in range(n):
        row = [1, *(a + b for a, b in zip(row, row[1:])), 1]
    return row[k] if 0 <= k <= n else 0


def exact(tree, values=None):
    """A Fraction; NotNumeric where the tree is not plainly rational."""
    head, *arguments = tree
    if head == "number":
        return fraction_of(arguments[0])
    if head == "symbol":
        if values and arguments[0] in values:
            return values[arguments[0]]
        raise NotNumeric("a name")
    if head in ADDITIONS:
        left, right = (exact(each, values) for each in arguments)
        return ADDITIONS[head](left, right, *arguments)
    if head in ("max", "min", "gcd", "lcm") and arguments and arguments[0][0] == "list":
        arguments = arguments[0][1:]
    if head not in EXACT:
        raise NotNumeric(head)
    result = EXACT[head](*(exact(each, values) for each in arguments))
    return Fraction(result)


def root(value, degree):
    return mpmath.power(value, 1 / mpmath.mpf(degree))


def cube_root(value):
    if mpmath.im(value) == 0 and mpmath.re(value) < 0:
        return -mpmath.cbrt(-mpmath.re(value))
    return mpmath.cbrt(value)


def real(value):
    value = mpmath.mpc(value)
    if abs(value.imag) > mpmath.mpf(10) ** (-mp.dps // 2) * max(1, abs(value.real)):
        raise NotNumeric("not real")
    return value.real


def multiply(a, b):
    return a * b


def divide(a, b=1):
    if b == 0:
        raise ZeroDivisionError
    return a / b


def modulo(a, b):
    return a - b * mpmath.floor(a / b)


def logarithm(a, base=None):
    return mpmath.log(a) if base is None else mpmath.log(a) / mpmath.log(base)


VALUE = {
    "mul": multiply, "div": divide, "neg": lambda a: -a, "pow": mpmath.power,
    "percent": lambda a: a / 100, "degrees": lambda a: a * mpmath.pi / 180,
    "mod": modulo, "floordiv": lambda a, b: mpmath.floor(a / b),
    "sqrt": mpmath.sqrt, "cbrt": cube_root, "root": root, "abs": abs, "exp": mpmath.exp,
    "log": logarithm, "log2": lambda a: mpmath.log(a) / mpmath.log(2),
    "log10": lambda a: mpmath.log(a) / mpmath.log(10),
    "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "sec": mpmath.sec,
    "csc": mpmath.csc, "cot": mpmath.cot, "asin": mpmath.asin, "acos": mpmath.acos,
    "atan": mpmath.atan, "sinh": mpmath.sinh, "cosh": mpmath.cosh, "tanh": mpmath.tanh,
    "asinh": mpmath.asinh, "acosh": mpmath.acosh, "atanh": mpmath.atanh,
    "atan2": lambda a, b: mpmath.atan2(real(a), real(b)),
    "floor": lambda a: mpmath.floor(real(a)), "ceiling": lambda a: mpmath.ceil(real(a)),
    "sign": lambda a: mpmath.sign(a), "factorial": mpmath.factorial, "gamma": mpmath.gamma,
    "erf": mpmath.erf, "re": mpmath.re, "im": mpmath.im, "arg": mpmath.arg,
    "conjugate": mpmath.conj, "binomial": mpmath.binomial,
    "max": lambda *all: max(map(real, all)), "min": lambda *all: min(map(real, all)),
    "hypot": lambda a, b: mpmath.sqrt(a * a + b * b),
}

CONSTANTS = {"pi": lambda: +mpmath.pi, "E": lambda: +mpmath.e, "I": lambda: mpmath.mpc(0, 1),
             "oo": lambda: mpmath.inf, "GoldenRatio": lambda: +mpmath.phi}


def value(tree, values=None):
    """A number of mpmath, at these values of the names."""
    head, *arguments = tree
    if head == "number":
        parsed = fraction_of(arguments[0])
        return mpmath.mpf(parsed.numerator) / parsed.denominator
    if head == "symbol":
        name = arguments[0]
        if values and name in values:
            return values[name]
        if name in CONSTANTS:
            return CONSTANTS[name]()
        raise NotNumeric(name)
    if head in ADDITIONS:
        left, right = (value(each, values) for each in arguments)
        return ADDITIONS[head](left, right, *arguments)
    if head in ("expand", "factor", "simplify", "apart", "together", "cancel", "collect", "evalf"):
        return value(arguments[0], values)
    if head == "summation" or head == "product":
        return folded(head, arguments, values)
    if head == "diff":
        return derivative(arguments, values)
    if head == "integrate":
        return integral(arguments, values)
    if head == "at":
        places = {name: value(place, values) for _, (_, name), place in arguments[1:]}
        return value(arguments[0], {**(values or {}), **places})
    if head in ("dot", "norm") and all(each[0] == "list" for each in arguments):
        rows = [[value(cell, values) for cell in each[1:]] for each in arguments]
        dot = mpmath.fsum(x * y for x, y in zip(rows[0], rows[-1]))
        return dot if head == "dot" else mpmath.sqrt(dot)
    if head == "piecewise":
        return value(next((piece for _, piece, where in arguments if holds(where, values)),
                          ["symbol", "none of the pieces"]), values)
    if head not in VALUE:
        raise NotNumeric(head)
    return VALUE[head](*(value(each, values) for each in arguments))


COMPARED = {"eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "lt": lambda a, b: a < b,
            "le": lambda a, b: a <= b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b}


def holds(condition, values):
    """Whether a condition is true at these values."""
    head, *arguments = condition
    if head == "symbol" and arguments == ["True"]:
        return True
    if head == "and":
        return all(holds(each, values) for each in arguments)
    if head not in COMPARED:
        raise NotNumeric(head)
    return COMPARED[head](*(real(value(each, values)) for each in arguments))


def folded(head, arguments, values):
    body, (_, (_, name), low, high) = arguments
    first, last = (int(real(value(each, values))) for each in (low, high))
    if last - first > MAX_TERMS:
        raise NotNumeric("too many terms")
    total = mpmath.mpf(0 if head == "summation" else 1)
    for k in range(first, last + 1):
        term = value(body, {**(values or {}), name: mpmath.mpf(k)})
        total = total + term if head == "summation" else total * term
    return total


def derivative(arguments, values):
    body, (_, name), *order = arguments
    n = int(order[0][1]) if order and order[0][0] == "number" else 1
    at = (values or {})[name]
    return mpmath.diff(lambda x: value(body, {**values, name: x}), at, n)


def integral(arguments, values):
    """One with bounds, by quadrature over two divisions that must agree."""
    if len(arguments) != 2 or arguments[1][0] != "tuple":
        raise NotNumeric("no bounds")
    body, (_, (_, name), low, high) = arguments
    low, high = value(low, values), value(high, values)

    def integrand(x):
        return value(body, {**(values or {}), name: x})
    first = mpmath.quad(integrand, [low, high])
    if mpmath.isfinite(low) and mpmath.isfinite(high):
        second = mpmath.quad(integrand, [low, low + (high - low) * mpmath.mpf("0.37"), high])
        if abs(first - second) > mpmath.mpf(10) ** (5 - mp.dps) * max(1, abs(first)):
            raise NotNumeric("no convergence")
    return first


def names_in(tree):
    """The names that are no constants."""
    if tree[0] == "symbol":
        return set() if tree[1] in CONSTANTS or tree[1] in ("True", "False") else {tree[1]}
    if tree[0] in ("number", "unit"):
        return set()
    found = set().union(*map(names_in, tree[1:]))
    if tree[0] in ("integrate", "summation", "product"):  # what these bind is no name outside
        found -= {each[1][1] for each in tree[2:] if each[0] == "tuple"}
    if tree[0] == "at":
        found = names_in(tree[1]) - {each[1][1] for each in tree[2:]}
        found = found.union(*(names_in(each[2]) for each in tree[2:]))
    return found


def heads_in(tree):
    """What the tree applies."""
    if tree[0] in ("number", "symbol", "unit"):
        return set()
    return {tree[0]}.union(*map(heads_in, tree[1:]))
