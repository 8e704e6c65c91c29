"""Ordinary differential equations with one unknown function.

An equation's tree has the function as a name and its derivatives as diff(y, x, n). Those become
names of their own: SymPy gets its functions for them, the check the numbers that the solution and
its numeric derivatives have.
"""
import mpmath
import sympy

from . import compare, numeric, tree
from .algebra import shortest
from .answer import NO, PARTLY, YES, Answer, Unsolvable
from .numeric import NotNumeric

MAX_ORDER = 6


class Equation:
    def __init__(self, problem):
        _, relations, (_, self.name), (_, self.variable) = problem
        self.x = sympy.Symbol(self.variable)
        self.y = sympy.Function(self.name)(self.x)
        self.order = 0
        self.conditions, relations = [], list(relations[1:])
        for each in relations:
            if each[0] == "eq" and each[1][0] == "value":
                self.conditions.append(self.condition(each))
        rest = [each for each in relations if each[0] != "eq" or each[1][0] != "value"]
        if len(rest) != 1:
            raise Unsolvable("one differential equation is solved, with values at places")
        rest = rest[0] if rest[0][0] == "eq" else ["eq", rest[0], ["number", "0"]]
        self.sides = [self.named(each) for each in rest[1:]]
        if not self.order:
            raise Unsolvable("there is no derivative in the equation")
        left, right = (self.of_functions(tree.build(each)) for each in self.sides)
        self.function = left - right

    def symbol(self, order):
        return f"{self.name}_{order}" if order else self.name

    def named(self, node):
        if node[0] in ("number", "symbol", "unit"):
            return node
        if node[0] == "diff" and node[1] == ["symbol", self.name]:
            if node[2] != ["symbol", self.variable]:
                raise Unsolvable(f"{self.name} is differentiated by two variables")
            order = int(node[3][1]) if len(node) > 3 else 1
            if order > MAX_ORDER:
                raise Unsolvable(f"differential equations up to the order of {MAX_ORDER} are "
                                 "solved")
            self.order = max(self.order, order)
            return ["symbol", self.symbol(order)]
        if node[0] == "value":
            raise Unsolvable(f"the value of {self.name} at a place stands alone: y(0) = 3")
        return [node[0], *map(self.named, node[1:])]

    def of_functions(self, value):
        if not isinstance(value, sympy.Expr):
            raise Unsolvable("a differential equation is one of formulas")
        return value.subs({sympy.Symbol(self.symbol(n)): self.y.diff(self.x, n) if n else self.y
                           for n in range(self.order + 1)})

    def condition(self, relation):
        _, (_, (_, order), place), value = relation
        return int(order), tree.build(place), tree.build(value)

    def initial(self):
        found = {}
        for order, place, value in self.conditions:
            slope = self.y.diff(self.x, order).subs(self.x, place) if order else \
                self.y.subs(self.x, place)
            found[slope] = value
        return found

    def is_linear(self):
        """With coefficients that are polynomials, the highest one a number."""
        names = [sympy.Dummy() for _ in range(self.order + 1)]
        places = {self.y.diff(self.x, n): names[n] for n in range(self.order, 0, -1)}
        value = sympy.expand(self.function.subs(places).subs(self.y, names[0]))
        if not value.is_polynomial(*names):
            return False
        poly = sympy.Poly(value, *names)
        return poly.total_degree() == 1 and poly.coeff_monomial(names[-1]).is_number and \
            all(poly.coeff_monomial(each).is_polynomial(self.x) for each in names)


def dsolve(problem):
    equation = Equation(problem)
    try:
        found = sympy.dsolve(equation.function, equation.y, ics=equation.initial() or None)
    except (NotImplementedError, ValueError, TypeError) as reason:
        raise Unsolvable("no solution of this differential equation was found") from reason
    found = found if isinstance(found, list) else [found]
    if any(each.lhs != equation.y or each.rhs.has(equation.y, sympy.Integral) for each in found):
        raise Unsolvable("no solution of this differential equation in closed form was found")
    values = [shortest([each.rhs, sympy.expand(each.rhs)]) for each in found]
    initial = equation.initial()
    given = f", ics={initial}" if initial else ""
    answer = Answer(values[0] if len(values) == 1 else sympy.FiniteSet(*values), program=
                    f"print(sympy.dsolve({equation.function}, {equation.y}{given}))")
    if not all(fits(equation, each) for each in values):
        answer.how = "not confirmed by substitution"
        return answer
    reason = complete(equation, values)
    answer.checked = YES if reason else PARTLY
    answer.how = f"substituted; {reason or 'that there are no others was not proved'}"
    return answer


def fits(equation, solution):
    """In numbers: the solution and its numeric derivatives, put into the equation as typed."""
    names = {each.name for each in solution.free_symbols} | {equation.variable}
    names |= set().union(*map(numeric.names_in, equation.sides))
    names -= {equation.symbol(n) for n in range(equation.order + 1)}

    def side(at, node):
        def y(x):
            return compare.number_of(solution, {**at, equation.variable: x})
        here = at[equation.variable]
        values = {equation.symbol(n): mpmath.diff(y, here, n) if n else y(here)
                  for n in range(equation.order + 1)}
        return numeric.value(node, {**at, **values})
    left, right = equation.sides
    if not compare.everywhere(lambda at: side(at, left), lambda at: side(at, right), names, 7, 3):
        return False
    return all(holds(equation, solution, each) for each in equation.conditions)


def holds(equation, solution, condition):
    order, place, value = condition
    return sympy.simplify(solution.diff(equation.x, order).subs(equation.x, place) - value) == 0


def complete(equation, values):
    """Why there are no other solutions, or nothing: a linear equation has one for each set of
    values at a place, and so as many independent ones as its order says."""
    if len(values) != 1 or not equation.is_linear():
        return None
    constants = [each for each in values[0].free_symbols
                 if str(each)[0] == "C" and str(each)[1:].isdigit()]
    if not constants:
        places = {place for _, place, _ in equation.conditions}
        orders = sorted(order for order, _, _ in equation.conditions)
        if len(places) == 1 and orders == list(range(equation.order)):
            return "a linear equation has one solution with these values"
        return None
    parts = [sympy.diff(values[0], each) for each in constants]
    if len(constants) != equation.order or equation.conditions:
        return None
    with compare.mp.workdps(30):
        try:
            rows = [[compare.number_of(part.diff(equation.x, n), {equation.variable:
                                                                  compare.mpmath.mpf("0.37")})
                     for part in parts] for n in range(equation.order)]
            wronskian = abs(compare.mpmath.det(compare.mpmath.matrix(rows)))
        except (NotNumeric, *compare.FAILURES):
            return None
    return "a linear equation of this order has no more than these" if wronskian > 1e-9 else None


TASKS = {"dsolve": dsolve}
