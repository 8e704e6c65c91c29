"""The program that answers: a wrong answer of the computer algebra is never called checked.

Each case replaces one function of SymPy's by one that errs, and asks what uses it.
"""
import unittest
from fractions import Fraction
from unittest import mock

import sympy

from tasks import N, SQUARE, X, Y, main, number, power, words

ROWS = ["list", ["list", number(1), number(2)], ["list", number(3), number(4)]]
LINE, OTHER = ["eq", ["add", X, Y], number(3)], ["eq", ["sub", X, Y], number(1)]

VECTOR = ["list", number(1), number(2), number(3)]
DECAYS = ["dsolve", ["list", ["eq", ["diff", Y, X, number(1)], ["mul", number(-2), Y]]], Y, X]

# The task, what answers it, and how that errs.
WRONG = [
    (["diff", power(X, 3), X], "sympy.diff", lambda f, *rest: f),
    (["integrate", power(X, 2), X], "sympy.integrate", lambda f, *rest: f),
    (["integrate", power(X, 2), ["tuple", X, number(0), number(1)]], "sympy.integrate",
     lambda f, *rest: sympy.Rational(1, 2)),
    (["limit", ["div", ["sin", X], X], X, number(0)], "sympy.limit",
     lambda *all: sympy.Integer(2)),
    (["summation", X, ["tuple", X, number(1), number(9)]], "sympy.summation",
     lambda *all: sympy.Integer(44)),
    (["summation", X, ["tuple", X, number(1), N]], "sympy.summation",
     lambda *all: sympy.Symbol("n") ** 2),
    (["summation", ["div", number(1), power(X, 2)], ["tuple", X, number(1), ["symbol", "oo"]]],
     "sympy.summation", lambda *all: sympy.pi / 2),
    (["solve", SQUARE, X], "sympy.roots", lambda *all: {sympy.Integer(1): 2}),
    (["solve", ["list", LINE, OTHER]], "sympy.linsolve", lambda *all: sympy.FiniteSet((1, 2))),
    (["det", ROWS], "sympy.Matrix.det", lambda self: sympy.Integer(2)),
    (["inverse", ROWS], "sympy.Matrix.inv", lambda self: sympy.eye(2)),
    (["rank", ROWS], "sympy.Matrix.rank", lambda self: 1),
    (["eigenvalues", ROWS], "sympy.Matrix.eigenvals", lambda self: {sympy.Integer(1): 2}),
    (["gcd", number(12), number(18)], "sympy.igcd", lambda *all: sympy.Integer(3)),
    (["lcm", number(12), number(18)], "sympy.ilcm", lambda *all: sympy.Integer(72)),
    (["factor", number(360)], "sympy.factorint", lambda n: {2: 2, 3: 2, 5: 1}),
    (["factor", ["sub", power(X, 2), number(1)]], "sympy.factor", lambda f: f + 1),
    (["expand", power(["add", X, number(1)], 2)], "sympy.expand", lambda f, **how: f + 1),
    (["isprime", number(91)], "sympy.isprime", lambda n: True),
    (["nextprime", number(100)], "sympy.nextprime", lambda n: 103),
    (["divisors", number(28)], "sympy.divisors", lambda n: [1, 2, 7, 14, 28]),
    (["totient", number(36)], "sympy.totient", lambda n: sympy.Integer(13)),
    (["series", ["sin", X], X, number(0), number(4)], "sympy.series",
     lambda f, x, *rest: x - x ** 3 / 3),
    (["gradient", ["mul", X, Y]], "sympy.diff", lambda f, *rest: f),
    (["tangent_line", power(X, 3), X, number(2)], "sympy.diff", lambda f, *rest: f),
    (["divisor_sum", number(28)], "sympy.divisor_sigma", lambda n: sympy.Integer(55)),
    (["primes", number(2), number(9)], "sympy.primerange", lambda *all: [2, 3, 7]),
    (["cross", VECTOR, ["list", number(4), number(5), number(6)]], "sympy.Matrix.cross",
     lambda a, b: sympy.Matrix([3, -6, 3])),
    (["dot", VECTOR, VECTOR], "sympy.Matrix.dot", lambda a, b: sympy.Integer(13)),
    (DECAYS, "sympy.dsolve", lambda f, y, **how: sympy.Eq(y, sympy.Symbol("C1") *
                                                          sympy.exp(2 * sympy.Symbol("x")))),
    (["dsolve", ["list", DECAYS[1][1], ["eq", ["value", number(0), number(0)], number(3)]],
      *DECAYS[2:]], "sympy.dsolve", lambda f, y, **how: sympy.Eq(y, sympy.exp(
          -2 * sympy.Symbol("x")))),
]
# What sentences mean: the task, and its answer, which is checked.
MEANT = [
    (["bit_xor", number(12), number(10)], "6"), (["bit_and", number(12), number(10)], "8"),
    (["popcount", number(255)], "8"), (["bit_length", number(1000)], "10"),
    (["digit_sum", number(12345)], "15"), (["digit_count", number(1000)], "4"),
    (["from_base", number(1011), number(2)], "11"), (["divisor_sum", number(28)], "56"),
    (["primes", number(10), number(30)], "[11,13,17,19,23,29]"),
    (["divides", number(7), number(1001)], "True"), (["is_square", number(145)], "False"),
    (["set_union", ["set", number(1), number(2)], ["set", number(2), number(3)]], "{1,2,3}"),
    (["set_difference", ["set", number(1), number(2)], ["set", number(2)]], "{1}"),
    (["contains", ["set", number(1), number(2)], number(3)], "False"),
    (["days_between", *map(number, (2024, 1, 1, 2024, 3, 1))], "60"),
    (["date_after", *map(number, (2024, 1, 31, 30))], "2024-03-01"),
    (["weekday", *map(number, (2024, 7, 4))], "Thursday"), (["is_leap", number(1900)], "False"),
    (["tangent_line", power(X, 2), X, number(1)], "Eq(y, 2*x - 1)"),
    (["normal_line", power(X, 2), X, number(1)], "Eq(y, 3/2 - x/2)"),
    (["inverse_function", ["add", ["mul", number(2), X], number(3)], X], "x/2 - 3/2"),
    (["coefficient", power(["add", X, number(1)], 5), X, number(2)], "10"),
    (["area_between", power(X, 2), X], "1/6"),
    (["geometric_mean", ["list", number(2), number(8)]], "4"),
    (["harmonic_mean", ["list", number(2), number(6)]], "3"),
]
# Solutions that are right, but not all.
LACKING = [
    (["solve", SQUARE, X], "sympy.roots", lambda *all: {sympy.sqrt(2): 2}),
    (["solve", ["list", ["eq", ["mul", X, Y], number(2)], LINE]], "sympy.solve",
     lambda *all, **how: [{sympy.Symbol("x"): sympy.Integer(1),
                           sympy.Symbol("y"): sympy.Integer(2)}]),
    (DECAYS, "sympy.dsolve",
     lambda f, y, **how: sympy.Eq(y, sympy.exp(-2 * sympy.Symbol("x")))),
]


class Program(unittest.TestCase):
    def test_right_answers_are_checked(self):
        for task, _, _ in WRONG + LACKING:
            with self.subTest(task=task):
                self.assertEqual(main.reply_to(task).get("checked"), "yes")

    def test_what_sentences_mean_is_answered_and_checked(self):
        for task, expected in MEANT:
            with self.subTest(task):
                reply = main.reply_to(task)
                self.assertEqual((reply.get("answer"), reply.get("checked")), (expected, "yes"))

    def test_a_sequence_goes_on_in_more_than_one_way(self):
        listed = ["list", *map(number, (2, 4, 8, 16))]
        reply = main.reply_to(["next_term", listed])
        self.assertEqual((reply["answer"], reply["checked"]), ("32", "partly"))
        self.assertIn("refused", main.reply_to(["next_term", ["list", number(1), number(5)]]))

    def test_a_day_that_is_none_is_refused(self):
        reply = main.reply_to(["weekday", *map(number, (2023, 2, 29))])
        self.assertIn("no day 2023-02-29", reply["refused"])

    def test_wrong_answers_are_not_called_checked(self):
        for task, name, errs in WRONG:
            with self.subTest(task=task), mock.patch(name, errs):
                self.assertIn(main.reply_to(task).get("checked"), ("no", None))

    def test_a_solution_that_is_missing_makes_it_partly_checked(self):
        for task, name, errs in LACKING:
            with self.subTest(task=task), mock.patch(name, errs):
                self.assertEqual(main.reply_to(task).get("checked"), "partly")

    def test_a_divergent_integral_is_no_number(self):
        task = ["integrate", ["div", number(1), X], ["tuple", X, number(-1), number(1)]]
        self.assertIn("refused", main.reply_to(task))
        with mock.patch("sympy.integrate", lambda *all: sympy.Integer(0)):
            self.assertNotEqual(main.reply_to(task).get("checked"), "yes")

    def test_an_integral_that_takes_too_long_is_a_number(self):
        task = ["integrate", power(X, 2), ["tuple", X, number(0), number(1)]]

        def never(*all):
            try:
                while True:
                    pass
            except Exception:  # as computer algebra does, somewhere
                pass
        with mock.patch("sympy.integrate", never), mock.patch("program.timed.SECONDS", 0.1):
            reply = main.reply_to(task)
        self.assertEqual((reply["answer"], reply["checked"]), ("0.333333333333333", "no"))
        self.assertIn("error", reply["how"])
        self.assertEqual(main.reply_to(task)["answer"], "1/3")

    def test_a_sum_over_a_pole_is_refused(self):
        for shift, first, last in ((2, 1, number(5)), (0, 0, ["symbol", "oo"])):
            term = ["div", number(1), power(["sub", X, number(shift)], 2)]
            reply = main.reply_to(["summation", term, ["tuple", X, number(first), last]])
            self.assertIn("divides by zero", reply["refused"])

    def test_a_congruence_is_solved_by_its_remainders(self):
        def answer(left, right, modulus):
            reply = main.reply_to(["congruence", left, number(right), number(modulus)])
            return reply.get("answer"), reply.get("checked")
        self.assertEqual(answer(["mul", number(3), X], 4, 7), ("{6}", "yes"))
        self.assertEqual(answer(power(X, 2), 1, 8), ("{1,3,5,7}", "yes"))
        self.assertEqual(answer(["mul", number(2), X], 1, 4), ("{}", "yes"))
        self.assertEqual(answer(number(17), 3, 7), ("True", "yes"))
        self.assertEqual(answer(["div", X, number(2)], 1, 4), (None, None))
        self.assertEqual(answer(X, 1, 1), (None, None))
        with mock.patch.object(main.integers.numeric, "exact", lambda *all: Fraction(1)):
            self.assertEqual(answer(X, 1, 4), ("{1}", "no"))

    def test_congruences_together_are_solved_by_their_remainders(self):
        def answer(*given):
            reply = main.reply_to(["list", *[["congruence", X, number(a), number(m)]
                                             for a, m in given]])
            return reply.get("answer", reply.get("refused")), reply.get("checked")
        self.assertEqual(answer((2, 3), (3, 5), (2, 7)), ("{23}", "yes"))
        self.assertEqual(answer((1, 4), (2, 6)), ("{}", "yes"))
        self.assertIn("at most", answer((1, 1999), (2, 1997))[0])
        with mock.patch.object(main.integers.numeric, "exact", lambda *all: Fraction(0)):
            self.assertEqual(answer((2, 3), (3, 5)), ("{8}", "no"))

    def test_double_factorials_multiply_every_other_number(self):
        for n, value in ((7, "105"), (6, "48"), (0, "1")):
            reply = main.reply_to(["factorial2", number(n)])
            self.assertEqual((reply["answer"], reply["checked"]), (value, "yes"))
        with mock.patch("sympy.factorial2", lambda n: sympy.Integer(104)):
            self.assertEqual(main.reply_to(["factorial2", number(7)])["checked"], "no")
        self.assertIn("refused", main.reply_to(["factorial2", number(10 ** 9)]))

    def test_one_formula_is_no_list(self):
        self.assertIn("list", main.reply_to(["range", ["list", power(X, 2)]])["refused"])

    def test_what_holds_under_a_condition_says_so_and_is_partly_checked(self):
        n, k = ["symbol", "n"], ["symbol", "k"]
        for task, condition in (
                (["integrate", ["pow", X, n], X], "where n != -1"),
                (["summation", ["pow", X, k], ["tuple", k, number(0), N]], "where x != 1"),
                (["summation", ["pow", X, k], ["tuple", k, number(0), ["symbol", "oo"]]],
                 "where Abs(x) < 1")):
            with self.subTest(task=task):
                reply = main.reply_to(task)
                self.assertEqual(reply["checked"], "partly")
                self.assertTrue(reply["how"].endswith(condition), reply["how"])

    def test_temperatures_have_a_zero(self):
        def convert(degrees, scale, other):
            return main.reply_to(["convert", ["mul", number(degrees), ["unit", scale]],
                                  ["unit", other]])
        self.assertEqual(convert(100, "fahrenheit", "celsius")["answer"], "340*celsius/9")
        self.assertEqual(convert(100, "fahrenheit", "celsius")["decimal"],
                         "37.7777777777778*celsius")
        self.assertEqual(convert(50, "fahrenheit", "celsius")["decimal"], "")  # 10*celsius
        self.assertTrue(convert(50, "fahrenheit", "celsius")["quantity"])
        self.assertEqual(convert(0, "celsius", "kelvin")["answer"], "5463*kelvin/20")
        self.assertIn("absolute zero", convert(-300, "celsius", "kelvin")["refused"])
        both = ["add", *[["mul", number(n), ["unit", "celsius"]] for n in (20, 5)]]
        self.assertIn("converted", main.reply_to(both)["refused"])

    def test_negative_powers_have_remainders(self):
        def mod(base, exponent, modulus):
            reply = main.reply_to(["mod", power(number(base), exponent), number(modulus)])
            return reply.get("answer", reply.get("refused")), reply.get("checked")
        self.assertEqual(mod(17, -1, 43), ("38", "yes"))
        self.assertEqual(mod(3, -2, 7), ("4", "yes"))
        self.assertIn("no inverse", mod(6, -1, 9)[0])
        with mock.patch("program.tree.pow", lambda *all: 37, create=True):
            self.assertEqual(mod(17, -1, 43), ("37", "no"))

    def test_a_matrix_takes_a_list_for_a_column(self):
        task = ["mul", ROWS, ["list", number(1), number(2)]]
        self.assertEqual(main.reply_to(task)["answer"], "Matrix([[5],[11]])")
        self.assertEqual(main.reply_to(task)["checked"], "yes")

    def test_a_product_of_units_is_written_as_it_was_typed_or_derived(self):
        def of(*units):
            (_, a), (head, b) = (("", units[0]), units[1])
            reply = main.reply_to([head, *[["mul", number(n), unit] for n, unit in
                                           ((120, ["unit", a]), (2, b))]])
            return reply["answer"], reply["checked"]
        squared = ["div", ["unit", "meter"], ["pow", ["unit", "second"], number(2)]]
        self.assertEqual(of("kilometer", ("div", ["unit", "hour"])),
                         ("60*kilometer/hour", "yes"))
        self.assertEqual(of("kilogram", ("mul", squared)), ("240*newton", "yes"))
        self.assertEqual(of("kilowatt", ("mul", ["unit", "hour"])), ("864000000*joule", "yes"))
        self.assertEqual(of("mile_per_hour", ("mul", ["unit", "hour"]))[0], "9656064*meter/25")

    def test_exponential_equations_are_answered_over_the_reals(self):
        def solved(left, right):
            reply = main.reply_to(["solve", ["eq", left, number(right)], X])
            return reply["answer"], reply["checked"], "over the reals" in reply["how"]
        double = ["mul", number(2), X]
        self.assertEqual(solved(["exp", double], 5), ("{log(5)/2}", "partly", True))
        self.assertEqual(solved(["pow", number(3), double], 81), ("{2}", "partly", True))
        self.assertIn("ImageSet", solved(["exp", X], -1)[0])
        self.assertEqual(solved(power(X, 3), 1)[2], False)

    def test_cube_roots_are_real_in_equations_too(self):
        def solved(left, right):
            reply = main.reply_to(["solve", ["eq", left, right], X])
            return reply["answer"], reply["checked"]
        self.assertEqual(solved(["cbrt", X], number(-2)), ("{-8}", "yes"))
        self.assertEqual(solved(["cbrt", power(X, 2)], number(4)), ("{-8,8}", "yes"))
        self.assertEqual(solved(["add", ["cbrt", X], ["sqrt", X]], number(2))[1], "partly")
        with mock.patch("program.equations.freed", lambda *all: sympy.Poly(sympy.Symbol("x") - 1)):
            self.assertEqual(solved(["cbrt", X], number(-2)), ("{}", "no"))

    def test_equations_of_high_degrees_are_solved_in_time(self):
        reply = main.reply_to(["solve", ["eq", power(X, 9), ["add", X, number(3)]]])
        self.assertEqual(reply["checked"], "yes")
        self.assertEqual(reply["answer"].count("CRootOf"), 9)
        x = sympy.Symbol("x")
        for root in sympy.Poly(x ** 5 - x - 1, x).all_roots():
            value = sympy.N(root, 40)
            self.assertLess(abs(sympy.N((value ** 5 - value - 1).expand(), 40)), 1e-35)

    def test_solutions_that_fill_intervals_are_tried_at_many_values(self):
        def reply_to(left, right):
            return main.reply_to(["solve", ["eq", left, number(right)], X])
        between = ["add", ["abs", ["sub", X, number(1)]], ["abs", ["add", X, number(2)]]]
        reply = reply_to(between, 3)
        self.assertEqual((reply["answer"], reply["checked"]), ("Interval(-2, 1)", "partly"))
        for errs in (sympy.Interval(-3, 1), sympy.Interval(-1, 1)):
            with mock.patch("sympy.solveset", lambda *all, errs=errs: errs):
                self.assertIn("refused", reply_to(between, 3))
        self.assertIn("refused", reply_to(["sub", ["sqrt", power(X, 2)], X], 0))
        self.assertIn("fill parts", reply_to(["mul", number(2), ["floor", X]], 4)["refused"])

    def test_a_solution_at_the_border_is_found_in_numbers(self):
        task = ["solve", ["eq", ["mul", ["sqrt", X], ["cos", X]], ["sin", X]], X]
        self.assertTrue(main.reply_to(task)["answer"].startswith("{0"), main.reply_to(task))

    def test_a_system_is_solved_for_some_of_its_names(self):
        def solved(*names):
            wanted = ["list", *[["symbol", name] for name in names]]
            reply = main.reply_to(["solve", ["list", *given], wanted])
            return reply.get("answer", reply.get("refused")), reply.get("checked")
        a, b, c = (["symbol", name] for name in "abc")
        given = [["eq", ["add", X, Y], number(5)], ["eq", ["sub", X, Y], number(1)]]
        self.assertEqual(solved("x"), ("{3}", "yes"))
        given = [["eq", ["add", X, Y], a], ["eq", ["sub", X, Y], b]]
        self.assertEqual(solved("x"), ("{a/2 + b/2}", "partly"))
        given = [["eq", a, number(3)], ["eq", b, power(a, 2)], ["eq", c, ["add", a, b]]]
        self.assertEqual(solved("c"), ("{12}", "yes"))
        self.assertEqual(solved("a", "c"), ("{a:3,c:12}", "yes"))
        given = [["eq", a, ["mul", b, c]], ["eq", X, ["mul", c, Y]]]
        self.assertEqual(solved("x")[0], "{a*y/b}")
        given = [["eq", X, number(1)], ["eq", X, number(2)], ["eq", Y, X]]
        self.assertEqual(solved("y"), ("{}", "yes"))

    def test_numbers_of_thousands_of_digits_are_written(self):
        self.assertEqual(len(main.reply_to(["factorial", number(2000)])["answer"]), 5736)
        much = main.reply_to(["mul", *2 * [["pow", number(10), number(15000)]]])
        self.assertIn("too long", much["refused"])

    def test_an_inequality_does_not_hold_where_a_side_has_no_value(self):
        reply = main.reply_to(["solve", ["lt", ["log", X], number(1)]])
        self.assertEqual((reply["answer"], reply["checked"]), ("Interval.open(0, E)", "partly"))
        with mock.patch("sympy.solveset", lambda *all: sympy.Interval(0, sympy.E, False, True)), \
                mock.patch("sympy.solve_univariate_inequality",
                           lambda *all, **how: sympy.Interval(0, sympy.E, False, True)):
            self.assertEqual(main.reply_to(["solve", ["lt", ["log", X], number(1)]])["checked"],
                             "no")

    def test_no_logarithm_has_the_base_0_or_1(self):
        for base in (0, 1):
            reply = main.reply_to(["log", number(5), number(base)])
            self.assertIn("base", reply["refused"])
        self.assertEqual(main.reply_to(["log", number(8), number(2)])["answer"], "3")

    def test_halves_are_rounded_to_the_even_neighbour(self):
        for text, digits, answer in (("2.5", [], "2"), ("3.5", [], "4"), ("-2.5", [], "-2"),
                                     ("2.345", [number(2)], "117/50")):
            reply = main.reply_to(["round", number(text), *digits])
            self.assertEqual((reply["answer"], reply["checked"]), (answer, "yes"))

    def test_numbers_are_written_in_other_bases(self):
        for n, base, text in ((255, 16, "0xff"), (-5, 2, "-0b101"), (12, 3, "110"), (0, 8, "0o0")):
            reply = main.reply_to(["base", number(n), number(base)])
            self.assertEqual((reply["answer"], reply["checked"]), (text, "yes"))
        self.assertIn("bases", main.reply_to(["base", number(3), number(1)])["refused"])

    def test_conditions_are_kept(self):
        positive = ["gt", X, number(0)]
        task = ["solve", ["list", ["eq", power(X, 2), number(4)], positive]]
        self.assertEqual(main.reply_to(task)["answer"], "{2}")
        above = ["gt", X, ["symbol", "a"]]
        task = ["solve", ["list", ["eq", power(X, 2), number(4)], above], ["list", X]]
        self.assertEqual(main.reply_to(task)["checked"], "no")

    def test_steps_lead_to_the_answer_and_are_checked(self):
        cases = [
            (["diff", ["mul", power(X, 3), ["sin", X]], X], "product rule",
             "= x**3*cos(x) + 3*x**2*sin(x)"),
            (["integrate", ["mul", X, ["exp", X]], X], "by parts", "= (x - 1)*exp(x)"),
            (["integrate", power(X, 2), ["tuple", X, number(0), number(3)]], "bounds", "= 9"),
            (["solve", ["list", LINE, OTHER]], "equation 1 for x", "x = 2"),
            (["solve", SQUARE, X], "put it into", "{-sqrt(2),sqrt(2)}"),
            (["factor", number(360)], "5 is prime", "360 = 2*2*2*3*3*5"),
            (["factor", ["sub", power(X, 3), number(8)]], "x = 2 is a zero",
             "(x - 2)*(x**2 + 2*x + 4)"),
        ]
        for task, rule, end in cases:
            with self.subTest(task=task):
                steps = main.reply_to(task, "en")["steps"]
                self.assertTrue(all(step["checked"] for step in steps))
                self.assertIn(rule, steps[-1]["rule"])
                self.assertTrue(steps[-1]["formula"].endswith(end), steps[-1]["formula"])

    def test_a_wrong_step_is_not_called_checked(self):
        with mock.patch("sympy.diff", lambda f, *rest: f):
            steps = main.reply_to(["diff", power(X, 3), X], "en")["steps"]
        self.assertFalse(any(step["checked"] for step in steps))

    def test_steps_are_said_in_each_language(self):
        for texts in words.TEXTS.values():
            self.assertEqual(len(set(texts)), len(words.LANGUAGES))
        rule = main.reply_to(["factor", number(6)], "de")["steps"][0]["rule"]
        self.assertEqual(rule, "durch die Primzahl 2 teilen")

    def test_a_step_is_not_said_twice_in_a_row(self):
        steps = main.reply_to(["integrate", ["mul", X, ["exp", X]], X], "en")["steps"]
        self.assertEqual([each["formula"] for each in steps],
                         ["∫ exp(x) dx = exp(x)", "∫ x*exp(x) dx = (x - 1)*exp(x)"])

    def test_steps_are_of_one_variable_and_an_answer_stands_without_them(self):
        unit = [number(0), number(1)]
        for task, words_of_reason in (
                (["integrate", ["mul", X, Y], ["tuple", X, *unit], ["tuple", Y, *unit]],
                 "one variable"),
                (["diff", ["mul", X, Y], X, Y], "one variable")):
            reply = main.reply_to(task, "en")
            self.assertEqual((reply["checked"], reply["steps"]), ("yes", []))
            self.assertIn(words_of_reason, reply["no_steps"])
        last = main.reply_to(["diff", power(X, 3), X, X], "en")["steps"][-1]
        self.assertEqual(last["formula"], "d/dx [3*x**2] = 6*x")
        self.assertTrue(main.reply_to(["integrate", ["exp", X]], "en")["steps"])
        with mock.patch.object(main.steps, "integral_steps", lambda *all: 1 / 0):
            reply = main.reply_to(["integrate", ["exp", X], X], "en")
        self.assertEqual((reply["answer"], reply["steps"]), ("exp(x)", []))
        self.assertIn("no steps", reply["no_steps"])

    def test_what_has_no_steps_says_so_and_is_answered(self):
        reply = main.reply_to(["add", number(1), number(2)], "en")
        self.assertEqual((reply["answer"], reply["steps"]), ("3", []))
        self.assertIn("steps are shown for", reply["no_steps"])

    def test_whatever_comes_is_answered_by_a_sentence(self):
        for task in (["div", number(1), number(0)], ["nothing"], ["sin"], ["det", X],
                     ["solve", ["list"]], ["pow", number(9), power(power(number(9), 9), 9)],
                     ["number", "1e999999999"], ["convert", number(1), X], ["mean", ["list"]]):
            with self.subTest(task=task):
                self.assertTrue(main.reply_to(task).get("refused"))


if __name__ == "__main__":
    unittest.main()
