"""Divisors, primes, counting, percentages, and statistics of a list."""
import math
import statistics
from fractions import Fraction

import sympy

from . import numeric, tree
from .algebra import PROVED_BELOW, is_prime, tidy
from .answer import NO, PARTLY, YES, Answer, Unsolvable
from .numeric import NotNumeric

MAX_COUNTED = 200_000


def integer_of(node):
    value = tree.build(node)
    if not isinstance(value, sympy.Expr) or not value.is_Integer:
        raise Unsolvable("this takes whole numbers")
    return int(value)


def integers_of(problem):
    nodes = problem[1:]
    if len(nodes) == 1 and nodes[0][0] in ("list", "tuple"):
        nodes = nodes[0][1:]
    if not nodes:
        raise Unsolvable("this takes whole numbers, and none is given")
    return [integer_of(each) for each in nodes]


def answer(value, good, how, program, otherwise="not confirmed by another route"):
    return Answer(sympy.sympify(value), YES if good else NO, how if good else otherwise, program)


def euclid(a, b):
    """(g, s, t) with s a + t b = g."""
    s, next_s, t, next_t = 1, 0, 0, 1
    while b:
        q, a, b = a // b, b, a % b
        s, next_s = next_s, s - q * next_s
        t, next_t = next_t, t - q * next_t
    return (a, s, t) if a >= 0 else (-a, -s, -t)


def polynomials(problem, operation):
    values = [tree.build(each) for each in problem[1:]]
    if len(values) != 2:
        raise Unsolvable("this takes two polynomials, or whole numbers")
    value = operation(*values)
    return Answer(value, NO, "not confirmed by another route",
                  f"print(sympy.{operation.__name__}{tuple(values)})")


def gcd(problem):
    if numeric.names_in(problem):
        return polynomials(problem, sympy.gcd)
    numbers = integers_of(problem)
    value = sympy.igcd(*numbers) if len(numbers) > 1 else abs(numbers[0])
    found = 0
    for n in numbers:
        found, s, t = euclid(found, n)
    good = found == value and all(value and n % value == 0 for n in numbers)
    return answer(value, good, "Euclid's algorithm gives it too, and it divides them all",
                  f"print(sympy.igcd{tuple(numbers)})")


def lcm(problem):
    if numeric.names_in(problem):
        return polynomials(problem, sympy.lcm)
    numbers = integers_of(problem)
    value = sympy.ilcm(*numbers) if len(numbers) > 1 else abs(numbers[0])
    found = 1
    for n in numbers:
        found = abs(found * n) // (euclid(found, n)[0] or 1)
    good = found == value and all(n and value % n == 0 for n in numbers)
    return answer(value, good, "all divide it, and Euclid's algorithm finds no smaller one",
                  f"print(sympy.ilcm{tuple(numbers)})")


def isprime(problem):
    n = integer_of(problem[1])
    value = bool(sympy.isprime(n))
    return answer(sympy.true if value else sympy.false,
                  n < PROVED_BELOW and is_prime(n) == value,
                  "Miller and Rabin's test, a proof at this size, says the same",
                  f"print(sympy.isprime({n}))")


def neighbour(step, name):
    def find(problem):
        n = integer_of(problem[1])
        if step < 0 and n <= 2:
            raise Unsolvable("there is no prime below 2")
        if n > 10 ** 300:
            raise Unsolvable("primes of up to 300 digits are looked for")
        value = int(getattr(sympy, name)(n))
        between = range(n + step, value, step)
        good = value < PROVED_BELOW and is_prime(value) and not any(map(is_prime, between))
        return answer(value, good, "proved prime, and all between are not",
                      f"print(sympy.{name}({n}))")
    return find


def divisors(problem):
    n = abs(integer_of(problem[1]))
    if n == 0 or n > 10 ** 30:
        raise Unsolvable("divisors of numbers from 1 to 10^30 are listed")
    found = sympy.divisors(n)
    if n <= MAX_COUNTED:
        good = found == [d for d in range(1, n + 1) if n % d == 0]
    else:
        rest, count = n, 1
        for p in (each for each in found if is_prime(each)):
            e = 0
            while rest % p == 0:
                rest, e = rest // p, e + 1
            count *= e + 1
        good = rest == 1 and count == len(set(found)) and all(n % d == 0 for d in found)
    result = answer(0, good, "each divides it, and they are as many as there must be",
                    f"print(sympy.divisors({n}))")
    result.value = sympy.FiniteSet(*found)
    return result


def divisor_count(problem):
    n = abs(integer_of(problem[1]))
    if n == 0:
        raise Unsolvable("every number divides 0")
    value = sympy.divisor_count(n)
    good = n <= MAX_COUNTED and value == sum(n % d == 0 for d in range(1, n + 1))
    return answer(value, good, "counted one by one", f"print(sympy.divisor_count({n}))")


def primefactors(problem):
    n = integer_of(problem[1])
    found = sympy.primefactors(n)
    rest = abs(n)
    for p in found:
        while rest % p == 0:
            rest //= p
    good = rest == 1 and all(p < PROVED_BELOW and is_prime(p) for p in found)
    result = answer(0, good, "divided out, and each is proved prime",
                    f"print(sympy.primefactors({n}))")
    result.value = sympy.FiniteSet(*found)
    return result


def totient(problem):
    n = integer_of(problem[1])
    if n < 1:
        raise Unsolvable("the totient takes a positive whole number")
    value = sympy.totient(n)
    good = n <= MAX_COUNTED and value == sum(math.gcd(k, n) == 1 for k in range(1, n + 1))
    return answer(value, good, "counted one by one", f"print(sympy.totient({n}))")


def counted(name, route, how):
    """A function of whole numbers, and another way to it."""
    def find(problem):
        try:
            numbers = integers_of(problem)
        except Unsolvable:
            value = tree.apply(name, [tree.build(each) for each in problem[1:]])
            return Answer(value, NO, "not confirmed by another route")
        if any(abs(n) > 100_000 for n in numbers):
            raise Unsolvable("numbers up to 100000 are taken here")
        value = tree.apply(name, [sympy.Integer(n) for n in numbers])
        try:
            good = value == route(*numbers)
        except (NotNumeric, ValueError, TypeError):
            good = False
        return answer(value, good, how, f"print({value})")
    return find


def fibonacci_by_steps(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    if n < 0:
        raise NotNumeric("negative")
    return a


def prime_at(problem):
    n = integer_of(problem[1])
    if not 1 <= n <= 100_000:
        raise Unsolvable("the first 100000 primes are known here")
    value = int(sympy.prime(n))
    sieve = bytearray([1]) * (value + 1)
    for p in range(2, math.isqrt(value) + 1):
        if sieve[p]:
            sieve[p * p::p] = bytes(len(range(p * p, value + 1, p)))
    good = sum(sieve[2:]) == n and sieve[value] == 1
    return answer(value, good, "Eratosthenes' sieve gives the same", f"print(sympy.prime({n}))")


def primepi(problem):
    n = integer_of(problem[1])
    value = int(sympy.primepi(n))
    good = n <= MAX_COUNTED and value == sum(map(is_prime, range(2, n + 1)))
    return answer(value, good, "counted one by one", f"print(sympy.primepi({n}))")


def mod_inverse(problem):
    a, m = (integer_of(each) for each in problem[1:3])
    try:
        value = sympy.mod_inverse(a, m)
    except ValueError:
        raise Unsolvable(f"{a} has no inverse modulo {m}: they have a common divisor") from None
    return answer(value, value * a % m == 1 % m, "multiplied again",
                  f"print(sympy.mod_inverse({a}, {m}))")


def modulo(problem):
    """Integers; others are formulas like any other."""
    base, modulus = problem[1:3]
    value = tree.build(problem)
    if not value.is_Integer or tree.build(modulus).is_Integer is False:
        from .algebra import evaluate
        return evaluate(["add", problem, ["number", "0"]])
    m = integer_of(modulus)
    if base[0] == "pow":
        try:
            result, power, e = 1, integer_of(base[1]) % m, integer_of(base[2])
            inverts, e = e < 0, abs(e)
            while e > 0:
                result = result * power % m if e & 1 else result
                power, e = power * power % m, e >> 1
            good = result * value % m == 1 % m if inverts else result == value
        except Unsolvable:
            good = False
        how = "squared and multiplied step by step"
    else:
        exact = numeric.exact(base)
        good = (exact - int(value)) % m == 0 and (0 <= value < m or m < value <= 0)
        how = "the difference is a multiple of the modulus"
    return answer(value, good, how, f"print({tree.build(base)} % {m})"
                  if base[0] != "pow" else f"print(pow({integer_of(base[1])}, "
                  f"{integer_of(base[2])}, {m}))")


# --- percentages --------------------------------------------------------------------------------

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
PREFIXES = {2: "0b", 8: "0o", 16: "0x"}


def base(problem):
    """255 in hex: Python's way to write it, and digits alone for other bases."""
    n, b = integer_of(problem[1]), integer_of(problem[2])
    if not 2 <= b <= len(DIGITS):
        raise Unsolvable(f"numbers are written in the bases from 2 to {len(DIGITS)}")
    digits, rest = "", abs(n)
    while rest or not digits:
        rest, digit = divmod(rest, b)
        digits = DIGITS[digit] + digits
    sign = "-" if n < 0 else ""
    result = answer(n, int(sign + digits, b) == n, "Python reads it back as the same number",
                    f"print(int('{sign + digits}', {b}))")
    result.text = f"{sign}{PREFIXES.get(b, '')}{digits}"
    return result


def what_percent(problem):
    part, whole = (tree.build(each) for each in problem[1:])
    value = tree.divide(part, whole) * 100
    good = numeric.exact(problem[1]) * 100 == Fraction(str(value)) * numeric.exact(problem[2]) \
        if value.is_Rational else False
    return answer(value, good, "that many hundredths of the whole are the part",
                  f"print({part} / {whole} * 100)")


def percent_change(problem):
    before, after = (tree.build(each) for each in problem[1:])
    value = tree.divide(after - before, before) * 100
    a, b = numeric.exact(problem[1]), numeric.exact(problem[2])
    good = value.is_Rational and a * (1 + Fraction(str(value)) / 100) == b
    return answer(value, good, "changed by that many hundredths, one becomes the other",
                  f"print(({after} - {before}) / {before} * 100)")


# --- statistics ---------------------------------------------------------------------------------

def mean(v):
    return sum(v) / sympy.Integer(len(v))


def median(v):
    v, half = sorted(v), len(v) // 2
    return v[half] if len(v) % 2 else (v[half - 1] + v[half]) / 2


def spread(v, divisor):
    if divisor < 1:
        raise Unsolvable("a sample's variance takes at least two numbers")
    return sum((each - mean(v)) ** 2 for each in v) / sympy.Integer(divisor)


STATISTICS = {
    "mean": (mean, statistics.mean), "median": (median, statistics.median),
    "pvariance": (lambda v: spread(v, len(v)), statistics.pvariance),
    "variance": (lambda v: spread(v, len(v) - 1), statistics.variance),
    "pstdev": (lambda v: sympy.sqrt(spread(v, len(v))), statistics.pvariance),
    "stdev": (lambda v: sympy.sqrt(spread(v, len(v) - 1)), statistics.variance),
    "max": (lambda v: sympy.Max(*v), max), "min": (lambda v: sympy.Min(*v), min),
    "range": (lambda v: sympy.Max(*v) - sympy.Min(*v), lambda v: max(v) - min(v)),
    "sum": (lambda v: sum(v, sympy.Integer(0)), sum),
    "prod": (lambda v: sympy.prod(v), math.prod),
    "len": (lambda v: sympy.Integer(len(v)), len),
}


def list_of(problem):
    nodes = problem[1:]
    if len(nodes) == 1 and nodes[0][0] == "matrix":  # np.array([1, 2, 3])
        nodes = nodes[0][1:]
    if len(nodes) == 1 and nodes[0][0] in ("list", "tuple", "set"):
        nodes = nodes[0][1:]
    if not nodes:
        raise Unsolvable("the list is empty")
    values = [tree.build(each) for each in nodes]
    if any(not isinstance(each, sympy.Expr) for each in values):
        raise Unsolvable("this takes a list of numbers")
    return nodes, values


def statistic(name):
    def find(problem):
        nodes, values = list_of(problem)
        work, other = STATISTICS[name]
        ordered = len(nodes) == 1 or name in ("max", "min", "median")  # range of x^2 is no list
        if ordered and any(v.free_symbols for v in values):
            raise Unsolvable("this takes a list of numbers")
        value = tidy(work(values))
        program = f"print(statistics.{name}({values}))"
        try:
            exact = [numeric.exact(each) for each in nodes]
            again = Fraction(other(exact))
            square = value ** 2 if name in ("pstdev", "stdev") else value
            good = square == sympy.Rational(again.numerator, again.denominator) and \
                (name not in ("pstdev", "stdev") or value.is_nonnegative)
        except (NotNumeric, statistics.StatisticsError, TypeError, AttributeError):
            good = False
        return answer(value, good, "Python's statistics in exact fractions give the same", program)
    return find


def mode(problem):
    nodes, values = list_of(problem)
    counts = [values.count(each) for each in values]
    top = max(counts)
    found = list(dict.fromkeys(v for v, n in zip(values, counts) if n == top))
    result = answer(found[0] if len(found) == 1 else 0, True, "counted one by one",
                    f"print(statistics.multimode({values}))")
    try:
        modes = statistics.multimode([numeric.exact(each) for each in nodes])
        if len(modes) != len(found):
            result.checked = NO
    except NotNumeric:
        result.checked = PARTLY
    if len(found) > 1:
        result.value = sympy.FiniteSet(*found)
    return result


def percentile(share):
    def find(problem):
        """Between the two nearest of the values in order, as NumPy does by default."""
        if len(problem) != 3:
            raise Unsolvable("a percentile is one of a list: percentile([1, 2, 3], 50)")
        _, values = list_of(problem[:2])
        part = tree.build(problem[2]) / share
        if any(not each.is_Rational for each in [*values, part]) or not 0 <= part <= 1:
            raise Unsolvable("a percentile is taken of numbers, from 0 to 100 percent")
        values, place = sorted(values), part * (len(values) - 1)
        low = int(place)
        high = min(low + 1, len(values) - 1)
        value = values[low] + (place - low) * (values[high] - values[low])
        return Answer(value, PARTLY, "linear between the nearest values, as NumPy does; there are "
                      "other definitions", f"print(numpy.quantile({values}, {part}))")
    return find


def folded_or_list(problem):
    """Python's sum(k**2 for k in range(1, 11)) is a series; sum([1, 2]) a list's."""
    if len(problem) == 3 and problem[2][0] == "tuple" and len(problem[2]) == 4:
        from .calculus import series
        return series(["summation", *problem[1:]])
    return statistic(problem[0])(problem)


TASKS = {"gcd": gcd, "lcm": lcm, "isprime": isprime, "nextprime": neighbour(1, "nextprime"),
         "prevprime": neighbour(-1, "prevprime"), "divisors": divisors,
         "divisor_count": divisor_count, "primefactors": primefactors, "totient": totient,
         "prime": prime_at,
         "primepi": primepi, "mod_inverse": mod_inverse, "mod": modulo,
         "base": base,
         "what_percent": what_percent, "percent_change": percent_change, "mode": mode,
         "binomial": counted("binomial", numeric.subsets, "Pascal's triangle gives the same"),
         "fibonacci": counted("fibonacci", fibonacci_by_steps, "added step by step"),
         "factorial": counted("factorial", numeric.factorial, "multiplied step by step"),
         "permutations": counted("permutations", math.perm, "Python's math.perm gives the same"),
         **{name: statistic(name) for name in STATISTICS if name != "sum"},
         "percentile": percentile(100), "quantile": percentile(1), "sum": folded_or_list}


def factor_whole(problem):
    from .algebra import factor_integer
    return factor_integer(integer_of(problem[1]))


TASKS["factorint"] = factor_whole
