"""Greatest and least values of a function of one unknown, over an interval of real numbers.

The interval is split where the function is not smooth; in each part the zeros of the slope are
found, and the values there are compared with those at the ends, or their limits.
"""
import mpmath
import sympy
from mpmath import mp
from sympy import S
from sympy.calculus.util import continuous_domain

from . import compare, numeric, pieces, tree
from .answer import NO, PARTLY, YES, Answer, Unsolvable, Written, in_order, text_of
from .completeness import complete
from .relations import Task

SAMPLES = 400
LEAST = 20  # of them, at which the function has a value
NAMES = {"max": "maximum", "min": "minimum"}


class Extremum(Written):
    """A value, and where the function has it."""

    def __init__(self, value, name, places, period=None):
        self.value, self.name, self.places, self.period = value, name, in_order(places), period

    def text(self):
        where = " and ".join(f"{self.name} = {text_of(each)}" for each in self.places)
        again = f", and again every {text_of(self.period)}" if self.period else ""
        return f"{text_of(self.value)} at {where}{again}"

    def latex(self):
        where = ",\\ ".join(f"{self.name} = {sympy.latex(each)}" for each in self.places)
        return f"{sympy.latex(self.value)}\\ \\text{{at}}\\ {where}"


class Search:
    """What is looked for, and where."""

    def __init__(self, problem):
        _, (_, self.kind), body, *rest = problem
        self.task = Task(["solve", ["eq", body, ["number", "0"]], *rest])
        if len(self.task.names) != 1:
            raise Unsolvable("this is worked out for functions of one unknown; here are "
                             f"{', '.join(self.task.names) or 'none'}")
        self.name, self.body = self.task.names[0], body
        self.x = sympy.Symbol(self.name, real=True)
        value = tree.build(body)
        if not isinstance(value, sympy.Expr):
            raise Unsolvable("this is worked out for a formula, not for lists or equations")
        self.function = value.subs(sympy.Symbol(self.name), self.x)
        domain = self.task.domain_of(sympy.Symbol(self.name))
        self.domain = S.Reals if domain == S.Complexes else domain
        if not isinstance(self.domain, sympy.Interval):
            raise Unsolvable("this is worked out over one interval, such as [0, 3]")
        self.period = None
        if self.domain == S.Reals:
            self.period = sympy.periodicity(self.function, self.x)
            if self.period:
                self.domain = sympy.Interval.Ropen(0, self.period)
        self.reasons, self.slopes, self.attained, self.near = [], [], {}, []
        for low, high, smooth in self.parts():
            self.visit(low, high, smooth)

    def parts(self):
        """(low, high, the function as it is between)"""
        try:
            where = continuous_domain(pieces.first(self.function), self.x, self.domain)
        except NotImplementedError:
            raise Unsolvable("where this function is defined was not found out") from None
        if self.function.has(sympy.Piecewise) and where != self.domain:
            raise Unsolvable("a piece of this function is not defined everywhere: this is worked "
                             "out where all are")
        intervals = where.args if isinstance(where, sympy.Union) else [where]
        if not all(isinstance(each, sympy.Interval) for each in intervals):
            raise Unsolvable("the function is defined at single places only")
        corners = pieces.corners(self.function, self.x)
        for each in intervals:
            ends = [each.start, *in_order(c for c in corners if each.interior.contains(c)
                                          == sympy.true), each.end]
            self.at_ends(each, ends)
            for low, high in zip(ends, ends[1:]):
                yield low, high, pieces.between(self.function, self.x, low, high)

    def at_ends(self, interval, ends):
        """Values at the ends that belong to the interval, and at corners."""
        closed = [end for end, is_open in ((interval.start, interval.left_open),
                                           (interval.end, interval.right_open)) if not is_open]
        for end in {*closed, *ends[1:-1]}:
            self.attained[end] = sympy.simplify(self.function.subs(self.x, end))

    def visit(self, low, high, smooth):
        slope = sympy.factor(sympy.simplify(sympy.diff(smooth, self.x)))
        # What is never 0 says nothing.
        factors = [each for each in sympy.Mul.make_args(slope)
                   if not isinstance(each, sympy.exp) and each.has(self.x)]
        part = sympy.Interval.open(low, high)
        if slope == 0:  # the same value all over this part, of which the ends are named
            self.reasons.append(None)
        elif factors:
            reduced = sympy.fraction(sympy.together(sympy.Mul(*factors)))[0]
            found = sympy.solveset(reduced, self.x, part)
            if found is not S.EmptySet and not isinstance(found, sympy.FiniteSet):
                raise Unsolvable("where the slope is 0 was not found in closed form")
            members = [each for each in found if slope.subs(self.x, each) == 0 or
                       abs(sympy.N(slope.subs(self.x, each), 30)) < 1e-20]
            self.reasons.append(complete(reduced, self.x, members, part))
            self.slopes += members
            for each in members:
                self.attained[each] = sympy.simplify(smooth.subs(self.x, each))
        else:
            self.reasons.append("it has one sign")
        for end, side in ((low, "+"), (high, "-")):
            self.near.append((sympy.limit(smooth, self.x, end, side), end))

    def best(self, kind):
        """The extremum; Unsolvable where the function comes near to it and no more."""
        sign = 1 if kind == "max" else -1

        def size(value):
            if value in (S.Infinity, S.NegativeInfinity):
                return sign * mpmath.mpf(str(float(value)))
            return sign * compare.number_of(value)
        with mp.workdps(40):
            try:
                top = max(map(size, self.attained.values()), default=-mpmath.inf)
                limit, end = max(self.near, key=lambda each: size(each[0]))
                beyond = size(limit) > top + mpmath.mpf("1e-25")
                places = [place for place, value in self.attained.items()
                          if abs(size(value) - top) < mpmath.mpf("1e-25")]
            except compare.FAILURES:
                raise Unsolvable("the values of this function were not compared") from None
        if beyond:
            how = f"grows beyond all bounds near {self.name} = {end}" if size(limit) == mpmath.inf \
                and sign > 0 else f"falls below all bounds near {self.name} = {end}" \
                if limit.is_infinite else \
                f"comes near {limit} as {self.name} -> {end}, and never reaches it"
            raise Unsolvable(f"there is no {NAMES[kind]}: the function {how}")
        value = self.attained[min(places, key=lambda each: len(str(self.attained[each])))]
        return Extremum(value, self.name, places, self.period)

    def samples(self):
        """Places all over the interval."""
        low, high = self.domain.start, self.domain.end
        for k in range(1, SAMPLES):
            t = mpmath.mpf(k) / SAMPLES
            if low.is_infinite and high.is_infinite:
                yield mpmath.tan((t - mpmath.mpf("0.5")) * mpmath.pi)
            elif high.is_infinite:
                yield compare.number_of(low) + t / (1 - t)
            elif low.is_infinite:
                yield compare.number_of(high) - t / (1 - t)
            else:
                a, b = compare.number_of(low), compare.number_of(high)
                yield a + (b - a) * t

    def confirmed(self, found, kind):
        """Whether the formula as typed has the value there, and none beyond it at any sample."""
        sign = 1 if kind == "max" else -1
        with mp.workdps(30):
            try:
                top = compare.number_of(found.value)
                for place in found.places:
                    value = numeric.value(self.body, {self.name: compare.number_of(place)})
                    if not compare.close(value, top, 20):
                        return False
            except compare.FAILURES:
                return False
            seen = 0
            for x in self.samples():
                try:
                    value = numeric.real(numeric.value(self.body, {self.name: x}))
                except compare.FAILURES:
                    continue
                seen += 1
                if sign * (value - top) > mpmath.mpf("1e-15") * max(1, abs(top)):
                    return False
        return seen >= LEAST

    def checked(self, answer, good, how):
        """With what was checked."""
        answer.how = how
        if not good:
            answer.checked, answer.how = NO, "values of the formula as typed do not confirm it"
        elif all(self.reasons):
            answer.checked = YES
            reasons = "; ".join(dict.fromkeys(self.reasons))
            answer.how += f"; the slope is 0 nowhere else: {reasons}"
        else:
            answer.checked = PARTLY
            answer.how += "; that the slope is 0 nowhere else was not proved"
        return answer


def extremum(problem):
    """The greatest or the least value."""
    search = Search(problem)
    found = search.best(search.kind)
    program = f"print(sympy.{NAMES[search.kind]}({search.function}, {search.x}, {search.domain}))"
    return search.checked(Answer(found, program=program), search.confirmed(found, search.kind),
                          f"none of {SAMPLES - 1} values of the formula as typed is beyond it")


def local(search):
    """[(place, "max" or "min")], by the values beside each place."""
    inside = [each for each in search.attained
              if search.domain.interior.contains(each) == sympy.true]
    found, step = [], mpmath.mpf("1e-8")
    for place in in_order(inside):
        with mp.workdps(40):
            at = compare.number_of(place)
            here, before, behind = (numeric.real(numeric.value(search.body, {search.name: x}))
                                    for x in (at, at - step, at + step))
        if before < here > behind:
            found.append((place, "max"))
        if before > here < behind:
            found.append((place, "min"))
    return found


def extrema(problem):
    """All local ones; or with "critical" the places where the slope is 0."""
    search = Search(problem)
    if search.kind == "critical":
        slope = f"print(sympy.solveset(sympy.diff({search.function}), {search.x}, Reals))"
        answer = Answer(sympy.FiniteSet(*search.slopes), program=slope)
        with mp.workdps(30):
            try:
                slopes = [mpmath.diff(lambda x: numeric.value(search.body, {search.name: x}),
                                      compare.number_of(each)) for each in search.slopes]
            except compare.FAILURES:
                return answer
        return search.checked(answer, all(abs(each) < mpmath.mpf("1e-10") for each in slopes),
                              "the slope of the formula as typed is 0 there")
    found = local(search)
    if not found:
        raise Unsolvable("there is no local maximum or minimum")
    texts = [f"{NAMES[kind]} {Extremum(search.attained[place], search.name, [place]).text()}"
             for place, kind in found]
    again = f"; again every {text_of(search.period)}" if search.period else ""
    good = all(search.reasons)
    return Answer([search.attained[place] for place, _ in found], YES if good else PARTLY,
                  "the formula as typed turns there" + ("" if good else "; that it turns nowhere "
                                                        "else was not proved"),
                  text="; ".join(texts) + again)


TASKS = {"extremum": extremum, "extrema": extrema}
