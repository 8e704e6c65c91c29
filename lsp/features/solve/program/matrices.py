"""Matrices written out: determinants, inverses, products, eigenvalues."""
import mpmath
import sympy
from mpmath import mp

from . import compare, numeric, tree
from .algebra import evaluate
from .answer import NO, PARTLY, YES, Answer, Unsolvable
from .compare import fractions_of
from .systems import rank as rank_of_rows
from .numeric import NotNumeric


def matrix_of(node):
    value = tree.build(node)
    if isinstance(value, list):
        value = sympy.Matrix(value)
    if not tree.is_matrix(value):
        raise Unsolvable("this takes a matrix, such as [[1,2],[3,4]]")
    return value


def product_of(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]


def identity(n):
    return [[int(i == j) for j in range(n)] for i in range(n)]


def value_of(node):
    """A matrix formula in exact fractions: sums, products and powers, row by row."""
    head, *arguments = node
    if head in ("list", "matrix"):
        return compare.rows_of(node)
    if head in ("add", "sub"):
        a, b = map(value_of, arguments)
        sign = 1 if head == "add" else -1
        return [[x + sign * y for x, y in zip(r, s)] for r, s in zip(a, b)]
    if head == "neg":
        return [[-x for x in row] for row in value_of(arguments[0])]
    if head == "transpose":
        return [list(column) for column in zip(*value_of(arguments[0]))]
    if head == "mul":
        try:
            factor = numeric.exact(arguments[0])
            return [[factor * x for x in row] for row in value_of(arguments[1])]
        except NotNumeric:
            return product_of(*map(value_of, arguments))
    if head == "pow":
        base, exponent = value_of(arguments[0]), numeric.integer(numeric.exact(arguments[1]))
        if not 0 <= exponent <= 200:
            raise NotNumeric("not multiplied out")
        result = identity(len(base))
        for _ in range(exponent):
            result = product_of(result, base)
        return result
    raise NotNumeric(head)


def agrees(route):
    try:
        return bool(route())
    except (NotNumeric, TypeError, ZeroDivisionError, IndexError, ValueError):
        return False


def confirmed(value, good, how, program):
    return Answer(value, YES if good else NO,
                  how if good else "not confirmed by another route", program)


def matrix_formula(problem, value):
    good = agrees(lambda: fractions_of(value) == value_of(problem))
    if not good:
        good = inverse_inside(problem, value)
    if not good and agrees(lambda: is_exponential(problem, value)):
        return confirmed(value, True, "the exponential series, in numbers, gives the same",
                         f"print({value})")
    return confirmed(value, good, "multiplied out row by row in exact fractions",
                     f"print({value})")


def is_exponential(problem, value):
    """Of e^A and exp(A), by scaling, squaring and Taylor's series in mpmath."""
    node = problem[2] if problem[0] == "pow" else problem[1]
    rows = [[float(cell) for cell in row] for row in value_of(node)]
    with mp.workdps(30):
        series = mpmath.expm(mpmath.matrix(rows), method="taylor")
        return problem[0] in ("pow", "exp") and all(
            compare.close(series[i, j], compare.number_of(value[i, j]), 12)
            for i in range(value.rows) for j in range(value.cols))


def inverse_inside(problem, value):
    """A^(-1)"""
    return problem[0] == "pow" and agrees(
        lambda: product_of(value_of(problem[1]), fractions_of(value)) ==
        identity(value.rows) and numeric.exact(problem[2]) == -1)


def permutations(n):
    """(order, sign) of all permutations."""
    if n == 0:
        yield (), 1
        return
    for order, sign in permutations(n - 1):
        for at in range(n):
            yield order[:at] + (n - 1,) + order[at:], sign * (-1) ** (n - 1 - at)


def eliminated(rows):
    """The determinant by elimination in exact fractions."""
    rows, result = [list(row) for row in rows], 1
    for i in range(len(rows)):
        pivot = next((r for r in range(i, len(rows)) if rows[r][i] != 0), None)
        if pivot is None:
            return 0
        if pivot != i:
            rows[i], rows[pivot], result = rows[pivot], rows[i], -result
        result *= rows[i][i]
        for r in range(i + 1, len(rows)):
            factor = rows[r][i] / rows[i][i]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
    return result


def leibniz(rows):
    total = 0
    for order, sign in permutations(len(rows)):
        term = sign
        for i, j in enumerate(order):
            term = term * rows[i][j]
        total += term
    return total


def det(problem):
    matrix = tree.square(matrix_of(problem[1]))
    value = sympy.simplify(matrix.det()) if matrix.free_symbols else matrix.det()

    def again():
        rows = fractions_of(matrix)
        return value == sympy.Rational(str(eliminated(rows)))
    if matrix.free_symbols and matrix.rows <= 5:
        good = sympy.expand(leibniz(matrix.tolist()) - value) == 0
        return confirmed(value, good, "the sum over all permutations is the same",
                         f"print(sympy.{matrix}.det())")
    return confirmed(value, agrees(again), "elimination in exact fractions gives the same",
                     f"print(sympy.{matrix}.det())")


def inverse(problem):
    matrix = tree.square(matrix_of(problem[1]))
    value = tree.inverse(matrix)
    good = agrees(lambda: product_of(fractions_of(matrix), fractions_of(value)) ==
                  identity(matrix.rows))
    if not good and matrix.free_symbols:
        value = value.applyfunc(sympy.simplify)
        good = (matrix * value).applyfunc(sympy.simplify) == sympy.eye(matrix.rows)
    return confirmed(value, good, "multiplied with the matrix, it gives the unit matrix",
                     f"print(sympy.{matrix}.inv())")


def transpose(problem):
    matrix = matrix_of(problem[1])
    rows = [list(column) for column in zip(*matrix.tolist())]
    return confirmed(matrix.T, matrix.T.tolist() == rows, "rows and columns compared",
                     f"print(sympy.{matrix}.T)")


def rank(problem):
    matrix = matrix_of(problem[1])
    value = sympy.Integer(matrix.rank())
    return confirmed(value, agrees(lambda: rank_of_rows(fractions_of(matrix)) == value),
                     "elimination in exact fractions leaves as many rows",
                     f"print(sympy.{matrix}.rank())")


def trace(problem):
    matrix = tree.square(matrix_of(problem[1]))
    value = matrix.trace()
    return confirmed(value, value == sum(matrix[i, i] for i in range(matrix.rows)),
                     "added once more", f"print(sympy.{matrix}.trace())")


def eigenvalues(problem):
    matrix = tree.square(matrix_of(problem[1]))
    found = matrix.eigenvals()
    program = f"print(sympy.{matrix}.eigenvals())"
    result = Answer(sympy.FiniteSet(*found), NO, "not confirmed by another route", program)

    def again():
        # Vieta: multiplicities add up, and so do the values and their products.
        if sum(found.values()) != matrix.rows or matrix.free_symbols:
            return False
        with compare.mp.workdps(40):
            numbers = [(compare.number_of(v), m) for v, m in found.items()]
            rows = [[compare.number_of(cell) for cell in row] for row in matrix.tolist()]
            for v, _ in numbers:
                shifted = [[cell - v * (i == j) for j, cell in enumerate(row)]
                           for i, row in enumerate(rows)]
                size = max(1, abs(v)) ** matrix.rows
                if abs(compare.mpmath.det(compare.mpmath.matrix(shifted))) > size * 1e-20:
                    return False
            total = sum(v * m for v, m in numbers)
            return compare.close(total, sum(rows[i][i] for i in range(len(rows))), 20)
    if agrees(again):
        result.checked = YES
        result.how = "each makes det(A - λ) zero, and with their multiplicities they are all"
    return result


def eigenvectors(problem):
    matrix = tree.square(matrix_of(problem[1]))
    found = matrix.eigenvects()
    value = [{sympy.Symbol("value"): v, sympy.Symbol("vector"): each}
             for v, _, vectors in found for each in vectors]
    good = all((matrix * each - v * each).applyfunc(sympy.simplify).is_zero_matrix
               for v, _, vectors in found for each in vectors)
    return Answer(value, PARTLY if good else NO, "A v = λ v holds for each; that there are no "
                  "others was not proved" if good else "not confirmed",
                  f"print(sympy.{matrix}.eigenvects())")


def charpoly(problem):
    matrix = tree.square(matrix_of(problem[1]))
    name = sympy.Symbol("x") if len(problem) < 3 else tree.build(problem[2])
    value = matrix.charpoly(name).as_expr()

    def again():
        rows = (name * sympy.eye(matrix.rows) - matrix).tolist()
        return matrix.rows <= 5 and sympy.expand(leibniz(rows) - value) == 0
    return confirmed(value, agrees(again), "the sum over all permutations is the same",
                     f"print(sympy.{matrix}.charpoly().as_expr())")


def rref(problem):
    matrix = matrix_of(problem[1])
    value = matrix.rref()[0]
    good = agrees(lambda: rank_of_rows(fractions_of(matrix)) == rank_of_rows(
        fractions_of(matrix) + fractions_of(value)) == rank_of_rows(fractions_of(value)))
    return confirmed(value, good, "the rows span the same space", f"print(sympy.{matrix}.rref())")


def nullspace(problem):
    matrix = matrix_of(problem[1])
    found = matrix.nullspace()
    good = agrees(lambda: len(found) == matrix.cols - rank_of_rows(fractions_of(matrix)) and
                  all((matrix * each).is_zero_matrix for each in found))
    return confirmed(list(found), good, "multiplied by the matrix they are 0, and they are as "
                     "many as the rank leaves", f"print(sympy.{matrix}.nullspace())")


def vectors(problem):
    return [matrix_of(each) for each in problem[1:3]]


def dot(problem):
    a, b = vectors(problem)
    if len(a) != len(b):
        raise Unsolvable("the two vectors differ in length")
    value = sum(x * y for x, y in zip(a, b))
    return confirmed(value, sympy.expand(a.dot(b) - value) == 0, "SymPy's dot product is the same",
                     f"print(sympy.{a}.dot(sympy.{b}))")


def cross(problem):
    a, b = vectors(problem)
    if len(a) != 3 or len(b) != 3:
        raise Unsolvable("a cross product takes vectors of three numbers")
    value = a.cross(b)
    good = sympy.expand(a.dot(value)) == 0 == sympy.expand(b.dot(value)) and \
        sympy.expand(value.dot(value) - a.dot(a) * b.dot(b) + a.dot(b) ** 2) == 0 and \
        sympy.expand(leibniz([list(a), list(b), list(value)]) - value.dot(value)) == 0
    return confirmed(value, good, "orthogonal to both, of the right length and on the right side",
                     f"print(sympy.{a}.cross(sympy.{b}))")


def norm(problem):
    matrix = matrix_of(problem[1])
    value = sympy.sqrt(sum(abs(each) ** 2 for each in matrix))
    return confirmed(value, sympy.simplify(matrix.norm() - value) == 0,
                     "SymPy's norm is the same", f"print(sympy.{matrix}.norm())")


def absolute(problem):
    """|A| of a matrix is its determinant."""
    if tree.is_matrix(tree.build(problem[1])):
        return det(problem)
    return evaluate(problem)


TASKS = {"det": det, "inverse": inverse, "transpose": transpose, "rank": rank, "trace": trace,
         "eigenvalues": eigenvalues, "eigenvectors": eigenvectors, "charpoly": charpoly,
         "rref": rref, "nullspace": nullspace, "dot": dot, "cross": cross, "norm": norm}
