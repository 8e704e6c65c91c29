import random
import unittest

from matrix_tools import multiply, power, shape, transpose


def some(rows, columns, seed):
    numbers = random.Random(seed)
    return [[numbers.randint(-9, 9) for _ in range(columns)] for _ in range(rows)]


class MatrixTest(unittest.TestCase):
    def test_products_of_all_small_shapes(self):
        for rows in range(1, 5):
            for inner in range(1, 5):
                for columns in range(1, 5):
                    a, b = some(rows, inner, rows), some(inner, columns, columns)
                    product = multiply(a, b)
                    self.assertEqual(shape(product), (rows, columns))
                    for r, row in enumerate(a):
                        for c, column in enumerate(zip(*b)):
                            self.assertEqual(product[r][c],
                                             sum(x * y for x, y in zip(row, column)))

    def test_transposing_twice(self):
        matrix = some(3, 5, 1)
        self.assertEqual(transpose(transpose(matrix)), matrix)

    def test_column_times_row(self):
        self.assertEqual(multiply([[1], [2]], [[3, 4, 5]]), [[3, 4, 5], [6, 8, 10]])

    def test_power(self):
        matrix = some(3, 3, 7)
        self.assertEqual(power(matrix, 3), multiply(matrix, multiply(matrix, matrix)))


if __name__ == "__main__":
    unittest.main()
