"""Remainders, limits, integrals and relations under conditions: what holds where, and for what."""
import unittest
from fractions import Fraction
from unittest import mock

import sympy

from tasks import N, SQUARE, X, Y, main, number, power


class Conditions(unittest.TestCase):
    def test_an_integral_with_other_names_is_given_for_positive_ones(self):
        a, endless = ["symbol", "a"], ["symbol", "oo"]

        def reply_to(body, low, high):
            return main.reply_to(["integrate", body, ["tuple", X, low, high]])
        circle = ["sqrt", ["sub", power(a, 2), power(X, 2)]]
        bell = ["div", number(1), ["add", power(X, 2), power(a, 2)]]
        for task, value in (((["abs", X], number(0), a), "a**2/2"),
                            ((circle, number(0), a), "pi*a**2/4"),
                            ((bell, number(0), endless), "pi/(2*a)"),
                            ((["div", number(1), circle], number(0), a), "pi/2")):
            reply = reply_to(*task)
            self.assertEqual((reply.get("answer"), reply.get("checked")), (value, "partly"))
            self.assertIn("where a > 0", reply["how"])
        reply = main.reply_to(["integrate", bell, X])
        self.assertEqual((reply["answer"], reply["checked"]), ("atan(x/a)/a", "yes"))
        wild = ["exp", ["sin", ["mul", a, X]]]
        self.assertIn("with a number for a", reply_to(wild, number(0), number(1))["refused"])

    def test_what_holds_for_positive_numbers_alone_is_partly_checked(self):
        a = ["symbol", "a"]
        size = ["integrate", ["abs", a], ["tuple", X, number(0), number(1)]]
        with mock.patch("sympy.integrate", lambda *all: sympy.Symbol("a")):
            reply = main.reply_to(size)
        self.assertEqual(reply["checked"], "partly")
        self.assertIn("not where these are negative", reply["how"])
        x = sympy.Symbol("x")
        with mock.patch("sympy.integrate", lambda *all: x ** 2 / 2):
            reply = main.reply_to(["integrate", ["sqrt", power(X, 2)], X])
        self.assertEqual(reply["checked"], "partly")
        self.assertIn("not where names are negative", reply["how"])

    def test_a_limit_that_depends_on_other_names_is_none(self):
        r, endless = ["symbol", "r"], ["symbol", "oo"]
        for body in (["pow", r, N], ["mul", r, N], ["atan", ["mul", r, N]]):
            reply = main.reply_to(["limit", body, N, endless])
            self.assertEqual(reply.get("refused"), "the limit depends on r")
        with mock.patch("sympy.limit", lambda *all: sympy.Abs(sympy.Symbol("r"))):
            reply = main.reply_to(["limit", ["div", ["sin", ["mul", r, X]], X], X, number(0)])
        self.assertEqual(reply["checked"], "partly")
        self.assertIn("for positive r", reply["how"])

    def test_a_sequence_may_have_a_limit_where_its_function_has_none(self):
        def reply_to(body, name=N):
            return main.reply_to(["limit", body, name, ["symbol", "oo"]])
        turning = ["div", ["pow", number(-1), N], N]
        wave = ["cos", ["mul", ["mul", number(2), ["symbol", "pi"]], N]]
        for body, value in ((turning, "0"), (wave, "1")):
            reply = reply_to(body)
            self.assertEqual((reply.get("answer"), reply.get("checked")), (value, "yes"))
        self.assertIn("does not exist", reply_to(["pow", number(-1), N])["refused"])
        self.assertIn("does not exist", reply_to(["sin", X], X)["refused"])
        with mock.patch("sympy.limit_seq", lambda *all: sympy.Integer(2)):
            self.assertEqual(reply_to(turning)["checked"], "no")

    def test_conditions_are_used_in_inequalities_and_equations(self):
        def answer(relations, unknowns=(), conditions=()):
            reply = main.reply_to(["solve", ["list", *relations], ["list", *unknowns],
                                   ["symbol", "unknown"], ["list", *conditions]])
            return reply.get("answer", reply.get("refused")), reply.get("checked")
        small = ["lt", power(X, 2), number(9)]
        inside = ["interval", number(0), number(5), ["symbol", "open"], ["symbol", "closed"]]
        self.assertEqual(answer([small], [X], [inside]), ("Interval.open(0, 3)", "yes"))
        self.assertEqual(answer([small], [], [["ge", X, number(2)]]),
                         ("Interval.Ropen(2, 3)", "yes"))
        line = ["eq", Y, ["add", ["mul", number(3), X], number(2)]]
        self.assertEqual(answer([line], [Y], [["eq", X, number(4)]]), ("{14}", "yes"))

    def test_alternatives_are_united(self):
        def answer(*relations):
            reply = main.reply_to(["solve", ["list", ["or", *relations]], ["list"],
                                   ["symbol", "unknown"], ["list"]])
            return reply.get("answer", reply.get("refused")), reply.get("checked")
        low, high = ["lt", X, number(3)], ["gt", X, number(5)]
        self.assertEqual(answer(low, high), (
            "Union(Interval.open(-oo, 3), Interval.open(5, oo))", "yes"))
        self.assertEqual(answer(SQUARE, ["eq", X, number(3)]),
                         ("FiniteSet(-sqrt(2), sqrt(2), 3)", "yes"))
        self.assertEqual(answer(low, ["gt", X, number(1)])[0], "S.Reals")
        self.assertEqual(answer(low, ["gt", ["exp", X], number(200)])[1], "partly")

    def test_inequalities_with_steps_sizes_and_waves(self):
        def answer(head, left, right):
            reply = main.reply_to(["solve", [head, left, right], X])
            return reply.get("answer", reply.get("refused")), reply.get("checked")
        floor, wave = ["floor", X], ["sin", X]
        self.assertEqual(answer("gt", floor, number(2)), ("Interval(3, oo)", "partly"))
        self.assertEqual(answer("ge", floor, number("2.5")), ("Interval(3, oo)", "partly"))
        self.assertEqual(answer("gt", number(3), floor), ("Interval.open(-oo, 3)", "partly"))
        self.assertEqual(answer("eq", floor, number(3)), ("Interval.Ropen(3, 4)", "partly"))
        self.assertEqual(answer("eq", ["ceiling", X], number(3)),
                         ("Interval.Lopen(2, 3)", "partly"))
        self.assertEqual(answer("eq", floor, number("2.5")), ("{}", "yes"))
        self.assertEqual(answer("gt", ["abs", X], X), ("Interval.open(-oo, 0)", "yes"))
        self.assertEqual(answer("gt", wave, ["div", number(1), number(2)]),
                         ("Interval.open(pi/6, 5*pi/6), and again every 2*pi", "partly"))
        self.assertIn("no closed form", answer("gt", ["pow", number(2), X], power(X, 2))[0])

    def test_powers_of_e_with_a_matrix_are_those_of_its_series(self):
        turn = ["list", ["list", number(0), number(1)], ["list", number(0), number(0)]]
        for task in (["pow", ["symbol", "E"], turn], ["exp", turn]):
            reply = main.reply_to(task)
            self.assertEqual((reply.get("answer"), reply.get("checked")),
                             ("Matrix([[1,1],[0,1]])", "yes"))
        with mock.patch("sympy.Matrix.exp", lambda self: sympy.eye(2)):
            self.assertEqual(main.reply_to(["exp", turn])["checked"], "no")
        self.assertIn("e alone", main.reply_to(["pow", number(2), turn])["refused"])
        self.assertIn("none is given", main.reply_to(["gcd"])["refused"])

    def test_a_system_is_solved_for_those_of_its_names_that_it_determines(self):
        z = ["symbol", "z"]
        given = ["list", ["eq", ["add", ["add", X, Y], z], number(1)],
                 ["eq", ["add", X, Y], number(2)]]
        reply = main.reply_to(["solve", given])
        self.assertEqual((reply.get("answer"), reply.get("checked")), ("{x:2 - y,z:-1}", "partly"))
        self.assertIn("others of the names", main.reply_to(["solve", given, X, Y])["refused"])

    def test_a_sum_from_above_to_below_is_empty(self):
        for head, value in (("summation", "0"), ("product", "1")):
            reply = main.reply_to([head, X, ["tuple", X, number(5), number(1)]])
            self.assertEqual((reply["answer"], reply["checked"]), (value, "yes"))

    def test_one_of_a_unit_is_written_with_its_number(self):
        reply = main.reply_to(["convert", ["mul", number(60), ["unit", "minute"]],
                               ["unit", "hour"]])
        self.assertEqual((reply["answer"], reply["checked"]), ("1*hour", "yes"))

    def test_remainders_are_those_after_which_the_formula_comes_again(self):
        def answer(left, right, modulus):
            reply = main.reply_to(["congruence", left, number(right), number(modulus)])
            return reply.get("answer", reply.get("refused")), reply.get("how")
        power_of_2 = ["pow", number(2), X]
        triangle = ["div", ["mul", X, ["add", X, number(1)]], number(2)]
        tried = "every remainder modulo {0} was tried; x counts modulo {0} here".format
        self.assertEqual(answer(power_of_2, 1, 7), ("{0}", tried(3)))
        self.assertEqual(answer(["mul", X, power_of_2], 1, 5), ("{7,13,14,16}", tried(20)))
        self.assertEqual(answer(triangle, 3, 4), ("{2,5}", tried(8)))
        self.assertEqual(answer(triangle, 0, 3), ("{0,2}", "every remainder modulo 6 was "
                                                    "tried; those modulo 3 are enough"))
        self.assertIn("common divisor", answer(power_of_2, 4, 6)[0])
        self.assertIn("sums, products and powers", answer(["pow", X, X], 1, 5)[0])

    def test_an_equation_with_a_remainder_is_one_of_whole_numbers(self):
        def answer(*relations):
            reply = main.reply_to(["solve", ["list", *relations], ["list"], ["symbol", "unknown"],
                                   ["list"]])
            return reply.get("answer"), reply.get("checked")
        odd = ["eq", ["mod", X, number(2)], number(1)]
        self.assertEqual(answer(odd), ("{1}", "yes"))
        self.assertEqual(answer(odd, ["lt", number(0), X], ["lt", X, number(6)]),
                         ("{1,3,5}", "yes"))
        self.assertEqual(answer(odd, ["gt", X, number(0)]), ("{1}", "partly"))
        self.assertEqual(answer(odd, ["eq", number(3), ["mod", X, number(5)]]), ("{3}", "yes"))
        self.assertEqual(answer(["eq", ["mod", X, number(3)], number(5)]), ("{}", "yes"))
        with mock.patch.object(main.integers.numeric, "exact", lambda *all: Fraction(1)):
            self.assertEqual(answer(odd), ("{1}", "no"))

    def test_solutions_in_numbers_are_not_listed_without_end(self):
        waves = ["solve", ["eq", ["cos", X], ["div", X, number(50)]], X]
        reply = main.reply_to(waves)
        self.assertEqual(reply["answer"].count(","), 19)
        self.assertIn("the 20 nearest to 0 of 31", reply["how"])


if __name__ == "__main__":
    unittest.main()
