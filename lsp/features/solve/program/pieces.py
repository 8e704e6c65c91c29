"""Functions in pieces, |x| among them: where the pieces meet, and each of them alone."""
import sympy
from sympy import S

from .answer import Unsolvable


def build(pairs):
    """Of [(value, condition)]; the first condition that holds decides."""
    pairs = [(value, sympy.true if condition is None else condition) for value, condition in pairs]
    if any(not isinstance(value, sympy.Expr) or condition not in (sympy.true, sympy.false) and
           not isinstance(condition, (sympy.core.relational.Relational, sympy.And, sympy.Or))
           for value, condition in pairs):
        raise Unsolvable("each piece is a formula and its condition: x^2 if x < 0")
    return sympy.Piecewise(*pairs)


def first(function):
    """One that is continuous where all the pieces are: their sum, |x| as it is."""
    pieces = function.atoms(sympy.Piecewise)
    for each in pieces:
        function = function.subs(each, sum((value for value, _ in each.args), S.Zero))
    return function


def corners(function, x):
    """Where |…| turns and where pieces meet."""
    found = set()
    inner = [each.args[0] for each in function.atoms(sympy.Abs, sympy.sign)]
    for each in function.atoms(sympy.Max, sympy.Min):
        inner += [a - b for i, a in enumerate(each.args) for b in each.args[i + 1:]]
    for each in function.atoms(sympy.Piecewise):
        inner += [relation.lhs - relation.rhs for _, condition in each.args
                  for relation in condition.atoms(sympy.core.relational.Relational)]
    for each in inner:
        if not each.has(x):
            continue
        zeros = sympy.solveset(each, x, S.Reals)
        if zeros is S.EmptySet:
            continue
        if not isinstance(zeros, sympy.FiniteSet):
            raise Unsolvable("where the pieces of this function meet was not found out")
        found.update(zeros)
    return found


def between(function, x, low, high):
    """The piece that holds from one corner to the next."""
    if low.is_infinite and high.is_infinite:
        middle = S.Zero
    elif high.is_infinite:
        middle = low + 1
    else:
        middle = high - 1 if low.is_infinite else (low + high) / 2
    for each in function.atoms(sympy.Abs):
        inside = each.args[0]
        function = function.subs(each, inside if inside.subs(x, middle) >= 0 else -inside)
    for each in function.atoms(sympy.sign):
        function = function.subs(each, sympy.sign(each.args[0].subs(x, middle)))
    for each in function.atoms(sympy.Max, sympy.Min):
        value = each.subs(x, middle)
        function = function.subs(each, next(a for a in each.args if a.subs(x, middle) == value))
    for each in function.atoms(sympy.Piecewise):
        holds = [value for value, condition in each.args if condition.subs(x, middle) == sympy.true]
        if not holds:
            raise Unsolvable("the pieces of this function do not cover all places")
        function = function.subs(each, holds[0])
    return function


def beside(function, x, point, sign):
    """The piece that holds right beside a place; one without pieces is what it was."""
    if not function.has(sympy.Piecewise) or function.free_symbols != {x}:
        return function
    places = corners(function, x)
    if sign == "+":
        return between(function, x, point, min({each for each in places if each > point},
                                               default=S.Infinity))
    return between(function, x, max({each for each in places if each < point},
                                    default=S.NegativeInfinity), point)


TURNS = (sympy.Abs, sympy.sign, sympy.Max, sympy.Min, sympy.Piecewise)


def derivative(function, x, order):
    """And where it is one: not where |x| turns, or pieces meet that do not fit."""
    if not function.has(*TURNS):
        return sympy.diff(function, x, order), sympy.true
    condition = sympy.true
    names = {each: sympy.Dummy(str(each), real=True) for each in function.free_symbols | {x}}
    value, real = function.subs(names), names[x]
    for _ in range(int(order)):
        if value.free_symbols == {real}:
            places = rough(value, real)
            condition = sympy.And(condition, *(sympy.Ne(x, each, evaluate=False)
                                               for each in sorted(places)))
        value = sympy.diff(value, real)
    return value.subs({each: name for name, each in names.items()}), condition


def rough(function, x):
    """Those of the corners where the function has no derivative."""
    found = set()
    for place in corners(function, x):
        near = [between(function, x, *ends) for ends in ((place - 1, place), (place, place + 1))]
        for order in (0, 1):
            left, right = (sympy.diff(each, x, order).subs(x, place) for each in near)
            if sympy.simplify(left - right) != 0:
                found.add(place)
    return found
