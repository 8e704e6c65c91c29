"""Equations of remainders: a = b modulo m, one or several of them, and x mod 3 = 2.

A formula's remainders come again after some steps of the unknown, though not always after as many
as the modulus: those of 2^x modulo 7 after 3, those of x (x - 1)/2 modulo 4 after 8.
"""
import math
from fractions import Fraction

import sympy

from . import numeric, tree
from .answer import PARTLY, YES, Unsolvable
from .integers import answer, integer_of
from .relations import Task

MAX_MODULUS = 2_000
MAX_TRIED = 50_000


def period(node, symbol, m):
    """After how many steps of the unknown, from 0 on, the values modulo m come again."""
    value = tree.build(node)
    if not isinstance(value, sympy.Expr):
        raise Unsolvable("a congruence takes whole numbers")
    if not value.has(symbol):
        return 1
    if value.is_polynomial(symbol):
        poly = sympy.Poly(value, symbol)
        if not all(each.is_Rational for each in poly.all_coeffs()):
            raise Unsolvable("a congruence takes whole numbers")
        return m * math.lcm(*(int(each.q) for each in poly.all_coeffs()))
    head, *arguments = node
    if head in ("add", "sub", "mul", "neg"):
        return math.lcm(*(period(each, symbol, m) for each in arguments))
    if head == "pow" and tree.build(arguments[0]).is_Integer:
        base = integer_of(arguments[0])
        if math.gcd(base, m) != 1:
            raise Unsolvable(f"powers of {base} modulo {m} are not solved for, since the two have "
                             "a common divisor")
        return period(arguments[1], symbol, order(base, m))
    if head == "pow" and tree.build(arguments[1]).is_Integer:
        return period(arguments[0], symbol, m)
    raise Unsolvable("a congruence is solved where the unknown stands in sums, products and powers "
                     "of whole numbers")


def order(base, m):
    power, steps = base % m, 1
    while power != 1 % m:
        power, steps = power * base % m, steps + 1
    return steps


class Congruence:
    """left = right modulo m"""

    def __init__(self, left, right, modulus):
        self.m = modulus
        self.difference = ["sub", left, right]
        self.names = sorted(numeric.names_in(self.difference))
        self.built = tree.build(self.difference)

    def holds(self, k):
        value = self.built.subs(sympy.Symbol(self.names[0]), k) if self.names else self.built
        if not value.is_Integer:
            raise Unsolvable("a congruence takes whole numbers")
        return int(value) % self.m == 0

    def holds_exactly(self, k):
        at = {self.names[0]: Fraction(k)} if self.names else None
        value = numeric.exact(self.difference, at)
        return value.denominator == 1 and value % self.m == 0


def congruence_of(node):
    modulus = integer_of(node[3])
    if not 2 <= modulus <= MAX_MODULUS:
        raise Unsolvable(f"a congruence takes a modulus from 2 to {MAX_MODULUS}")
    return Congruence(*node[1:3], modulus)


def several(nodes):
    return remainders([congruence_of(each) for each in nodes])


def remainders(given):
    """The remainders of the unknown with which all hold."""
    names = sorted(set().union(*(each.names for each in given)))
    program = "print(all(d % n == 0 for d, n in " \
              f"{[(each.built, each.m) for each in given]}))"
    if not names:
        value = all(each.holds(0) for each in given)
        good = value == all(each.holds_exactly(0) for each in given)
        return answer(sympy.sympify(value), good, "the difference, in exact fractions", program)
    if len(names) > 1:
        raise Unsolvable("a congruence with several unknowns is not solved" if len(given) == 1 else
                         "congruences together are solved for one unknown")
    symbol = sympy.Symbol(names[0])
    periods = [period(each.difference, symbol, each.m) for each in given]
    common = math.lcm(*periods)
    if common > MAX_TRIED:
        raise Unsolvable("congruences are solved where the remainders come again after at most "
                         f"{MAX_TRIED} steps")
    found, so_far = [0], 1
    for each, steps in zip(given, periods):
        good_there = [each.holds(k) for k in range(steps)]
        both = math.lcm(so_far, steps)
        found = [k for one in found for k in range(one, both, so_far) if good_there[k % steps]]
        so_far = both
    confirmed = [k for k in range(common) if all(each.holds_exactly(k) for each in given)]
    good = sorted(found) == confirmed
    how = f"every remainder modulo {common} was tried"
    usual = math.lcm(*(each.m for each in given))
    if common % usual == 0 and set(found) == {
            k for k in range(common) if k % usual in set(found)}:
        found = [k for k in found if k < usual]
        how += "" if common == usual else f"; those modulo {usual} are enough"
    elif common != usual:
        how += f"; {symbol} counts modulo {common} here"
    program = f"print([{symbol} for {symbol} in range({common}) if all(d % n == 0 for d, n in " \
              f"{[(each.built, each.m) for each in given]})])"
    return answer(sympy.FiniteSet(*found), good, how, program)


# --- x mod 3 = 2 --------------------------------------------------------------------------------

def sides(relation):
    """(formula, modulus, remainder) of x mod 3 = 2; nothing for anything else."""
    if relation[0] != "eq":
        return None
    for left, right in (relation[1:], relation[:0:-1]):
        if left[0] == "mod" and numeric.names_in(left[1]) and \
                tree.build(left[2]).is_Integer and tree.build(right).is_Integer:
            return left[1], integer_of(left[2]), integer_of(right)
    return None


def are_of_remainders(problem):
    relations = problem[1][1:] if problem[1][0] in ("list", "tuple") else [problem[1]]
    return any(map(sides, relations)) and all(
        sides(each) or each[0] not in ("eq", "ne") for each in relations)


def of_remainders(problem):
    """Of whole numbers: all of them by their remainders, or those within the bounds given."""
    task = Task(problem)
    given = []
    for formula, modulus, remainder in map(sides, task.relations):
        if modulus < 2:
            raise Unsolvable("a remainder is one of a division by 2 or more")
        impossible = ["number", "1"], ["number", "0"]
        possible = formula, ["number", str(remainder)]
        given.append(Congruence(*(possible if 0 <= remainder < modulus else impossible), modulus))
    names = sorted(set().union(*(each.names for each in given)))
    domain = task.domain_of(task.symbols[0]) if task.assumed else None
    bounded = isinstance(domain, sympy.Interval) and domain.measure.is_finite
    if not bounded:
        found = remainders(given) if names else answer(
            sympy.S.EmptySet, True, "a remainder is smaller than what is divided by", "")
        found.how += f"; {task.unknowns[0]} is taken as a whole number"
        if domain is not None:
            found.checked = PARTLY if found.checked == YES else found.checked
            found.how += f"; those in {domain} were asked for"
        return found
    if domain.measure > MAX_TRIED:
        raise Unsolvable("whole numbers are listed within bounds that are not too far apart, as in "
                         "'for x in [0, 100]'")
    whole = [k for k in range(int(sympy.ceiling(domain.start)), int(sympy.floor(domain.end)) + 1)
             if domain.contains(k) == sympy.true]
    found = [k for k in whole if all(each.holds(k) for each in given)]
    good = found == [k for k in whole if all(each.holds_exactly(k) for each in given)]
    return answer(sympy.FiniteSet(*found), good, "every whole number there was tried", "")


TASKS = {"congruence": lambda problem: several([problem])}
