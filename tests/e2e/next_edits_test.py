"""Next edits in a real Neovim, from the real server: shown, taken by Tab, dismissed."""
import os
import pathlib
import tempfile
import time
import unittest

from neovim import Neovim
from plugin_case import PluginCase

PROGRAM = """\
def measure(lines):
    count = 0
    for line in lines:
        count += len(line)
    if count > 80:
        print("long")
    return count
"""
RENAMED = PROGRAM.replace("count", "total")
DEFINED_LAST = """\
def report():
    return measure([]) + measure([""])


def measure(lines):
    return len(lines)
"""
NEW_COLOR, HINT_COLOR = 0xFE01FD, 0xFE02FD
COLORS = f"""
vim.api.nvim_set_hl(0, 'LemmaNextEditNew', {{ fg = {NEW_COLOR} }})
vim.api.nvim_set_hl(0, 'LemmaNextEditHint', {{ fg = {HINT_COLOR} }})
"""


class NextEdits(unittest.TestCase):
    def open(self, text=PROGRAM, options="ghost_text = false", lua=""):
        folder = tempfile.TemporaryDirectory(prefix="lemma-next-")
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "program.py"
        path.write_text(text)
        program = os.environ["LEMMA_PROGRAM"]
        setup = f"vim.g.lemma = {{ cmd = {{ [[{program}]], 'lsp' }}, {options} }}"
        self.nvim = Neovim(os.environ["LEMMA_NVIM"], f"{setup}\n{COLORS}\n{lua}")
        self.addCleanup(self.finish)
        self.nvim.command(f"edit {path}")
        self.nvim.wait(lambda: self.nvim.lua("return require('lemma.client').last_status ~= nil"),
                       "the server to say how it is")

    def finish(self):
        try:
            self.assertEqual(self.nvim.eval("v:errmsg"), "")
        finally:
            self.nvim.close()

    def keys(self, keys):
        self.nvim.input(keys)

    def expect(self, hint, new="total"):
        """What is shown: the hint, and the new text where it will be."""
        def is_shown():
            return (self.nvim.colored(HINT_COLOR) == [hint]
                    and self.nvim.colored(NEW_COLOR) == [new])
        self.nvim.wait(is_shown, f"{new!r} and the hint {hint!r}")

    def expect_nothing(self, for_s=0.0):
        def shown():
            return self.nvim.colored(HINT_COLOR) + self.nvim.colored(NEW_COLOR)
        self.nvim.wait(lambda: not shown(), "nothing to be shown")
        end = time.monotonic() + for_s
        while time.monotonic() < end:
            self.assertEqual(shown(), [])

    def expect_text(self, text):
        self.nvim.wait(lambda: self.nvim.lines() == text.splitlines(), f"the text\n{text}")

    def expect_cursor(self, line, column):
        self.nvim.wait(lambda: self.nvim.cursor() == (line, column), f"the cursor at {line}")

    def rename(self, end="<Esc>"):
        """Renames `count` where it is defined; in insert mode afterwards if `end` is empty."""
        self.keys("2G^ciwtotal" + end)
        self.expect("<Tab> 4: count → total (3)")

    def hear_no_more(self):
        """What is shown from now on is what the editor itself makes of the list."""
        self.nvim.lua("vim.lsp.get_clients()[1].handlers['lemma/nextEdits'] = function() end")


class Taking(NextEdits):
    def take_all(self):
        self.keys("<Tab>")
        self.expect("<Tab> (3)")
        self.assertEqual(self.nvim.cursor(), (4, 8))
        self.assertIn("        counttotal += len(line) <Tab> (3)", self.nvim.screen())
        self.keys("<Tab>")
        self.expect("<Tab> 5: count → total (2)")
        self.assertEqual(self.nvim.line(), "        total += len(line)")
        self.keys("<Tab>")
        self.expect("<Tab> (2)")
        self.keys("<Tab>")
        self.expect("<Tab> 7: count → total")
        self.keys("<Tab>")
        self.expect("<Tab>")
        self.keys("<Tab>")
        self.expect_text(RENAMED)
        self.expect_nothing(for_s=0.6)

    def test_in_normal_mode(self):
        self.open()
        self.rename()
        self.take_all()
        self.assertEqual(self.nvim.call("nvim_get_mode")["mode"], "n")

    def test_in_insert_mode(self):
        self.open()
        self.rename(end="")
        self.take_all()
        self.assertEqual(self.nvim.cursor(), (7, 16))
        self.keys(" + 1")
        self.expect_text(RENAMED.replace("return total", "return total + 1"))

    def test_the_key_held_down(self):
        self.open()
        self.rename()
        self.hear_no_more()
        self.keys("<Tab>" * 6)
        self.expect_text(RENAMED)

    def check_undo(self):
        lines = RENAMED.splitlines()
        for line in (7, 5, 4):
            self.keys("u")
            lines[line - 1] = lines[line - 1].replace("total", "count")
            self.expect_text("\n".join(lines))
        self.keys("u")
        self.expect_text(PROGRAM)

    def test_undo_takes_back_one_place_at_a_time(self):
        self.open()
        self.rename()
        self.keys("<Tab>" * 6)
        self.expect_text(RENAMED)
        self.check_undo()

    def test_undo_of_what_was_taken_in_insert_mode_too(self):
        self.open()
        self.rename(end="")
        self.keys("<Tab>" * 6)
        self.expect_text(RENAMED)
        self.keys("<Esc>")
        self.check_undo()

    def test_behind_the_last_place_comes_the_first(self):
        self.open(DEFINED_LAST)
        self.keys("5Gwciwlongest<Esc>")
        self.expect("<Tab> 2: measure → longest (2)", "longest")
        self.keys("<Tab>")
        self.expect("<Tab> (2)", "longest")
        self.keys("<Tab>")
        self.expect("<Tab>", "longest")
        self.keys("<Tab>")
        self.expect_text(DEFINED_LAST.replace("measure", "longest"))
        self.keys("<C-o>")
        self.expect_cursor(5, 10)

    def test_the_next_place_is_that_behind_the_cursor(self):
        self.open()
        self.rename()
        self.keys("6G")
        self.expect("<Tab> 7: count → total (3)")
        self.keys("5G$")
        self.expect("<Tab> (3)")
        self.keys("<Tab>")
        self.expect_cursor(5, 12)
        self.assertEqual(self.nvim.line(), "    if total > 80:")


class Changing(NextEdits):
    """The list, while somebody writes."""

    def test_it_moves_with_the_text(self):
        self.open()
        self.rename()
        self.hear_no_more()
        self.keys("ggO# A comment.<Esc>")
        self.expect("<Tab> 5: count → total (3)")
        self.keys("<Tab><Tab>")
        self.nvim.wait(lambda: self.nvim.line() == "        total += len(line)", "the change")

    def test_what_is_written_in_a_place_drops_it(self):
        self.open()
        self.rename()
        self.hear_no_more()
        self.keys("4G^ea_of_all<Esc>")
        self.expect("<Tab> 5: count → total (2)")
        self.keys("<Tab><Tab>")
        self.nvim.wait(lambda: self.nvim.line() == "    if total > 80:", "the change")
        self.assertEqual(self.nvim.lines()[3], "        count_of_all += len(line)")


class Dismissing(NextEdits):
    def test_by_escape(self):
        self.open()
        self.rename()
        self.keys("<Esc>")
        self.expect_nothing(for_s=0.6)
        self.keys("ix<Esc>u")
        self.expect_nothing(for_s=0.6)

    def test_in_insert_mode_by_its_key(self):
        self.open()
        self.rename(end="")
        self.keys("<C-]>")
        self.expect_nothing(for_s=0.6)
        self.assertEqual(self.nvim.call("nvim_get_mode")["mode"], "i")

    def test_by_switching_lemma_off(self):
        self.open()
        self.rename()
        self.nvim.command("LemmaToggle")
        self.expect_nothing()
        self.nvim.command("LemmaToggle")
        self.expect_nothing(for_s=0.6)

    def test_another_server_has_proposed_nothing(self):
        self.open()
        self.rename()
        self.nvim.command("LemmaRestart")
        self.expect_nothing(for_s=0.6)


class BesideOthers(NextEdits):
    def pressed(self):
        return self.nvim.eval("get(g:, 'pressed', [])")

    def check_mappings(self, lua):
        """Keys that note themselves in g:pressed do so before and afterwards alone."""
        self.open(lua="""
            function _G.note(name)
              return function()
                vim.g.pressed = vim.list_extend(vim.g.pressed or {}, { name })
              end
            end""")
        self.nvim.lua(lua)
        self.keys("<Tab><Esc>")
        self.nvim.wait(lambda: self.pressed() == ["tab", "escape"], "the mappings")
        self.rename()
        self.keys("<Tab><Tab>")
        self.expect("<Tab> 5: count → total (2)")
        self.keys("<Esc>")
        self.expect_nothing()
        self.assertEqual(self.pressed(), ["tab", "escape"])
        self.keys("<Tab><Esc>")
        self.nvim.wait(lambda: self.pressed() == ["tab", "escape"] * 2, "the mappings again")

    def test_mappings_of_the_user_come_back(self):
        self.check_mappings("vim.keymap.set('n', '<Tab>', note('tab'))"
                            "vim.keymap.set('n', '<Esc>', note('escape'))")

    def test_those_local_to_the_buffer_too(self):
        self.check_mappings("vim.keymap.set('n', '<Tab>', note('tab'), { buffer = true })"
                            "vim.keymap.set('n', '<Esc>', note('escape'), { buffer = true })")

    def test_mappings_come_back_in_a_buffer_that_was_left(self):
        self.open(lua="vim.o.hidden = true")
        self.rename()
        def mapped():
            mappings = self.nvim.call("nvim_buf_get_keymap", 1, "n")
            return [each["lhs"] for each in mappings if each.get("desc", "").startswith("lemma: ")]
        self.assertEqual(sorted(mapped()), ["<Esc>", "<Tab>"])
        self.nvim.command("enew")
        self.expect_nothing()
        self.assertEqual(mapped(), [])
        self.nvim.command("buffer 1")
        self.expect("<Tab> 4: count → total (3)")

    def test_tab_belongs_to_ghost_text(self):
        self.open(options="")
        self.rename()
        self.keys("o")
        self.nvim.type("# d/dx x^3 =")
        self.nvim.wait(self.nvim.ghost, "an answer", timeout_s=60)
        self.expect_nothing()
        self.keys("<Tab>")
        self.nvim.wait(lambda: self.nvim.line() == "    # d/dx x^3 = 3*x**2", "the answer")
        self.expect("<Tab> 5: count → total (3)")

    def test_tab_in_a_line_without_text_indents(self):
        self.open(lua="vim.o.expandtab, vim.o.shiftwidth, vim.o.softtabstop = true, 4, 4")
        self.rename()
        self.keys("o")
        self.expect_nothing()
        self.keys("<Tab>x")
        self.nvim.wait(lambda: self.nvim.line().strip() == "x", "the text")
        self.assertEqual(self.nvim.line(), "        x")
        self.expect("<Tab> 5: count → total (3)")

    def test_tab_belongs_to_a_menu(self):
        self.open(lua="vim.o.completeopt = 'menuone,noselect'")
        self.rename()
        self.keys("otot<C-n>")
        self.nvim.wait(lambda: self.nvim.eval("pumvisible()"), "the menu")
        self.expect_nothing()
        self.keys("<C-e>")
        self.expect("<Tab> 5: count → total (3)")

    def test_tab_belongs_to_a_snippet(self):
        self.open()
        self.rename()
        self.keys("o")
        self.nvim.lua("vim.snippet.expand('f($1, $2)')")
        self.expect_nothing()
        self.nvim.lua("vim.snippet.stop()")
        self.keys("<Right>")
        self.expect("<Tab> 5: count → total (3)")

    def test_all_at_once_by_a_code_action(self):
        self.open()
        self.rename()
        self.nvim.lua("""
            vim.lsp.buf.code_action({
              apply = true,
              filter = function(action) return vim.startswith(action.title, 'count → total') end,
            })""")
        self.expect_text(RENAMED)
        self.expect_nothing(for_s=0.6)

    def test_not_where_the_user_wants_none(self):
        self.open(options="ghost_text = false, next_edits = false")
        self.keys("2G^ciwtotal<Esc>")
        self.expect_nothing(for_s=1.0)

    def test_another_key(self):
        self.open(options="ghost_text = false, keys = { accept = '<C-l>' }")
        self.keys("2G^ciwtotal<Esc>")
        self.expect("<C-l> 4: count → total (3)")
        self.keys("<C-l>")
        self.expect("<C-l> (3)")


class BesideSuggestions(PluginCase):
    """A scripted server, since a model suggests what it likes."""

    def test_suggestions_wait_until_the_last_place_is_taken(self):
        self.open("total\ncount\ncount", {"after": "total", "insert": " + 1"})
        self.keys("<Esc>ggAx<BS>")
        self.expect_ghost(" + 1")
        self.nvim.lua("""
            local buffer, edits = vim.api.nvim_get_current_buf(), {}
            for line = 1, 2 do
              local first, last = { line = line, character = 0 }, { line = line, character = 5 }
              local range = { start = first, ['end'] = last }
              edits[line] = { range = range, oldText = 'count', newText = 'total' }
            end
            vim.lsp.get_clients()[1].handlers['lemma/nextEdits'](nil, {
              uri = vim.uri_from_bufnr(buffer),
              version = vim.lsp.util.buf_versions[buffer],
              title = 'count → total',
              edits = edits,
            })""")
        self.keys("<C-]>")
        self.expect_ghost()
        self.keys("<Tab><Tab>")
        self.expect_lines("total", "total", "count")
        self.expect_never(self.nvim.ghost, 0.5)
        self.keys("<Tab><Tab>")
        self.expect_lines("total", "total", "total")
        self.expect_ghost(" + 1")


if __name__ == "__main__":
    unittest.main()
