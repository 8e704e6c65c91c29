"""Evaluates the complex roots of polynomials, which SymPy comes to by halving rectangles, in
seconds for each.

SymPy says roughly which of the roots it is, and Durand and Kerner's method its digits.
"""
import functools

import mpmath
import sympy
from mpmath import mp


@functools.lru_cache(maxsize=32)
def zeros_of(poly, precision):
    """The zeros of a polynomial with whole coefficients, and half of the least distance."""
    with mp.workprec(precision + 30):
        zeros = mpmath.polyroots([int(each) for each in poly.all_coeffs()], maxsteps=300,
                                 extraprec=300)
        return zeros, min(abs(a - b) for i, a in enumerate(zeros) for b in zeros[:i]) / 2


def complex_root(root, precision):
    """The value of a root that is neither real nor imaginary."""
    zeros, apart = zeros_of(root.poly, precision)
    # A rectangle so small has no more than one of them near it.
    side = sympy.Rational(mpmath.nstr(apart / 2, 5))
    about = mpmath.mpmathify(sympy.N(root.eval_rational(side, side), 30))
    return min(zeros, key=lambda zero: abs(zero - about))


BY_HALVING = sympy.CRootOf._eval_evalf


def evaluated(root, precision):
    """What SymPy asks of a root for its digits."""
    try:
        if root.is_real or root.is_imaginary:
            return BY_HALVING(root, precision)
        value = complex_root(root, precision)
    except mpmath.libmp.NoConvergence:
        return BY_HALVING(root, precision)
    real, imaginary = (sympy.Float._new(part._mpf_, precision) for part in (value.real, value.imag))
    return real + sympy.I * imaginary


sympy.CRootOf._eval_evalf = evaluated
