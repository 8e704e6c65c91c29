import itertools
import unittest

from expression_calculator import ExpressionError, evaluate


class CalculatorTest(unittest.TestCase):
    def test_powers(self):
        self.assertEqual(evaluate("2^3^2"), 512)
        self.assertEqual(evaluate("2^-2^1"), 0.25)
        self.assertEqual(evaluate("2^--2"), 4)
        self.assertEqual(evaluate("(2^3)^2"), 64)
        self.assertEqual(evaluate("-3^2 + 1"), -8)
        self.assertEqual(evaluate("2 * 3^2 * 2"), 36)
        self.assertEqual(evaluate("2^3 - 1"), 7)
        self.assertEqual(evaluate("2^2 * 3"), 12)
        self.assertEqual(evaluate("sqrt(4)^3"), 8)
        self.assertEqual(evaluate("2^sqrt(9)"), 8)
        self.assertEqual(evaluate("4^-x", x=0.5), 0.5)

    def test_against_python(self):
        for operators in itertools.product("+-*/^", repeat=3):
            text = "2" + "".join(o + n for o, n in zip(operators, "313"))
            self.assertAlmostEqual(evaluate(text), eval(text.replace("^", "**")), msg=text)
            signed = "-" + text.replace("1", "-1")
            self.assertAlmostEqual(evaluate(signed), eval(signed.replace("^", "**")), msg=signed)

    def test_functions_and_variables(self):
        self.assertEqual(evaluate("sqrt(16) * a", a=2), 8)
        self.assertEqual(evaluate("abs(1 - 5) ^ 2"), 16)
        self.assertEqual(evaluate("sqrt + 1", sqrt=4), 5)

    def test_errors(self):
        for text in ("", "()", "1 2", "2^", "*3", "sqrt", "1)", "a", "2^*3"):
            with self.assertRaises(ExpressionError, msg=text):
                evaluate(text)
        with self.assertRaises(ZeroDivisionError):
            evaluate("1 / (2 - 2)")


if __name__ == "__main__":
    unittest.main()
