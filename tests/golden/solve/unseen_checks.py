"""Checks that only the unseen problems need; check.py runs them."""
from fractions import Fraction

import mpmath
import sympy
from sympy.physics import units

from reading import (CHECKS, check, close, equal_at_points, exactly, expression, function, members,
                     number, split)


@check
def text(answer, wanted):
    """These very characters."""
    return answer == wanted


@check
def equal(answer, wanted):
    """The same values at some points."""
    return equal_at_points(answer, wanted)


@check
def close_to(answer, wanted):
    """This number, worked out elsewhere."""
    return close(number(answer), mpmath.mpf(wanted))


@check
def named_unit(answer, text, name):
    """The number, worked out by hand, times a unit that SymPy does not have."""
    symbol = sympy.Symbol(name)
    return CHECKS["fraction"](str(expression(answer) / symbol), text)


@check
def quantity(answer, wanted, name):
    """This number, worked out elsewhere, of a unit; without a name, whatever it is called."""
    names = {key: value for key, value in vars(units).items() if isinstance(value, units.Quantity)}
    found = sympy.sympify(answer, locals=names)
    if name:
        base = [units.meter, units.kilogram, units.second]
        factor = units.convert_to(found / sympy.sympify(name, locals=names), base).n(30)
    else:
        factor = found.subs({one: 1 for one in found.atoms(sympy.Symbol, units.Quantity)}).n(30)
    return factor.is_number and close(mpmath.mpmathify(factor), mpmath.mpf(wanted))


@check
def percentage(answer, wanted):
    """This number, with or without the sign."""
    return exactly(answer.rstrip("%"), Fraction(wanted))


@check
def either_deviation(answer, values):
    """Of a sample or of a population: the question says neither."""
    return any(CHECKS["deviation"](answer, name, values) for name in ("variance", "pvariance"))


@check
def entries(answer, *wanted):
    """The entries of a matrix or vector, row by row."""
    wanted = split(",".join(wanted))
    found = list(sympy.flatten(expression(answer)))
    return len(found) == len(wanted) and all(map(equal_at_points, map(str, found), wanted))


@check
def no_solution(answer):
    """The empty set."""
    return answer == "{}"


@check
def equal_member(answer, wanted):
    """One member, with the same values for positive symbols."""
    [found] = members(answer)
    return equal_at_points(str(found), wanted)


@check
def member(answer, wanted):
    """One of the members is this, for positive symbols."""
    return any(equal_at_points(str(each), wanted) for each in members(answer))


@check
def integer_roots(answer, text, variable):
    """All whole numbers between bounds that make it zero."""
    symbol, given = sympy.Symbol(variable), expression(text)
    wanted = {n for n in range(-200, 201) if given.subs(symbol, n) == 0}
    return set(members(answer)) == wanted


@check
def residues(answer, text, variable, modulus):
    """All remainders that make it divisible; "7*n + 6" stands for the remainder 6."""
    symbol, given, modulus = sympy.Symbol(variable), expression(text), int(modulus)
    wanted = {n for n in range(modulus) if given.subs(symbol, n) % modulus == 0}
    texts = split(answer[1:-1]) if answer[0] == "{" else [answer]
    return {expression(each).subs(sympy.Symbol("n"), 0) % modulus for each in texts} == wanted


@check
def taylor(answer, text, variable, point, order):
    """The coefficients by numeric derivatives."""
    found = expression(answer)
    found = sympy.Poly(found.removeO() if found.has(sympy.Order) else found, sympy.Symbol(variable))
    wanted = mpmath.taylor(function(text, variable), number(point), int(order))
    coefficients = found.all_coeffs()[::-1] + [0] * (int(order) + 1 - len(found.all_coeffs()))
    return len(coefficients) == len(wanted) and all(map(close, coefficients, wanted))


@check
def ode(answer, residual, constants, *conditions):
    """Put into the equation it is zero, it has this many free constants, and what holds at a
    point holds."""
    x, y, solution = sympy.Symbol("x"), sympy.Function("y"), expression(answer)
    left = expression(residual).subs(y(x), solution).doit()
    held = [expression(each).replace(y, lambda at: solution.subs(x, at)) for each in conditions]
    free = solution.free_symbols - {x}
    return (equal_at_points(str(left), "0") and len(free) == int(constants) and
            all(each == 0 for each in held))


@check
def extremum(answer, value, *places):
    """The value and all its places, worked out elsewhere: "4 at x = 2 and x = 3"."""
    found, where = answer.split(",")[0].split(" at ")
    at = sorted(number(each.split("=")[1]) for each in where.split(" and "))
    wanted = sorted(map(number, places))
    return (close(number(found), number(value)) and len(at) == len(wanted) and
            all(map(close, at, wanted)))
