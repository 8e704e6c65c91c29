"""Systems of equations."""
from fractions import Fraction
from itertools import combinations, islice

import sympy
from sympy import S

from . import compare, numeric
from .answer import NO, PARTLY, YES, Answer, Unsolvable
from .relations import INSIDE, UNKNOWNS, difference

MAX_CHOICES = 20


def system(task):
    functions = [difference(each) for each in task.relations]
    wanted = task.symbols
    for others in eliminated(task):
        task.unknowns = [*map(str, wanted), *others]
        task.symbols = [sympy.Symbol(name) for name in task.unknowns]
        linear, found = solutions(task, functions)
        if found:
            break
    if not found and not task.named and len(wanted) < len(task.names):
        for names in islice(combinations(task.names, len(wanted)), MAX_CHOICES):
            task.unknowns, task.symbols = list(names), [sympy.Symbol(name) for name in names]
            linear, found = solutions(task, functions)
            if found:
                wanted = task.symbols
                break
    symbols = task.symbols
    program = f"print(sympy.solve({functions}, {symbols}, dict=True))"
    limited = bool(task.assumed) or task.domain not in (None, S.Complexes)
    if not found:
        if set(map(str, symbols)) < set(task.names):
            raise Unsolvable("no solution was found, and for others of the names there may be one")
        return no_solution(task, functions, linear, program)
    found.sort(key=lambda each: [compare_key(each[symbol]) for symbol in symbols])
    answer = Answer(shown(found, wanted), program=program)
    confirm_system(task, answer, functions, found, linear)
    if limited and answer.checked == YES:
        answer.checked = PARTLY
        answer.how = "substituted; that the conditions exclude others was not proved"
    return answer


def eliminated(task):
    """What else to solve for, likeliest first, where more equations are given than names are
    wanted: of x + y = 5, x - y = 1, for x alone, the y. Nothing but () where that is not so."""
    missing = len(task.relations) - len(task.unknowns)
    others = set(task.names) - set(task.unknowns)
    if missing <= 0 or not others or not set(task.unknowns) <= set(task.names):
        return [()]
    shared = {name: sum(name in numeric.names_in(each) for each in task.relations)
              for name in others}
    ranked = sorted(others, key=lambda name: (-shared[name], place_of(name), name))
    return list(islice(combinations(ranked, min(missing, len(ranked))), MAX_CHOICES))


def place_of(name):
    return UNKNOWNS.find(name) if name in UNKNOWNS else len(UNKNOWNS)


def solutions(task, functions):
    """Whether the system is linear, and what solves it under the conditions."""
    symbols = task.symbols
    linear = all(f.is_polynomial(*symbols) and sympy.Poly(f, *symbols).total_degree() <= 1
                 for f in functions)
    found = linear_solutions(functions, symbols) if linear else \
        sympy.solve(functions, symbols, dict=True)
    found = [{symbol: each.get(symbol, symbol) for symbol in symbols} for each in found]
    return linear, [each for each in found if allowed(task, each)]


def shown(found, wanted):
    if len(wanted) == 1:
        return sympy.FiniteSet(*(each[wanted[0]] for each in found))
    parts = []
    for each in found:
        part = {symbol: each[symbol] for symbol in wanted}
        if part not in parts:
            parts.append(part)
    return parts[0] if len(parts) == 1 else parts


def allowed(task, values):
    """Whether the conditions hold for these values of the unknowns."""
    if any(value.free_symbols for value in values.values()):
        return True
    if task.domain is S.Reals and any(value.is_real is False for value in values.values()):
        return False
    with compare.mp.workdps(30):
        at = {symbol.name: compare.number_of(value) for symbol, value in values.items()}
        for head, left, right in (each for each in task.assumed if each[0] in INSIDE):
            if numeric.names_in(left) | numeric.names_in(right) <= set(at) and not INSIDE[head](
                    numeric.real(numeric.value(left, at)), numeric.real(numeric.value(right, at))):
                return False
    return True


def compare_key(value):
    number = sympy.N(value) if not value.free_symbols else None
    if number is None or not number.is_number:
        return (1, 0, 0, str(value))
    real, imaginary = number.as_real_imag()
    return (0, float(real), float(imaginary), "")


def linear_solutions(functions, symbols):
    found = sympy.linsolve(functions, *symbols)
    return [dict(zip(symbols, each)) for each in found]


def coefficients(functions, symbols):
    rows = []
    for function in functions:
        poly = sympy.Poly(function, *symbols)
        row = [poly.coeff_monomial(symbol) for symbol in symbols] + [poly.coeff_monomial(1)]
        if not all(each.is_Rational for each in row):
            raise numeric.NotNumeric("not rational")
        rows.append([Fraction(int(each.p), int(each.q)) for each in row])
    return rows


def rank(rows):
    """By elimination in exact fractions."""
    rows = [list(row) for row in rows]
    done = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((r for r in range(done, len(rows)) if rows[r][column] != 0), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        for r in range(done + 1, len(rows)):
            factor = rows[r][column] / rows[done][column]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[done])]
        done += 1
    return done


def no_solution(task, functions, linear, program):
    answer = Answer(S.EmptySet, NO, "that there is no solution was not confirmed", program)
    if linear:
        try:
            rows = coefficients(functions, task.symbols)
            if rank(rows) > rank([row[:-1] for row in rows]):
                answer.checked, answer.how = YES, "the equations contradict each other: the rank " \
                    "with the right sides is larger"
        except numeric.NotNumeric:
            pass
    return answer


def confirm_system(task, answer, functions, found, linear):
    free = set().union(*(value.free_symbols for each in found for value in each.values()))
    names = {each.name for each in free} | (set(task.names) - set(task.unknowns))
    for each in found:
        for relation in task.relations:
            def side(at, tree_of_side, each=each):
                values = {s.name: compare.number_of(v, at) for s, v in each.items()}
                return numeric.value(tree_of_side, {**at, **values})
            good = compare.everywhere(lambda at: side(at, relation[1]),
                                      lambda at: side(at, relation[2]), names, 20,
                                      3 if names else 1)
            if not good:
                answer.how = "not confirmed by substitution"
                return
    reason = complete_system(task, functions, found, free, linear)
    answer.checked = YES if reason else PARTLY
    answer.how = f"substituted; {reason}" if reason else \
        "substituted; that there are no others was not proved"


def complete_system(task, functions, found, free, linear):
    symbols = task.symbols
    try:
        if linear:
            determined = rank([row[:-1] for row in coefficients(functions, symbols)])
            if determined + len(free & set(symbols)) == len(symbols):
                return "the equations' rank allows no others"
            return None
        if free or not all(f.is_polynomial(*symbols) for f in functions):
            return None
        basis = sympy.groebner(functions, *symbols, order="grevlex")
        if not basis.is_zero_dimensional:
            return None
        if standard_monomials(basis, symbols) == len(found) and task.domain is not S.Reals:
            return "a Gröbner basis allows no more"
    except (numeric.NotNumeric, sympy.PolynomialError, NotImplementedError):
        return None
    return None


def standard_monomials(basis, symbols):
    """How many monomials no leading one divides: at least as many as there are solutions."""
    leading = [sympy.Poly(each, *symbols).monoms(order="grevlex")[0] for each in basis.exprs]
    tops = [min((m[i] for m in leading if sum(m) == m[i]), default=0) for i in range(len(symbols))]

    def count(prefix):
        if len(prefix) == len(symbols):
            return not any(all(a >= b for a, b in zip(prefix, m)) for m in leading)
        return sum(count((*prefix, k)) for k in range(tops[len(prefix)]))
    return count(())
