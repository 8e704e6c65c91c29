"""Tangents, inverse functions, coefficients, and means that are no sums."""
import sympy

from . import compare, numeric, tree
from .answer import NO, YES, Answer, Unsolvable
from .calculus import expression_of, variable_of
from .integers import list_of

Y = sympy.Symbol("y")


def line(slope_of):
    """Through the curve's point, with a slope that its derivative gives: y = slope x + rest."""
    def find(problem):
        body, name, place = problem[1:]
        value, x, at = expression_of(body, "a curve"), variable_of(name), tree.build(place)
        steep = sympy.diff(value, x).subs(x, at)
        if not steep.is_finite or steep.has(sympy.nan, sympy.zoo):
            raise Unsolvable("the curve has no slope there")
        slope = slope_of(steep)
        result = sympy.expand(sympy.simplify(value.subs(x, at)) + slope * (x - at))
        good = touches(body, name[1], at, result, steep, slope, x)
        return Answer(sympy.Eq(Y, result, evaluate=False), YES if good else NO,
                      "the curve's point and its numeric slope there are right",
                      f"print({result})", text=f"Eq(y, {result})")
    return find


def touches(body, name, at, result, steep, slope, x):
    if numeric.names_in(body) != {name} or at.free_symbols:
        return False
    try:
        point = compare.number_of(at)
        step = compare.mpmath.mpf("1e-12")
        with compare.mp.workdps(50):
            measured = (numeric.value(body, {name: point + step}) -
                        numeric.value(body, {name: point - step})) / (2 * step)
            return compare.close(measured, compare.number_of(steep), 15) and \
                compare.close(numeric.value(body, {name: point}),
                              compare.number_of(result.subs(x, at)), 30) and \
                sympy.simplify(sympy.diff(result, x) - slope) == 0
    except compare.FAILURES:
        return False


def across(steep):
    if steep == 0:
        raise Unsolvable("the normal is upright there: it is no function")
    return -1 / steep


def area_between(problem):
    """Between two curves: from bound to bound, or from their first meeting to the last."""
    first, second, *bounds = problem[1:]
    x = sympy.Symbol("x")
    gap = sympy.simplify(expression_of(first, "a curve") - expression_of(second, "a curve"))
    if gap.free_symbols - {x} or gap == 0:
        raise Unsolvable("an area lies between two curves of x")
    places = sympy.solveset(gap, x, sympy.S.Reals)
    ends = [tree.build(each) for each in bounds]
    if not isinstance(places, sympy.FiniteSet) or (not ends and len(places) < 2):
        raise Unsolvable("where the curves meet is not clear: say from where to where")
    meetings = sorted(places)
    low, high = ends or (meetings[0], meetings[-1])
    cuts = [low, *(each for each in meetings if low < each < high), high]
    value = sympy.simplify(sum(abs(sympy.integrate(gap, (x, a, b)))
                               for a, b in zip(cuts, cuts[1:])))
    good = covers(first, second, [compare.number_of(each) for each in cuts], value)
    return Answer(value, YES if good else NO, "numeric quadrature gives the same",
                  f"print({value})")


def covers(first, second, cuts, value):
    def height(at):
        return abs(numeric.value(first, {"x": at}) - numeric.value(second, {"x": at}))
    try:
        return compare.close(compare.mpmath.quad(height, cuts), compare.number_of(value), 10)
    except compare.FAILURES:
        return False


def inverse_function(problem):
    value, x = expression_of(problem[1], "a function"), variable_of(problem[2])
    found = sympy.solve(sympy.Eq(value, Y), x)
    if len(found) != 1:
        raise Unsolvable("the function has no inverse that is one formula")
    result = found[0].subs(Y, x)
    good = sympy.simplify(value.subs(x, result) - x) == 0
    return Answer(sympy.simplify(result), YES if good else NO,
                  "put into the function it gives x", f"print({result})")


def coefficient(problem):
    body, name, power = problem[1:]
    x = variable_of(name)
    polynomial = sympy.Poly(expression_of(body, "a polynomial"), x)
    n = int(tree.build(power))
    return taken(polynomial, body, polynomial.coeff_monomial(x ** n), x)


def leading_coefficient(problem):
    names = sorted(numeric.names_in(problem[1]))
    x = sympy.Symbol("x" if "x" in names or not names else names[0])
    polynomial = sympy.Poly(expression_of(problem[1], "a polynomial"), x)
    return taken(polynomial, problem[1], polynomial.LC(), x)


def taken(polynomial, body, value, x):
    good = compare.same(body, polynomial.as_expr())
    return Answer(value, YES if good else NO, "the expanded polynomial has the same values",
                  f"print(sympy.Poly({polynomial.as_expr()}, {x}).all_coeffs())")


def mean(fold):
    def find(problem):
        _, values = list_of(problem)
        if not all(each.is_positive for each in values):
            raise Unsolvable("this mean takes numbers above 0")
        value = sympy.simplify(fold(values, sympy.Integer(len(values))))
        again = fold([compare.number_of(each) for each in values], len(values))
        good = compare.close(compare.number_of(value), again, 12)
        return Answer(value, YES if good else NO, "worked out in numbers, too", f"print({value})")
    return find


TASKS = {
    "tangent_line": line(lambda steep: steep), "normal_line": line(across),
    "area_between": area_between, "inverse_function": inverse_function, "coefficient": coefficient,
    "leading_coefficient": leading_coefficient,
    "geometric_mean": mean(lambda v, n: sympy.prod(v) ** (1 / sympy.Integer(n))
                           if isinstance(v[0], sympy.Basic) else
                           compare.mpmath.exp(sum(map(compare.mpmath.log, v)) / n)),
    "harmonic_mean": mean(lambda v, n: n / sum(1 / each for each in v)),
    "root_mean_square": mean(lambda v, n: sympy.sqrt(sum(each ** 2 for each in v) / n)
                             if isinstance(v[0], sympy.Basic) else
                             compare.mpmath.sqrt(sum(each ** 2 for each in v) / n)),
}
