"""Extrema, polynomials, functions in pieces, a matrix times an unknown.

A wrong answer is never called checked.
"""
import pathlib
import sys
import unittest
from unittest import mock

import sympy

sys.path.insert(0, str(pathlib.Path(__file__).parents[4] / "lsp/features/solve"))
from program import main  # noqa: E402

X, UNKNOWN, NONE = ["symbol", "x"], ["symbol", "unknown"], ["list"]


def number(n):
    return ["number", str(n)]


def power(base, exponent):
    return ["pow", base, number(exponent)]


def between(low, high, left="closed", right="closed"):
    return ["list", ["interval", number(low), number(high), ["symbol", left], ["symbol", right]]]


def extremum(kind, body, where=NONE, head="extremum"):
    reply = main.reply_to([head, ["symbol", kind], body, NONE, UNKNOWN, where])
    return reply.get("answer", reply.get("refused")), reply.get("checked")


DECAY = ["mul", X, ["exp", ["neg", X]]]
CUBIC = ["sub", power(X, 3), ["mul", number(3), X]]
# x^2 below 1, and 5x from there on: a jump
JUMP = ["piecewise", ["tuple", power(X, 2), ["lt", X, number(1)]],
        ["tuple", ["mul", number(5), X], ["symbol", "True"]]]
# x^2 below 1, and 2x - 1 from there on: the slopes fit
SMOOTH = ["piecewise", ["tuple", power(X, 2), ["lt", X, number(1)]],
          ["tuple", ["sub", ["mul", number(2), X], number(1)], ["symbol", "True"]]]


ROWS = ["list", ["list", number(2), number(1)], ["list", number(1), number(3)]]
SINGULAR = ["list", ["list", number(2), number(1)], ["list", number(4), number(2)]]
TARGET = ["list", number(3), number(5)]


class Extrema(unittest.TestCase):
    def test_they_are_at_zeros_of_the_slope_at_ends_and_at_corners(self):
        self.assertEqual(extremum("max", DECAY, between(0, 3)), ("exp(-1) at x = 1", "yes"))
        self.assertEqual(extremum("max", CUBIC, between(-2, 2)), ("2 at x = -1 and x = 2", "yes"))
        corner = ["abs", ["sub", X, number(1)]]
        self.assertEqual(extremum("min", corner), ("0 at x = 1", "yes"))
        self.assertEqual(extremum("max", corner, between(0, 3)), ("2 at x = 3", "yes"))
        self.assertEqual(extremum("max", ["sin", X])[0], "1 at x = pi/2, and again every 2*pi")

    def test_one_that_is_not_reached_is_none(self):
        self.assertIn("grows beyond all bounds", extremum("max", power(X, 2))[0])
        self.assertIn("falls below all bounds", extremum("min", CUBIC)[0])
        inverse = ["div", number(1), X]
        positive = ["list", ["gt", X, number(0)]]
        self.assertIn("never reaches it", extremum("min", inverse, positive)[0])
        self.assertIn("no maximum", extremum("max", X, between(0, 1, "closed", "open"))[0])
        self.assertIn("no maximum", extremum("max", ["tan", X])[0])

    def test_local_ones_and_critical_points(self):
        self.assertEqual(extremum("both", CUBIC, NONE, "extrema"),
                         ("maximum 2 at x = -1; minimum -2 at x = 1", "yes"))
        self.assertEqual(extremum("critical", power(X, 3), NONE, "extrema"), ("{0}", "yes"))
        self.assertIn("no local", extremum("both", power(X, 3), NONE, "extrema")[0])

    def test_what_is_beyond_is_said(self):
        two = ["mul", X, ["symbol", "y"]]
        self.assertIn("one unknown; here are x, y", extremum("max", two)[0])

    def test_a_wrong_one_is_not_called_checked(self):
        with mock.patch("sympy.solveset", lambda *all: sympy.S.EmptySet):
            self.assertNotIn(extremum("max", DECAY, between(0, 3))[1], ("yes", "partly"))
        with mock.patch("sympy.solveset", lambda *all: sympy.FiniteSet(sympy.Integer(2))):
            self.assertNotIn(extremum("max", DECAY, between(0, 3))[1], ("yes", "partly"))

    def test_a_zero_of_the_slope_that_may_be_missing_makes_it_partly_checked(self):
        self.assertEqual(extremum("max", ["div", ["log", X], X])[1], "partly")


class Squares(unittest.TestCase):
    def test_the_square_is_completed(self):
        def square(body):
            reply = main.reply_to(["square", body])
            return reply.get("answer", reply.get("refused")), reply.get("checked")
        quadratic = ["add", ["add", power(X, 2), ["mul", number(6), X]], number(5)]
        self.assertEqual(square(quadratic), ("(x + 3)**2 - 4", "yes"))
        self.assertEqual(square(["eq", quadratic, number(0)]), ("(x + 3)**2 = 4", "yes"))
        self.assertIn("no square", square(X)[0])
        self.assertIn("quadratic", square(["sin", X])[0])
        other = [sympy.Symbol("x") ** 2], sympy.Integer(1)
        with mock.patch("program.polynomials.completed", lambda *all: other):
            self.assertEqual(square(quadratic)[1], "no")


class Polynomials(unittest.TestCase):
    CUBIC = ["sub", power(X, 3), ["mul", number(2), X]]

    def test_right_answers_are_checked(self):
        for task, answer in ((["degree", self.CUBIC], "3"), (["discriminant", self.CUBIC], "32"),
                             (["remainder", self.CUBIC, ["sub", X, number(3)]], "21"),
                             (["quotient", self.CUBIC, ["mul", X, X]], "x"),
                             (["solve", ["eq", ["mul", ROWS, X], TARGET]],
                              "Matrix([[4/5],[7/5]])")):
            reply = main.reply_to(task)
            self.assertEqual((reply["answer"], reply["checked"]), (answer, "yes"))

    def test_wrong_ones_are_not(self):
        x = sympy.Symbol("x")
        wrong = (sympy.Poly(x, x), sympy.Poly(1, x))
        for task, name, errs in (
                (["degree", self.CUBIC], "sympy.Poly.degree", lambda *all: 2),
                (["discriminant", self.CUBIC], "sympy.discriminant", lambda f: sympy.Integer(31)),
                (["remainder", self.CUBIC, X], "sympy.div", lambda *all: wrong),
                (["quotient", self.CUBIC, X], "sympy.div", lambda *all: wrong),
                (["solve", ["eq", ["mul", ROWS, X], TARGET]], "sympy.Matrix.LUsolve",
                 lambda *all: sympy.Matrix([1, 2]))):
            with self.subTest(task=task), mock.patch(name, errs):
                self.assertEqual(main.reply_to(task)["checked"], "no")

    def test_what_has_none_is_said(self):
        for task, part in ((["degree", ["sin", X]], "polynomial"),
                           (["discriminant", X], "degree from 2"),
                           (["remainder", X, number(0)], "zero"),
                           (["solve", ["eq", ["mul", SINGULAR, X], TARGET]], "no inverse")):
            self.assertIn(part, main.reply_to(task)["refused"])


class Pieces(unittest.TestCase):
    def answer(self, *task):
        reply = main.reply_to(list(task))
        return reply.get("answer", reply.get("refused")), reply.get("checked")

    def test_values_and_integrals(self):
        self.assertEqual(self.answer("at", JUMP, ["eq", X, number(-3)]), ("9", "yes"))
        self.assertEqual(self.answer("at", JUMP, ["eq", X, number(1)]), ("5", "yes"))
        bounds = ["tuple", X, number(0), number(2)]
        self.assertEqual(self.answer("integrate", JUMP, bounds), ("47/6", "yes"))

    def test_limits_are_those_of_each_side(self):
        self.assertIn("5 from the right and 1 from the left",
                      self.answer("limit", JUMP, X, number(1))[0])
        self.assertEqual(self.answer("limit", SMOOTH, X, number(1)), ("1", "yes"))

    def test_there_is_no_slope_at_a_corner(self):
        slope, checked = self.answer("diff", JUMP, X)
        self.assertEqual((slope, checked), ("Piecewise((2*x, x < 1), (5, True))", "partly"))
        self.assertEqual(self.answer("diff", SMOOTH, X)[1], "yes")
        self.assertIn("no derivative at x = 1",
                      self.answer("at", ["diff", JUMP, X], ["eq", X, number(1)])[0])
        self.assertEqual(self.answer("at", ["diff", SMOOTH, X], ["eq", X, number(1)])[0], "2")
        self.assertEqual(self.answer("diff", ["abs", X], X), ("sign(x)", "partly"))

    def test_a_gap_between_pieces_is_said(self):
        gap = ["piecewise", ["tuple", X, ["lt", X, number(0)]], ["tuple", X, ["gt", X, number(1)]]]
        self.assertIn("cover", extremum("max", gap, between(-1, 2))[0])
        self.assertIsNone(self.answer("at", gap, ["eq", X, ["div", number(1), number(2)]])[1])


if __name__ == "__main__":
    unittest.main()
