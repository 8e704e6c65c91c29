"""Suggestions that are asked for by a key, several of them; and fixes. With a scripted server."""
import unittest

from plugin_case import PluginCase

SEVERAL = {"after": "re", "insert": "turn", "others": ["sult = x", "peat()"]}
ASKED = {"after": "x", "insert": " = 1", "others": [" += 1"], "asked": True}
INVOKED, AUTOMATIC = 1, 2


class Asking(PluginCase):
    def hint(self):
        """What stands at the end of the cursor's line, behind the ghost text."""
        row = self.nvim.lua("return vim.fn.winline()")
        return self.nvim.screen()[row - 1].split()[-1]

    def expect_place(self, place):
        self.nvim.wait(lambda: self.hint() == place, f"the place {place}")

    def kinds(self):
        return [entry["params"]["context"]["triggerKind"] for entry in self.requests()]

    def says(self, text):
        self.nvim.wait(lambda: text in self.nvim.eval("execute('messages')"), f"message {text!r}")

    def test_what_comes_by_itself_is_one_and_says_no_place(self):
        self.open("", SEVERAL)
        self.type("re")
        self.expect_ghost("turn")
        self.assertEqual(self.hint(), "return")
        self.assertEqual(set(self.kinds()), {AUTOMATIC})

    def test_the_others_are_gone_through_round_and_back(self):
        self.open("", SEVERAL)
        self.type("re")
        self.expect_ghost("turn")
        for ghost, place in (("sult = x", "2/3"), ("peat()", "3/3"), ("turn", "1/3")):
            self.keys("<M-]>")
            self.expect_ghost(ghost)
            self.expect_place(place)
        self.keys("<M-[>")
        self.expect_ghost("peat()")
        self.keys("<M-[>")
        self.expect_ghost("sult = x")
        self.assertEqual(self.kinds().count(INVOKED), 1)
        self.keys("<Tab>")
        self.expect_lines("result = x")
        self.keys("<Esc>u")
        self.expect_lines("re")

    def test_the_one_before_the_first_is_asked_for_too(self):
        self.open("", SEVERAL)
        self.type("re")
        self.expect_ghost("turn")
        self.keys("<M-[>")
        self.expect_ghost("peat()")

    def test_what_is_typed_leaves_those_that_fit(self):
        self.open("", SEVERAL)
        self.type("re")
        self.expect_ghost("turn")
        self.keys("<M-]>")
        self.expect_place("2/3")
        self.type("s")
        self.expect_ghost("ult = x")
        self.nvim.wait(lambda: self.hint() == "x", "no place where there is one")
        self.keys("<M-Right>")
        self.expect_ghost(" = x")
        self.keys("<BS><BS><BS><BS>")
        self.expect_ghost("sult = x")
        self.expect_place("2/3")

    def test_where_there_is_no_other_it_says_so(self):
        self.open("", {"after": "re", "insert": "turn"})
        self.type("re")
        self.expect_ghost("turn")
        self.keys("<M-]>")
        self.says("no other suggestion here")
        self.assertEqual(self.nvim.ghost(), ["turn"])

    def test_a_key_asks_where_nothing_comes_by_itself(self):
        self.open("", ASKED)
        self.type("x")
        self.wait_for_request("x")
        self.keys("<M-Bslash>")
        self.expect_ghost(" = 1")
        self.expect_place("1/2")
        self.keys("<M-]><Tab>")
        self.expect_lines("x += 1")

    def test_a_key_asks_where_lemma_is_off(self):
        self.open("", ASKED, lua="vim.g.lemma_enabled = false")
        self.type("x")
        self.nvim.command("LemmaSuggest")
        self.expect_ghost(" = 1")
        self.assertEqual(set(self.kinds()), {INVOKED})

    def test_a_command_asks_from_normal_mode(self):
        self.open("x", ASKED)
        self.keys("<Esc>")
        self.nvim.wait(lambda: self.nvim.call("nvim_get_mode")["mode"] == "n", "normal mode")
        self.keys(":Lemma suggest<CR>")
        self.expect_ghost(" = 1")
        self.keys("<Tab>")
        self.expect_lines("x = 1")

    def test_where_there_is_none_it_says_why_once(self):
        self.open("")
        self.type("y")
        self.wait_for_request("y")
        self.keys("<M-Bslash>")
        self.says("nothing to suggest here: unsure")
        self.assertEqual(self.nvim.eval("execute('messages')").count("nothing to suggest"), 1)
        self.expect_lines("y")
        self.assertEqual(self.nvim.call("nvim_get_mode")["mode"], "i")

    def test_a_buffer_that_cannot_have_any_says_why(self):
        self.open("")
        self.nvim.command("stopinsert | new | setlocal buftype=nofile | LemmaSuggest")
        self.says("it is no file")

    def test_keys_of_the_users_own_stay(self):
        self.open("", SEVERAL, lua="vim.keymap.set('i', '<M-Bslash>', 'mine')\n"
                                   "vim.keymap.set('i', '<M-]>', 'next')")
        self.type("x")
        self.keys("<M-Bslash><M-]>")
        self.expect_lines("xminenext")
        self.keys("<Esc>o")
        self.type("re")
        self.expect_ghost("turn")
        self.keys("<M-]>")
        self.expect_ghost("sult = x")

    def test_plugs_for_keys_of_the_users_own(self):
        self.open("", SEVERAL, options="keys = false", lua="""
            vim.keymap.set('i', '<C-j>', '<Plug>(lemma-next)')
            vim.keymap.set('i', '<C-l>', '<Plug>(lemma-accept-word)')""")
        self.type("re")
        self.expect_ghost("turn")
        self.keys("<C-j>")
        self.expect_ghost("sult = x")
        self.keys("<C-l>")
        self.expect_lines("result")

    def test_an_open_menu_leaves_the_keys_alone(self):
        self.open("repeated reminder\n\n", SEVERAL)
        self.type("re")
        self.expect_ghost("turn")
        self.keys("<C-n>")
        self.nvim.wait(lambda: self.nvim.eval("pumvisible()"), "the menu")
        self.keys("<M-]>")
        self.nvim.wait(lambda: self.nvim.call("nvim_get_mode")["mode"][0] == "i", "insert mode")
        self.assertEqual(self.nvim.ghost(), [])

    def test_neovims_own_ghost_text_is_gone_through_too(self):
        self.open("", SEVERAL, options="builtin = true")
        self.nvim.wait(lambda: self.received("textDocument/didOpen"), "the file to be opened")
        self.type("re")
        if not self.nvim.lua("return vim.lsp.inline_completion ~= nil"):  # before Neovim 0.12
            self.nvim.command("messages clear")
            self.expect_ghost("turn")
            self.keys("<M-]>")
            self.expect_ghost("sult = x")
            self.keys("<Tab>")
            return self.expect_lines("result = x")
        self.nvim.wait(lambda: "return" in self.nvim.screen()[0], "Neovim's own ghost text")
        self.keys("<M-]>")
        self.nvim.wait(lambda: "result = x (2/3)" in self.nvim.screen()[0], "the second")
        self.nvim.lua("vim.lsp.inline_completion.select()")
        self.nvim.wait(lambda: "repeat() (3/3)" in self.nvim.screen()[0], "the third")
        self.keys("<M-[><Tab>")
        self.expect_lines("result = x")


class Fixing(PluginCase):
    def says(self, text):
        self.nvim.wait(lambda: text in self.nvim.eval("execute('messages')"), f"message {text!r}")

    def open(self, *arguments, **options):
        super().open(*arguments, **options)
        self.nvim.wait(lambda: self.received("textDocument/didOpen"), "the file to be opened")

    def test_the_best_fix_is_taken_in_one_step(self):
        self.open("x = 1")
        self.keys("<Esc>")
        self.nvim.command("LemmaFix")
        self.expect_lines("b = 1")
        self.says("taken: better (others were offered: 1)")
        self.keys("u")
        self.expect_lines("x = 1")

    def test_one_of_several_is_chosen(self):
        self.open("x = 1", lua="vim.ui.select = function(all, options, done) "
                               "_G.titles = vim.tbl_map(options.format_item, all) done(all[2]) end")
        self.keys("<Esc>")
        self.nvim.command("LemmaFix!")
        self.expect_lines("a = 1")
        self.assertEqual(self.nvim.lua("return _G.titles"), ["better", "also"])

    def test_where_there_is_none_it_says_so(self):
        self.open("x\ny")
        self.keys("<Esc>")
        self.nvim.command("Lemma fix")
        self.says("no fix here; :LemmaDebug looks for one")
        self.expect_lines("x", "y")

    def test_a_key_of_the_users_own(self):
        self.open("x = 1", lua="vim.keymap.set('n', 'gl', '<Plug>(lemma-fix)')")
        self.keys("<Esc>gl")
        self.expect_lines("b = 1")


if __name__ == "__main__":
    unittest.main()
