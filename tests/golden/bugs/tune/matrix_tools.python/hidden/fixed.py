"""Matrices as lists of rows; every row has the same length, and no matrix is empty."""


def shape(matrix):
    """(number of rows, number of columns)"""
    return len(matrix), len(matrix[0])


def transpose(matrix):
    """Rows become columns."""
    rows, columns = shape(matrix)
    return [[matrix[r][c] for r in range(rows)] for c in range(columns)]


def multiply(a, b):
    """The matrix product; ValueError if the inner sizes differ."""
    rows, inner = shape(a)
    inner_b, columns = shape(b)
    if inner != inner_b:
        raise ValueError(f"cannot multiply {rows}x{inner} by {inner_b}x{columns}")
    result = [[0] * columns for _ in range(rows)]
    for r in range(rows):
        for c in range(columns):
            for k in range(inner):
                result[r][c] += a[r][k] * b[k][c]
    return result


def identity(size):
    """The unit matrix."""
    return [[int(r == c) for c in range(size)] for r in range(size)]


def power(matrix, exponent):
    """A square matrix to a power of 0 or more, by squaring."""
    result = identity(len(matrix))
    while exponent:
        if exponent % 2:
            result = multiply(result, matrix)
        matrix = multiply(matrix, matrix)
        exponent //= 2
    return result
