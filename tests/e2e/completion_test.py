"""The real thing: Neovim, `lemma lsp` with the default model, and lines of real files typed again.

Ghost text is read from the screen and accepted. Prints the latencies from key to ghost text.
"""
import os
import pathlib
import statistics
import tempfile
import unittest

import real_files
from neovim import Neovim

LONG = "LEMMA_LONG" in os.environ
LINES_A_FILE = 20 if LONG else 6
FILES_A_LANGUAGE = 3 if LONG else 2
LATENCIES_MS = []


class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="lemma-real-")
        cls.addClassCleanup(folder.cleanup)
        cls.files = real_files.copy_all(folder.name)

    @classmethod
    def tearDownClass(cls):
        if len(LATENCIES_MS) >= 2:
            centiles = statistics.quantiles(LATENCIES_MS, n=20)
            print(f"\nkey to ghost text on the screen, {len(LATENCIES_MS)} times: "
                  f"median {centiles[9]:.0f} ms, 95 % within {centiles[18]:.0f} ms")

    def start(self, path):
        program = os.environ["LEMMA_PROGRAM"]
        setup = f"vim.g.lemma = {{ cmd = {{ [[{program}]], 'lsp' }} }}"
        nvim = Neovim(os.environ["LEMMA_NVIM"], setup, columns=200)
        self.addCleanup(nvim.close)
        real_files.open_file(nvim, path)
        return nvim

    def check_language(self, language):
        shown, asked = 0, 0
        for path in self.files[language][:FILES_A_LANGUAGE]:
            nvim = self.start(path)
            text = pathlib.Path(path).read_text()
            for index in real_files.lines_of_code(text, LINES_A_FILE):
                suggestion = real_files.retype(nvim, path, index)
                LATENCIES_MS.extend(suggestion.latencies_ms)
                asked += 1
                shown += bool(suggestion.ghost)
                self.check_accepted(suggestion)
            self.assertEqual(nvim.lines(), text.splitlines())
            self.assertEqual(nvim.eval("v:errmsg"), "")
            nvim.close()
        print(f"\n{language}: suggestions on {shown} of {asked} lines")
        self.assertGreaterEqual(shown, asked / 3)

    def check_accepted(self, suggestion):
        """What is in the buffer after Tab is what was on the screen."""
        if not suggestion.ghost:
            return
        on_screen = [suggestion.typed + suggestion.ghost[0], *suggestion.ghost[1:]]
        accepted = [line.expandtabs(8) for line in suggestion.accepted]
        self.assertEqual([line.strip() for line in accepted], [row.strip() for row in on_screen],
                         suggestion)

    def test_a_formula_in_a_comment_is_answered(self):
        with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
            nvim = self.start(file.name)
            nvim.type("i# d/dx x^3 =")
            nvim.wait(lambda: nvim.ghost(), "an answer", timeout_s=60)
            self.assertEqual(nvim.ghost(), [" 3*x**2"])
            nvim.input("<Tab>")
            nvim.wait(lambda: nvim.lines() == ["# d/dx x^3 = 3*x**2"], "the answer in the buffer")
            nvim.close()

    def test_others_are_gone_through_and_one_is_taken(self):
        with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
            file.write("import os\n\n\ndef text_of(path):\n    if not \n")
            file.flush()
            nvim = self.start(file.name)
            nvim.input("5GA")
            nvim.type("os.path.")
            nvim.input("<M-Bslash>")
            nvim.wait(lambda: nvim.ghost() and "1/" in nvim.screen()[4], "several", timeout_s=60)
            count = int(nvim.screen()[4].rpartition("1/")[2].split()[0])
            seen = []
            for place in range(1, count + 1):
                nvim.wait(lambda: f"{place}/{count}" in nvim.screen()[4], "its place")
                seen.append(tuple(nvim.ghost()))
                nvim.input("<M-]>" if place < count else "<M-[>")
            self.assertGreaterEqual(count, 2)
            self.assertEqual(len(set(seen)), count, seen)
            taken = seen[-2]
            nvim.wait(lambda: tuple(nvim.ghost()) == taken, "the last but one")
            nvim.input("<Tab>")
            nvim.wait(lambda: nvim.lines()[4] == "    if not os.path." + taken[0], "it")
            nvim.input("<Esc>")
            nvim.command("LemmaWhy")
            nvim.wait(lambda: any("Offered in its place" in row for row in nvim.screen()), "why")
            self.assertIn("  |     if not os.path." + taken[0], nvim.lines())
            nvim.close()

    def test_python(self):
        self.check_language("Python")

    def test_cpp(self):
        self.check_language("C++")

    def test_javascript(self):
        self.check_language("JavaScript")


class Imported(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lemma-real-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / ".git").mkdir()

    def expect(self, nvim, typed, rest):
        """The last character is typed again until the folder, or what is new in it, is known."""
        nvim.type(typed)
        def is_there():
            return "".join(nvim.ghost()).startswith(rest)
        def again():
            if not is_there():
                nvim.input("<BS>")
                nvim.type(typed[-1], delay_s=0.5)
            return is_there()
        nvim.wait(again, f"{rest!r} behind {typed!r}", timeout_s=60)
        nvim.input("<Tab>")
        nvim.wait(lambda: nvim.line().startswith(typed + rest), "the name in the buffer")
        nvim.input("<Esc>S")

    def test_the_only_member_that_begins_as_typed(self):
        factory, path = self.folder / "factory.py", self.folder / "main.py"
        factory.write_text("def assemble_parts(parts):\n    return parts\n")
        path.write_text("import factory as f\n")
        setup = f"vim.g.lemma = {{ cmd = {{ [[{os.environ['LEMMA_PROGRAM']}]], 'lsp' }} }}"
        nvim = Neovim(os.environ["LEMMA_NVIM"], setup)
        self.addCleanup(nvim.close)
        nvim.command(f"edit {path}")  # opened together with its folder
        nvim.input("o")
        self.expect(nvim, "x = f.as", "semble_parts")
        with factory.open("a") as file:  # by somebody else
            file.write("\n\ndef quench_steel(parts):\n    return parts\n")
        self.expect(nvim, "y = f.qu", "ench_steel")
        self.assertEqual(nvim.eval("v:errmsg"), "")


if __name__ == "__main__":
    unittest.main()
