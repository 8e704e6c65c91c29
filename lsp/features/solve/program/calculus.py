"""Derivatives, integrals, sums and products."""
import mpmath
import sympy
from mpmath import mp

from . import compare, numeric, pieces, timed, tree
from .algebra import first_piece, limited_to, refuse_undefined, shortest
from .answer import NO, PARTLY, YES, Answer, Unsolvable

UNEVALUATED = (sympy.Integral, sympy.Sum, sympy.Product, sympy.Limit)
PARAMETERS_SECONDS = 4  # for a second attempt, with names that are taken as positive


def expression_of(node, what):
    value = tree.build(node)
    if not isinstance(value, sympy.Expr):
        raise Unsolvable(f"{what} needs a formula, not a list, a matrix or an equation")
    refuse_undefined(value)
    return value


def variable_of(node):
    if node[0] != "symbol" or not isinstance(tree.build(node), sympy.Symbol):
        raise Unsolvable("the variable has to be a name")
    return tree.build(node)


def only_variable(arguments, body, what):
    """The variable, where SymPy's own syntax leaves it out."""
    if arguments:
        return arguments
    names = sorted(numeric.names_in(body))
    if len(names) > 1:
        raise Unsolvable(f"{what}: over which of {', '.join(names)}?")
    return [["symbol", names[0] if names else "x"]]


# --- derivatives --------------------------------------------------------------------------------

def orders(arguments):
    """[(variable, order)] of diff(f, x, 2), diff(f, x, y) and diff(f, (x, 2))."""
    found = []
    for each in arguments:
        if each[0] == "tuple":
            found.append((each[1], int(each[2][1])))
        elif each[0] == "number" and found:
            found[-1] = (found[-1][0], int(numeric.fraction_of(each[1])))
        else:
            found.append((each, 1))
    return found


def diff(problem):
    body = problem[1]
    steps = orders(only_variable(problem[2:], body, "the derivative"))
    if sum(order for _, order in steps) > 100:
        raise Unsolvable("derivatives up to the order of 100 are worked out")
    value = expression_of(body, "a derivative")
    condition = sympy.true
    for variable, order in steps:
        value, where = pieces.derivative(value, variable_of(variable), order)
        condition = sympy.And(condition, where)
    forms = [value]
    if value.is_rational_function():
        forms += [sympy.factor(value), sympy.expand(value)]
    elif value.count_ops() < 60:
        forms.append(sympy.factor_terms(value))
    value = shortest(forms)
    if value.has(sympy.Derivative, sympy.Subs):
        raise Unsolvable("the derivative of this is not known")
    arguments = ", ".join(f"{v[1]}, {n}" if n > 1 else v[1] for v, n in steps)
    answer = Answer(value, program=f"print(sympy.diff({tree.build(body)}, {arguments}))")

    def slope(at, steps=tuple(steps)):
        if not steps:
            return numeric.value(body, at)
        (_, name), order = steps[-1]
        return mpmath.diff(lambda x: slope({**at, name: x}, steps[:-1]), at[name], order)
    names = numeric.names_in(body) | {v[1] for v, _ in steps}
    if compare.everywhere(slope, lambda at: compare.number_of(value, at), names, 8, 2):
        answer.checked, answer.how = YES, "compared with finite differences at 2 points"
    else:
        answer.how = "not confirmed by finite differences"
    return limited_to(answer, condition)


# --- integrals ----------------------------------------------------------------------------------

def integrate(problem):
    body, *rest = problem[1:]
    rest = only_variable(rest, body, "the integral")
    if any(each[0] == "tuple" and len(each) == 4 for each in rest) or body[0] == "integrate":
        return definite(problem)
    value, condition = expression_of(body, "an integral"), sympy.true
    for each in rest:
        value, where = antiderivative(value, variable_of(each))
        condition = sympy.And(condition, where)
    name = rest[-1][1]
    answer = Answer(value, program=f"print(sympy.integrate({tree.build(body)}, {name}))")
    agree, always = derivative_is(value, body, name) if len(rest) == 1 else (False, False)
    if agree:
        answer.checked = YES if always else PARTLY
        answer.how = "its numeric derivative is the integrand at 3 points"
        answer.how += "" if always else "; not where names are negative"
    else:
        answer.how = "not confirmed by its numeric derivative"
    return limited_to(answer, condition)


def positive(names):
    """What stands for them where they are taken as positive."""
    return {each: sympy.Dummy(each.name, positive=True) for each in names}


def antiderivative(value, variable):
    result = sympy.integrate(value, variable)
    others = positive(value.free_symbols - {variable})
    if others and result.has(sympy.I) and not value.has(sympy.I):  # of 1/(x^2 + a^2)
        again = timed.in_time(result, sympy.integrate, value.subs(others), variable,
                              seconds=PARAMETERS_SECONDS)
        if not again.has(sympy.I, sympy.Piecewise, *UNEVALUATED):
            result = again.subs({dummy: name for name, dummy in others.items()})
    if result.has(*UNEVALUATED):
        raise Unsolvable("no antiderivative in closed form was found; with bounds, a number can "
                         "be given")
    return first_piece(result)


def derivative_is(value, body, name):
    symbol = sympy.Symbol(name)
    function = sympy.lambdify([symbol], value, "mpmath") if value.free_symbols <= {symbol} else None

    def slope(at):
        others = {key: each for key, each in at.items() if key != name}
        if function:
            return mpmath.diff(function, at[name])
        return mpmath.diff(lambda x: compare.number_of(value, {**others, name: x}), at[name])
    names = numeric.names_in(body) | {name}
    return compare.by_sign(slope, lambda at: numeric.value(body, at), names, 8, 3)


def flattened(problem):
    """The innermost body and [(name, low, high)] of the integrals around it, the inner first."""
    body, *rest = problem[1:]
    bounds = []
    if body[0] == "integrate":
        body, bounds = flattened(body)
    for each in rest:
        if each[0] != "tuple" or len(each) != 4:
            raise Unsolvable("either all integrals have bounds, or none has")
        bounds.append((each[1][1], each[2], each[3]))
    return body, bounds


def definite(problem):
    body, bounds = flattened(problem)
    value = expression_of(body, "an integral")
    program = f"print(sympy.integrate({value}, " + ", ".join(
        f"({n}, {tree.build(a)}, {tree.build(b)})" for n, a, b in bounds) + "))"
    exact, condition = timed.in_time((None, None), closed_form, value, bounds)
    if numeric.names_in(problem) and (exact is None or condition != sympy.true):
        exact, condition = for_positive(value, bounds) or (exact, condition)
    measured = quadrature(body, bounds)
    if exact is None:
        others = numeric.names_in(problem)
        if measured is None and others:
            raise Unsolvable("no closed form was found; with a number for "
                             f"{' and '.join(sorted(others))}, one can be given")
        if measured is None:
            raise Unsolvable("no closed form was found, and the numeric value does not converge")
        number, error = measured
        return Answer(sympy.Float(mpmath.nstr(number, 15)), NO, "no closed form was found: a "
                      f"number, with an error of at most about {mpmath.nstr(error, 2)}",
                      program, mpmath.nstr(error, 2))
    answer = Answer(exact, program=program)
    names = numeric.names_in(problem)
    if names:
        return limited_to(with_parameters(answer, body, bounds, names), condition)
    if measured and not exact.is_infinite:
        number, error = measured
        with mp.workdps(30):
            try:
                off = abs(compare.number_of(exact) - number)
            except compare.FAILURES:
                off = mpmath.inf
        if off <= max(mpmath.mpf("1e-10") * max(1, abs(number)), min(error, mpmath.mpf("1e-8"))):
            answer.checked, answer.how = YES, "numeric integration gives the same"
            return answer
        if off > 1000 * error and off > mpmath.mpf("1e-6"):
            return Answer(sympy.Float(mpmath.nstr(number, 15)), NO, "the computer algebra and "
                          "numeric integration disagree: a number, with an error of about "
                          f"{mpmath.nstr(error, 2)}", program, mpmath.nstr(error, 2))
    answer.how = "not confirmed by numeric integration"
    return answer


def closed_form(value, bounds, others=None):
    condition = sympy.true
    value = value.subs(others or {})
    for name, low, high in bounds:
        real = sympy.Dummy(name, real=True)
        ends = [tree.build(each).subs(others or {}) for each in (low, high)]
        result = sympy.integrate(value.subs(sympy.Symbol(name), real), (real, *ends))
        result = result.subs(real, sympy.Symbol(name))
        if result.free_symbols:
            result, where = first_piece(result)
            condition = sympy.And(condition, where)
        if result.has(*UNEVALUATED) or result.has(sympy.nan, sympy.Piecewise, sympy.zoo):
            return None, None
        value = result
    if not value.free_symbols and value.count_ops() < 80:
        value = shortest([value, sympy.simplify(value)])
    return value, condition


def for_positive(value, bounds):
    """The integral where all its names are positive, and that as the condition; or nothing."""
    names = value.free_symbols.union(*(tree.build(each).free_symbols for _, *ends in bounds
                                       for each in ends))
    others = positive(names - {sympy.Symbol(name) for name, *_ in bounds})
    exact, condition = timed.in_time((None, None), closed_form, value, bounds, others,
                                     seconds=PARAMETERS_SECONDS)
    if exact is None or condition != sympy.true:
        return None
    back = {dummy: name for name, dummy in others.items()}
    return exact.subs(back), sympy.And(*(sympy.Gt(name, 0) for name in others))


def with_parameters(answer, body, bounds, names):

    def measured(at):
        found = quadrature(body, bounds, at)
        if found is None:
            raise numeric.NotNumeric("no convergence")
        return found[0]
    agree, always = compare.by_sign(measured, lambda at: compare.number_of(answer.value, at),
                                    names, 8, 2)
    if agree:
        answer.checked = YES if always else PARTLY
        answer.how = "numeric integration gives the same at 2 values of the parameters"
        answer.how += "" if always else "; not where these are negative"
    else:
        answer.how = "not confirmed by numeric integration"
    return answer


def splits(low, high, pieces):
    """Places to divide a range at, which no formula's corners lie at by accident."""
    if mpmath.isinf(low) or mpmath.isinf(high):
        inner = [mpmath.mpf(k) * pieces / 7 for k in (-5, -2, 0, 2, 5)]
        inner = [each for each in inner if low < each < high] or [
            low + 3 if mpmath.isinf(high) else high - 3]
        return [low, *inner, high]
    return [low + (high - low) * k / pieces for k in range(pieces + 1)]


def corners(body, name, low, high, outer):
    """Where |…| and the like inside of an integrand turn, as far as a scan sees."""
    found = []

    def visit(node):
        if node[0] in ("number", "symbol", "unit"):
            return
        if node[0] in ("abs", "sign", "max", "min") and len(node) >= 2:
            inside = node[1] if node[0] in ("abs", "sign") else ["sub", node[1], node[-1]]
            found.append(inside)
        if node[0] in ("eq", "ne", "lt", "le", "gt", "ge"):  # where pieces meet
            found.append(["sub", *node[1:]])
        for child in node[1:]:
            visit(child)
    visit(body)
    places = []
    if mpmath.isinf(low) or mpmath.isinf(high):
        low, high = max(low, mpmath.mpf(-50)), min(high, mpmath.mpf(50))
    for inside in found:
        def at(x, inside=inside):
            return mpmath.re(numeric.value(inside, {**outer, name: x}))
        steps = [low + (high - low) * k / 60 for k in range(61)]
        for a, b in zip(steps, steps[1:]):
            if at(a) * at(b) <= 0:
                try:
                    places.append(mpmath.findroot(at, (a, b), solver="anderson", verify=False))
                except compare.FAILURES:
                    pass
    return places


def quadrature(body, bounds, values=None):
    """(value, error bound) by tanh-sinh quadrature over two divisions that agree, or nothing."""
    with mp.workdps(20):
        try:
            results = [integral_over(body, list(bounds), values or {}, pieces)
                       for pieces in ((2, 3) if len(bounds) == 1 else (1, 2))]
        except compare.FAILURES:
            return None
        (a, error_a), (b, error_b) = results
        error = abs(a - b) + error_a + error_b
        if not mpmath.isfinite(error) or error > mpmath.mpf("1e-6") * max(1, abs(a)):
            return None
        return +a, max(error, mpmath.mpf(10) ** -15 * max(1, abs(a)))


def integral_over(body, bounds, values, pieces):
    """The last of the bounds is the outermost integral."""
    *inner, (name, low, high) = bounds
    low, high = numeric.value(low, values), numeric.value(high, values)
    if low > high:
        number, error = integral_over(body, [*inner, (name, ["symbol", "@"], ["symbol", "@@"])],
                                      {**values, "@": high, "@@": low}, pieces)
        return -number, error

    def integrand(x):
        at = {**values, name: x}
        if inner:
            return integral_over(body, inner, at, pieces)[0]
        return numeric.value(body, at)
    places = splits(low, high, pieces)
    if not inner:
        turns = corners(body, name, low, high, values)
        places = sorted({*places, *(each for each in turns if low < each < high)})
    return mpmath.quad(integrand, places, error=True, maxdegree=6 if inner else 8)


# --- sums and products --------------------------------------------------------------------------

def series(problem):
    head, body, *rest = problem
    if not rest or rest[0][0] != "tuple" or len(rest[0]) != 4:
        raise Unsolvable("a sum is written as summation(f, (k, 1, n))")
    _, name, low, high = rest[0]
    value, variable = expression_of(body, "a sum"), variable_of(name)
    ends = tree.build(low), tree.build(high)
    if all(end.is_Integer for end in ends) and ends[1] < ends[0]:  # SymPy subtracts what is between
        return Answer(sympy.Integer(head == "product"), YES,
                      f"there is nothing from {ends[0]} up to {ends[1]}")
    operation = sympy.summation if head == "summation" else sympy.product
    if isinstance(value, sympy.Expr) and not value.has(sympy.I):
        whole = sympy.Dummy(name[1], integer=True)
        result = operation(value.subs(variable, whole), (whole, *ends))
        if result.has(whole):
            result = operation(value, (variable, *ends))
    else:
        result = operation(value, (variable, *ends))
    result, condition = first_piece(result)
    program = f"print(sympy.{operation.__name__}({value}, ({variable}, {ends[0]}, {ends[1]})))"
    if result.has(sympy.AccumBounds, sympy.nan, sympy.zoo):
        raise Unsolvable("a term of it divides by zero" if result.has(sympy.zoo) else
                         "the sum does not converge")
    if result.has(*UNEVALUATED):
        return numeric_series(head, body, name[1], ends, program)
    if not result.is_number:
        result = shortest([result, sympy.factor(result)])
    answer = Answer(result, program=program)
    confirm_series(answer, problem, ends)
    return limited_to(answer, condition)


def numeric_series(head, body, name, ends, program):
    found = infinite(head, body, name, ends) if ends[1] == sympy.oo else None
    if found is None:
        raise Unsolvable("no closed form was found, and the numeric value does not converge")
    number, error = found
    return Answer(sympy.Float(mpmath.nstr(number, 15)), NO, "no closed form was found: a number, "
                  f"with an error of about {mpmath.nstr(error, 2)}", program,
                  mpmath.nstr(error, 2))


def infinite(head, body, name, ends, values=None):
    """By extrapolation, where the terms vanish; the tail is the error's estimate."""
    with mp.workdps(25):
        try:
            first, values = int(ends[0]), values or {}
            far = numeric.value(body, {**values, name: mpmath.mpf(first + 10 ** 6)})
            neutral = 0 if head == "summation" else 1
            if abs(far - neutral) > mpmath.mpf("1e-2"):
                return None
            fold = mpmath.nsum if head == "summation" else mpmath.nprod
            whole = fold(lambda k: numeric.value(body, {**values, name: k}),
                         [first, mpmath.inf])
            later = fold(lambda k: numeric.value(body, {**values, name: k}),
                         [first + 5, mpmath.inf])
            for k in range(first, first + 5):
                term = numeric.value(body, {**values, name: mpmath.mpf(k)})
                later = later + term if head == "summation" else later * term
        except compare.FAILURES:
            return None
        error = abs(whole - later)
        if not mpmath.isfinite(error) or error > mpmath.mpf("1e-8") * max(1, abs(whole)):
            return None
        return +whole, max(error, mpmath.mpf("1e-15"))


def confirm_series(answer, problem, ends):
    head, body, (_, (_, name), low, high) = problem
    low_value, high_value = ends
    if low_value.is_Integer and high_value.is_Integer and \
            high_value - low_value <= numeric.MAX_TERMS:
        if confirm_terms(answer, head, body, name, int(low_value), int(high_value)):
            answer.checked, answer.how = YES, "all terms taken one by one give the same"
            return
    elif low_value.is_Integer and high_value == sympy.oo and not answer.value.is_infinite:
        names = {each.name for each in answer.value.free_symbols}

        def extrapolated(at):
            found = infinite(head, body, name, ends, at)
            if found is None:
                raise numeric.NotNumeric("no convergence")
            return found[0]
        if compare.everywhere(extrapolated, lambda at: compare.number_of(answer.value, at), names,
                              10, 2 if names else 1):
            answer.checked = YES
            answer.how = "the terms, extrapolated numerically, give the same"
            return
    elif low_value.is_Integer and isinstance(high_value, sympy.Symbol):
        if confirm_formula(answer, head, body, name, int(low_value), high_value.name):
            answer.checked = YES
            answer.how = "right for the first 8 upper bounds, and each further one adds its term"
            return
    answer.how = "not confirmed in numbers"


def confirm_terms(answer, head, body, name, first, last):
    total = 0 if head == "summation" else 1
    try:
        for k in range(first, last + 1):
            term = numeric.exact(body, {name: numeric.Fraction(k)})
            total = total + term if head == "summation" else total * term
        return answer.value == sympy.Rational(total.numerator, total.denominator) \
            if isinstance(total, numeric.Fraction) else answer.value == total
    except (numeric.NotNumeric, ZeroDivisionError, AttributeError):
        pass
    tuple_tree = ["tuple", ["symbol", name], ["number", str(first)], ["number", str(last)]]
    if last < first or first < 0 or answer.value.free_symbols:
        return False
    return bool(compare.constant([head, body, tuple_tree], answer.value))


def confirm_formula(answer, head, body, name, first, bound):
    """The values for small bounds, and the difference of two neighbours at other places."""
    def closed(others, n):
        return compare.number_of(answer.value, {**others, bound: mpmath.mpf(n)})

    def stepped(others, n):
        before = closed(others, n - 1)
        term = numeric.value(body, {**others, name: mpmath.mpf(n), bound: mpmath.mpf(n)})
        return before + term if head == "summation" else before * term
    if bound in numeric.names_in(body):
        return False
    others = numeric.names_in(body) - {name}
    for n in [*range(first, first + 8), first + 17, first + 40]:
        if n == first:
            def stepwise(at):
                return numeric.value(body, {**at, name: mpmath.mpf(first)})
        else:
            def stepwise(at, n=n):
                return stepped(at, n)
        if not compare.everywhere(lambda at, n=n: closed(at, n), stepwise, others, 15,
                                  2 if others else 1):
            return False
    return True


TASKS = {"diff": diff, "integrate": integrate, "summation": series, "product": series}
