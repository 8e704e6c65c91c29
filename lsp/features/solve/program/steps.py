"""Worked steps: derivatives, integrals by the common rules, linear systems, quadratics, factors.

A step is {"rule", "formula", "checked"}: what is done, what comes of it, and whether that was
confirmed by numbers or exact arithmetic of its own. The last formula holds the answer.
"""
import mpmath
import sympy
from sympy.integrals.manualintegrate import integral_steps

from . import compare, numeric, tree
from .answer import Unsolvable, text_of
from .calculus import only_variable, orders as orders_of, quadrature
from .relations import Task, difference
from .systems import coefficients
from .words import say

MAX_STEPS = 60


class Steps:
    def __init__(self, language):
        self.language, self.list = language, []

    def add(self, key, formula, checked, **values):
        if len(self.list) == MAX_STEPS:
            raise Unsolvable(f"the solution takes more than {MAX_STEPS} steps")
        step = {"rule": say(key, self.language, **values), "formula": formula,
                "checked": bool(checked)}
        if self.list[-1:] != [step]:  # as where both parts of an integral are the same one
            self.list.append(step)


def slopes_agree(function, slope, variable):
    """Whether `slope` is the numeric derivative of `function`."""
    names = {each.name for each in function.free_symbols | slope.free_symbols} | {variable.name}

    def numerically(at):
        return mpmath.diff(lambda x: compare.number_of(function, {**at, variable.name: x}),
                           at[variable.name])
    return compare.everywhere(numerically, lambda at: compare.number_of(slope, at), names, 8, 2)


# --- derivatives --------------------------------------------------------------------------------

def derive(f, x, steps):
    """The derivative, and a step for each rule on the way to it, the inner first."""
    result = sympy.diff(f, x)

    def told(key):
        steps.add(key, f"d/d{x} [{f}] = {result}", slopes_agree(f, result, x))
    if not f.has(x):
        told("constant")
    elif f == x:
        told("identity")
    elif f.is_Add:
        for term in f.args:
            if term.has(x):
                derive(term, x, steps)
        told("sum")
    elif f.is_Mul:
        derive_product(f, x, steps, told)
    elif f.is_Pow:
        derive_power(f, x, steps, told)
    elif len(f.args) == 1 and f.args[0] != x:
        derive(f.args[0], x, steps)
        told("chain")
    else:
        told("function")
    return result


def derive_product(f, x, steps, told):
    constant, rest = f.as_independent(x)
    if constant != 1:
        if rest != x:
            derive(rest, x, steps)
        told("factor")
        return
    above, below = sympy.fraction(f)
    factors = [above, below] if below.has(x) else [f.args[0], f.func(*f.args[1:])]
    for each in factors:
        if each.has(x) and each != x:
            derive(each, x, steps)
    told("quotient" if below.has(x) else "product")


def derive_power(f, x, steps, told):
    base, exponent = f.base, f.exp
    if not exponent.has(x):
        if base == x:
            told("power")
        else:
            derive(base, x, steps)
            told("chain")
    elif base.has(x):
        derive(exponent * sympy.log(base), x, steps)
        told("exponential")
    elif exponent == x:
        told("exponential")
    else:
        derive(exponent, x, steps)
        told("chain")


def derivative_steps(problem, steps):
    f, x = tree.build(problem[1]), tree.build(problem[2])
    orders = int(problem[3][1]) if len(problem) > 3 and problem[3][0] == "number" else 1
    for _ in range(orders):
        f = derive(f, x, steps)
    return f


# --- integrals ----------------------------------------------------------------------------------

def part(rule, *names):
    """A field by whichever name this version of SymPy gives it."""
    return next((getattr(rule, name) for name in names if hasattr(rule, name)), None)


def integrate_by(rule, steps):
    name = type(rule).__name__.removesuffix("Rule")
    f, x = part(rule, "integrand", "context"), part(rule, "variable", "symbol")
    if f is None:  # inside of a cycle of parts
        return
    result = sympy.integrate(f, x)

    def told(key, **values):
        formula = f"∫ {f} d{x} = {result}".replace("_u", "u")
        steps.add(key, formula, slopes_agree(result, f, x), **values)
    if name == "Add":
        for each in rule.substeps:
            integrate_by(each, steps)
        told("int_sum")
    elif name == "ConstantTimes":
        integrate_by(rule.substep, steps)
        told("int_factor")
    elif name == "Power":
        told("int_power")
    elif name == "Parts":
        for each in (rule.v_step, rule.second_step):
            integrate_by(each, steps)
        told("int_parts", u=rule.u, dv=rule.dv)
    elif name == "U":
        integrate_by(rule.substep, steps)
        told("int_substitute", u="u", f=rule.u_func)
    elif name in ("Rewrite", "Alternative", "Piecewise"):
        integrate_by(part(rule, "substep") or rule.alternatives[0], steps)
        told("int_rewrite")
    elif name == "CyclicParts":
        first = rule.parts_rules[0]
        told("int_parts", u=first.u, dv=first.dv)
    elif name == "DontKnow":
        raise Unsolvable("this integral goes by none of the common rules")
    else:
        told("int_known")


def integral_steps_of(problem, steps):
    bound = problem[2][0] == "tuple"
    f, x = tree.build(problem[1]), tree.build(problem[2][1] if bound else problem[2])
    integrate_by(integral_steps(f, x), steps)
    whole = sympy.integrate(f, x)
    if not bound:
        return whole
    low, high = (tree.build(each) for each in problem[2][2:])
    value = sympy.limit(whole, x, high, "-") - sympy.limit(whole, x, low, "+")
    measured = quadrature(problem[1], [(x.name, problem[2][2], problem[2][3])])
    good = measured and compare.close(compare.number_of(value), measured[0], 9)
    steps.add("int_bounds", f"[{whole}] = {value}", good)
    return value


# --- equations ----------------------------------------------------------------------------------

def row_text(row, names):
    left = sum((a * sympy.Symbol(n) for a, n in zip(map(rational, row), names)),
               sympy.Integer(0))
    return f"{left} = {rational(-row[-1])}"


def rational(value):
    return sympy.Rational(value.numerator, value.denominator)


def holds(rows, solution):
    return all(sum(a * b for a, b in zip(row, [*solution, 1])) == 0 for row in rows)


def reduced(rows):
    """Gauss and Jordan's elimination, whose result the steps are held against."""
    matrix = sympy.Matrix([[rational(each) for each in row] for row in rows])
    n = matrix.cols - 1
    done, pivots = matrix.rref()
    if list(pivots) != list(range(n)):
        raise Unsolvable("steps are shown where the system has one solution")
    return [numeric.Fraction(str(-done[i, n])) for i in range(n)]


def linear_steps(task, steps):
    rows = coefficients([difference(each) for each in task.relations], task.symbols)
    names, n = task.unknowns, len(task.unknowns)
    solution = reduced(rows)

    def shown():
        return ";  ".join(row_text(row, names) for row in rows if any(row))
    for i in range(n):
        pivot = next(r for r in range(i, len(rows)) if rows[r][i])
        if pivot != i:
            rows[i], rows[pivot] = rows[pivot], rows[i]
            steps.add("swap", shown(), holds(rows, solution), i=i + 1, j=pivot + 1)
        for r in range(i + 1, len(rows)):
            factor = rows[r][i] / rows[i][i]
            if factor:
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
                steps.add("eliminate", shown(), holds(rows, solution), factor=factor, i=i + 1,
                          j=r + 1)
    for i in reversed(range(n)):
        value = rational(solution[i])
        steps.add("back", f"{names[i]} = {value}", holds([rows[i]], solution), i=i + 1,
                  name=names[i])
    return dict(zip(task.symbols, map(rational, solution)))


def quadratic_steps(task, steps):
    x = task.symbols[0]
    poly = sympy.Poly(sympy.expand(difference(task.relations[0])), x)
    if poly.degree() != 2:
        raise Unsolvable("steps are shown for quadratic equations and linear systems")
    a, b, c = poly.all_coeffs()
    relation = task.relations[0]
    steps.add("standard", f"{poly.as_expr()} = 0",
              compare.same(["sub", *relation[1:]], poly.as_expr()))
    d = sympy.expand(b ** 2 - 4 * a * c)
    roots = {sympy.simplify((-b + sign * sympy.sqrt(d)) / (2 * a)) for sign in (1, -1)}
    # Vieta: the two add up to -b/a and multiply to c/a.
    first, last = (list(roots) * 2)[:2]
    good = sympy.expand(first + last + b / a) == 0 and sympy.expand(first * last - c / a) == 0
    steps.add("discriminant", f"D = ({b})**2 - 4*({a})*({c}) = {d}", good)
    steps.add("formula", f"{x} = (-({b}) ± sqrt({d})) / (2*({a})):  "
              f"{text_of(sympy.FiniteSet(*roots))}", good)
    return sympy.FiniteSet(*roots)


def equation_steps(problem, steps):
    task = Task(problem)
    if any(each[0] != "eq" for each in task.relations):
        raise Unsolvable("steps are shown for equations, not for inequalities")
    if len(task.unknowns) == 1 and len(task.relations) == 1:
        function = difference(task.relations[0])
        degree = sympy.Poly(function, task.symbols[0]).degree() \
            if function.is_polynomial(task.symbols[0]) else 0
        if degree != 1 or function.free_symbols != set(task.symbols):
            return quadratic_steps(task, steps) if degree == 2 else refuse()
    functions = [difference(each) for each in task.relations]
    if not all(f.is_polynomial(*task.symbols) and
               sympy.Poly(f, *task.symbols).total_degree() <= 1 for f in functions):
        refuse()
    return linear_steps(task, steps)


def refuse():
    raise Unsolvable("steps are shown for quadratic equations and linear systems")


# --- factors ------------------------------------------------------------------------------------

def factor_steps(problem, steps):
    value = tree.build(problem[1])
    if value.is_Integer:
        return integer_steps(abs(int(value)), steps)
    names = sorted(value.free_symbols, key=str)
    if len(names) != 1 or not value.is_polynomial(names[0]):
        raise Unsolvable("steps are shown for whole numbers and polynomials of one variable")
    x, found = names[0], []
    poly = sympy.Poly(value, x)

    def shown(rest):
        return f"{value} = " + "*".join(f"({each})" for each in [*found, rest])

    def same(rest):
        return sympy.expand(sympy.prod([*found, rest]) - value) == 0
    content, poly = poly.primitive()
    lowest = min(m[0] for m in poly.monoms())
    if content != 1 or lowest:
        found.append(content * x ** lowest)
        poly = sympy.quo(poly, sympy.Poly(x ** lowest, x))
        steps.add("common", shown(poly.as_expr()), same(poly.as_expr()), f=found[-1])
    while poly.degree() > 1:
        roots = [r for r in sympy.roots(poly, filter="Q")]
        if not roots:
            break
        root = sorted(roots)[0]
        linear = root.q * x - root.p
        found.append(linear)
        poly = sympy.Poly(sympy.quo(poly.as_expr(), linear, x), x)
        steps.add("root", shown(poly.as_expr()), same(poly.as_expr()), x=x, r=root, f=linear)
    rest = sympy.factor(poly.as_expr())
    if rest != poly.as_expr():
        steps.add("rest", shown(rest), same(rest))
    return sympy.factor(value)


def integer_steps(n, steps):
    whole, found = n, []
    for p in sympy.primefactors(n):
        while n % p == 0 and n != p:
            n //= p
            found.append(p)
            product = n
            for each in found:
                product *= each
            steps.add("divide", f"{whole} = " + "*".join(map(str, [*found, n])),
                      product == whole, p=p)
    from .algebra import is_prime
    steps.add("prime", f"{whole} = " + "*".join(map(str, [*found, n])), is_prime(n), p=n)
    return sympy.Integer(whole)


WORKED = {"diff": derivative_steps, "integrate": integral_steps_of, "solve": equation_steps,
          "solveset": equation_steps, "linsolve": equation_steps, "factor": factor_steps}


def worked(problem, language):
    """The steps of a task; Unsolvable says for what there are none."""
    if problem[0] not in WORKED:
        raise Unsolvable("steps are shown for derivatives, integrals, quadratic equations, linear "
                         "systems and factors")
    steps = Steps(language)
    try:
        WORKED[problem[0]](spelled_out(problem), steps)
    except Unsolvable:
        raise
    except Exception as reason:  # the answer stands without its steps
        raise Unsolvable(f"no steps to this were found ({type(reason).__name__})") from reason
    return steps.list


def spelled_out(problem):
    """With the variable that SymPy's syntax may leave out."""
    head, *arguments = problem
    if head not in ("diff", "integrate"):
        return problem
    if len(arguments) > 2 and head == "integrate" or arguments[0][0] == "integrate":
        raise Unsolvable("steps are shown for integrals over one variable")
    rest = only_variable(arguments[1:], arguments[0], "the steps")
    if head == "diff":  # diff(f, x, x)
        orders = orders_of(rest)
        if len({each[1] for each, _ in orders}) > 1:
            raise Unsolvable("steps are shown for derivatives by one variable")
        rest = [orders[0][0], ["number", str(sum(order for _, order in orders))]]
    return [head, arguments[0], *rest]
