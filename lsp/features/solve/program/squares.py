"""Completes the square."""
import sympy

from . import compare, numeric, tree
from .answer import NO, YES, Answer, Unsolvable


def completed(polynomial, symbols):
    """[squares], and what is left; each symbol's square takes in its linear part."""
    squares, rest = [], sympy.expand(polynomial)
    for x in symbols:
        poly = sympy.Poly(rest, x)
        if poly.degree() != 2 or not poly.coeff_monomial(x ** 2).is_number:
            continue
        a, b = poly.coeff_monomial(x ** 2), poly.coeff_monomial(x)
        square = a * (x + b / (2 * a)) ** 2
        squares.append(square)
        rest = sympy.expand(rest - square)
    return squares, rest


def square(problem):
    """a (x + h)^2 + k; an equation keeps its number on the right."""
    body = problem[1]
    equation = body[0] == "eq"
    value = tree.build(["sub", *body[1:]] if equation else body)
    if not isinstance(value, sympy.Expr) or not value.free_symbols or \
            not value.is_polynomial(*value.free_symbols):
        raise Unsolvable("the square of a quadratic polynomial is completed, such as x^2 + 6x + 5")
    symbols = sorted(value.free_symbols, key=lambda each: ("xyzt".find(each.name) % 5, each.name))
    squares, rest = completed(value, symbols)
    if not squares:
        raise Unsolvable("there is no square in this to complete")
    whole = sympy.Add(*squares, rest)
    names = numeric.names_in(body)
    tree_of = ["sub", *body[1:]] if equation else body
    good = compare.everywhere(lambda at: numeric.value(tree_of, at),
                              lambda at: compare.number_of(whole, at), names)
    left, right = sympy.Add(*squares), -rest
    if equation and rest.free_symbols:
        left, right = whole, sympy.Integer(0)
    return Answer(sympy.Eq(left, right) if equation else whole, YES if good else NO,
                  "the formula as typed and the answer agree at 4 points" if good else
                  "not confirmed in numbers", f"print({whole})",
                  text=f"{left} = {right}" if equation else "")


TASKS = {"square": square}
