"""Equations with one unknown; inequalities and systems are others' work."""
import mpmath
import sympy
from mpmath import mp
from sympy import S

from . import compare, numeric, tree
from .answer import NO, PARTLY, YES, Answer, Unsolvable
from .completeness import complete, freed
from .inequalities import inequality, is_step, step_of
from .relations import INSIDE, Task, difference
from .systems import system

MAX_ROOTS = 20  # that are listed as numbers


def solve(problem):
    matrices = system_of_matrix(problem[1])
    if matrices:
        return matrix_equation(*matrices)
    task = Task(problem)
    if not task.names:
        return truth(task)
    answer = solved(task)
    if task.ignored():
        answer.checked, answer.how = NO, "a condition that names other things was not used"
    return answer


def system_of_matrix(relations):
    """(matrix, right side) of [[2,1],[1,3]] x = [3,5]; nothing for anything else."""
    if relations[0] == "list" and len(relations) == 2:
        relations = relations[1]
    if relations[0] != "eq" or relations[1][0] != "mul" or relations[1][2][0] != "symbol":
        return None
    sides = [side[1] if side[0] == "matrix" else side for side in (relations[1][1], relations[2])]
    return sides if all(side[0] == "list" for side in sides) else None


def matrix_equation(left, right):
    """A x = b, checked by A times x."""
    matrix, target = (sympy.Matrix(tree.build(side)) for side in (left, right))
    tree.square(matrix)
    if matrix.rows != target.rows:
        raise Unsolvable(f"a matrix with {matrix.rows} rows does not go with {target.rows} numbers")
    if matrix.det() == 0:
        raise Unsolvable("the matrix has no inverse: there is not one solution")
    value = matrix.LUsolve(target).applyfunc(sympy.simplify)
    good = compare.same_rows(left, value, right)
    return Answer(value, YES if good else NO, "multiplied again, and the determinant is not 0"
                  if good else "not confirmed by multiplying again",
                  f"print({matrix}.LUsolve({target}))")


def solved(task):
    kinds = {relation[0] for relation in task.relations}
    if len(task.relations) == 1 and is_step(task.relations[0]):
        head, step, bound = step_of(task.relations[0])
        if not bound.is_Integer:
            return Answer(S.EmptySet, YES, f"{step[0]} is a whole number")
        return inequality(task)
    if kinds <= {"eq"}:
        return system(task) if len(task.relations) > 1 or len(task.unknowns) > 1 \
            else equation(task)
    if len(task.unknowns) != 1:
        raise Unsolvable("inequalities are solved for one unknown")
    return inequality(task)


def truth(task):
    value = sympy.And(*(tree.build(each) for each in task.relations))
    if value in (sympy.true, sympy.false):
        try:
            holds = all(INSIDE[h](numeric.exact(a), numeric.exact(b)) for h, a, b in task.relations)
        except (numeric.NotNumeric, ZeroDivisionError):
            holds = None
        if holds == bool(value):
            return Answer(value, YES, "compared in exact fractions")
        return Answer(value, NO, "compared by SymPy")
    raise Unsolvable("there is no unknown in this to solve for")


def equation(task):
    symbol = task.symbols[0]
    function = difference(task.relations[0])
    domain = task.domain_of(symbol)
    program = f"print(sympy.solveset({function}, {symbol}, {domain}))"
    if function.free_symbols - {symbol}:
        answer = with_parameters(task, function, program)
        return answer if domain == S.Complexes else within(answer, symbol, domain)
    if function == 0:
        return Answer(domain, NO, "both sides are the same wherever they have values", program)
    if not function.has(symbol):
        return Answer(S.EmptySet, NO, "the unknown drops out, and the sides differ", program)
    real_roots = any("cbrt" in numeric.heads_in(each) for each in task.relations)
    found = (roots_of_freed if real_roots else solutions_of)(function, symbol, domain)
    if found is None:
        return numeric_roots(task, function, domain, program)
    answer = Answer(found, program=program)
    if not isinstance(found, sympy.FiniteSet) and found is not S.EmptySet:
        real = real_of(found) if task.domain is None else None
        if real is None:
            return infinite(task, answer)
        return over_the_reals(task, function, list(real))
    members = [each for each in found if not refuted(task, each)]
    answer.value = sympy.FiniteSet(*members)
    confirm_members(task, answer, function, members, domain)
    real = [each for each in members if each.is_real]
    endless = answer.checked != YES and not function.is_algebraic_expr(symbol)
    if endless and task.domain is None and 0 < len(real) < len(members):
        return over_the_reals(task, function, real)  # 3^(2x) = 81
    return answer


def over_the_reals(task, function, members):
    """Of an equation with infinitely many complex solutions, where nobody asked for those."""
    symbol = task.symbols[0]
    answer = Answer(sympy.FiniteSet(*members),
                    program=f"print(sympy.solveset({function}, {symbol}, Reals))")
    confirm_members(task, answer, function, members, S.Reals)
    answer.how += "; over the reals: there are complex solutions as well"
    return answer


def solutions_of(function, symbol, domain):
    """A finite set or a set in closed form; nothing where SymPy knows none."""
    numerator = sympy.fraction(sympy.together(function))[0]
    if numerator.is_polynomial(symbol) and function.is_rational_function(symbol):
        roots = polynomial_roots(function, symbol, domain)
        if roots is not None:
            return roots
    try:
        found = sympy.solveset(function, symbol, domain)
    except (NotImplementedError, ValueError, TypeError):
        found = None
    if isinstance(found, sympy.Complement) and isinstance(found.args[0], sympy.FiniteSet):
        found = found.args[0]
    if isinstance(found, sympy.FiniteSet) or found is S.EmptySet:
        return found
    if found is not None and not found.has(sympy.ConditionSet, sympy.Intersection,
                                           sympy.Complement):
        return found
    try:
        listed = sympy.solve(function, symbol)
    except (NotImplementedError, ValueError, TypeError):
        return None
    kept = [each for each in listed if domain.contains(each) == sympy.true]
    if not listed or len(kept) < len(listed) and domain is not S.Reals:
        return None
    return sympy.FiniteSet(*kept) if kept else None


def roots_of_freed(function, symbol, domain):
    """Of an equation with real cube roots, which SymPy takes for complex ones: candidates, which
    substitution tells apart. Nothing where it has no polynomial."""
    poly = freed(function, symbol)
    return None if poly is None else polynomial_roots(poly.as_expr(), symbol, domain)


def polynomial_roots(function, symbol, domain):
    numerator, denominator = sympy.fraction(sympy.cancel(sympy.together(function)))
    try:
        poly = sympy.Poly(numerator, symbol)
    except sympy.PolynomialError:
        return None
    if poly.degree() < 1:
        return S.EmptySet
    given = sympy.fraction(sympy.together(function))[1]
    found = sympy.roots(poly)
    if sum(found.values()) != poly.degree():
        if not all(c.is_Rational for c in poly.all_coeffs()):
            return None
        found = poly.real_roots() if domain.is_subset(S.Reals) else poly.all_roots()
    kept = [each for each in set(found)
            if given.subs(symbol, each) != 0 and domain.contains(each) != sympy.false]
    return sympy.FiniteSet(*kept) if kept else S.EmptySet


def residue(relation, values):
    left, right = (numeric.value(each, values) for each in relation[1:])
    return abs(left - right) <= mpmath.mpf("1e-25") * max(1, abs(left))


def refuted(task, member):
    """Whether substitution shows that this is no solution: squaring and the like bring such in."""
    with mp.workdps(40):
        try:
            values = {task.unknowns[0]: compare.number_of(member)}
            left, right = (numeric.value(each, values) for each in task.relations[0][1:])
            return abs(left - right) > mpmath.mpf("1e-10") * max(1, abs(left))
        except compare.FAILURES:
            return False


def confirm_members(task, answer, function, members, domain):
    relation, name = task.relations[0], task.unknowns[0]
    with mp.workdps(40):
        try:
            good = all(residue(relation, {name: compare.number_of(each)}) for each in members)
        except compare.FAILURES:
            good = False
    if not good:
        answer.how = "not confirmed by substitution"
        return
    reason = complete(function, task.symbols[0], members, domain, relation)
    answer.checked = YES if reason else PARTLY
    if not members:
        answer.how = reason or "that there is no solution was not confirmed by another route"
        answer.checked = YES if reason else NO
    elif reason:
        answer.how = f"substituted; {reason}"
    else:
        answer.how = "substituted; that there are no others was not proved"


def real_of(found):
    """Of e^(2x) = 5 the real solution, whose complex ones repeat along the imaginary axis; nothing
    where solutions repeat otherwise, or none is real."""
    members = []
    for part in found.args if isinstance(found, sympy.Union) else [found]:
        if isinstance(part, sympy.FiniteSet):
            members += [each for each in part if each.is_real]
            continue
        if not isinstance(part, sympy.ImageSet) or len(part.base_sets) != 1:
            return None
        first, step = part.lamda(0), sympy.expand(part.lamda(1) - part.lamda(0))
        if sympy.re(step) != 0 or sympy.expand(part.lamda(2) - part.lamda(1)) != step:
            return None
        turns = sympy.simplify(-sympy.im(first) / sympy.im(step))
        if turns.is_Integer:
            members.append(sympy.simplify(part.lamda(turns)))
    return sympy.FiniteSet(*members) if members else None


def filled(task, answer):
    """Solutions that fill the plane or parts of the line: |x - 1| + |x + 2| = 3."""
    wide = answer.value == S.Complexes
    samples = [sympy.Rational(k, 7) + wide * (k % 3 - 1) * S.ImaginaryUnit
               for k in range(-140, 141, 4)]
    for x in samples:
        inside = answer.value.contains(x)
        with mp.workdps(40):
            try:
                good = residue(task.relations[0], {task.unknowns[0]: compare.number_of(x)})
            except compare.FAILURES:
                continue
        if inside not in (sympy.true, sympy.false) or good != bool(inside):
            raise Unsolvable("no set of solutions was found that substitution confirms")
    answer.checked = PARTLY
    answer.how = "substituted at many values; that there are no others was not proved"
    return answer


def infinite(task, answer):
    """Solutions with an integer parameter, substituted for some of its values."""
    if not answer.value.has(sympy.ImageSet):
        return filled(task, answer)
    relation, name = task.relations[0], task.unknowns[0]
    parts = answer.value.args if isinstance(answer.value, sympy.Union) else [answer.value]
    with mp.workdps(40):
        try:
            for part in parts:
                if not isinstance(part, sympy.ImageSet) or len(part.base_sets) != 1:
                    raise numeric.NotNumeric("no image set")
                for n in (-3, -1, 0, 1, 4):
                    if not residue(relation, {name: compare.number_of(part.lamda(n))}):
                        raise numeric.NotNumeric("no solution")
        except compare.FAILURES:
            answer.how = "not confirmed by substitution"
            return answer
    answer.checked = PARTLY
    answer.how = "substituted for some n; that there are no others was not proved"
    return answer


def with_parameters(task, function, program):
    symbol, relation = task.symbols[0], task.relations[0]
    try:
        found = sympy.solve(function, symbol)
    except NotImplementedError:
        raise Unsolvable("no solution in closed form was found") from None
    if not found:
        raise Unsolvable("no solution in closed form was found")
    answer = Answer(sympy.FiniteSet(*found), program=program)
    names = numeric.names_in(relation) - {symbol.name}
    for each in found:
        def substituted(at, each=each):
            return compare.numeric.value(relation[1],
                                         {**at, symbol.name: compare.number_of(each, at)})

        def other(at, each=each):
            return compare.numeric.value(relation[2],
                                         {**at, symbol.name: compare.number_of(each, at)})
        if not compare.everywhere(substituted, other, names, 15, 3):
            answer.how = "not confirmed by substitution"
            return answer
    numerator = sympy.numer(sympy.together(function))
    answer.checked, answer.how = PARTLY, "substituted; that there are no others was not proved"
    if numerator.is_polynomial(symbol):
        poly = sympy.Poly(numerator, symbol)
        if poly.degree() == len(set(found)):
            lead = poly.LC()
            answer.checked = YES
            answer.how = "substituted; a polynomial of this degree has no more zeros"
            if not lead.is_number:
                answer.how += f"; {lead} is not 0"
    return answer


def within(answer, symbol, domain):
    """Those solutions with other names in them that lie in the domain, for positive names."""
    others = {each for value in answer.value for each in value.free_symbols}
    positive = {each: sympy.Dummy(str(each), positive=True) for each in others}
    lies = [domain.contains(value.subs(positive)) for value in answer.value]
    if any(each not in (sympy.true, sympy.false) for each in lies):
        raise Unsolvable("whether the solutions lie where they should depends on the other names")
    kept = [value for value, inside in zip(answer.value, lies) if inside == sympy.true]
    answer.value = sympy.FiniteSet(*kept)
    if answer.checked != NO:
        names = ", ".join(sorted(map(str, others)))
        answer.checked = PARTLY
        answer.how = f"substituted; that it lies there, for positive {names}"
    return answer


def numeric_roots(task, function, domain, program):
    """Sign changes on a grid, refined: real solutions in numbers."""
    name, relation = task.unknowns[0], task.relations[0]

    def at(x):
        value = mpmath.mpc(numeric.value(["sub", *relation[1:]], {name: x}))
        if abs(value.imag) > 1e-12:
            raise ValueError
        return value.real
    low, high = -100, 100
    if isinstance(domain, sympy.Interval):
        low, high = max(low, domain.start), min(high, domain.end)
        low, high = compare.number_of(low), compare.number_of(high)
    found, before = [], None
    with mp.workdps(25):
        low, high = mpmath.mpf(low), mpmath.mpf(high)
        for k in range(4001):
            x = low + (high - low) * k / 4000
            try:
                value = at(x)
            except compare.FAILURES:
                before = None
                continue
            if value == 0 and before is not None and before[1] == 0:
                raise Unsolvable("the solutions fill parts of the line, and which ones was not "
                                 "found")
            if value == 0 and before is None:
                found.append(x)  # at the border of where the equation has values
            elif before is not None and before[1] * value <= 0 and before[1] != 0:
                try:
                    root = mpmath.findroot(at, (before[0], x), solver="anderson")
                    if abs(root) < mpmath.mpf("1e-20"):
                        root = mpmath.mpf(0)
                    if abs(at(root)) < mpmath.mpf("1e-15") and low <= root <= high:
                        found.append(root)
                except compare.FAILURES:
                    pass
            before = (x, value)
    if not found:
        raise Unsolvable("no solution was found, in closed form or in numbers between "
                         f"{mpmath.nstr(low, 5)} and {mpmath.nstr(high, 5)}")
    nearest = sorted(found, key=abs)[:MAX_ROOTS]
    some = f"; the {MAX_ROOTS} nearest to 0 of {len(found)}" if len(found) > MAX_ROOTS else ""
    values = sympy.FiniteSet(*(sympy.Float(mpmath.nstr(each, 15)) for each in nearest))
    return Answer(values, PARTLY, "no closed form was found: numbers, with an error of at most "
                  f"about 1e-14, substituted; only real ones between {mpmath.nstr(low, 5)} and "
                  f"{mpmath.nstr(high, 5)} were looked for, where the sign changes" + some,
                  program, "1e-14")


TASKS = {"solve": solve, "solveset": solve, "linsolve": solve, "nonlinsolve": solve}
