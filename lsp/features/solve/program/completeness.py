"""Why an equation has no other solutions than those that were found."""
import mpmath
import sympy
from mpmath import mp
from sympy import S

from . import compare, numeric

MAX_ROOTS = 3


def complete(function, symbol, members, domain, relation=None):
    """Why there are no other solutions, or nothing. A relation is the equation as typed, which
    says more than the function that SymPy has of it: a cube root of -8 is -2 there."""
    numerator, denominator = sympy.fraction(sympy.together(function))
    if numerator.is_polynomial(symbol) and denominator.is_polynomial(symbol):
        return complete_rational(numerator, denominator, symbol, members, domain)
    if complete_algebraic(function, symbol, members, domain, relation):
        return "all zeros of the equation freed of its roots were tried"
    if domain is S.Reals and complete_in_powers(function, symbol, members):
        return "as a polynomial of its powers or logarithm it has no more zeros"
    if isinstance(domain, sympy.Interval):
        low, high = domain.start, domain.end
        if low.is_finite and high.is_finite and isolated(function, symbol, members, low, high):
            return "interval arithmetic excludes others"
    return None


def freed(function, symbol):
    """A polynomial that is zero wherever the function is, by squaring away roots and |…|; nothing
    where there is something else in it."""
    numerator = sympy.fraction(sympy.together(function))[0]
    roots = [each for each in numerator.atoms(sympy.Pow, sympy.Abs) if each.has(symbol) and
             (isinstance(each, sympy.Abs) or each.exp.is_Rational and not each.exp.is_Integer)]
    roots.sort(key=lambda each: -each.count_ops())  # the outer ones first
    if len(roots) > MAX_ROOTS:
        return None
    for each in roots:
        unknown = sympy.Dummy()
        # Not subs, which would make a power of this root of another root.
        numerator = numerator.xreplace({each: unknown})
        if isinstance(each, sympy.Abs):
            relation = unknown ** 2 - each.args[0] ** 2
        else:
            relation = unknown ** each.exp.q - each.base ** each.exp.p
        relation = sympy.fraction(sympy.together(relation))[0]
        if not numerator.has(unknown):
            continue
        numerator = sympy.resultant(numerator, relation, unknown)
    if not numerator.is_polynomial(symbol) or numerator.free_symbols != {symbol}:
        return None
    poly = sympy.Poly(numerator, symbol)
    usable = all(c.is_Rational for c in poly.all_coeffs())
    return poly if usable and poly.degree() > 0 else None


def difference_at(function, symbol, relation, x):
    """What the equation's sides differ by."""
    if relation is None:
        return compare.number_of(function, {symbol.name: x})
    return numeric.value(["sub", *relation[1:]], {symbol.name: x})


def complete_algebraic(function, symbol, members, domain, relation):
    """Every zero of the freed equation is a solution that was found, or none: |x| is of real x."""
    if function.has(sympy.Abs) and domain is not S.Reals:
        return False
    poly = freed(function, symbol)
    if poly is None:
        return False
    try:
        with mp.workdps(40):
            coefficients = [compare.number_of(c) for c in sympy.Poly(
                poly.sqf_part(), symbol).all_coeffs()]
            known = [compare.number_of(each) for each in members]
            for root in mpmath.polyroots(coefficients, maxsteps=300, extraprec=200):
                if any(abs(root - each) < mpmath.mpf("1e-20") for each in known):
                    continue
                if domain is S.Reals and abs(mpmath.im(root)) > mpmath.mpf("1e-20"):
                    continue
                if abs(mpmath.im(root)) < mpmath.mpf("1e-20"):
                    root = mpmath.re(root)  # on the cut of a root, noise would choose the side
                if abs(difference_at(function, symbol, relation, root)) < mpmath.mpf("1e-10"):
                    return False
    except compare.FAILURES:
        return False
    return True


def complete_in_powers(function, symbol, members):
    """Of a polynomial in a^x (which is one-to-one from the reals to the positive numbers) or in
    log x, Sturm's theorem counts the zeros."""
    unknown = sympy.Dummy(positive=True)
    powers = [each for each in function.atoms(sympy.exp, sympy.Pow, sympy.log) if each.has(symbol)]
    for each in sorted(powers, key=lambda each: each.count_ops()):
        bijective = each == sympy.log(symbol) or each == sympy.exp(symbol) or (
            each.is_Pow and each.exp == symbol and each.base.is_Rational and each.base > 0 and
            each.base != 1)
        replaced = sympy.expand(sympy.fraction(sympy.together(function))[0]).subs(each, unknown)
        if not bijective or replaced.free_symbols != {unknown} or \
                not replaced.is_polynomial(unknown):
            continue
        poly = sympy.Poly(replaced, unknown)
        if not all(c.is_Rational for c in poly.all_coeffs()):
            return False
        poly = poly.sqf_part()
        low = None if each == sympy.log(symbol) else 0
        count = poly.count_roots(low, None) - (low == 0 and poly.eval(0) == 0)
        return count == len(members)
    return False


def complete_rational(numerator, denominator, symbol, members, domain):
    """As many as the numerator has distinct zeros that are none of the denominator."""
    poly = sympy.Poly(numerator, symbol)
    if not all(c.is_Rational for c in poly.all_coeffs()):
        if poly.degree() == len(set(members)) and domain is S.Complexes:
            return "a polynomial of this degree has no more zeros"
        return None
    simple = sympy.quo(poly, sympy.gcd(poly, poly.diff()))
    below = sympy.Poly(denominator, symbol)
    simple = sympy.quo(simple, sympy.gcd(simple, below))
    with mp.workdps(30):
        values = [compare.number_of(each) for each in members]
        distinct = all(abs(a - b) > mpmath.mpf("1e-15")
                       for i, a in enumerate(values) for b in values[:i])
    if not distinct:
        return None
    if domain is S.Complexes:
        count = simple.degree()
    elif domain is S.Reals:
        count = simple.count_roots() if simple.degree() > 0 else 0
    elif isinstance(domain, sympy.Interval) and simple.degree() > 0:
        count = interval_count(simple, domain)
    else:
        return None
    if count != len(members):
        return None
    return "a polynomial of this degree has no more zeros" if domain is S.Complexes else \
        "Sturm's theorem counts no others"


def interval_count(poly, domain):
    """Real zeros of a square-free polynomial in an interval; -1 where the ends are not rational."""
    low, high = domain.start, domain.end
    if not all(each.is_Rational or each.is_infinite for each in (low, high)):
        return -1
    count = poly.count_roots(None if low.is_infinite else low, None if high.is_infinite else high)
    for end, is_open in ((low, domain.left_open), (high, domain.right_open)):
        if is_open and not end.is_infinite and poly.eval(end) == 0:
            count -= 1
    return count


ISOLATING = {"sin": "sin", "cos": "cos", "exp": "exp", "log": "log", "sqrt": "sqrt", "tan": "tan"}


def isolated(function, symbol, members, low, high):
    """Interval arithmetic over the range: each piece excludes zero, or the function is monotone
    there and the piece has a member."""
    if not function.has(*(getattr(sympy, name) for name in ISOLATING)) or len(members) > 20:
        return False
    iv = mpmath.iv
    try:
        enclosing = sympy.lambdify(symbol, function, [interval_names(), "math"])
        slope = sympy.lambdify(symbol, sympy.diff(function, symbol), [interval_names(), "math"])
        with mp.workdps(20):
            ends = [compare.number_of(low), compare.number_of(high)]
            places = sorted(mpmath.re(compare.number_of(each)) for each in members)
        pieces = [(iv.mpf(ends), 0)]
        for _ in range(4000):
            if not pieces:
                return True
            piece, depth = pieces.pop()
            if 0 not in enclosing(piece):
                continue
            inside = [each for each in places if each in piece]
            if len(inside) == 1 and 0 not in slope(piece):
                continue
            edge = any(abs(each - end) < 1e-12 for each in places for end in ends)
            if depth > 40 and not edge:
                return False
            if depth > 40 or not inside and 0 not in slope(piece) and edge and depth > 30:
                return False
            # Not at a half: a zero would lie on the border of both.
            cut = piece.a + (piece.b - piece.a) * iv.mpf("0.4871")
            pieces += [(iv.mpf([piece.a.a, cut.b]), depth + 1),
                       (iv.mpf([cut.a, piece.b.b]), depth + 1)]
    except (*compare.FAILURES, NameError, AttributeError, NotImplementedError):
        return False
    return False


def interval_names():
    iv = mpmath.iv
    return {"sin": iv.sin, "cos": iv.cos, "exp": iv.exp, "log": iv.log, "sqrt": iv.sqrt,
            "pi": iv.pi, "E": iv.e, "tan": lambda x: iv.sin(x) / iv.cos(x)}
