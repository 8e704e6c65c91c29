import unittest

from expression_calculator import ExpressionError, evaluate


class CalculatorTest(unittest.TestCase):
    def test_precedence(self):
        self.assertEqual(evaluate("1 + 2 * 3"), 7)
        self.assertEqual(evaluate("(1 + 2) * 3"), 9)

    def test_left_grouping(self):
        self.assertEqual(evaluate("10 - 4 - 3"), 3)
        self.assertEqual(evaluate("16 / 4 / 2"), 2)

    def test_signs(self):
        self.assertEqual(evaluate("--3 - -4"), 7)
        self.assertEqual(evaluate("-2^2"), -4)

    def test_power(self):
        self.assertEqual(evaluate("2^10"), 1024)
        self.assertEqual(evaluate("2^-1"), 0.5)

    def test_names(self):
        self.assertEqual(evaluate("sqrt(x) + abs(-y)", x=9, y=2), 5)

    def test_errors(self):
        for text in ("1 +", "(2", "3 4", "$", "z"):
            with self.assertRaises(ExpressionError):
                evaluate(text)


if __name__ == "__main__":
    unittest.main()
