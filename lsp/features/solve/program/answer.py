"""An answer, and how it is written."""
from dataclasses import dataclass

import sympy

YES, PARTLY, NO = "yes", "partly", "no"
MAX_TEXT = 20_000


class Unsolvable(Exception):
    """A sentence that says why there is no answer."""


@dataclass
class Answer:
    value: object  # SymPy's, or a list of {symbol: value}
    checked: str = NO
    how: str = ""  # what was checked, or why nothing was
    program: str = ""  # the same in Python, for who wants to run it
    error: str = ""  # of a numeric answer: its bound
    text: str = ""  # where it is not what text_of() makes of the value


def in_order(values):
    """Real ones by size, then the others; a set has no order of its own."""
    def key(value):
        number = value.evalf(15) if not value.free_symbols else None
        if number is None or not number.is_number:
            return (2, 0, 0, str(value))
        real, imaginary = number.as_real_imag()
        try:
            return (int(abs(float(imaginary)) > 1e-12), float(real), float(imaginary), "")
        except TypeError:
            return (2, 0, 0, str(value))
    return sorted(values, key=key)


def text_of(value):
    if isinstance(value, dict):
        return "{" + ",".join(f"{name}:{text_of(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(text_of, value)) + "]"
    if isinstance(value, sympy.FiniteSet):
        return "{" + ",".join(map(text_of, in_order(value))) + "}"
    if value is sympy.S.EmptySet:
        return "{}"
    if value is sympy.S.Reals:
        return "S.Reals"
    if value is sympy.S.Complexes:
        return "S.Complexes"
    if isinstance(value, sympy.MatrixBase):
        return f"Matrix({text_of([list(row) for row in value.tolist()])})"
    if isinstance(value, Written):
        return value.text()
    return str(value)


def latex_of(value):
    if isinstance(value, dict):
        return ",\\ ".join(f"{sympy.latex(k)} = {latex_of(v)}" for k, v in value.items())
    if isinstance(value, list):
        return "\\left\\{" + ";\\ ".join(map(latex_of, value)) + "\\right\\}"
    if isinstance(value, sympy.FiniteSet):
        inside = ", ".join(map(latex_of, in_order(value)))
        return "\\left\\{" + inside + "\\right\\}"
    if isinstance(value, Written):
        return value.latex()
    return sympy.latex(value)


class Written:
    """What writes itself, by text() and latex()."""


class Factors(Written):
    """A product of prime powers, which SymPy would multiply."""

    def __init__(self, powers):
        self.powers = powers  # {prime: exponent}, sign as -1

    def text(self):
        parts = [str(p) if e == 1 else f"{p}**{e}" for p, e in self.powers.items()]
        return "*".join(parts) or "1"

    def latex(self):
        parts = [str(p) if e == 1 else f"{p}^{{{e}}}" for p, e in self.powers.items()]
        return " \\cdot ".join(parts) or "1"
