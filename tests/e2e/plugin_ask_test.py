"""The split of :LemmaAsk, against a scripted server that counts."""
import unittest

from plugin_case import PluginCase


class Ask(PluginCase):
    def ask(self, number, lua=""):
        self.open("", lua=lua)
        self.nvim.wait(lambda: self.received("initialized"), "the server")
        self.keys(f"<Esc>:LemmaAsk {number}<CR>")
        self.nvim.wait(lambda: "1" in self.nvim.lines(), "an answer")

    def test_who_reads_further_up_is_left_there(self):
        self.ask(60)
        self.nvim.wait(lambda: "40" in self.nvim.lines(), "more")
        self.assertGreater(self.nvim.cursor()[0], 40)
        self.keys("gg")
        self.nvim.wait(lambda: "60" in self.nvim.lines(), "all of it")
        self.assertEqual(self.nvim.cursor(), (1, 0))
        self.keys("<CR>3<CR>")
        self.nvim.wait(lambda: self.nvim.lines().count("3") == 2, "the next answer")
        self.assertGreater(self.nvim.cursor()[0], 60)

    def test_it_is_stopped_by_what_interrupts_lua_too(self):
        self.ask(500)
        for pressed in range(1, 9):  # most of them are interrupts, some the mapping sees
            self.nvim.lua("""
                vim.api.nvim_input('<C-c>')
                local ends = vim.uv.hrtime() + 5e6
                while vim.uv.hrtime() < ends do end""")
            self.nvim.wait(lambda: len(self.received("lemma/stop")) >= pressed, "the stop")

    def test_the_options_of_its_window_are_no_other_windows_options(self):
        self.ask(1, "vim.o.foldmethod, vim.o.wrap = 'indent', false")
        self.assertEqual(self.nvim.eval("[&foldmethod, &wrap]"), ["manual", True])
        self.assertEqual(self.nvim.lua("return { vim.go.foldmethod, vim.go.wrap }"),
                         ["indent", False])

    def test_it_can_be_closed_where_it_is_the_only_window(self):
        self.ask(1)
        self.keys(":only<CR>q")
        self.nvim.wait(lambda: not self.nvim.eval("bufname()").startswith("lemma:"),
                       "another buffer")


class Put(PluginCase):
    """The code of an answer, put into the file."""

    CODE = "so:|```python|def f():|    return 1|```|and|```|g()|```|done"

    def ask(self, text, command="LemmaAsk", question=CODE):
        self.open(text)
        self.nvim.wait(lambda: self.received("initialized"), "the server")
        self.keys("<Esc>")
        self.file = self.nvim.eval("bufnr()")
        self.nvim.command(f"{command} {question}")
        end = question.rpartition("|")[2]
        self.nvim.wait(lambda: end in self.nvim.lines(), "an answer")

    def expect_file(self, *lines):
        self.nvim.wait(lambda: self.nvim.eval(f"getbufline({self.file}, 1, '$')") == list(lines),
                       f"lines {lines}")

    def says(self, text):
        self.nvim.wait(lambda: text in self.nvim.eval("execute('messages')"), f"message {text!r}")

    def test_at_the_cursor_indented_like_its_line(self):
        self.ask("if x:\n    y()\n")
        self.keys("p")
        self.expect_file("if x:", "    y()", "    g()")
        self.assertEqual(self.nvim.cursor(), (3, 4))
        self.keys("u")
        self.expect_file("if x:", "    y()")

    def test_the_block_that_the_cursor_is_in(self):
        self.ask("x\n\n")
        self.keys("?return<CR>p")
        self.expect_file("x", "def f():", "    return 1")

    def test_over_the_selected_lines_in_one_step(self):
        self.ask("class A:\n    def f():\n        pass\n    x = 1\n", "2,3LemmaAsk")
        self.keys("?return<CR>a")
        self.expect_file("class A:", "    def f():", "        return 1", "    x = 1")
        self.keys("u")
        self.expect_file("class A:", "    def f():", "        pass", "    x = 1")

    def test_one_block_after_the_other_over_the_same_lines(self):
        self.ask("a\nb\nc\n", "2LemmaAsk")
        self.keys("a")
        self.expect_file("a", "g()", "c")
        self.keys("<C-w>p?return<CR>a")
        self.expect_file("a", "def f():", "    return 1", "c")

    def test_lines_that_have_changed_since_are_left_alone(self):
        self.ask("a\nb\n", "2LemmaAsk")
        self.nvim.command(f"call setbufline({self.file}, 2, 'other')")
        self.keys("a")
        self.says("the lines that were attached have changed")
        self.expect_file("a", "other")

    def test_lines_that_have_moved_are_found(self):
        self.ask("a\nb\n", "2LemmaAsk")
        self.nvim.command(f"call appendbufline({self.file}, 0, 'new')")
        self.keys("a")
        self.expect_file("new", "a", "g()")

    def test_an_answer_without_code_says_so(self):
        self.ask("a\n", question="nothing|at all")
        self.keys("p")
        self.says("there is no code in the answer")
        self.expect_file("a")


if __name__ == "__main__":
    unittest.main()
