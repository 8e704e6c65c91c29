"""Inequalities with one unknown, over the real numbers."""
import mpmath
import sympy
from mpmath import mp
from sympy import S

from . import compare, numeric, tree
from .answer import PARTLY, YES, Answer, Unsolvable, in_order
from .completeness import freed
from .relations import INSIDE, difference

def inequality(task):
    symbol = task.symbols[0]
    real = sympy.Symbol(symbol.name, real=True)
    functions = [difference(each) for each in task.relations]
    if any(f.free_symbols - {symbol} for f in functions):
        raise Unsolvable("inequalities with other names than the unknown are not solved")
    value = S.Reals
    for relation, function in zip(task.relations, functions):
        part = sign_chart(task, relation, function)
        if part is None:
            part = by_sympy(relation, symbol, real)
        value = value.intersect(part)
    domain = task.domain_of(symbol)
    if domain is not S.Complexes:
        value = value.intersect(domain)
    if isinstance(value, sympy.ConditionSet):
        raise Unsolvable("no closed form of the solutions was found")
    relations = ", ".join(str(tree.build(each)) for each in task.relations)
    # SymPy's own notation, since the others are SymPy's sets as well.
    text = "EmptySet" if value is S.EmptySet else \
        f"FiniteSet({', '.join(map(str, in_order(value)))})" \
        if isinstance(value, sympy.FiniteSet) else ""
    program = f"print(sympy.reduce_inequalities([{relations}], {symbol}))"
    answer = Answer(value, text=text, program=program)
    if domain is S.Complexes or domain is S.Reals:
        confirm_inequality(task, answer, functions)
    else:
        answer.how = "not confirmed within the conditions"
    return answer


def by_sympy(relation, symbol, real):
    built = tree.build(relation)
    if built in (sympy.true, sympy.false):
        return S.Reals if built else S.EmptySet
    return sympy.solve_univariate_inequality(built.subs(symbol, real), real, relational=False)


def critical_points(function, symbol):
    """Real numbers, in order, between which the function is continuous, without zeros, and
    everywhere or nowhere real; nothing where that is not known."""
    inner = [each.args[0] for each in function.atoms(sympy.Abs)]
    inner += [each.base for each in function.atoms(sympy.Pow)
              if each.has(symbol) and not each.exp.is_Integer]
    if function.has(*(kind for kind in (sympy.exp, sympy.log, sympy.sin, sympy.cos, sympy.tan))):
        return None
    found = set()
    for part in [function, *inner]:
        numerator, denominator = sympy.fraction(sympy.together(part))
        for each in (numerator, denominator):
            if not each.has(symbol):
                continue
            poly = freed(each, symbol)
            if poly is None:
                return None
            found |= set(poly.real_roots())
    return in_order(found)


def middles(points):
    """A rational number in each gap."""
    if not points:
        return [sympy.Integer(0)]
    ends = [sympy.floor(points[0]) - 1, sympy.ceiling(points[-1]) + 1]
    with mp.workdps(40):
        numbers = [mpmath.re(compare.number_of(each)) for each in points]
    inner = []
    for (p, a), (q, b) in zip(zip(points, numbers), zip(points[1:], numbers[1:])):
        exact = (p + q) / 2 if p.is_Rational and q.is_Rational else None
        inner.append(exact or sympy.Rational(str(mpmath.nstr((a + b) / 2, 25))))
    return [ends[0], *inner, ends[1]]


def sign_chart(task, relation, function):
    """The set where the relation holds, from one value in each gap between the critical points."""
    symbol = task.symbols[0]
    points = critical_points(function, symbol)
    if points is None:
        return None
    compare_to_zero = {"lt": lambda v: v < 0, "le": lambda v: v <= 0, "gt": lambda v: v > 0,
                       "ge": lambda v: v >= 0, "ne": lambda v: v != 0}[relation[0]]

    def holds_for(x):
        value = function.subs(symbol, x)
        if value.has(sympy.zoo, sympy.nan) or value.is_real is False:
            return False
        value = value if value.is_Rational else sympy.nsimplify(value) \
            if value.is_number and value.equals(0) else value
        return bool(compare_to_zero(value))
    in_gaps = [holds_for(x) for x in middles(points)]
    at_points = [holds_for(x) for x in points]
    edges = [-sympy.oo, *points, sympy.oo]
    parts, start, opened = [], None, True
    for i, good in enumerate(in_gaps):
        if good and start is None:
            start = edges[i]
            opened = i == 0 or not at_points[i - 1]
        elif not good and i > 0 and at_points[i - 1] and start is None:
            parts.append(sympy.FiniteSet(points[i - 1]))
        if start is not None and (i == len(points) or not at_points[i] or not in_gaps[i + 1]):
            closed = i < len(points) and at_points[i]
            parts.append(sympy.Interval(start, edges[i + 1], opened, not closed))
            start = None
    return sympy.Union(*parts) if parts else S.EmptySet


def borders(value):
    found = set()
    for part in value.args if isinstance(value, sympy.Union) else [value]:
        if isinstance(part, sympy.Interval):
            found |= {part.start, part.end}
        elif isinstance(part, sympy.FiniteSet):
            found |= set(part)
        elif part not in (S.Reals, S.EmptySet):
            raise numeric.NotNumeric("another set")
    return [each for each in in_order(found) if each.is_finite]


def holds(task, x):
    at = {task.unknowns[0]: x}
    try:
        for head, a, b in task.relations:
            left, right = (numeric.real(numeric.value(each, at)) for each in (a, b))
            if mpmath.isinf(left) or mpmath.isinf(right):  # log(0), which is no value
                return False
            if not INSIDE[head](left, right):
                return False
    except (ZeroDivisionError, numeric.NotNumeric):  # complex values have no order
        return False
    return True


def holds_at_border(task, x):
    """With a margin, since a border is where both sides agree."""
    for head, a, b in task.relations:
        try:
            gap = numeric.value(["sub", a, b], {task.unknowns[0]: x})
        except ZeroDivisionError:
            return False
        if mpmath.isinf(abs(gap)):
            return False
        near = abs(gap) < mpmath.mpf("1e-20")
        if near and head in ("lt", "gt", "ne"):
            return False
        if not near and not INSIDE[head](mpmath.re(gap), 0):
            return False
    return True


def inside(value, x):
    answer = value.contains(x)
    if answer not in (sympy.true, sympy.false):
        raise numeric.NotNumeric("membership is not known")
    return bool(answer)


def confirm_inequality(task, answer, functions):
    """Between two neighbours of all zeros, poles and borders the sign is one."""
    symbol = task.symbols[0]
    try:
        with mp.workdps(40):
            edges = borders(answer.value)
            samples = [sympy.Rational(n, 7) for n in range(-140, 141, 14)]
            edge_values = [mpmath.re(compare.number_of(each)) for each in edges]
            for edge in edge_values:
                gap = sympy.Rational(1, 10 ** 6)
                near = sympy.Rational(str(mpmath.nstr(edge, 25)))
                samples += [near - gap, near + gap]
            for x in samples:
                number = mpmath.mpf(int(x.p)) / int(x.q)
                if holds(task, number) != inside(answer.value, x):
                    answer.how = f"not confirmed: {x} should not be judged so"
                    return
            for edge, number in zip(edges, edge_values):
                if holds_at_border(task, number) != inside(answer.value, edge):
                    answer.how = f"not confirmed at the border {edge}"
                    return
            proved = one_sign_between(task, functions, edges, answer.value)
    except compare.FAILURES:
        answer.how = "not confirmed by values"
        return
    answer.checked = YES if proved else PARTLY
    answer.how = "tried at many values and at the borders" + (
        "; the signs change nowhere else" if proved else "; other changes were not excluded")


def one_sign_between(task, functions, edges, value):
    """Between neighbouring critical points one value decides."""
    critical = set(edges)
    for function in functions:
        points = critical_points(function, task.symbols[0])
        if points is None:
            return False
        critical |= set(points)
    ordered = in_order(critical)
    for x in middles(ordered):
        if holds(task, mpmath.mpf(int(x.p)) / int(x.q)) != inside(value, x):
            return False
    return all(holds_at_border(task, mpmath.re(compare.number_of(each))) == inside(value, each)
               for each in ordered)
