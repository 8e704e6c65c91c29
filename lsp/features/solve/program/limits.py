"""Limits of functions, and of sequences where the functions have none."""
import mpmath
import sympy
from mpmath import mp

from . import compare, numeric, pieces, tree
from .answer import PARTLY, YES, Answer, Unsolvable
from .calculus import expression_of, variable_of

SIDES = {"right": "+", "left": "-", "both": "+-"}
WHOLE = ("n", "k", "m")  # names that sequences count by
DIGITS = 80


def one_sided(value, variable, point, sign):
    others = sorted(map(str, (value.free_symbols | point.free_symbols) - {variable}))
    unknown = Unsolvable(f"the limit depends on {' and '.join(others)}" if others else
                         "this limit is not known to the computer algebra")
    try:
        result = sympy.limit(value, variable, point, sign)
    except (NotImplementedError, TypeError):
        raise unknown from None
    if result.has(sympy.Limit):
        raise unknown
    if others and result.has(sympy.oo, -sympy.oo) and not result.is_infinite:
        raise unknown  # exp(oo*sign(log(r)))
    if result.has(sympy.AccumBounds) or result is sympy.nan or result.has(sympy.zoo):
        raise Unsolvable("the limit does not exist")
    return result


def of_sequence(value, variable, name):
    """The limit over whole numbers, where the name says that these may be meant; or nothing."""
    if name not in WHOLE:
        return None
    whole = sympy.Dummy(name, integer=True, positive=True)
    try:
        result = sympy.limit_seq(value.subs(variable, whole), whole)
    except (NotImplementedError, ValueError, TypeError):
        return None
    known = isinstance(result, sympy.Expr) and not result.has(
        sympy.AccumBounds, sympy.nan, sympy.zoo, sympy.oo, sympy.Limit, whole)
    return result if known else None


def limit(problem):
    if len(problem) < 4:
        raise Unsolvable("a limit is written as limit(f, x, 0)")
    body, name, point_tree, *rest = problem[1:]
    value, variable = expression_of(body, "a limit"), variable_of(name)
    point = tree.build(point_tree)
    side = rest[0][1] if rest else "both"
    signs = ["+" if point != -sympy.oo else "-"] if point.is_infinite else list(SIDES[side])
    try:
        results = [one_sided(pieces.beside(value, variable, point, sign), variable, point, sign)
                   for sign in signs]
    except Unsolvable:
        found = of_sequence(value, variable, name[1]) if point == sympy.oo else None
        if found is None:
            raise
        answer = Answer(found, program=f"print(sympy.limit_seq({value}, {variable}))")
        places = [mpmath.mpf(10) ** k + odd for odd in (0, 1) for k in (2, 4, 6, 9)]
        return confirmed(answer, body, name[1], [places[:4], places[4:]],
                         f"values at greater and greater whole {name[1]} approach it")
    if any(each != results[0] and sympy.simplify(each - results[0]) != 0 for each in results):
        raise Unsolvable(f"the limit does not exist: it is {results[0]} from the right and "
                         f"{results[1]} from the left")
    program = f"print(sympy.limit({value}, {variable}, {point}, '{SIDES[side]}'))"
    answer = Answer(results[0], program=program)
    if point.free_symbols:
        answer.how = "not confirmed by values near the place"
        return answer
    return confirmed(answer, body, name[1], [places_beside(point, sign) for sign in signs],
                     "values nearer and nearer to the place approach it")


def places_beside(point, sign):
    """Four of them, nearer and nearer, down to 1e-20."""
    direction = -1 if sign == "-" else 1
    with mp.workdps(DIGITS):
        steps = [direction * mpmath.mpf("1.2345") * mpmath.mpf(10) ** -exponent
                 for exponent in ((2, 4, 6, 9) if point.is_infinite else (4, 7, 11, 20))]
        if point.is_infinite:
            return [1 / step for step in steps]
        return [compare.number_of(point) + step for step in steps]


def confirmed(answer, body, name, paths, how):
    """With values along each path; those of other names are below 1, above it, and negative."""
    names = (numeric.names_in(body) | {each.name for each in answer.value.free_symbols}) - {name}
    *positive, negative = compare.points(names, 4)
    good = [all(approaches_at(body, name, path, answer.value, others) for path in paths)
            for others in ([*positive, negative] if names else positive[:1])]
    if all(good):
        answer.checked, answer.how = YES, how
    elif all(good[:-1]) and names:
        answer.checked = PARTLY
        answer.how = how + f"; for positive {', '.join(sorted(names))}"
    else:
        answer.how = "not confirmed by values near the place"
    return answer


def approaches_at(body, name, path, target, others):
    """Each value comes nearer than the one before, the last one very near."""
    with mp.workdps(DIGITS):
        try:
            values = [numeric.value(body, {**others, name: x}) for x in path]
            return converge(values, target, others)
        except compare.FAILURES:
            return False


def converge(values, target, others):
    if target.is_infinite:
        signs = [mpmath.sign(mpmath.re(each)) for each in values]
        sizes = [abs(each) for each in values]
        wanted = 1 if target == sympy.oo else -1
        return (all(each == wanted for each in signs) and
                all(b > a * mpmath.mpf("1.5") for a, b in zip(sizes, sizes[1:])))
    goal = compare.number_of(target, others)
    gaps = [abs(each - goal) for each in values]
    tiny = mpmath.mpf("1e-50")
    nearer = all(b < a / 3 or b < tiny for a, b in zip(gaps, gaps[1:]))
    return nearer and gaps[-1] < mpmath.mpf("1e-3") * max(1, abs(goal))


TASKS = {"limit": limit}
