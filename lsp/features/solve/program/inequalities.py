"""Inequalities with one unknown, over the real numbers."""
import itertools

import mpmath
import sympy
from mpmath import mp
from sympy import S

from . import compare, numeric, tree
from .answer import NO, PARTLY, YES, Answer, Unsolvable, in_order
from .completeness import freed
from .relations import INSIDE, difference

MAX_SIZES = 4  # signs of |…| that are tried together


def inequality(task):
    task.take_conditions()
    symbol = task.symbols[0]
    real = sympy.Symbol(symbol.name, real=True)
    functions = [difference(each) for each in task.relations]
    if any(f.free_symbols - {symbol} for f in functions):
        raise Unsolvable("inequalities with other names than the unknown are not solved")
    value = S.Reals
    for relation in [each for typed in task.relations for each in without_steps(typed)]:
        part = sign_chart(task, relation, difference(relation))
        value = value.intersect(by_sympy(relation, symbol, real) if part is None else part)
    domain = task.domain_of(symbol)
    if domain is not S.Complexes:
        value = value.intersect(domain)
    if value.has(sympy.ConditionSet):
        raise Unsolvable("no closed form of the solutions was found")
    relations = ", ".join(str(tree.build(each)) for each in task.relations)
    program = f"print(sympy.reduce_inequalities([{relations}], {symbol}))"
    period = period_of(functions, real) if domain is S.Complexes or domain is S.Reals else None
    answer = Answer(value, text=set_text(value), program=program)
    if period and value not in (S.Reals, S.EmptySet):
        answer.text = f"{answer.text or value}, and again every {period}"
    if domain is S.Complexes or domain is S.Reals:
        confirm_inequality(task, answer, functions, period)
    else:
        answer.how = "not confirmed within the conditions"
    return answer


def set_text(value):
    """In SymPy's own notation, since the others are SymPy's sets as well."""
    if value is S.EmptySet:
        return "EmptySet"
    return f"FiniteSet({', '.join(map(str, in_order(value)))})" \
        if isinstance(value, sympy.FiniteSet) else ""


def period_of(functions, real):
    """After how much a lone function of sines and the like comes again; or nothing."""
    function = functions[0].subs(sympy.Symbol(real.name), real)
    if len(functions) != 1 or not function.has(sympy.sin, sympy.cos, sympy.tan, sympy.cot):
        return None
    return sympy.periodicity(function, real)


# Of floor(g) and ceiling(g) against a number: what g itself is compared with, by the number's
# neighbours among the whole ones.
STEPS = {
    ("floor", "gt"): [("ge", lambda c: sympy.floor(c) + 1)],
    ("floor", "ge"): [("ge", sympy.ceiling)],
    ("floor", "lt"): [("lt", sympy.ceiling)],
    ("floor", "le"): [("lt", lambda c: sympy.floor(c) + 1)],
    ("floor", "eq"): [("ge", lambda c: c), ("lt", lambda c: c + 1)],
    ("ceiling", "gt"): [("gt", sympy.floor)],
    ("ceiling", "ge"): [("gt", lambda c: sympy.ceiling(c) - 1)],
    ("ceiling", "lt"): [("le", lambda c: sympy.ceiling(c) - 1)],
    ("ceiling", "le"): [("le", sympy.floor)],
    ("ceiling", "eq"): [("gt", lambda c: c - 1), ("le", lambda c: c)],
}
TURNED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}


def step_of(relation):
    """(head, formula with steps, number), with the formula on the left; or nothing."""
    head, left, right = relation
    if right[0] in ("floor", "ceiling"):
        head, left, right = TURNED[head], right, left
    if left[0] not in ("floor", "ceiling") or numeric.names_in(right):
        return None
    bound = tree.build(right)
    return (head, left, bound) if bound.is_Rational else None


def without_steps(relation):
    """floor(x) > 2 as x >= 3; floor(x) = 3 as x >= 3 and x < 4."""
    found = step_of(relation)
    if found is None or (found[1][0], found[0]) not in STEPS:
        return [relation]
    return [[head, found[1][1], ["number", str(to_bound(found[2]))]]
            for head, to_bound in STEPS[found[1][0], found[0]]]


def is_step(relation):
    """Whether an equation says between which whole numbers something lies: floor(x) = 3."""
    return relation[0] == "eq" and step_of(relation) is not None


def alternatives(problem):
    """One or the other of several relations: the union of what each gives."""
    _, relations, unknowns, *rest = problem
    listed = relations[1:] if relations[0] == "list" else [relations]
    if len(listed) != 1:
        raise Unsolvable("'or' stands between relations, and nothing beside them")
    from .equations import solve
    answers = [solve(["solve", ["list", each], unknowns, ["symbol", "Reals"], *rest[1:]])
               for each in listed[0][1:]]
    if not all(isinstance(each.value, sympy.Set) for each in answers):
        raise Unsolvable("'or' stands between relations of one unknown")
    value = sympy.Union(*(each.value for each in answers))
    value = S.Reals if value == S.Reals else value  # not Interval(-oo, oo)
    checked = min((each.checked for each in answers), key=(NO, PARTLY, YES).index)
    how = "; ".join(dict.fromkeys(each.how for each in answers))
    return Answer(value, checked, how, text=set_text(value))


def by_sympy(relation, symbol, real):
    built = tree.build(relation)
    if built in (sympy.true, sympy.false):
        return S.Reals if built else S.EmptySet
    try:
        return sympy.solve_univariate_inequality(built.subs(symbol, real), real, relational=False)
    except NotImplementedError:
        raise Unsolvable("no closed form of the solutions was found") from None


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
            zeros = poly.real_roots() if poly else zeros_by_signs(each, symbol)
            if zeros is None:
                return None
            found |= set(zeros)
    return in_order(found)


def zeros_by_signs(function, symbol):
    """Zeros of polynomials with |…|, which is its inside or less that: |x| - x, though it fills
    half of the line with zeros, has no others than at the borders of what is added for these."""
    sizes = sorted(function.atoms(sympy.Abs), key=str)
    if not 0 < len(sizes) <= MAX_SIZES:
        return None
    found = set()
    for signs in itertools.product((1, -1), repeat=len(sizes)):
        plain = sympy.expand(function.xreplace(
            {each: sign * each.args[0] for each, sign in zip(sizes, signs)}))
        if not plain.is_polynomial(symbol):
            return None
        if plain.has(symbol):
            found |= set(sympy.Poly(plain, symbol).real_roots())
    return found


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


def confirm_inequality(task, answer, functions, period):
    """Between two neighbours of all zeros, poles and borders the sign is one."""
    def judged(x):
        return inside(answer.value, x - period * sympy.floor(x / period) if period else x)
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
                if holds(task, number) != judged(x):
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
