import unittest

from matrix_tools import identity, multiply, power, transpose


class MatrixTest(unittest.TestCase):
    def test_transpose(self):
        self.assertEqual(transpose([[1, 2, 3], [4, 5, 6]]), [[1, 4], [2, 5], [3, 6]])

    def test_square_product(self):
        self.assertEqual(multiply([[1, 2], [3, 4]], [[0, 1], [1, 0]]), [[2, 1], [4, 3]])

    def test_row_times_column(self):
        self.assertEqual(multiply([[1, 2, 3]], [[4], [5], [6]]), [[32]])

    def test_sizes_must_fit(self):
        with self.assertRaises(ValueError):
            multiply([[1, 2]], [[1, 2]])

    def test_power(self):
        self.assertEqual(power([[1, 1], [1, 0]], 5), [[8, 5], [5, 3]])
        self.assertEqual(power([[2]], 0), identity(1))


if __name__ == "__main__":
    unittest.main()
