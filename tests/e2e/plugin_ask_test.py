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


if __name__ == "__main__":
    unittest.main()
