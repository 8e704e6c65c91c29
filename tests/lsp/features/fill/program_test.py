"""The program that searches for bodies: what it reads, what it writes, what it calls verified."""
import ast
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[4] / "lsp/features/fill"))
from program import examples, inputs, judge, main, operators, search, space, values  # noqa: E402


def known_of(docstring, signature="f(n)", tests="", before=""):
    program = f'{before}def {signature}:\n    """{docstring}"""\n    pass\n'
    return examples.known_of({"program": program, "function": signature.split("(")[0],
                              "module": "work", "tests": tests})


def searched(docstring, signature="f(n)", seconds=2.0):
    made = search.Search(known_of(docstring, signature), seconds)
    made.run()
    return made


def calls(known):
    return [(each.arguments, each.result) for each in known.examples]


class Reading(unittest.TestCase):
    def test_calls_and_what_they_give(self):
        known = known_of("\n>>> f(1)\n2\n>>> f('a') == [3]\nTrue\n>>> f(1)\n2\n")
        self.assertEqual(calls(known), [((1,), 2), (("a",), [3])])
        self.assertEqual(known.others, 0)

    def test_what_is_no_such_call_is_counted(self):
        known = known_of("\n>>> f(1)\n2\n>>> f(1) + 1\n3\n>>> f(n=1)\n2\n>>> f(2)\n<object>\n")
        self.assertEqual(calls(known), [((1,), 2)])
        self.assertEqual(known.others, 3)

    def test_an_exception_that_is_expected(self):
        known = known_of("\n>>> f(0)\nTraceback (most recent call last):\nValueError: no\n")
        self.assertEqual(calls(known), [((0,), values.ERROR)])

    def test_assertions_of_tests(self):
        tests = ("import work\nclass T:\n    def test_it(self):\n        assert work.f(1) == 2\n"
                 "        assert 3 == f(2) and f(3) == 4\n        self.assertEqual(f(4), 5)\n"
                 "        assert f(5) > 1\n        assert g(6) == 1\n")
        known = known_of("", tests=tests)
        self.assertEqual(calls(known), [((1,), 2), ((2,), 3), ((3,), 4), ((4,), 5)])
        self.assertEqual(known.others, 1)

    def test_names_of_the_program_in_arguments(self):
        known = known_of("\n>>> f(LIMIT)\n2\n", before="LIMIT = 7\n")
        self.assertEqual(calls(known), [((7,), 2)])

    def test_prose_names_numbers_and_words(self):
        known = known_of("'pass' from 50 on.\n\n>>> f(60)\n'x'\n")
        self.assertEqual((known.numbers, known.texts), ([50], ["pass"]))

    def test_refusals_are_sentences(self):
        for docstring, signature in (("\n>>> f(1)\n2\n>>> f(1)\n2.0\n", "f(n)"),
                                     ("\n>>> f(1)\n2\n", "f(*n)")):
            with self.assertRaises(examples.Unusable):
                known_of(docstring, signature)
        with self.assertRaises(examples.Unusable):
            main.report_of({"program": "def f(n):\n    pass\n", "function": "f", "module": "w",
                            "tests": "", "seconds": 1})


class Inputs(unittest.TestCase):
    def test_numbers_are_negative_only_where_examples_are(self):
        for arguments in inputs.inputs_near([(3, [1, 2])], 200):
            self.assertFalse(inputs.has_negative(arguments), arguments)
        self.assertTrue(inputs.has_negative(inputs.inputs_near([(3,), (-1,)], 40)))

    def test_they_keep_their_types_and_are_none_of_the_examples(self):
        given = [(True, 1.5, "ab", [1], (1, "x"), {"k": [1]}, {3})]
        made = inputs.inputs_near(given, 100)
        self.assertEqual(len(made), 100)
        for each in made:
            self.assertEqual([type(one) for one in each], [type(one) for one in given[0]])
            self.assertNotIn(repr(each), map(repr, given))


class Values(unittest.TestCase):
    def test_nothing_but_itself_is_near_an_infinity(self):
        infinity = float("inf")
        for one, other, same in ((0.0, infinity, False), (infinity, -infinity, False),
                                 (infinity, infinity, True), (0.1 + 0.2, 0.3, True),
                                 (float("nan"), float("nan"), True), (1.0, 1, False)):
            self.assertEqual(values.is_same(one, other), same, (one, other))


class Weighing(unittest.TestCase):
    def weighed(self, *bodies, seconds=5.0):
        known = known_of("\n>>> f(1)\n2\n>>> f(2)\n4\n>>> f(30)\n60\n")
        return judge.weighed(known, bodies, seconds)

    def test_bodies_are_told_apart_by_what_they_give(self):
        report = self.weighed("return n + 1", "while True:\n    pass", "return n *",
                              "return n + n", "return 2 * n", "return n * 2 if n < 50 else 0")
        self.assertEqual(report["right"], [1, 0, 0, 3, 3, 3])
        self.assertEqual((report["first"], report["apart"]), (3, [5]))
        self.assertIn("with the other one 0", report["doubt"])

    def test_what_answers_the_examples_one_by_one_passes_nothing(self):
        known = known_of("\n>>> f(123)\n70\n>>> f(456)\n2\n")
        self.assertEqual(judge.weighed(known, ["return {123: 70, 456: 2}[n]"], 5.0)["right"], [0])

    def test_a_call_that_is_held_up_once_is_made_again(self):
        held_up = ("import time\nif not getattr(time, 'held_up', False):\n"
                   "    time.held_up = True\n    time.sleep(0.3)\nreturn 2 * n")
        self.assertEqual(self.weighed(held_up)["right"], [3])

    def test_what_there_is_no_time_for_passes_nothing(self):
        self.assertEqual(self.weighed("return 2 * n", seconds=0.0)["right"], [0])


class Expressions(unittest.TestCase):
    def leaf(self, text, binds=operators.ATOM):
        made = space.Expression([1, 2], text, binds)
        made.raises = False
        return made

    def test_what_is_written_is_what_was_evaluated(self):
        """Every operator over operands that bind loosely, against the text as Python reads it."""
        loose = {"int": ("2 - 7", 2 - 7), "str": ("'b ' + 'aB'", "b aB"),
                 "float": ("2 - 4.5", -2.5), "bool": ("1 > 2 or 2 > 1", True),
                 "list[int]": ("[3, 1] + [2]", [3, 1, 2]),
                 "list[str]": ("['b'] + ['a']", ["b", "a"]), "dict": ("{} or {1: 2}", {1: 2}),
                 "list[list[int]]": ("[[1, 2]] + [[3, 4]]", [[1, 2], [3, 4]]),
                 "list[tuple]": ("[(2, 1)] + [(1, 2)]", [(2, 1), (1, 2)]),
                 "list[bool]": ("[True] + [False]", [True, False]), "set": ("{1} | {2}", {1, 2}),
                 "tuple": ("(1,) + (2,)", (1, 2))}
        tried = 0
        for operator in operators.ALL:
            tags = [next(tag for tag in loose if matches(tag)) for matches in operator.matches]
            if operator.fits and not operator.fits(tags):
                continue
            operands = [self.leaf(loose[tag][0], operators.OR) for tag in tags]
            text, iterated = space.written(operator, operands)
            try:
                value = operator.apply(*(loose[tag][1] for tag in tags))
            except Exception:
                continue
            names = {"math": operators.math, "itertools": operators.itertools}
            self.assertEqual(eval(text, names), value, text)
            self.assertEqual(eval(f"list({iterated})", names) if iterated != text else [],
                             value if iterated != text else [], iterated)
            tried += 1
        self.assertGreater(tried, 80)

    def test_what_is_found_parses_and_passes(self):
        made = searched("\n>>> f([3, 1])\n[1, 3]\n>>> f([2, 2, 9])\n[2, 9]\n>>> f([])\n[]\n",
                        "f(items)")
        self.assertTrue(made.passing)
        for each in made.passing:
            ast.parse(each.text, mode="eval")
            self.assertTrue(judge.passes(judge.Candidate(each, made.known), made.examples),
                            each.text)


class Order(unittest.TestCase):
    CLAMP = "\n>>> f(5, 0, 10)\n5\n>>> f(-3, 0, 10)\n0\n>>> f(42, 0, 10)\n10\n"

    def test_what_is_made_of_parameters_alone_is_found_before_the_space_is_wide(self):
        made = search.Search(known_of(self.CLAMP, "f(value, low, high)"), 100.0)
        made.scout()
        self.assertIn("min(max(value, low), high)", [each.text for each in made.passing])
        self.assertEqual(made.complete, 0)  # it is no part of what was tried

    def test_what_leaves_a_parameter_out_comes_after_what_costs_the_same(self):
        made = search.Search(known_of("\n>>> f(5, 6)\n30\n", "f(width, height)"), 1.0)
        texts = ["height * 5", "width * height", "(width * height)"]
        for text in texts:
            each = space.Expression([30], text, operators.PRODUCT)
            each.cost = 3
            made.passing.append(each)
        made.passing.sort(key=made.unlikely)
        self.assertEqual([each.text for each in made.passing],
                         ["width * height", "(width * height)", "height * 5"])

    def test_a_part_of_what_is_gone_through_is_written_whole(self):
        def made(text, *operands):
            operator = next(each for each in operators.ALL if each.text == text)
            return space.expression_of([0], operator, operands)

        rows = made("list(range(A, B))", *(space.Expression([0], name, 9) for name in "ab"))
        self.assertEqual(rows.iterated, "range(a, b)")
        part = made("A[:B]", rows, space.Expression([0], "n", 9))
        self.assertEqual((part.text, part.iterated), ("list(range(a, b))[:n]",) * 2)
        both = made("A + B", rows, rows)
        self.assertEqual(both.iterated, both.text)

    def test_nothing_is_found_twice(self):
        made = searched("\n>>> f(4)\n16\n>>> f(7)\n49\n")
        texts = [each.text for each in made.passing]
        self.assertEqual(len(texts), len(set(texts)))


class Verdicts(unittest.TestCase):
    def test_a_single_example_that_decides_keeps_it_from_being_verified(self):
        report = judge.judged(searched("\n>>> f(4)\n5\n>>> f(7)\n8\n>>> f(12)\n13\n>>> f(0)\n9\n"))
        self.assertFalse(report["verified"])

    def test_equal_behaviour_is_no_difference(self):
        made = searched("\n>>> f(4)\n5\n>>> f(7)\n8\n>>> f(12)\n13\n>>> f(30)\n31\n")
        report = judge.judged(made)
        self.assertEqual(report["candidates"], [["return n + 1"]])
        self.assertTrue(report["verified"], report)

    def test_what_is_cut_short_is_not_verified(self):
        made = searched("\n>>> f(4)\n5\n>>> f(7)\n8\n>>> f(12)\n13\n>>> f(30)\n31\n")
        made.complete = made.passing[0].cost
        self.assertIn("the time was too short", judge.judged(made)["doubt"])

    def test_the_input_that_tells_two_apart_is_a_short_one(self):
        report = judge.judged(searched(
            "\n>>> f('a b')\n2\n>>> f('one')\n1\n>>> f('x  y z')\n3\n>>> f('')\n0\n", "f(text)"))
        self.assertEqual(len(report["candidates"]), 2)
        self.assertRegex(report["doubt"], r"^f\('.{0,12}'\) gives \d, with the other one \d$")


if __name__ == "__main__":
    unittest.main()
