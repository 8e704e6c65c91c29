"""The operators and builtins of which expressions are made.

A row is: the kinds of its operands; how it is written, with a letter for each operand; how tightly
it binds; what it does. Kinds are checked before anything is evaluated; what comes of it says itself
of which type it is.
"""
import itertools
import math
import operator

from .values import checked, element_of, TooLarge

ATOM, POSTFIX, POWER, UNARY, PRODUCT, SUM, SHIFT, COMPARED, NOT, AND, OR, CHOICE = \
    range(12, 0, -1)

# As unlikely as two of the others.
RARE = {
    "math.isqrt(A)", "math.sqrt(A)", "math.factorial(A)", "math.gcd(A, B)", "math.prod(I)",
    "round(A, B)", "A.swapcase()", "A.splitlines()", "A.zfill(B)", "A.strip(B)", "bin(A)",
    "chr(A)", "ord(A)", "float(A)", "A[::B]", "[A]", "[A, B]", "(A, B)", "A.find(B)", "min(A)",
    "max(A)", "A.get(B)", "list(dict.fromkeys(A))", "A.strip()", "A[1:]", "A[:-1]", "A.isalpha()",
    "A.isupper()", "A.islower()", "A.isdigit()", "' '.join(I)", "list(itertools.accumulate(A))",
    "A % 2 == 0", "A % 2 == 1", "A.isspace()", "A.isalnum()", "A.title()", "A.index(B)", "A ** B",
}
NUMBERS = ("int", "float")
KINDS = {
    "number": lambda tag: tag in NUMBERS,
    "int": lambda tag: tag == "int",
    "float": lambda tag: tag == "float",
    "str": lambda tag: tag == "str",
    "text": lambda tag: tag == "str",
    "bool": lambda tag: tag == "bool",
    "list": lambda tag: tag.startswith("list"),
    "strings": lambda tag: tag == "list[str]",
    "numbers": lambda tag: tag in ("list[int]", "list[float]"),
    "ordered": lambda tag: tag in ("list[int]", "list[float]", "list[str]", "list[tuple]"),
    "truths": lambda tag: tag in ("list[bool]", "list[int]"),
    "lists": lambda tag: tag.startswith("list[list"),
    "pairs": lambda tag: tag == "list[tuple]",
    "row": lambda tag: tag.startswith("list") or tag in ("str", "tuple"),
    "dict": lambda tag: tag == "dict",
    "set": lambda tag: tag == "set",
    "tuple": lambda tag: tag == "tuple",
    "text or list": lambda tag: tag.startswith("list") or tag == "str",
    "sized": lambda tag: tag.startswith("list") or tag in ("str", "dict", "set", "tuple"),
    "hashed": lambda tag: tag in ("list[int]", "list[str]", "list[float]", "str"),
    "any": lambda tag: True,
    "scalar": lambda tag: tag in ("int", "float", "str", "bool", "tuple"),
}


def same(tags):
    return tags[0] == tags[1] or set(tags) == set(NUMBERS)


def element_first(tags):
    return element_of(tags[1]) == tags[0]


def element_second(tags):
    return element_of(tags[0]) == tags[1]


class Operator:
    """`mirrored`: the same with its operands exchanged is another row, or this one."""

    def __init__(self, kinds, text, binds, apply, fits=None, commutes=False, inner=()):
        self.cost = 2 if text in RARE or kinds == ("text", "text") else 1
        self.kinds = kinds
        self.text = text
        self.binds = binds
        self.apply = apply
        self.fits = fits  # of the operands' types together
        self.commutes = commutes
        self.twice = text in ("A + B", "A * B", "[A, B]", "(A, B)")  # of one thing makes sense
        self.mirrored = commutes or text in ("A < B", "A <= B")
        self.inner = inner  # how tightly each operand must bind; empty: it is within brackets
        self.matches = [KINDS[kind] for kind in kinds]


def times(a, b):
    if isinstance(b, int) and not isinstance(a, (int, float)) and len(a) * b > 200:
        raise TooLarge
    return checked(a * b)


def power(a, b):
    if isinstance(b, float) or abs(b) > 12 or abs(a) > 10 ** 6:
        raise TooLarge
    return checked(a ** b)


def span(*bounds):
    numbers = range(*bounds)
    if len(numbers) > 200:
        raise TooLarge
    return list(numbers)


def product(numbers):
    return checked(math.prod(numbers))


def factorial(n):
    if n > 15:
        raise TooLarge
    return math.factorial(n)


def infix(sign, binds, apply, kinds=("number", "number"), fits=None, commutes=False):
    return Operator(kinds, f"A {sign} B", binds, apply, fits, commutes, (binds, binds - 1))


def compared(sign, apply, kinds=("scalar", "scalar"), fits=same, commutes=False):
    return Operator(kinds, f"A {sign} B", COMPARED, apply, fits, commutes,
                    (COMPARED - 1, COMPARED - 1))


def call(text, apply, *kinds, fits=None, commutes=False):
    """Its operands stand between brackets or commas."""
    return Operator(kinds, text, POSTFIX, apply, fits, commutes)


def method(text, apply, *kinds, fits=None):
    """Its first operand stands before a dot or a bracket."""
    return Operator(kinds, text, POSTFIX, apply, fits, False,
                    (POSTFIX - 1,) + (0,) * (len(kinds) - 1))


ARITHMETIC = [
    infix("*", PRODUCT, times, commutes=True),
    infix("+", SUM, operator.add, commutes=True),
    infix("-", SUM, operator.sub),
    infix("//", PRODUCT, operator.floordiv, ("int", "int")),
    infix("%", PRODUCT, operator.mod, ("int", "int")),
    infix("/", PRODUCT, operator.truediv),
    Operator(("number", "int"), "A ** B", POWER, power, None, False, (POWER, UNARY)),
    Operator(("number",), "-A", UNARY, operator.neg, inner=(UNARY - 1,)),
    Operator(("int",), "A % 2 == 0", COMPARED, lambda a: a % 2 == 0, inner=(PRODUCT - 1,)),
    Operator(("int",), "A % 2 == 1", COMPARED, lambda a: a % 2 == 1, inner=(PRODUCT - 1,)),
    call("abs(A)", abs, "number"),
    call("min(A, B)", min, "number", "number", commutes=True),
    call("max(A, B)", max, "number", "number", commutes=True),
    call("round(A)", round, "float"),
    call("round(A, B)", round, "float", "int"),
    call("int(A)", int, "float"),
    call("math.gcd(A, B)", math.gcd, "int", "int", commutes=True),
    call("math.isqrt(A)", math.isqrt, "int"),
    call("math.sqrt(A)", math.sqrt, "number"),
    call("math.factorial(A)", factorial, "int"),
]

LOGIC = [
    compared("==", operator.eq, ("any", "any"), commutes=True),
    compared("!=", operator.ne, ("any", "any"), commutes=True),
    compared("<", operator.lt, ("number", "number")),
    compared("<=", operator.le, ("number", "number")),
    compared(">", operator.gt, ("number", "number")),
    compared(">=", operator.ge, ("number", "number")),
    compared("<", operator.lt, ("text", "text")),
    compared(">", operator.gt, ("text", "text")),
    compared("in", lambda a, b: a in b, ("scalar", "text or list"), element_first),
    compared("not in", lambda a, b: a not in b, ("scalar", "text or list"), element_first),
    compared("in", lambda a, b: a in b, ("scalar", "dict"), None),
    compared("in", lambda a, b: a in b, ("scalar", "set"), None),
    Operator(("bool",), "not A", NOT, operator.not_, inner=(NOT - 1,)),
    Operator(("bool", "bool"), "A and B", AND, lambda a, b: a and b, None, True, (AND - 1, AND)),
    Operator(("bool", "bool"), "A or B", OR, lambda a, b: a or b, None, True, (OR - 1, OR)),
]

TEXT = [
    infix("+", SUM, operator.add, ("str", "str")),
    infix("*", PRODUCT, times, ("str", "int")),
    method("A.upper()", str.upper, "str"),
    method("A.lower()", str.lower, "str"),
    method("A.strip()", str.strip, "str"),
    method("A.title()", str.title, "str"),
    method("A.capitalize()", str.capitalize, "str"),
    method("A.swapcase()", str.swapcase, "str"),
    method("A.split()", str.split, "str"),
    method("A.splitlines()", str.splitlines, "str"),
    method("A.split(B)", lambda a, b: a.split(b), "str", "str"),
    call("''.join(I)", "".join, "strings"),
    call("' '.join(I)", " ".join, "strings"),
    method("A.join(B)", lambda a, b: a.join(b), "str", "strings"),
    method("A.count(B)", lambda a, b: a.count(b), "str", "str"),
    method("A.find(B)", lambda a, b: a.find(b), "str", "str"),
    method("A.startswith(B)", lambda a, b: a.startswith(b), "str", "str"),
    method("A.endswith(B)", lambda a, b: a.endswith(b), "str", "str"),
    method("A.strip(B)", lambda a, b: a.strip(b), "str", "str"),
    method("A.zfill(B)", lambda a, b: checked(a.zfill(min(b, 500))), "str", "int"),
    method("A.replace(B, C)", lambda a, b, c: checked(a.replace(b, c)), "str", "str", "str"),
    method("A.isdigit()", str.isdigit, "str"),
    method("A.isalpha()", str.isalpha, "str"),
    method("A.isalnum()", str.isalnum, "str"),
    method("A.isupper()", str.isupper, "str"),
    method("A.islower()", str.islower, "str"),
    method("A.isspace()", str.isspace, "str"),
    call("int(A)", int, "str"),
    call("float(A)", float, "str"),
    call("str(A)", str, "number"),
    call("ord(A)", ord, "str"),
    call("chr(A)", chr, "int"),
    call("bin(A)", bin, "int"),
    call("list(A)", list, "str"),
]

ROWS = [
    call("len(A)", len, "sized"),
    method("A[B]", lambda a, b: a[b], "row", "int"),
    method("A[0]", lambda a: a[0], "row"),
    method("A[-1]", lambda a: a[-1], "row"),
    method("A[1:]", lambda a: a[1:], "text or list"),
    method("A[:-1]", lambda a: a[:-1], "text or list"),
    method("A[B:]", lambda a, b: a[b:], "text or list", "int"),
    method("A[:B]", lambda a, b: a[:b], "text or list", "int"),
    method("A[::-1]", lambda a: a[::-1], "row"),
    method("A[::B]", lambda a, b: a[::b], "text or list", "int"),
    call("sum(I)", sum, "numbers"),
    call("math.prod(I)", product, "numbers"),
    call("min(I)", min, "ordered"),
    call("max(I)", max, "ordered"),
    call("min(A)", min, "str"),
    call("max(A)", max, "str"),
    call("sorted(A)", sorted, "set"),
    call("sorted(I)", sorted, "ordered"),
    call("sorted(A)", sorted, "str"),
    call("sorted(I, reverse=True)", lambda a: sorted(a, reverse=True), "ordered"),
    call("any(I)", any, "truths"),
    call("all(I)", all, "truths"),
    call("set(I)", set, "hashed"),
    call("list(dict.fromkeys(A))", lambda a: list(dict.fromkeys(a)), "hashed"),
    call("[A]", lambda a: [a], "scalar"),
    call("[A, B]", lambda a, b: [a, b], "any", "any", fits=lambda tags: tags[0] == tags[1]),
    call("(A, B)", lambda a, b: (a, b), "any", "any"),
    infix("+", SUM, lambda a, b: checked(a + b), ("list", "list")),
    infix("*", PRODUCT, times, ("list", "int")),
    method("A.count(B)", lambda a, b: a.count(b), "list", "scalar", fits=element_second),
    method("A.index(B)", lambda a, b: a.index(b), "list", "scalar", fits=element_second),
    call("list(zip(A, B))", lambda a, b: list(zip(a, b)), "text or list", "text or list"),
    call("list(zip(*A))", lambda a: list(zip(*a)), "lists"),
    call("list(enumerate(A))", lambda a: list(enumerate(a)), "text or list"),
    call("list(range(A))", span, "int"),
    call("list(range(A, B))", span, "int", "int"),
    call("list(A)", list, "tuple"),
    call("list(itertools.accumulate(A))", lambda a: list(itertools.accumulate(a)), "numbers"),
    call("[item for row in A for item in row]",
         lambda a: checked([item for row in a for item in row]), "lists"),
]

TABLES = [
    call("dict(A)", dict, "pairs"),
    call("dict(zip(A, B))", lambda a, b: dict(zip(a, b)), "hashed", "text or list"),
    method("A[B]", lambda a, b: a[b], "dict", "scalar"),
    method("A.get(B)", lambda a, b: a.get(b), "dict", "scalar"),
    method("A.get(B, C)", lambda a, b, c: a.get(b, c), "dict", "scalar", "any"),
    call("list(A)", list, "dict"),
    call("list(A.values())", lambda a: list(a.values()), "dict"),
    call("list(A.items())", lambda a: list(a.items()), "dict"),
    call("sorted(A)", sorted, "dict"),
    Operator(("dict", "dict"), "{**A, **B}", ATOM, lambda a, b: {**a, **b},
             inner=(COMPARED, COMPARED)),
    infix("&", SHIFT, operator.and_, ("set", "set")),
    infix("|", SHIFT, operator.or_, ("set", "set")),
    infix("-", SUM, operator.sub, ("set", "set")),
]

ALL = ARITHMETIC + LOGIC + TEXT + ROWS + TABLES
# Not within a loop: what makes long rows of what is one element there.
OUTER = ("zip(", "enumerate(", "range(", "for row", "[A, B]", "[A]", "dict(")
BODY = [each for each in ALL if not any(word in each.text for word in OUTER)]
