"""Series and gradients."""
import mpmath
import sympy
from mpmath import mp

from . import calculus, compare, numeric, tree
from .answer import NO, YES, Answer, Unsolvable

MAX_ORDER = 60


def series(problem):
    """series(f, x, 0, n): all terms below the power n."""
    body, *rest = problem[1:]
    name = (rest or calculus.only_variable([], body, "the series"))[0]
    value, variable = calculus.expression_of(body, "a series"), calculus.variable_of(name)
    point = tree.build(rest[1]) if len(rest) > 1 else sympy.Integer(0)
    order = numeric.integer(numeric.exact(rest[2])) if len(rest) > 2 else 6
    if not 1 <= order <= MAX_ORDER:
        raise Unsolvable(f"series are worked out up to the order of {MAX_ORDER}")
    if point.is_infinite:
        raise Unsolvable("series are worked out around finite places")
    result = sympy.series(value, variable, point, order)
    answer = Answer(result, program=f"print(sympy.series({value}, {variable}, {point}, {order}))")
    good = agrees(body, result, variable, point, order)
    answer.checked = YES if good else NO
    answer.how = "its coefficients are those of numeric derivatives" if good else \
        "not confirmed by numeric derivatives"
    return answer


def agrees(body, result, variable, point, order):
    kept = sympy.expand(result.removeO().subs(variable, variable + point))
    if not kept.is_polynomial(variable) or numeric.names_in(body) != {variable.name}:
        return False
    with mp.workdps(40):
        try:
            at = compare.number_of(point)
            found = mpmath.taylor(lambda x: numeric.value(body, {variable.name: x}), at, order - 1)
            return all(compare.close(compare.number_of(kept.coeff(variable, k)), each, 12)
                       for k, each in enumerate(found))
        except compare.FAILURES:
            return False


def gradient(problem):
    names = sorted(numeric.names_in(problem[1]))
    if not names:
        raise Unsolvable("a gradient takes a formula of some variables")
    found = [calculus.diff(["diff", problem[1], ["symbol", name]]) for name in names]
    good = all(each.checked == YES for each in found)
    value = sympy.Matrix([each.value for each in found])
    return Answer(value, YES if good else NO, f"each part {found[0].how}" if good else
                  "not confirmed by finite differences", f"print({value})")


TASKS = {"series": series, "gradient": gradient}
