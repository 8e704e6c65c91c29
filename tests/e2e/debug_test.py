"""The real thing: Neovim, `lemma lsp`, a program that fails, and the sandbox.

Nothing runs before the folder is trusted; then diagnostics, values, the story and a fix are where
Neovim has such things, and gone once the text is another.
"""
import os
import pathlib
import re
import tempfile
import time
import unittest

from neovim import Neovim, NeovimError

PROGRAM = """\
def mean(values):
    total = 0
    for i in range(len(values) + 1):
        total += values[i]
    return total / len(values)
"""
TESTS = """\
import unittest

from mean import mean


class Mean(unittest.TestCase):
    def test_of_several(self):
        self.assertEqual(mean([1, 2, 6]), 3)

    def test_of_one(self):
        self.assertEqual(mean([4]), 4)
"""
SEARCH_S = 60
TWO_FAULTS = PROGRAM + """

def double(number):
    return number * 3
"""
TWO_TESTS = """\
import unittest

from mean import double, mean


class Both(unittest.TestCase):
    def test_mean(self):
        self.assertEqual(mean([1, 2, 6]), 3)
        self.assertEqual(mean([4]), 4)

    def test_double(self):
        self.assertEqual(double(4), 8)
        self.assertEqual(double(-1), -2)
"""


def is_mended(program):
    """Several changes mend it; which of them is offered first is up to the search."""
    names = {}
    try:
        exec(program, names)
        return program != PROGRAM and names["mean"]([1, 2, 6]) == 3 and names["mean"]([4]) == 4
    except (SyntaxError, IndexError, KeyError):
        return False


# The fourth time is no secret to a model that has seen it three times; the first has an example.
EXAMPLES = """\
def compute(basket):
    return sum(basket) * 0.75

def total_of_apples(basket):
    \"\"\"
    >>> total_of_apples([2, 2])
    3.0
    \"\"\"
    return compute(basket)

def total_of_pears(basket):
    return compute(basket)

def total_of_plums(basket):
    return compute(basket)

def total_of_melons(basket):
"""


class InProject(unittest.TestCase):
    settings = ""

    def setUp(self):
        # No folder below /tmp itself: that one is nobody's project.
        folder = tempfile.TemporaryDirectory(prefix="lemma-debug-")
        self.addCleanup(folder.cleanup)
        self.project = pathlib.Path(folder.name) / "project"
        self.project.mkdir()
        (self.project / ".git").mkdir()
        (self.project / "mean.py").write_text(PROGRAM)
        (self.project / "test_mean.py").write_text(TESTS)
        program = os.environ["LEMMA_PROGRAM"]
        setup = f"vim.g.lemma = {{ cmd = {{ [[{program}]], 'lsp' }} }}"
        self.nvim = Neovim(os.environ["LEMMA_NVIM"], setup)
        self.addCleanup(self.nvim.close)
        with open(self.nvim.home / "config/lemma/config.toml", "a", encoding="utf-8") as file:
            file.write(self.settings)

    def open(self, name):
        self.nvim.command(f"edit {self.project / name}")
        self.nvim.wait(lambda: self.nvim.lua("return require('lemma.client').last_status ~= nil"),
                       "the server to be there", 30)

    def messages(self):
        return self.nvim.eval("execute('messages')")

    def trust(self):
        self.nvim.command("LemmaTrust")
        self.nvim.wait(lambda: "is trusted" in self.messages(), "the folder to be trusted")


class Debugging(InProject):
    def setUp(self):
        super().setUp()
        self.open("mean.py")

    def diagnostics(self):
        return self.nvim.lua("""
            local list = {}
            for _, each in ipairs(vim.diagnostic.get(0)) do
              list[#list + 1] = { each.lnum + 1, each.severity, each.message }
            end
            return list""")

    def wait_for_search(self):
        self.nvim.wait(lambda: "offered there as a code action" in self.messages(), "a fix",
                       SEARCH_S)

    def floating(self):
        """What stands in windows over the others, its lines joined."""
        return self.nvim.lua("""
            local text = ''
            for _, window in ipairs(vim.api.nvim_list_wins()) do
              if vim.api.nvim_win_get_config(window).relative ~= '' then
                local buffer = vim.api.nvim_win_get_buf(window)
                text = text .. table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), ' ')
              end
            end
            return text""")

    def test_the_outcome_can_be_read_whole_on_a_narrow_screen_and_asks_for_no_key(self):
        self.nvim.call("nvim_ui_attach", 60, 24, {})
        self.trust()
        self.nvim.command("messages clear")
        self.nvim.command("LemmaDebug")
        self.wait_for_search()
        self.assertFalse(self.nvim.call("nvim_get_mode")["blocking"])
        whole = self.messages().strip()
        self.assertGreater(len(whole), 60)
        self.assertEqual(self.floating(), whole)
        shown = re.findall("│(.*)│", "\n".join(self.nvim.screen()))
        self.assertEqual(" ".join(" ".join(shown).split()), whole)
        self.nvim.input("j")
        self.nvim.wait(lambda: self.floating() == "", "the window to go")

    def test_nothing_runs_in_a_folder_that_is_not_trusted(self):
        self.nvim.command("LemmaDebug")
        self.nvim.wait(lambda: "nothing was run" in self.messages(), "the refusal")
        self.assertEqual(self.diagnostics(), [])
        self.assertFalse((self.nvim.home / "state" / "lemma" / "trusted").exists())

    def test_a_failure_is_shown_where_it_happened_and_mended_by_a_code_action(self):
        self.trust()
        self.nvim.command("LemmaDebug")
        error = [4, 1, "IndexError: list index out of range"]
        self.nvim.wait(lambda: error in self.diagnostics(), "the diagnostic", SEARCH_S)
        self.wait_for_search()
        self.check_values()
        self.check_story()
        self.check_why("offered")
        self.nvim.input("<Esc>:3<CR>")
        self.nvim.lua("""
            vim.lsp.buf.code_action({
              apply = true,
              filter = function(action) return action.title:find('passes 2 of 2') ~= nil end,
            })""")
        self.nvim.wait(lambda: is_mended("\n".join(self.nvim.lines())), "the fix to be applied")
        self.nvim.wait(lambda: self.diagnostics() == [], "the diagnostics to go")
        self.check_why("taken")
        self.assertEqual((self.project / "mean.py").read_text(), PROGRAM)  # nobody has written it

    def test_the_fix_for_the_line_is_taken_by_a_command(self):
        self.trust()
        self.nvim.command("LemmaFix")
        self.nvim.wait(lambda: "no fix here; :LemmaDebug looks for one" in
                       self.nvim.eval("execute('messages')"), "the message that there is none")
        self.nvim.command("LemmaDebug")
        error = [4, 1, "IndexError: list index out of range"]
        self.nvim.wait(lambda: error in self.diagnostics(), "the diagnostic", SEARCH_S)
        self.wait_for_search()
        self.nvim.input("<Esc>:4<CR>:LemmaFix<CR>")
        self.nvim.wait(lambda: is_mended("\n".join(self.nvim.lines())), "the fix to be applied")
        self.nvim.wait(lambda: re.search(r"lemma: taken: .*passes 2 of 2 tests",
                                         self.nvim.eval("execute('messages')")), "what was taken")
        self.check_why("taken")
        self.nvim.input("u")
        self.nvim.wait(lambda: self.nvim.lines() == PROGRAM.splitlines(), "it to be undone")

    def check_why(self, how):
        self.nvim.command("Lemma why")
        self.nvim.wait(lambda: self.nvim.lines()[0].startswith("mean.py: IndexError: list index"),
                       "the window")
        text = "\n".join(self.nvim.lines())
        for part in (f" ({how})", "  | +", "  Run in the sandbox: test_mean.py",
                     "  Before: failed, 2 times; red: ", "test_of_several",
                     "  With the change: passed, 2 times; green now: 2 tests",
                     "passes 2 of 2 tests; ", "  Written by a rule", "  Time: "):
            self.assertIn(part, text)
        self.nvim.input("q")
        self.nvim.wait(lambda: not self.nvim.lines()[0].startswith("mean.py"), "it to close")

    def check_values(self):
        self.nvim.wait(lambda: any("i = " in row and "values[i]" in row
                                   for row in self.nvim.screen()), "the values in their line")

    def check_story(self):
        self.nvim.command("4")
        self.nvim.lua("vim.lsp.buf.hover()")

        def text():
            return self.nvim.lua("""
                for _, window in ipairs(vim.api.nvim_list_wins()) do
                  if vim.api.nvim_win_get_config(window).relative ~= '' then
                    local buffer = vim.api.nvim_win_get_buf(window)
                    return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, true), '\\n')
                  end
                end
                return ''""")
        self.nvim.wait(lambda: "Verified: passes 2 of 2 tests" in text(), "the story")

    def test_it_starts_in_the_tests_as_well(self):
        self.open("test_mean.py")
        self.trust()
        self.nvim.command("LemmaDebug")
        self.wait_for_search()
        self.nvim.command(f"edit {self.project / 'mean.py'}")
        self.nvim.wait(lambda: [4, 1, "IndexError: list index out of range"] in self.diagnostics(),
                       "the diagnostic in the program")

    def test_the_test_at_the_cursor_is_debugged_alone(self):
        (self.project / "mean.py").write_text(TWO_FAULTS)
        self.nvim.command("edit!")
        (self.project / "test_mean.py").write_text(TWO_TESTS)
        self.open("test_mean.py")
        self.trust()
        self.nvim.wait(lambda: self.lenses() == [[7, "lemma: debug this test"],
                                                 [11, "lemma: debug this test"]], "the lenses")
        self.nvim.command("12")
        self.nvim.command("Lemma debug here")
        self.nvim.wait(lambda: "'Both.test_double' among them" in self.messages(), "its fix",
                       SEARCH_S)
        self.nvim.command(f"edit {self.project / 'mean.py'}")
        self.assertEqual([each[0] for each in self.diagnostics() if each[1] == 1], [])
        with self.assertRaisesRegex(NeovimError, "there are file, here, hint, stop"):
            self.nvim.command("Lemma debug nonsense")

    def test_hints_come_one_at_a_time(self):
        self.trust()
        self.nvim.command("Lemma debug hint")
        self.nvim.wait(lambda: "It fails in mean, line 4" in self.messages(), "where", SEARCH_S)
        self.assertNotIn("An index lies outside", self.messages())
        self.nvim.command("Lemma debug hint")
        self.nvim.wait(lambda: "An index lies outside" in self.messages(), "what")
        self.assertNotIn("Compare the index", self.messages())
        self.nvim.command("Lemma debug hint")
        self.nvim.wait(lambda: "Compare the index" in self.messages(), "how")
        self.assertNotIn("passes 2 of 2", self.messages())

    def lenses(self):
        return self.nvim.lua("""
            local list = {}
            for _, each in ipairs(vim.lsp.codelens.get(0)) do
              list[#list + 1] = { each.range.start.line + 1, each.command.title }
            end
            table.sort(list, function(a, b) return a[1] < b[1] end)
            return list""")

    def test_a_search_is_stopped(self):
        self.trust()
        self.nvim.command("LemmaDebug")
        self.nvim.wait(self.diagnostics, "the failure", SEARCH_S)
        self.nvim.wait(lambda: "searching for a fix" in "\n".join(self.nvim.screen()),
                       "how far it is")
        self.nvim.command("LemmaDebug stop")
        self.nvim.wait(lambda: "cancelled" in self.progress(), "the end of the search")
        self.assertIn("the search in mean.py was stopped", self.messages())
        self.assertIn("was stopped", self.nvim.screen()[-1])
        self.nvim.command("LemmaDebug stop")
        self.nvim.wait(lambda: "nothing is being debugged" in self.messages(), "that there is none")
        self.assertNotIn("offered there", self.messages())

    def test_a_search_is_given_up_with_a_word_when_the_text_changes(self):
        self.trust()
        self.nvim.command("LemmaDebug")
        self.nvim.wait(self.diagnostics, "the failure", SEARCH_S)
        self.nvim.input("<Esc>Gox = 1")
        told = "the search in mean.py was given up: the text has changed"
        self.nvim.wait(lambda: told in self.messages(), "the word of it")

    def test_a_loose_script_is_not_sent_in_circles(self):
        script = self.nvim.home / "loose.py"
        script.write_text("print(1)\n")
        self.nvim.command(f"edit {script}")
        for command in ("LemmaDebug", "LemmaTrust"):
            self.nvim.command("messages clear")
            self.nvim.command(command)
            self.nvim.wait(lambda: "folder of its own" in self.messages(), command)
            self.assertIn("lemma debug FILE", self.messages())

    def progress(self):
        return self.nvim.lua("""
            for _, client in ipairs(vim.lsp.get_clients({ name = 'lemma' })) do
              for value in client.progress do
                last_progress = (last_progress or '') .. vim.inspect(value)
              end
            end
            return last_progress or ''""")


class OnSave(InProject):
    settings = "[run]\non_save = true\n"

    def failures(self):
        return self.nvim.lua("return #vim.diagnostic.get(0)")

    def test_what_is_saved_is_run_in_a_trusted_folder(self):
        self.open("mean.py")
        self.nvim.command("write")
        self.trust()
        self.assertEqual(self.failures(), 0)
        self.nvim.command("write")
        self.nvim.wait(lambda: self.failures() > 0, "the failure", SEARCH_S)
        self.nvim.command("3substitute/ + 1//")
        self.nvim.wait(lambda: self.failures() == 0, "what it spoke of to go")
        self.nvim.command("write")
        self.nvim.command("3substitute/values)/values) + 1/")
        self.nvim.command("write")
        self.nvim.wait(lambda: self.failures() > 0, "the failure once more", SEARCH_S)
        self.assertNotIn("no failure", self.messages())


    def test_what_fails_where_nothing_is_open_is_told_in_a_line(self):
        wrong = PROGRAM.replace(" + 1)", ")").replace("total /", "1 /")
        (self.project / "mean.py").write_text(wrong)
        self.open("mean.py")
        self.trust()
        self.nvim.command("write")
        told = "2 of 2 tests fail: "
        self.nvim.wait(lambda: told in self.nvim.screen()[-1], "the line", SEARCH_S)
        self.nvim.command("5substitute/1/total/")
        self.nvim.command("write")
        self.nvim.wait(lambda: "the tests pass again" in self.messages(), "the end of it", SEARCH_S)
        self.nvim.command("messages clear")
        self.nvim.command("write")
        time.sleep(3)
        self.assertNotIn("tests", self.messages())


class Verdicts(InProject):
    settings = "[run]\nin_background = true\n"

    def test_a_suggestion_is_tried_where_that_was_agreed(self):
        (self.project / "fruit.py").write_text(EXAMPLES)
        self.open("fruit.py")
        self.trust()
        self.nvim.input("<Esc>GA<CR>")
        self.nvim.type("return comp", 0.05)
        self.nvim.wait(self.nvim.ghost, "a suggestion", 30)
        self.nvim.type("ute", 0.05)  # the rest of it is the same suggestion
        self.nvim.wait(lambda: self.nvim.lua("return require('lemma.status').line()") ==
                       "lemma 1/1", "the verdict", SEARCH_S)
        self.nvim.type("d")
        self.assertNotEqual(self.nvim.lua("return require('lemma.status').line()"), "lemma 1/1")

    def test_where_it_fails_what_passes_comes_next(self):
        example = '    """\n    >>> total_of_melons([2, 2])\n    4.0\n    """\n'
        (self.project / "fruit.py").write_text(EXAMPLES + example)
        self.open("fruit.py")
        self.trust()
        self.nvim.input("<Esc>Go")
        self.nvim.type("return comp", 0.05)
        self.nvim.wait(self.nvim.ghost, "a suggestion", 30)

        def verdict():
            return self.nvim.lua("return require('lemma.status').line()")
        self.nvim.wait(lambda: verdict() == "lemma 1/2", "the verdict", SEARCH_S)
        self.nvim.wait(lambda: verdict() == "lemma 2/2", "the other verdict", SEARCH_S)
        self.nvim.wait(lambda: self.nvim.ghost()[-1:] == ["ute(basket) + 1"], "the other one")
        self.nvim.input("<Tab>")
        self.nvim.wait(lambda: "return compute(basket) + 1" in self.nvim.lua(
            "return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\\n')"), "its text")


if __name__ == "__main__":
    unittest.main()
