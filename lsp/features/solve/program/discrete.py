"""Digits and bits of whole numbers, primes in a row, sets of few members."""
import sympy

from . import tree
from .algebra import is_prime
from .answer import NO, YES, Answer, Unsolvable
from .integers import answer, euclid, integer_of

MAX_LISTED = 20_000


def natural(node):
    n = integer_of(node)
    if n < 0:
        raise Unsolvable("this takes whole numbers from 0 on")
    return n


def digits_by_division(n, base):
    found = [n % base]
    while n >= base:
        n //= base
        found.append(n % base)
    return found


def of_digits(by_text, by_division, program, base=10):
    """What Python's digits say of a number, and once more by dividing it."""
    def find(problem):
        n = natural(problem[1])
        value = by_text(n)
        good = value == by_division(digits_by_division(n, base))
        return answer(value, good, "the number divided step by step gives the same",
                      f"print({program.format(n)})")
    return find


def bitwise(operation, rule, sign):
    def find(problem):
        numbers = [natural(each) for each in problem[1:]]
        if len(numbers) != 2:
            raise Unsolvable("this takes two whole numbers")
        a, b = numbers
        value = operation(a, b)
        places = max(a, b).bit_length()
        again = sum(2 ** i for i in range(places) if rule(a // 2 ** i % 2, b // 2 ** i % 2))
        return answer(value, value == again, "bit by bit the same", f"print({a} {sign} {b})")
    return find


def primes(problem):
    low, high = (integer_of(each) for each in problem[1:])
    if high - low > MAX_LISTED or high > 10 ** 9:
        raise Unsolvable("so many numbers are not listed")
    found = list(sympy.primerange(low, high + 1))
    good = found == [n for n in range(max(low, 2), high + 1) if is_prime(n)]
    return Answer(found, YES if good else NO, "each number between them was tried",
                  f"print(list(sympy.primerange({low}, {high + 1})))")


def divides(problem):
    a, b = (integer_of(each) for each in problem[1:])
    if a == 0:
        raise Unsolvable("nothing is divided by 0")
    value = b % a == 0
    return answer(sympy.sympify(value), value == (euclid(a, b)[0] == abs(a)),
                  "their greatest common divisor says the same", f"print({b} % {a} == 0)")


def is_square(problem):
    n = natural(problem[1])
    root, exact = sympy.integer_nthroot(n, 2)
    good = root ** 2 <= n < (root + 1) ** 2 and exact == (root ** 2 == n)
    return answer(sympy.sympify(bool(exact)), good, "the next whole roots were squared",
                  f"print(sympy.integer_nthroot({n}, 2))")


def from_base(problem):
    digits, base = problem[1], integer_of(problem[2])
    if digits[0] != "number" or not digits[1].isdigit() or not 2 <= base <= 10 or \
            any(int(each) >= base for each in digits[1]):
        raise Unsolvable(f"the digits of a number of base {base} are 0 to {base - 1}")
    value = int(digits[1], base)
    good = digits_by_division(value, base)[::-1] == [int(each) for each in digits[1].lstrip("0")] \
        or value == 0
    return answer(value, good, "divided step by step it has the same digits",
                  f"print(int('{digits[1]}', {base}))")


def divisor_sum(problem):
    n = natural(problem[1])
    if not 0 < n <= 10 ** 6:
        raise Unsolvable("the divisors of so large a number, or of 0, are not added")
    value = sympy.divisor_sigma(n)
    return answer(value, value == sum(k for k in range(1, n + 1) if n % k == 0),
                  "every number up to it was tried", f"print(sympy.divisor_sigma({n}))")


# --- sets ---------------------------------------------------------------------------------------

def members_of(node):
    if node[0] not in ("set", "list", "tuple"):
        if node == ["symbol", "EmptySet"]:
            return []
        raise Unsolvable("this takes sets, such as {1, 2, 3}")
    return [tree.build(each) for each in node[1:]]


def of_sets(operation, belongs):
    def find(problem):
        a, b = (members_of(each) for each in problem[1:])
        value = operation(sympy.FiniteSet(*a), sympy.FiniteSet(*b))
        if not isinstance(value, (sympy.FiniteSet, type(sympy.S.EmptySet))):
            raise Unsolvable("whether some members are the same cannot be said")
        wanted = [each for each in a + b if belongs(each in a, each in b)]
        good = len(value) == len(set(wanted)) and all(each in value for each in wanted)
        return Answer(value, YES if good else NO, "each member was looked for in both",
                      f"print({value})")
    return find


def contains(problem):
    members, wanted = members_of(problem[1]), tree.build(problem[2])
    value = sympy.FiniteSet(*members).contains(wanted)
    good = value in (sympy.true, sympy.false) and bool(value) == (wanted in members)
    return answer(value, good, "compared with each", f"print({wanted} in {set(members)})")


# --- sequences ----------------------------------------------------------------------------------

def rule_of(values, n):
    """The term at n, counted from 1, of an arithmetic, a geometric or a quadratic sequence."""
    first, steps = values[0], [b - a for a, b in zip(values, values[1:])]
    if len(values) >= 3 and len(set(steps)) == 1:
        return sympy.expand(first + (n - 1) * steps[0])
    if len(values) >= 3 and all(values) and \
            len({b / a for a, b in zip(values, values[1:])}) == 1:
        return first * (values[1] / first) ** (n - 1)
    second = [b - a for a, b in zip(steps, steps[1:])]
    if len(values) >= 4 and len(set(second)) == 1:
        return sympy.expand(first + (n - 1) * steps[0] + (n - 1) * (n - 2) / 2 * second[0])
    if len(values) >= 5 and all(c == a + b for a, b, c in zip(values, values[1:], values[2:])):
        raise Unsolvable("each term is the sum of the two before; the next is "
                         f"{values[-1] + values[-2]}")
    raise Unsolvable("the terms are neither of an arithmetic nor of a geometric nor of a quadratic "
                     "sequence")


def term(problem):
    *place, listed = problem[1:]
    values = [tree.build(each) for each in listed[1:]]
    if any(not isinstance(each, sympy.Expr) or not each.is_Rational for each in values):
        raise Unsolvable("a sequence is given by its first terms, which are numbers")
    n = tree.build(place[0]) if place else sympy.Integer(len(values) + 1)
    k = sympy.Dummy("k")
    rule = rule_of(values, k)
    good = [rule.subs(k, i + 1) for i in range(len(values))] == values
    return Answer(rule.subs(k, n), "partly" if good else NO,
                  "the simplest rule gives all terms that are known; others could", "")


TASKS = {
    "digit_sum": of_digits(lambda n: sum(map(int, str(n))), sum, "sum(map(int, '{}'))"),
    "digit_count": of_digits(lambda n: len(str(n)), len, "len('{}')"),
    "popcount": of_digits(lambda n: bin(n).count("1"), sum, "bin({}).count('1')", 2),
    "bit_length": of_digits(lambda n: max(n.bit_length(), 1), len, "({}).bit_length()", 2),
    "bit_and": bitwise(lambda a, b: a & b, lambda a, b: a and b, "&"),
    "bit_or": bitwise(lambda a, b: a | b, lambda a, b: a or b, "|"),
    "bit_xor": bitwise(lambda a, b: a ^ b, lambda a, b: a != b, "^"),
    "from_base": from_base, "divisor_sum": divisor_sum, "primes": primes, "divides": divides,
    "is_square": is_square,
    "set_union": of_sets(lambda a, b: a | b, lambda a, b: a or b),
    "set_intersection": of_sets(lambda a, b: a & b, lambda a, b: a and b),
    "set_difference": of_sets(lambda a, b: a - b, lambda a, b: a and not b),
    "set_symmetric": of_sets(lambda a, b: a ^ b, lambda a, b: a != b),
    "contains": contains, "sequence_term": term, "next_term": term,
}
