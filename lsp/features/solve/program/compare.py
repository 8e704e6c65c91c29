"""Compares an answer of SymPy with the tree's own value, in numbers."""
from fractions import Fraction

import mpmath
import sympy
from mpmath import mp

from . import numeric, roots  # noqa: F401: roots are evaluated by it
from .numeric import NotNumeric

DIGITS = 30
# Of both signs, irrational as far as any formula could notice, and inside of usual domains.
POINTS = ("0.3718281", "0.8141592", "1.7320508", "-0.6180339", "2.6457513", "-1.4142135",
          "3.3166247", "-2.7182818")
FAILURES = (NotNumeric, ZeroDivisionError, ValueError, OverflowError, TypeError,
            mpmath.libmp.NoConvergence)


WALKED = {
    "exp": mpmath.exp, "log": mpmath.log, "sin": mpmath.sin, "cos": mpmath.cos,
    "tan": mpmath.tan, "cot": mpmath.cot, "sec": mpmath.sec, "csc": mpmath.csc,
    "asin": mpmath.asin, "acos": mpmath.acos, "atan": mpmath.atan, "sinh": mpmath.sinh,
    "cosh": mpmath.cosh, "tanh": mpmath.tanh, "asinh": mpmath.asinh, "acosh": mpmath.acosh,
    "atanh": mpmath.atanh, "Abs": abs, "factorial": mpmath.factorial, "gamma": mpmath.gamma,
    "erf": mpmath.erf,
}
CONSTANTS = {sympy.S.Pi: lambda: +mpmath.pi, sympy.S.Exp1: lambda: +mpmath.e,
             sympy.S.ImaginaryUnit: lambda: mpmath.mpc(0, 1)}


def walked(expression, values):
    """Node by node, which is much faster than SymPy's own; LookupError for what is not known."""
    if expression.is_Rational:
        return mpmath.mpf(int(expression.p)) / int(expression.q)
    if expression.is_Symbol:
        return values[expression.name]
    if expression in CONSTANTS:
        return CONSTANTS[expression]()
    if expression.is_Add:
        return mpmath.fsum(walked(each, values) for each in expression.args)
    if expression.is_Mul:
        return mpmath.fprod(walked(each, values) for each in expression.args)
    if expression.is_Pow:
        base = walked(expression.base, values)
        if expression.exp == sympy.S.Half:
            return mpmath.sqrt(base)
        return mpmath.power(base, walked(expression.exp, values))
    if not expression.is_Function or len(expression.args) != 1:
        raise LookupError
    return WALKED[type(expression).__name__](walked(expression.args[0], values))


def number_of(expression, values=None):
    """The value of an expression of SymPy, in mpmath."""
    try:
        return walked(expression, values or {})
    except (LookupError, AttributeError):
        pass
    if values:
        expression = expression.subs({sympy.Symbol(name): sympy.Float(str(each), mp.dps)
                                      for name, each in values.items()})
    result = sympy.N(expression, mp.dps)
    real, imaginary = result.as_real_imag()
    if not (real.is_Float or real.is_Rational) or not (imaginary.is_Float or
                                                       imaginary.is_Rational):
        raise NotNumeric("no number")
    imaginary = mpmath.mpf(str(imaginary))
    real = mpmath.mpf(str(real))
    return mpmath.mpc(real, imaginary) if imaginary else real


def close(a, b, digits):
    return abs(a - b) <= mpmath.mpf(10) ** -digits * max(1, abs(a), abs(b))


def points(names, count=6):
    """Values for the names, different for each."""
    ordered = sorted(names)
    for i in range(count):
        yield {name: mpmath.mpf(POINTS[(i + 3 * j) % len(POINTS)]) + mpmath.mpf(j) / 7
               for j, name in enumerate(ordered)}


def exactly(tree, expression):
    """Whether a rational tree is this number; nothing where the tree is not plainly rational."""
    try:
        value = numeric.exact(tree)
    except (NotNumeric, ZeroDivisionError):
        return None
    return expression == sympy.Rational(value.numerator, value.denominator)


def constant(tree, expression):
    """Whether the tree, in numbers, is this constant."""
    with mp.workdps(50):
        try:
            return close(numeric.value(tree), number_of(expression), 40)
        except FAILURES:
            return None


def everywhere(left, right, names, digits=15, wanted=4):
    """Whether two functions of {name: number} agree at several points; nothing where too few of
    the points lie in both domains."""
    agreed = 0
    with mp.workdps(DIGITS):
        for at in points(names, 8):
            try:
                a, b = left(at), right(at)
            except FAILURES:
                continue
            if mpmath.isnan(a) or mpmath.isnan(b) or mpmath.isinf(a) or mpmath.isinf(b):
                continue
            if not close(a, b, digits):
                return False
            agreed += 1
            if agreed == wanted:
                return True
    return None


def by_sign(left, right, names, digits, wanted):
    """(whether they agree at positive values; whether at none of both signs they differ)"""
    agree = everywhere(left, right, names, digits, wanted)
    return agree, bool(agree) and everywhere(left, right, names, digits, wanted + 2) is not False


def same(tree, expression):
    """Whether the tree has the values of the expression at points of all their names."""
    names = numeric.names_in(tree) | {each.name for each in expression.free_symbols}
    return everywhere(lambda at: numeric.value(tree, at), lambda at: number_of(expression, at),
                      names)


def rows_of(tree, values=None):
    """The fractions of a matrix that is written out."""
    if tree[0] == "matrix":
        return rows_of(tree[1], values)
    if tree[0] != "list":
        raise NotNumeric("no matrix")
    if all(each[0] == "list" for each in tree[1:]):
        return [[numeric.exact(cell, values) for cell in row[1:]] for row in tree[1:]]
    return [[numeric.exact(cell, values)] for cell in tree[1:]]


def same_rows(left, matrix, right):
    """Whether a matrix that is written out times this one is another that is written out."""
    try:
        a, b, wanted = rows_of(left), fractions_of(matrix), rows_of(right)
    except (NotNumeric, ZeroDivisionError):
        return False
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a] == wanted


def fractions_of(matrix):
    """The same of SymPy's; NotNumeric where it has other numbers."""
    def fraction(cell):
        if not cell.is_Rational:
            raise NotNumeric("not rational")
        return Fraction(int(cell.p), int(cell.q))
    return [[fraction(cell) for cell in row] for row in matrix.tolist()]
