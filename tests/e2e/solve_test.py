"""Formulas, values, problems in words and questions in a real Neovim.

The sandbox and its SymPy are real. Where a model is asked, the endpoint is a test double
(tests/support/chat_server.py) that says what was written for it.
"""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from debug_test import SEARCH_S, InProject
from private_home import private_environment
from scripted_service import ScriptedService


# A test double: Neovim's own v:lang is fixed, and no German locale is installed where tests run.
SPEAKS_GERMAN = """
    local real = vim.v
    vim.v = setmetatable({ lang = 'de_DE.UTF-8' }, {
      __index = function(_, name) return real[name] end,
      __newindex = function(_, name, value) real[name] = value end,
    })"""


class Solving(InProject):
    def steps(self):
        return [line for line in self.nvim.lines() if line.startswith("# ")]

    def test_a_formula_gets_its_answer_and_the_steps_below(self):
        self.open("mean.py")
        self.nvim.input("<Esc>ggO<Esc>")
        self.nvim.type("cc# d/dx x^3 sin(x) =")
        self.nvim.input("<Esc>")
        self.nvim.command("LemmaHint")
        def last_row():
            return self.nvim.screen()[-1]
        self.nvim.wait(lambda: last_row() == "lemma: solving d/dx x^3 sin(x) …", "a sign of it")
        self.nvim.wait(lambda: "lemma: step 1 of" in self.messages(), "a hint", SEARCH_S)
        self.assertFalse(self.nvim.call("nvim_get_mode")["blocking"])  # by a prompt
        self.nvim.command("LemmaHint")
        self.nvim.wait(lambda: "lemma: step 2 of" in self.messages(), "the next")
        self.assertEqual(len(self.steps()), 1)
        self.nvim.command("LemmaSolve")
        self.nvim.wait(lambda: len(self.steps()) > 2, "the steps", SEARCH_S)
        self.assertNotIn("Workspace edit", self.messages() + self.nvim.screen()[-1])
        steps = self.steps()
        self.assertEqual(steps[0], "# d/dx x^3 sin(x) = x**2*(x*cos(x) + 3*sin(x))")
        self.assertTrue(steps[1].startswith("# 1. "), steps)
        self.assertTrue(steps[-1].startswith("# checked: "), steps)
        self.nvim.input("<Esc>u")
        self.nvim.wait(lambda: len(self.steps()) == 1, "all of it to be one change")

    def test_who_reads_german_is_told_in_german(self):
        self.nvim.lua(SPEAKS_GERMAN)
        self.open("mean.py")
        self.nvim.input("<Esc>ggO<Esc>")
        self.nvim.type("cc# d/dx x^3 sin(x) =")
        self.nvim.input("<Esc>")
        self.nvim.command("LemmaHint")
        self.nvim.wait(lambda: self.nvim.screen()[-1] == "lemma: löst d/dx x^3 sin(x) …", "a sign")
        self.nvim.wait(lambda: "lemma: Schritt 1 von" in self.messages(), "a hint", SEARCH_S)
        self.nvim.command("LemmaToggle")
        self.nvim.wait(lambda: "lemma ist hier aus" in self.messages(), "the plugin's own words")
        self.nvim.command("LemmaToggle")
        self.nvim.input("othe")
        self.nvim.wait(lambda: self.nvim.lua("""
            local why
            require('lemma.client').why(function(told) why = told end)
            vim.wait(2000, function() return why ~= nil end)
            return why and #why.answers > 0"""), "an answer")
        self.nvim.input("<Esc>")
        self.nvim.command("LemmaWhy")
        self.nvim.wait(lambda: "Was dem Modell gezeigt wurde" in self.nvim.lines(), "the window")
        self.assertIn("(vor dem Anker)", "\n".join(self.nvim.lines()))
        self.nvim.input("q")
        self.nvim.command("LemmaAsk Was?")
        self.nvim.wait(lambda: "vervollständigt nur Code" in "\n".join(self.nvim.lines()),
                       "why there is nobody to ask")

    def test_a_selection_is_solved_and_what_is_none_is_refused(self):
        (self.project / "notes.md").write_text("Let x^2 = 4 be so.\n")
        self.open("notes.md")
        self.nvim.command("LemmaSolve")
        self.nvim.wait(lambda: "there is no formula here" in self.messages(), "the refusal")
        self.nvim.input("<Esc>gg0wvE2E:LemmaSolve<CR>")
        self.nvim.wait(lambda: r"= $\left\{-2, 2\right\}$" in self.nvim.lines(), "the answer",
                       SEARCH_S)

    def test_what_is_refused_at_length_asks_for_no_key(self):
        self.nvim.call("nvim_ui_attach", 80, 24, {})
        self.nvim.lua(SPEAKS_GERMAN)
        self.open("mean.py")
        self.nvim.input("<Esc>")
        self.nvim.command("LemmaTrust")
        self.nvim.wait(lambda: "vertraut" in self.messages(), "the folder to be trusted")
        for command, told in (("LemmaHint", "hier ist keine Formel"),
                              ("LemmaValues", "# =>")):
            self.nvim.command("messages clear")
            self.nvim.command(command)
            self.nvim.wait(lambda: told in self.messages(), command)
            self.assertFalse(self.nvim.call("nvim_get_mode")["blocking"], command)
            self.assertIn(told, " ".join(self.nvim.screen()))

    def test_values_stand_behind_the_lines_that_ask_in_trusted_folders(self):
        self.open("mean.py")
        self.nvim.input("<Esc>")
        self.nvim.lua("vim.api.nvim_buf_set_lines(0, 0, -1, true, { 'n = 20', 'n * 2 + 2  # =>' })")
        self.nvim.command("LemmaValues")
        self.nvim.wait(lambda: "nothing was run" in self.messages(), "the refusal")
        self.trust()
        self.nvim.command("LemmaValues")
        self.nvim.wait(lambda: any("# =>" in row and "42" in row for row in self.nvim.screen()),
                       "the value", SEARCH_S)
        self.nvim.input("<Esc>ggx")
        self.nvim.wait(lambda: not any("# =>" in row and "42" in row for row in self.nvim.screen()),
                       "the value to go")


RABBITS = """\
```python
def solve():
    for chickens in range(36):
        if 2 * chickens + 4 * (35 - chickens) == 94:
            return chickens

def check(answer):
    return 0 <= answer <= 35 and 2 * answer + 4 * (35 - answer) == 94
```
"""


class Endpoint:
    """For test cases: a scripted endpoint, and the settings that name it."""
    def serve(self, *replies):
        service = ScriptedService(self, "chat_server.py", replies)
        self.script, self.log = service.script, service.log
        self.settings = (f'[remote]\nurl = "{service.url}/v1"\n'
                         'model = "scripted"\nability = "reason"\n')


class WithModel(Endpoint, InProject):
    def setUp(self):
        self.serve({"say": RABBITS, "think": "35 heads in all"})
        super().setUp()

    def rows(self):
        return self.nvim.screen()

    def test_a_selected_problem_in_words_is_solved(self):
        (self.project / "notes.md").write_text(
            "Chickens and rabbits have 35 heads and 94 legs. How many chickens are there?\n")
        self.open("notes.md")
        self.nvim.input("<Esc>ggV:LemmaSolve<CR>")
        self.nvim.wait(lambda: "= 23" in self.nvim.lines(), "the answer", SEARCH_S)
        self.assertTrue(self.nvim.lines()[-1].startswith("checked: "), self.nvim.lines())

    def test_a_question_is_answered_in_a_split_with_what_was_chosen(self):
        self.script.write_text(json.dumps([
            {"say": "It adds **one too many**.", "think": "range goes too far\nby one"},
            {"say": "for ever" + " and ever" * 40, "pause_ms": 100}]))
        self.open("mean.py")
        self.nvim.input("<Esc>:3,4LemmaAsk What is wrong?<CR>")
        self.nvim.wait(lambda: "It adds **one too many**." in self.nvim.lines(), "the answer", 30)
        lines = self.nvim.lines()
        self.assertEqual(lines[:2], ["> What is wrong?", "attached: mean.py, lines 3 to 4"])
        self.assertIn("thinking: range goes too far", lines)
        self.nvim.wait(lambda: not any("by one" in row for row in self.rows()),
                       "the thinking to be folded away")
        body = json.loads(self.log.read_text().splitlines()[0])["body"]
        sent = body["messages"][-1]["content"]
        self.assertIn("total += values[i]", sent)
        self.assertNotIn("return total", sent)
        self.nvim.input("<CR>")
        self.nvim.type("And now?")
        self.nvim.input("<CR>")
        self.nvim.wait(lambda: any(line.startswith("for ev") for line in self.nvim.lines()),
                       "the next answer", 30)
        self.nvim.input("<C-c>")
        self.nvim.wait(lambda: "[stopped]" in self.nvim.lines(), "the stop")

    def test_lines_are_explained(self):
        self.script.write_text(json.dumps([{"say": "It counts one too far."}]))
        self.open("mean.py")
        self.nvim.input("<Esc>:3,4Lemma explain<CR>")
        self.nvim.wait(lambda: "It counts one too far." in self.nvim.lines(), "the answer", 30)
        lines = self.nvim.lines()
        self.assertTrue(lines[0].startswith("> Explain what this code does"), lines)
        self.assertEqual(lines[1], "attached: mean.py, lines 3 to 4")
        body = json.loads(self.log.read_text().splitlines()[0])["body"]
        self.assertIn("total += values[i]", body["messages"][-1]["content"])

    def test_without_a_range_it_is_the_function(self):
        self.script.write_text(json.dumps([{"say": "It counts one too far."}]))
        self.open("mean.py")
        self.nvim.input("<Esc>:3<CR>:Lemma explain<CR>")
        self.nvim.wait(lambda: "It counts one too far." in self.nvim.lines(), "the answer", 30)
        self.assertEqual(self.nvim.lines()[1], "attached: mean.py, lines 1 to 5")


WRONG = """\
```python
def solve():
    return 12

def check(answer):
    return answer == 12
```
"""


class CommandLine(Endpoint, unittest.TestCase):
    settings = ""

    def solve(self, *arguments):
        home = tempfile.TemporaryDirectory(prefix="lemma-home-")
        self.addCleanup(home.cleanup)
        environment = private_environment(pathlib.Path(home.name))
        config = pathlib.Path(environment["XDG_CONFIG_HOME"]) / "lemma" / "config.toml"
        config.parent.mkdir(parents=True, exist_ok=True)
        with open(config, "a", encoding="utf-8") as file:
            file.write(self.settings)
        problem = "Chickens and rabbits have 35 heads and 94 legs. How many chickens are there?"
        return subprocess.run([os.environ["LEMMA_PROGRAM"], "solve", *arguments, problem],
                              env=environment, capture_output=True, text=True, timeout=SEARCH_S)

    def test_a_problem_in_words_is_answered_and_checked(self):
        self.serve({"say": RABBITS, "think": "35 heads in all"})
        report = json.loads(self.solve("--json").stdout)
        self.assertEqual((report["answer"], report["checked"]), ("23", True))
        self.assertIn("2 of 2 programs", report["how"])
        self.assertIn("def solve", report["program"])
        self.assertEqual(len(self.log.read_text().splitlines()), 2)

    def test_a_wrong_answer_is_not_called_checked(self):
        self.serve({"say": WRONG})
        report = json.loads(self.solve("--json").stdout)
        self.assertEqual((report["answer"], report["checked"]), ("12", False))

    def test_without_a_model_it_says_what_would_answer(self):
        run = self.solve()
        self.assertEqual((run.returncode, run.stdout), (1, ""))
        self.assertIn("a problem in words", run.stderr)
        self.assertIn("[remote]", run.stderr)

    def test_an_endpoint_that_refuses_is_named(self):
        self.serve({"raw": ["no"], "status": 401})
        run = self.solve()
        self.assertEqual(run.returncode, 1)
        self.assertIn("does not accept the token", run.stderr)


class WithoutModel(InProject):
    def test_what_there_is_no_model_for_says_what_would_be_one(self):
        self.open("mean.py")
        self.nvim.input("<Esc>:LemmaAsk What is wrong?<CR>")
        def reason():
            return next((line for line in self.nvim.lines() if "[remote]" in line), "")
        says = "[questions, changes, explanations, documentation and problems in words take a model"
        self.nvim.wait(lambda: reason().startswith(says), "the reason")

    def test_nobody_is_asked_for_words_that_no_model_would_read(self):
        self.nvim.call("nvim_ui_attach", 100, 40, {})
        self.open("mean.py")
        self.nvim.input("<Esc>:LemmaChange<CR>")
        self.nvim.wait(lambda: "questions, changes, explanations" in self.messages(), "the reason")
        self.assertNotIn("Change:", "\n".join(self.nvim.screen()))
        self.assertFalse(self.nvim.call("nvim_get_mode")["blocking"])  # by a prompt


if __name__ == "__main__":
    unittest.main()
