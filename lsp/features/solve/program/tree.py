"""Makes SymPy's objects of a tree. Nothing is ever parsed or evaluated as text."""
import sympy
from sympy import S

from . import pieces
from .answer import Unsolvable
from .numeric import fraction_of

MAX_BITS = 200_000
MAX_FACTORIAL = 20_000

CONSTANTS = {"pi": S.Pi, "E": S.Exp1, "I": S.ImaginaryUnit, "oo": S.Infinity, "True": S.true,
             "False": S.false, "Reals": S.Reals, "Complexes": S.Complexes,
             "Integers": S.Integers, "Rationals": S.Rationals, "Naturals": S.Naturals,
             "GoldenRatio": S.GoldenRatio}

def rounded(value, digits=sympy.Integer(0)):
    """As Python does: what lies halfway goes to the even neighbour."""
    if not value.is_Rational or not digits.is_Integer or abs(digits) > 1000:
        raise Unsolvable("'round' takes a rational number, and how many digits stay")
    scaled = value * 10 ** digits
    below = sympy.floor(scaled)
    rest = scaled - below
    up = rest > S.Half or (rest == S.Half and below % 2 == 1)
    return (below + int(bool(up))) / sympy.Integer(10) ** digits


FUNCTIONS = {
    "round": rounded,
    "sqrt": sympy.sqrt, "cbrt": lambda a: sympy.real_root(a, 3) if a.is_real else sympy.cbrt(a),
    "root": sympy.root, "abs": sympy.Abs, "exp": sympy.exp, "log": lambda *of: logarithm(*of),
    "log2": lambda a: sympy.log(a, 2), "log10": lambda a: sympy.log(a, 10),
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "sec": sympy.sec, "csc": sympy.csc,
    "cot": sympy.cot, "asin": sympy.asin, "acos": sympy.acos, "atan": sympy.atan,
    "atan2": sympy.atan2, "sinh": sympy.sinh, "cosh": sympy.cosh, "tanh": sympy.tanh,
    "asinh": sympy.asinh, "acosh": sympy.acosh, "atanh": sympy.atanh, "floor": sympy.floor,
    "ceiling": sympy.ceiling, "sign": sympy.sign, "gamma": sympy.gamma, "erf": sympy.erf,
    "re": sympy.re, "im": sympy.im, "arg": sympy.arg, "conjugate": sympy.conjugate,
    "binomial": sympy.binomial, "fibonacci": sympy.fibonacci, "lucas": sympy.lucas,
    "catalan": sympy.catalan, "permutations": sympy.ff,
    "hypot": lambda a, b: sympy.sqrt(a ** 2 + b ** 2),
    "zeta": sympy.zeta, "harmonic": sympy.harmonic, "bernoulli": sympy.bernoulli,
    "bell": sympy.bell, "factorial2": lambda n: double_factorial(n),
    "subfactorial": sympy.subfactorial,
    "real_root": sympy.real_root, "n_order": sympy.n_order,
    "primitive_root": lambda a: sympy.Integer(sympy.primitive_root(a)),
    "jacobi_symbol": lambda a, b: sympy.Integer(sympy.jacobi_symbol(a, b)),
    "numer": lambda a: sympy.fraction(sympy.together(a))[0],
    "denom": lambda a: sympy.fraction(sympy.together(a))[1],
    "resultant": sympy.resultant,
    "degrees": lambda a: a * sympy.pi / 180, "percent": lambda a: a / 100,
}

RELATIONS = {"eq": sympy.Eq, "ne": sympy.Ne, "lt": sympy.Lt, "le": sympy.Le, "gt": sympy.Gt,
             "ge": sympy.Ge}


def symbol(name):
    return CONSTANTS.get(name) or sympy.Symbol(name)


def is_matrix(value):
    return isinstance(value, sympy.MatrixBase)


def rational(text):
    parsed = fraction_of(text)
    return sympy.Rational(parsed.numerator, parsed.denominator)


def divide(a, b):
    if isinstance(a, list) and isinstance(b, sympy.Expr) and b != 0:
        return [each / b for each in a]
    if isinstance(a, list) or isinstance(b, list):
        raise Unsolvable("lists are not divided")
    if is_matrix(b):
        return a * inverse(b)
    if b == 0:
        raise Unsolvable("this divides by zero")
    return a / b


def multiply(a, b):
    if is_matrix(a) and isinstance(b, list):
        b = sympy.Matrix(b)
    if isinstance(b, list) and isinstance(a, sympy.Expr):
        a, b = b, a
    if isinstance(a, list) and isinstance(b, sympy.Expr):
        return [each * b for each in a]
    if isinstance(a, list) or isinstance(b, list):
        raise Unsolvable("lists are not multiplied: 'dot' and 'cross' are products of vectors")
    try:
        return a * b
    except sympy.ShapeError:
        sizes = " and ".join(f"{m.rows}×{m.cols}" for m in (a, b))
        raise Unsolvable(f"matrices of sizes {sizes} cannot be multiplied") from None


def add(a, b, sign=1):
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [x + sign * y for x, y in zip(a, b)]
    if isinstance(a, list) or isinstance(b, list):
        raise Unsolvable("lists are added where both are, and are of one length")
    if is_matrix(a) != is_matrix(b):
        raise Unsolvable("a matrix and a number cannot be added")
    if is_matrix(a) and a.shape != b.shape:
        raise Unsolvable("matrices of different sizes cannot be added")
    return a + sign * b


def inverse(matrix):
    square(matrix)
    if matrix.det() == 0:
        raise Unsolvable("the matrix has no inverse: its determinant is 0")
    return matrix.inv()


def square(matrix):
    if not is_matrix(matrix):
        raise Unsolvable("this takes a matrix, such as [[1,2],[3,4]]")
    if matrix.rows != matrix.cols:
        raise Unsolvable(f"the matrix is not square: it is {matrix.rows}×{matrix.cols}")
    return matrix


def power(base, exponent):
    if isinstance(base, list) or isinstance(exponent, list):
        raise Unsolvable("lists have no powers")
    if is_matrix(exponent):
        if base != S.Exp1:
            raise Unsolvable("of numbers, e alone has a power with a matrix here")
        return exponential(exponent)
    if is_matrix(base):
        if exponent == -1:
            return inverse(base)
        return square(base) ** exponent
    if base == 0 and exponent.is_negative:
        raise Unsolvable("this divides by zero")
    if base.is_Rational and exponent.is_Integer:
        bits = max(int(base.p).bit_length(), int(base.q).bit_length())
        if abs(base) != 1 and bits * abs(int(exponent)) > MAX_BITS:
            raise Unsolvable("the number is too long to be written out")
    if base.is_number and exponent.is_number and exponent.is_Integer is not True:
        size = abs(sympy.N(exponent, 5))
        if size.is_Float and size > 10 ** 6 and exponent.is_real:
            raise Unsolvable("the number is too long to be written out")
    return base ** exponent


def exponential(matrix):
    return square(matrix).exp().applyfunc(sympy.simplify)


def factorial(n):
    if n.is_Integer and n < 0:
        raise Unsolvable("a negative integer has no factorial")
    if n.is_Integer and n > MAX_FACTORIAL:
        raise Unsolvable("the number is too long to be written out")
    return sympy.factorial(n)


def logarithm(a, base=None):
    if base is None:
        return sympy.log(a)
    if base in (0, 1):
        raise Unsolvable(f"there is no logarithm to the base {base}")
    return sympy.log(a, base)


def double_factorial(n):
    if not n.is_Integer or not -1 <= n <= MAX_FACTORIAL:
        raise Unsolvable(f"double factorials of whole numbers up to {MAX_FACTORIAL} are taken here")
    return sympy.factorial2(n)


def modulo(a, b):
    if b == 0:
        raise Unsolvable("this divides by zero")
    return sympy.Mod(a, b)


def matrix_of(rows):
    if any(len(row) != len(rows[0]) for row in rows) or not rows[0]:
        raise Unsolvable("the rows of the matrix differ in length")
    return sympy.Matrix(rows)


def build_list(arguments):
    if arguments and all(each[0] == "list" for each in arguments):
        return matrix_of([[build(cell) for cell in row[1:]] for row in arguments])
    return [build(each) for each in arguments]


def percent_tree(left, right):
    """12.5 % behind a sum is a part of what stands before it."""
    return right[0] == "percent" and left[0] != "percent"


def build_sum(head, arguments):
    left, right = map(build, arguments)
    if percent_tree(*arguments):
        right = left * right
    return add(left, right, 1 if head == "add" else -1)


TASKS = {}  # head: what answers it inside of a larger formula; filled by the other modules


def build(tree):
    """SymPy's object; a matrix for rows, a list for a list."""
    head, *arguments = tree
    if head == "number":
        return rational(arguments[0])
    if head == "symbol":
        return symbol(arguments[0])
    if head in ("list", "tuple", "set"):
        return build_list(arguments)
    if head in ("add", "sub"):
        return build_sum(head, arguments)
    if head == "mod" and arguments[0][0] == "pow":
        base, exponent, modulus = map(build, [*arguments[0][1:], arguments[1]])
        if base.is_Integer and exponent.is_Integer and exponent >= 0 and modulus.is_Integer:
            modulo(base, modulus)
            return sympy.Integer(pow(int(base), int(exponent), int(modulus)))
        if base.is_Integer and exponent.is_Integer and modulus.is_Integer and modulus > 1:
            try:  # 17^-1 mod 43 is the inverse
                return sympy.Integer(pow(int(base), int(exponent), int(modulus)))
            except ValueError:
                raise Unsolvable(f"{base} has no inverse modulo {modulus}") from None
    if head == "piecewise":
        return pieces.build([[build(each) for each in pair[1:]] for pair in arguments])
    if head in TASKS:
        return TASKS[head](tree)
    return apply(head, [build(each) for each in arguments])


def apply(head, values):
    if head == "mul":
        return multiply(*values)
    if head == "div":
        return divide(*values) if len(values) == 2 else values[0]
    if head == "neg":
        return -values[0]
    if head == "pow":
        return power(*values[:2]) if len(values) == 2 else modulo(*values[::2])
    if head == "factorial":
        return factorial(*values)
    if head == "mod":
        return modulo(*values)
    if head == "floordiv":
        return sympy.floor(divide(*values))
    if head in RELATIONS:
        return RELATIONS[head](*values)
    if head == "and":
        return sympy.And(*values)
    if head == "matrix":
        if len(values) == 3:  # Matrix(2, 2, [1, 2, 3, 4])
            return sympy.Matrix(*values)
        value = values[0]
        return value if is_matrix(value) else matrix_of([[each] for each in value])
    if head in ("eye", "ones", "diag"):
        sizes = [int(each) for each in values if isinstance(each, sympy.Integer)]
        if head != "diag" and (len(sizes) != len(values) or not all(0 < n < 50 for n in sizes)):
            raise Unsolvable(f"'{head}' takes the matrix's size")
        return getattr(sympy, head)(*(values if head == "diag" else sizes))
    if head == "adjugate":
        return square(values[0]).adjugate()
    if head in ("max", "min"):
        values = values[0] if isinstance(values[0], list) else values
        return (sympy.Max if head == "max" else sympy.Min)(*values)
    if head not in FUNCTIONS:
        raise Unsolvable(f"'{head}' cannot stand here")
    if head == "exp" and is_matrix(values[0]):
        return exponential(values[0])
    if any(isinstance(each, list) or is_matrix(each) for each in values) and head != "abs":
        raise Unsolvable(f"'{head}' takes numbers, not a list or a matrix")
    if head == "abs" and is_matrix(values[0]):
        return values[0].det()
    try:
        return FUNCTIONS[head](*values)
    except TypeError:
        raise Unsolvable(f"'{head}' is given the wrong number of arguments") from None
