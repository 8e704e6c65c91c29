"""The sources for completion menus, asked as nvim-cmp and blink.cmp ask their sources.

The asking is a test double: neither plugin is in Debian or npm. It calls what their documents say a
source has, and puts what it gets into the buffer as LSP says.
"""
import unittest

from plugin_case import PluginCase

ASK = """
    _G.offered = nil
    local source = require(...).new()
    local ask = source.get_completions or source.complete
    _G.ready = (source.enabled or source.is_available)(source)
    ask(source, {}, function(response) _G.offered = response end)
"""
ACCEPT = """
    local edit = _G.offered.items[1].textEdit
    vim.lsp.util.apply_text_edits({ edit }, vim.api.nvim_get_current_buf(), 'utf-8')
"""
RULES = [{"after": "x = ma", "left": 6, "insert": "th.sqrt(y)", "right": 0},
         {"after": "f(", "left": 2, "insert": "a)\n", "right": 1}]


class Menus(PluginCase):
    def offered(self, module):
        self.nvim.lua(ASK, module)
        self.nvim.wait(lambda: self.nvim.lua("return _G.offered ~= nil"), "the source's answer")
        self.assertTrue(self.nvim.lua("return _G.ready"))
        return self.nvim.lua("return _G.offered")

    def start(self):
        self.open("", *RULES, options="ghost_text = false")
        self.nvim.wait(lambda: self.received("textDocument/didOpen"), "the file to be opened")

    def check(self, module):
        self.start()
        self.assertEqual(self.offered(module)["items"], [])
        self.type("x = ma")
        item = self.offered(module)["items"][0]
        self.assertEqual(item["label"], "math.sqrt(y)")
        self.assertEqual(item["filterText"], "math.sqrt(y)")
        self.assertEqual(item["textEdit"]["range"]["start"]["character"], 4)
        self.nvim.lua(ACCEPT)
        self.expect_lines("x = math.sqrt(y)")
        self.assertEqual(self.nvim.ghost(), [])

    def test_nvim_cmp(self):
        self.check("lemma.cmp")
        self.assertTrue(self.offered("lemma.cmp")["isIncomplete"])

    def test_blink_cmp(self):
        self.check("lemma.blink")
        self.assertTrue(self.offered("lemma.blink")["is_incomplete_forward"])

    def test_what_stands_right_of_the_cursor_is_replaced(self):
        self.start()
        self.type("f()")
        self.keys("<Left>")
        item = self.offered("lemma.cmp")["items"][0]
        self.assertEqual(item["label"], "a)…")
        self.nvim.lua(ACCEPT)
        self.expect_lines("f(a)", "")

    def test_without_ghost_text_nobody_else_asks(self):
        self.start()
        self.type("x = ma")
        self.expect_never(self.requests, 0.4)


if __name__ == "__main__":
    unittest.main()
