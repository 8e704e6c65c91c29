"""Values of formulas, and other forms of them."""
import sympy

from . import compare, pieces, tree
from .answer import NO, PARTLY, YES, Answer, Factors, Unsolvable
from .numeric import names_in

MAX_SIMPLIFY_OPERATIONS = 400


def refuse_undefined(value):
    if value.has(sympy.zoo, sympy.nan):
        raise Unsolvable("this has no value: it divides by zero or is undefined")


def first_piece(value):
    """Of a value in pieces the first one that is not for a single place, and where it holds."""
    if not isinstance(value, sympy.Piecewise):
        return value, sympy.true
    places = []
    for piece, condition in value.args:
        if not isinstance(condition, sympy.Eq):
            break
        places.append(sympy.Ne(*condition.args))
    return piece, sympy.And(condition, *places)


def condition_text(condition):
    if isinstance(condition, sympy.And):
        return " and ".join(map(condition_text, condition.args))
    return f"{condition.lhs} != {condition.rhs}" if isinstance(condition, sympy.Ne) else \
        str(condition)


def limited_to(answer, condition):
    """Says where the answer holds, which is not everywhere."""
    if condition != sympy.true:
        answer.checked = PARTLY if answer.checked == YES else answer.checked
        answer.how += f"; where {condition_text(condition)}"
    return answer


def shortest(candidates):
    if len(candidates) == 1:
        return candidates[0]
    return min(candidates, key=lambda each: (len(str(each)), each.count_ops()))


def tidy_constant(value):
    candidates = [value]
    if value.has(sympy.I):
        candidates.append(sympy.expand_complex(value))
    if value.has(sympy.Pow) and not value.is_Rational:
        candidates += [sympy.sqrtdenest(value), sympy.radsimp(value), sympy.expand(value)]
    if value.has(sympy.log, sympy.exp) and not value.is_Atom:
        candidates.append(sympy.simplify(value))
    if value.has(sympy.core.function.AppliedUndef, sympy.sin, sympy.cos, sympy.tan):
        candidates.append(sympy.simplify(value))
    return shortest(candidates)


def tidy(value):
    """The shortest of the usual forms."""
    if value.is_number:
        return tidy_constant(value)
    candidates = [value, sympy.expand(value)]
    if value.is_rational_function():
        candidates += [sympy.cancel(value), sympy.factor(value)]
    elif value.count_ops() < MAX_SIMPLIFY_OPERATIONS:
        candidates.append(sympy.simplify(value))
    return shortest(candidates)


def constant_answer(problem, value):
    refuse_undefined(value)
    if value.is_Integer and abs(value) > 10 ** 19_000:
        raise Unsolvable("the number is too long to be written out")
    program = f"print({value})"
    exact = compare.exactly(problem, value)
    if exact:
        return Answer(value, YES, "worked out once more in exact fractions", program)
    if exact is None and compare.constant(problem, value):
        return Answer(value, YES, "the formula as typed and the answer agree to 40 digits", program)
    return Answer(value, NO, "the value was not confirmed by another route", program)


def formula_answer(problem, value, form):
    """`value` is meant to equal the problem everywhere."""
    refuse_undefined(value)
    equal = compare.same(problem, value)
    program = f"print(sympy.{form}({tree_text(problem)}))" if form else f"print({value})"
    if equal:
        return Answer(value, YES, "the formula as typed and the answer agree at 4 points", program)
    why = "the two differ at a point" if equal is False else "too few points to compare them at"
    return Answer(value, NO, why, program)


def tree_text(problem):
    """The formula as SymPy reads it, for the program that is shown."""
    try:
        return str(tree.build(problem))
    except Unsolvable:
        return "…"


def evaluate(problem):
    value = tree.build(problem)
    if isinstance(value, list):
        if not all(isinstance(each, sympy.Expr) for each in value):
            raise Unsolvable("in this list are equations or lists, and nothing to work out")
        return Answer([tidy(each) for each in value], NO, "each value is SymPy's")
    if value in (sympy.true, sympy.false):
        return Answer(value, NO, "compared by SymPy")
    if not isinstance(value, sympy.Expr):
        return Answer(value, NO, "")
    refuse_undefined(value)
    value = tidy(value)
    return constant_answer(problem, value) if not value.free_symbols and not names_in(problem) \
        else formula_answer(problem, value, "simplify")


def expand(problem):
    value = tree.build(problem[1])
    value = sympy.expand(value, complex=True) if value.is_number else sympy.expand(value)
    if value.is_number:
        return constant_answer(problem[1], value)
    return formula_answer(problem[1], value, "expand")


def simplify(problem):
    value = tree.build(problem[1])
    if tree.is_matrix(value):
        return Answer(value.applyfunc(sympy.simplify), NO, "")
    value = shortest([tidy(value), sympy.simplify(value)])
    if value.is_number and not names_in(problem[1]):
        return constant_answer(problem[1], value)
    return formula_answer(problem[1], value, "simplify")


def other_form(operation):
    def answer(problem):
        value = tree.build(problem[1])
        arguments = [tree.build(each) for each in problem[2:]]
        return formula_answer(problem[1], operation(value, *arguments), operation.__name__)
    return answer


# --- factors ------------------------------------------------------------------------------------

WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)


def is_prime(n):
    """Miller and Rabin's test with these bases: a proof below 3.3e24 (Sorenson, Webster 2015)."""
    if n < 2:
        return False
    for p in WITNESSES:
        if n % p == 0:
            return n == p
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for a in WITNESSES:
        x = pow(a, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


PROVED_BELOW = 3_317_044_064_679_887_385_961_981


def factor_integer(n):
    if n == 0:
        raise Unsolvable("0 has no prime factors")
    powers = sympy.factorint(n)
    ordered = {p: powers[p] for p in sorted(powers)}
    product = 1
    for p, e in ordered.items():
        product *= p ** e
    answer = Answer(Factors(ordered), NO, "multiplied again, it is another number",
                    f"print(sympy.factorint({n}))")
    if product == n:
        proved = all(p == -1 or (p < PROVED_BELOW and is_prime(p)) for p in ordered)
        answer.checked = YES if proved else PARTLY
        answer.how = "multiplied again" + ("; each factor is proved prime" if proved else "")
    return answer


def is_irreducible(factor):
    """A proof that a polynomial over the integers has no factors, or False: of degree 1; of degree
    2 and 3 without a rational root; or irreducible modulo a prime."""
    poly = sympy.Poly(factor)
    if len(poly.gens) != 1 or not all(c.is_Rational for c in poly.all_coeffs()):
        return False
    degree = poly.degree()
    if degree <= 1:
        return True
    poly = poly.clear_denoms()[1]
    first, last = abs(int(poly.all_coeffs()[0])), abs(int(poly.all_coeffs()[-1]))
    if degree <= 3 and max(first, last) < 10 ** 6 and last:
        above = [d for d in range(1, last + 1) if last % d == 0]
        below = [d for d in range(1, first + 1) if first % d == 0]
        return all(poly.eval(sympy.Rational(sign * a, b)) != 0
                   for a in above for b in below for sign in (1, -1))
    return any(first % p and sympy.Poly(poly.as_expr(), poly.gens[0], modulus=p).is_irreducible
               for p in (2, 3, 5, 7, 11, 13, 17, 19))


def factor(problem):
    value = tree.build(problem[1])
    if tree.is_matrix(value) or isinstance(value, list):
        raise Unsolvable("only numbers and formulas have factors here")
    if value.is_Integer:
        return factor_integer(int(value))
    result = sympy.factor(value)
    found = formula_answer(problem[1], result, "factor")
    if found.checked != YES:
        return found
    bases = [each.as_base_exp()[0] for each in sympy.Mul.make_args(result)]
    if value.is_polynomial() and all(b.is_number or is_irreducible(b) for b in bases):
        found.how = "expanded again, and no factor can be factored further over the rationals"
    else:
        found.checked = PARTLY
        found.how = "expanded again; that no factor can be factored further was not proved"
    return found


def refuse_rough(node, places):
    """No slope is given where there is none; the places are {symbol: value}."""
    if node[0] in ("number", "symbol", "unit"):
        return
    for x, place in places.items() if node[0] == "diff" else ():
        function = tree.build(node[1])
        if not function.has(*pieces.TURNS) or function.free_symbols != {x}:
            continue
        real = sympy.Dummy(str(x), real=True)
        if place in pieces.rough(function.subs(x, real), real):
            raise Unsolvable(f"there is no derivative at {x} = {place}: the formula has a corner "
                             "or a jump there")
    for each in node[1:]:
        refuse_rough(each, places)


def at(problem):
    """… at x = 2"""
    value = tree.build(problem[1])
    places = {tree.build(each[1]): tree.build(each[2]) for each in problem[2:]}
    refuse_rough(problem[1], places)
    result = tidy(value.subs(places))
    refuse_undefined(result)

    def typed(others):
        from . import numeric
        given = {each[1][1]: numeric.value(each[2], others) for each in problem[2:]}
        return numeric.value(problem[1], {**others, **given})
    names = {each.name for each in result.free_symbols}
    equal = compare.everywhere(typed, lambda others: compare.number_of(result, others), names,
                               wanted=4 if names else 1)
    return Answer(result, YES if equal else NO,
                  "worked out once more in numbers" if equal else "not confirmed in numbers",
                  f"print(({value}).subs({places}))")


def numeric_value(problem):
    """N(pi, 20)"""
    value = tree.build(problem[1])
    digits = int(tree.build(problem[2])) if len(problem) > 2 else 15
    if not 1 <= digits <= 10_000:
        raise Unsolvable("between 1 and 10000 digits can be asked for")
    result = sympy.N(value, digits)
    equal = compare.same(problem[1], result) if result.free_symbols else None
    if not result.free_symbols:
        with compare.mp.workdps(digits + 10):
            try:
                equal = compare.close(compare.numeric.value(problem[1]),
                                      compare.number_of(result), digits - 1)
            except compare.FAILURES:
                equal = None
    return Answer(result, YES if equal else NO, f"computed once more to {digits} digits" if equal
                  else "not confirmed by another route", f"print(sympy.N({value}, {digits}))")


TASKS = {"expand": expand, "simplify": simplify, "factor": factor, "at": at,
         "apart": other_form(sympy.apart), "together": other_form(sympy.together),
         "cancel": other_form(sympy.cancel), "collect": other_form(sympy.collect),
         "evalf": numeric_value}
