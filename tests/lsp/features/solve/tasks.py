"""What the program is asked, in the form that it reads; and the program."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[4] / "lsp/features/solve"))
from program import main, words  # noqa: E402

X, Y, N = ["symbol", "x"], ["symbol", "y"], ["symbol", "n"]


def number(n):
    return ["number", str(n)]


def power(base, exponent):
    return ["pow", base, number(exponent)]


SQUARE = ["eq", power(X, 2), number(2)]
