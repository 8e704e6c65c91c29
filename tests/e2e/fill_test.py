"""Functions filled in, and tests written for them, in a real Neovim.

The sandbox is real; the chat model is a test double (tests/support/chat_server.py).
"""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from debug_test import SEARCH_S, InProject
from private_home import private_environment
from solve_test import SPEAKS_GERMAN, Endpoint

HERE = pathlib.Path(__file__).parent

# What no small expression does.
COLLATZ = """\
/**
 * How many steps to 1.
 *
 * steps(1) // => 0
 * steps(2) // => 1
 * steps(3) // => 7
 * steps(6) // => 8
 */
function steps(n) {
}

module.exports = { steps };
"""
BODY = """\
  let count = 0;
  while (n !== 1) {
    n = n % 2 === 0 ? n / 2 : 3 * n + 1;
    count += 1;
  }
  return count;
"""
WHOLE = COLLATZ.replace("(n) {\n}", "(n) {\n" + BODY + "}")
WRITES = {"say": f"```javascript\nfunction steps(n) {{\n{BODY}}}\n```"}
# The second expectation is wrong.
EXPECTS = {"say": "steps(4) // => 2\nsteps(5) // => 4\nsteps(16) // => 4\n"}


class InNeovim(Endpoint, InProject):
    def start(self, text, *replies):
        self.script.write_text(json.dumps(replies))
        (self.project / "steps.js").write_text(text)
        self.open("steps.js")
        self.trust()
        self.nvim.input("<Esc>")
        self.nvim.command("10")

    def setUp(self):
        self.serve(WRITES)
        super().setUp()

    def act(self, title):
        self.nvim.lua(f"""
            vim.lsp.buf.code_action({{
              apply = true,
              filter = function(action) return action.title:find([[{title}]], 1, true) ~= nil end,
            }})""")

    def test_a_model_writes_a_body_and_the_examples_are_run(self):
        self.start(COLLATZ, WRITES)
        self.act("make steps() pass its examples")
        told = "passes 4 of 4 examples, by a model; written by scripted"
        self.nvim.wait(lambda: told in self.messages(), "a body", SEARCH_S)
        self.act("let count = 0; … (not verified, passes 4 of 4 examples, by a model)")
        self.nvim.wait(lambda: "\n".join(self.nvim.lines()) + "\n" == WHOLE, "the body")
        sent = json.loads(self.log.read_text().splitlines()[0])["body"]["messages"][-1]["content"]
        self.assertIn("How many steps to 1.", sent)

    def test_what_a_model_expects_becomes_tests_where_the_code_agrees(self):
        self.start(WHOLE, EXPECTS)
        self.act("write tests for steps()")
        self.nvim.wait(lambda: "small changes of steps() make one fail" in self.messages(),
                       "the tests", SEARCH_S)
        self.assertIn("2 of them by scripted", self.messages())
        self.assertIn("the code gives 5, the model expected 4", self.messages())
        file = self.project / "steps.test.js"
        text = self.nvim.lua(f"""
            local buffer = vim.fn.bufadd([[{file}]])
            vim.fn.bufload(buffer)
            return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, true), '\\n')""")
        self.assertEqual(self.nvim.eval(f"len(win_findbuf(bufnr('{file}')))"), 1)
        self.assertTrue(self.nvim.eval("expand('%:t')") == "steps.js")  # where its user is
        self.assertFalse(file.exists())  # nobody has written it
        self.assertIn("const { steps } = require('./steps.js');", text)
        self.assertIn("  assert.strictEqual(steps(6), 8);", text)
        self.assertIn("  // Written by a model; the code gives this.\n"
                      "  assert.strictEqual(steps(16), 4);", text)
        self.assertNotIn("steps(5)", text)
        self.nvim.command("wall")
        self.assertEqual(file.read_text(), text + "\n")

    def test_what_was_seen_is_told_in_the_users_language(self):
        self.nvim.lua(SPEAKS_GERMAN)
        self.script.write_text(json.dumps([EXPECTS]))
        (self.project / "steps.js").write_text(WHOLE)
        self.open("steps.js")
        self.nvim.command("LemmaTrust")
        self.nvim.wait(lambda: "vertraut" in self.messages(), "the folder to be trusted")
        self.nvim.input("<Esc>")
        self.nvim.command("10")
        self.act("Tests für steps() schreiben")
        self.nvim.wait(lambda: "kleinen Änderungen an steps() lassen einen durchfallen"
                       in self.messages(), "the tests", SEARCH_S)
        self.assertIn("2 davon von scripted", self.messages())
        self.assertIn("der Code ergibt 5, das Modell erwartete 4", self.messages())


class CommandLine(unittest.TestCase):
    """Without a chat model."""
    def fill(self, text, model="", name="steps.js"):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        os.chmod(folder, 0o755)  # a sandbox that root has started reads what everybody may
        file = pathlib.Path(folder) / name
        file.write_text(text, encoding="utf-8")
        environment = private_environment(folder)
        if model:
            config = pathlib.Path(folder) / "config" / "lemma" / "config.toml"
            config.write_text(f'model = "{model}"\n' + config.read_text())
        command = [os.environ["LEMMA_PROGRAM"], "fill", "--json", file]
        done = subprocess.run(command, env=environment, capture_output=True, text=True,
                              timeout=SEARCH_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_a_model_that_fills_no_gaps_is_not_asked(self):
        report = self.fill(COLLATZ, HERE.parent / "golden" / "qwen2-f16.gguf")
        self.assertEqual(report["written"], 0)
        self.assertIn("the model: it does not fill gaps", report["note"])

    def test_a_function_that_does_not_fit_the_context_is_not_shown(self):
        examples = "".join(f"    >>> steps({n})\n    {steps}\n"
                           for n, steps in ((1, 0), (2, 1), (3, 7), (6, 8)))
        long = "    Zwölf und 1234567890.\n" * 6000
        report = self.fill(f'def steps(n):\n    """To 1.\n\n{examples}\n{long}    """\n',
                           name="steps.py")
        self.assertEqual(report["written"], 0)
        self.assertIn("the model: what stands before the gap does not fit", report["note"])

    def test_the_default_model_is_asked_where_nothing_small_passes(self):
        report = self.fill(COLLATZ)
        self.assertGreater(report["written"], 0, report)
        for body in report["bodies"]:  # should it ever know
            self.assertFalse(body["verified"])
