"""Changes by instruction, in a real Neovim and on the command line.

The sandbox is real; the chat model is a test double (tests/support/chat_server.py).
"""
import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

from debug_test import SEARCH_S, InProject
from private_home import private_environment
from solve_test import Endpoint

PROGRAM = '''\
"""Shapes."""


def area(width, height):
    """The area of a rectangle."""
    return width * height


class Square:
    def __init__(self, side):
        self.side = side

    def area(self):
        return area(self.side, self.side)
'''
TESTS = """\
from shapes import Square, area


def test_area():
    assert area(2, 3) == 6


def test_square():
    assert Square(4).area() == 16
"""
REFUSES = '''\
def area(width, height):
    """The area of a rectangle."""
    if width < 0 or height < 0:
        raise ValueError("a side is negative")
    return width * height
'''
CHANGED = PROGRAM.replace('''rectangle."""
''', '''rectangle."""
    if width < 0 or height < 0:
        raise ValueError("a side is negative")
''')


def say(code):
    return {"say": f"```python\n{code}```\n"}


class WithModel(Endpoint):
    def write_project(self):
        (self.project / "shapes.py").write_text(PROGRAM)
        (self.project / "test_shapes.py").write_text(TESTS)

    def answer(self, *replies):
        self.script.write_text(json.dumps(replies))

    def write_others(self):
        """What the model is told of other files, and one that it is not."""
        (self.project / "checks.py").write_text(
            "def positive(value,\n             name='side'):\n    pass\n")
        (self.project / "hidden.py").write_text("def negative(value):\n    pass\n")
        (self.project / ".lemmaignore").write_text("hidden.py\n")

    def asked(self):
        lines = self.log.read_text().splitlines()
        return [json.loads(line)["body"]["messages"] for line in lines]


class InNeovim(WithModel, InProject):
    def setUp(self):
        self.serve()
        super().setUp()
        self.write_project()

    def start(self, *replies):
        self.answer(*replies)
        self.open("shapes.py")
        self.nvim.input("<Esc>")

    def change(self, line, instruction="refuse negative sides"):
        self.nvim.command(str(line))
        self.nvim.command(f"LemmaChange {instruction}")

    def screen(self):
        return "\n".join(self.nvim.screen())

    def wait_for(self, text):
        self.nvim.wait(lambda: text in self.screen(), text, SEARCH_S)

    def text(self):
        return "\n".join(self.nvim.lines()) + "\n"

    def test_a_change_is_shown_with_what_was_seen_and_taken_by_a_key(self):
        self.start(say(REFUSES))
        self.trust()
        self.change(6)
        self.wait_for("passes 2 of 2 tests")
        self.wait_for("gives an exception: ValueError, before")
        self.wait_for("        raise ValueError")
        self.assertEqual(self.text(), PROGRAM)
        self.nvim.input("<Tab>")
        self.nvim.wait(lambda: self.text() == CHANGED, "the change")
        self.nvim.input("u")
        self.nvim.wait(lambda: self.text() == PROGRAM, "one step of undo")
        self.assertEqual(self.nvim.eval("maparg('<Tab>', 'n')"), "")

    def test_a_function_is_documented_and_its_code_stays_as_it_is(self):
        changed = '        """Its area: %s"""\n        return %s\n'
        method = "    def area(self):\n"
        self.start(say(method + changed % ("so.", "self.side ** 2")), {"say": '"""Its area."""'})
        self.trust()
        self.nvim.command("14")
        self.nvim.command("LemmaDocument")
        self.wait_for("only comments and blanks are changed: the code is the same")
        self.wait_for("passes 2 of 2 tests")
        self.wait_for("the model's attempt 2")
        asked = self.asked()
        self.assertIn("Write this code's documentation comment into it", asked[0][-1]["content"])
        self.assertIn("first here:\n```\n        return self.side ** 2\n", asked[1][-1]["content"])
        self.nvim.input("<Tab>")
        self.nvim.wait(lambda: self.text() == PROGRAM.replace(
            method, method + '        """Its area."""\n'), "the documentation")

    def test_the_model_is_told_how_other_files_declare_what_is_named(self):
        self.write_others()
        self.start(say(REFUSES))
        self.change(6, "use positive, or else negative, of the checks")
        self.wait_for("        raise ValueError")
        asked = self.asked()[0][-1]["content"]
        self.assertIn("checks.py:\n    def positive(value, name='side'):\n", asked)
        self.assertNotIn("def negative", asked)

    def test_escape_leaves_it_and_so_does_any_change_of_the_text(self):
        self.start(say(REFUSES))
        self.trust()
        self.change(6)
        self.wait_for("passes 2 of 2 tests")
        self.nvim.input("<Esc>")
        self.nvim.wait(lambda: "passes 2" not in self.screen(), "nothing shown")
        self.change(6)
        self.wait_for("passes 2 of 2 tests")
        self.nvim.input("ggOx = 1<Esc>")
        self.nvim.wait(lambda: "passes 2" not in self.screen(), "nothing shown")
        self.assertEqual(self.text(), "x = 1\n" + PROGRAM)

    def test_nothing_is_run_in_a_folder_that_is_not_trusted(self):
        self.start(say(REFUSES))
        self.change(6)
        self.wait_for("nothing was run: its folder is not trusted")
        self.nvim.input("<Tab>")
        self.nvim.wait(lambda: self.text() == CHANGED, "the change")

    def test_what_breaks_tests_goes_back_to_the_model_with_their_names(self):
        self.start(say("def area(self):\n    return self.side * 97531\n"),
                   say("def area(self):\n    return self.side ** 2\n"))
        self.trust()
        self.change(14, "do it without the function")
        self.wait_for("the model's attempt 2")
        self.wait_for("passes 2 of 2 tests")
        told = self.asked()[1][-1]["content"]
        self.assertIn("these tests do not pass any more: test_square. They did before.", told)
        self.assertNotIn("390124", told)  # what runs have said stays here
        self.nvim.input("<Tab>")
        self.nvim.wait(lambda: "        return self.side ** 2" in self.nvim.lines(), "the change")

    def test_selected_lines_alone_are_changed_and_new_ones_written_where_there_are_none(self):
        self.start(say("    return height * width\n"))
        self.trust()
        self.nvim.input("6GV:LemmaChange turn it round<CR>")
        self.wait_for("is as before on")
        self.nvim.input("<Tab>")
        self.nvim.wait(lambda: self.nvim.lines()[5] == "    return height * width", "the line")
        self.answer(say("def circumference(width, height):\n    return 2 * (width + height)\n"))
        self.change(8, "the circumference of a rectangle")
        self.wait_for("    return 2 * (width + height)")
        self.nvim.input("<Tab>")
        self.nvim.wait(lambda: self.nvim.lines()[6:13] == [
            "", "", "def circumference(width, height):", "    return 2 * (width + height)",
            "", "", "class Square:"], "new lines, as far from the others as those are")
        self.assertIn("New lines are to be written", self.asked()[1][-1]["content"])

    def test_what_was_seen_can_be_read_whole_on_a_narrow_screen(self):
        self.nvim.command("set columns=40")
        self.start(say(REFUSES))
        self.trust()
        self.change(6)
        self.wait_for("│ exception: ValueError, before 1")

    def test_why_there_is_no_change_stays_on_the_screen(self):
        self.start(*[{"raw": ["no"], "status": 401}] * 3)
        self.change(6)
        self.nvim.wait(lambda: "does not accept the token" in self.messages(), "the refusal",
                       SEARCH_S)
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            self.assertIn("does not accept the token", " ".join(self.screen().split()))
            time.sleep(0.05)
        self.assertNotIn("changing shapes.py", self.screen())

    def test_it_is_stopped_while_the_model_is_asked(self):
        for stop in ("<Esc>", ":Lemma change stop<CR>"):
            if self.nvim.lines() == [""]:
                self.start({"stall": True})
            self.nvim.command("messages clear")
            self.change(6)
            self.wait_for("changing shapes.py")
            self.nvim.input(stop)
            self.nvim.wait(lambda: "the change was stopped" in self.messages(), "the word of it")
            self.nvim.wait(lambda: "changing shapes.py" not in self.screen(), "its end")
            self.nvim.wait(lambda: self.nvim.eval("maparg('<Esc>', 'n')") == "", "the key")
        self.nvim.command("Lemma change stop")
        self.nvim.wait(lambda: "nothing is being changed" in self.messages(), "that there is none")

    def test_without_words_it_asks_for_them(self):
        self.start(say(REFUSES))
        self.trust()
        self.nvim.input("6G:LemmaChange<CR>")
        self.wait_for("Change:")
        self.nvim.input("refuse negative sides<CR>")
        self.wait_for("passes 2 of 2 tests")
        self.assertIn("The request: refuse negative sides", self.asked()[0][-1]["content"])


class OnTheCommandLine(WithModel, unittest.TestCase):
    def setUp(self):
        self.serve()
        folder = tempfile.TemporaryDirectory(prefix="lemma-change-")
        self.addCleanup(folder.cleanup)
        home = pathlib.Path(folder.name) / "home"
        self.environment = private_environment(home)
        self.config = home / "config/lemma/config.toml"
        self.config.write_text(self.settings)
        self.project = home / "project"
        self.project.mkdir()
        self.write_project()

    def run_change(self, *arguments):
        return subprocess.run([os.environ["LEMMA_PROGRAM"], "change", *arguments],
                              cwd=self.project, env=self.environment, capture_output=True,
                              text=True, timeout=SEARCH_S)

    def test_it_prints_what_was_seen_and_a_diff_and_applies_it(self):
        self.answer(say(REFUSES))
        done = self.run_change("shapes.py:5", "refuse negative sides")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith("passes 2 of 2 tests\n"), done.stdout)
        self.assertIn("+        raise ValueError", done.stdout)
        self.assertEqual((self.project / "shapes.py").read_text(), PROGRAM)
        self.run_change("shapes.py:5", "refuse negative sides", "--apply")
        self.assertEqual((self.project / "shapes.py").read_text(), CHANGED)

    def test_what_breaks_a_test_is_told_and_never_applied(self):
        self.answer(say("def area(width, height):\n    return width + height\n"))
        done = self.run_change("shapes.py:5", "add them", "--apply")
        self.assertEqual(done.returncode, 1)
        self.assertIn("2 tests that passed do not any more: test_area, test_square", done.stdout)
        self.assertIn("nothing was applied", done.stdout)
        self.assertEqual((self.project / "shapes.py").read_text(), PROGRAM)

    def test_bad_places_and_files_that_stay_here(self):
        self.answer(say(REFUSES))
        for place, told in (("shapes.py:0", "has 14 lines, and no line 0"),
                            ("shapes.py:9-4", "lies behind the last"),
                            ("shapes.py:9-16", "no lines 9 to 16"), ("none.py", "FILE:FIRST-LAST"),
                            (".env", "not shown to a model")):
            (self.project / ".env").write_text("TOKEN=1\n")
            done = self.run_change(place, "refuse negative sides")
            self.assertEqual(done.returncode, 1, place)
            self.assertIn(told, done.stderr)
        self.assertEqual(self.asked(), [])

    def test_without_a_model_it_says_what_would_make_one(self):
        self.config.write_text("")
        done = self.run_change("shapes.py:5", "refuse negative sides")
        self.assertEqual(done.returncode, 1)
        self.assertIn("[remote]", done.stderr)

    def test_the_model_is_told_how_other_files_declare_what_is_named(self):
        self.write_others()
        self.answer(say(REFUSES))
        self.run_change("shapes.py:5", "use positive, or else negative, of the checks")
        asked = self.asked()[0][-1]["content"]
        self.assertIn("checks.py:\n    def positive(value, name='side'):\n", asked)
        self.assertNotIn("def negative", asked)

    def test_json(self):
        self.answer(say("def area(width, height):\n    return width + height\n"), say(REFUSES))
        done = self.run_change("shapes.py:4-6", "refuse negative sides", "--json")
        report = json.loads(done.stdout)
        self.assertEqual((report["seen"], report["attempts"]), ("passes", 2), report)
        self.assertEqual(report["evidence"][0], "passes 2 of 2 tests")
        self.assertEqual(report["applied"], "")


if __name__ == "__main__":
    unittest.main()
