"""Polynomials: squares completed, degrees, discriminants, division with a remainder."""
from fractions import Fraction

import mpmath
import sympy

from . import compare, numeric, tree
from .answer import NO, YES, Answer, Unsolvable

MAX_DEGREE = 200


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


def polynomial_of(node, what):
    value = tree.build(node)
    names = value.free_symbols if isinstance(value, sympy.Expr) else ()
    if len(names) != 1 or not value.is_polynomial():
        raise Unsolvable(f"{what} is one of a polynomial of one unknown, such as x^2 + 3x - 4")
    [x] = names
    return sympy.Poly(value, x)


def degree(problem):
    """Differences of the values at whole numbers vanish one order beyond the degree."""
    poly = polynomial_of(problem[1], "a degree")
    n = int(poly.degree())
    if n > MAX_DEGREE:
        raise Unsolvable(f"degrees up to {MAX_DEGREE} are worked out")
    row, good = [], False
    try:
        row = [numeric.exact(problem[1], {poly.gen.name: Fraction(k)}) for k in range(n + 3)]
        for _ in range(n):
            row = [b - a for a, b in zip(row, row[1:])]
        good = row[0] == row[1] == row[2] != 0
    except (numeric.NotNumeric, ZeroDivisionError):
        pass
    return Answer(sympy.Integer(n), YES if good else NO, f"differences of order {n} of its values "
                  "are constant" if good else "not confirmed by its values",
                  f"print(sympy.degree({poly.as_expr()}))")


def discriminant(problem):
    """Checked by the roots, in numbers: the product of their squared differences."""
    poly = polynomial_of(problem[1], "a discriminant")
    if not 2 <= poly.degree() <= 30:
        raise Unsolvable("a discriminant is one of a polynomial of a degree from 2 to 30")
    value = sympy.discriminant(poly)
    with mpmath.workdps(40):
        try:
            lead, *rest = (compare.number_of(each) for each in poly.all_coeffs())
            roots = mpmath.polyroots([lead, *rest], maxsteps=300, extraprec=300)
            product = mpmath.fprod((a - b) ** 2 for i, a in enumerate(roots)
                                   for b in roots[i + 1:]) * lead ** (2 * len(roots) - 2)
            good = compare.close(product, compare.number_of(value), 12)
        except compare.FAILURES:
            good = False
    return Answer(value, YES if good else NO, "the differences of its roots, in numbers, give the "
                  "same" if good else "not confirmed by its roots",
                  f"print(sympy.discriminant({poly.as_expr()}))")


def divided(which):
    """Checked by multiplying again; the remainder is of a smaller degree."""
    def answer(problem):
        above, below = (tree.build(each) for each in problem[1:])
        names = above.free_symbols | below.free_symbols
        if len(names) != 1 or not above.is_polynomial() or not below.is_polynomial():
            raise Unsolvable("polynomials of one unknown are divided with a remainder")
        if below == 0:
            raise Unsolvable("this divides by zero")
        [x] = names
        quotient, rest = sympy.div(sympy.Poly(above, x), sympy.Poly(below, x))
        def again(at):
            q, r = (compare.number_of(each.as_expr(), at) for each in (quotient, rest))
            return q * numeric.value(problem[2], at) + r
        good = compare.everywhere(again, lambda at: numeric.value(problem[1], at), {x.name}) and \
            (rest.is_zero or rest.degree() < sympy.degree(below, x))
        value = (quotient if which == "quotient" else rest).as_expr()
        return Answer(value, YES if good else NO, "multiplied again" if good else
                      "multiplied again, it is another polynomial",
                      f"print(sympy.div({above}, {below}))")
    return answer


TASKS = {"square": square, "degree": degree, "discriminant": discriminant,
         "remainder": divided("remainder"), "quotient": divided("quotient")}
