"""The plugin beside mappings, menus and switches of all kinds, against a scripted server."""
import os
import pathlib
import re
import shutil
import signal
import unittest

from neovim import PLUGIN
from plugin_case import PluginCase

RETURN = {"after": "re", "insert": "turn"}


class FallingThrough(PluginCase):
    """Tab does what it did before whenever nothing is shown."""

    def check_tab(self, expected, lua="", before="", text="x"):
        self.open("", RETURN, lua=f"vim.o.expandtab = true\nvim.o.shiftwidth = 4\n{lua}")
        if before:
            self.nvim.lua(before)
        self.type(text)
        self.keys("<Tab>")
        self.expect_lines(text + expected)
        # And it accepts all the same when something is shown.
        self.keys("<Esc>o")
        self.type("re")
        self.expect_ghost("turn")
        self.keys("<Tab>")
        self.expect_lines(text + expected, "return")

    def test_to_an_indent(self):
        self.check_tab("   ")

    def test_to_a_mapping(self):
        self.check_tab("mapped", "vim.keymap.set('i', '<Tab>', 'mapped')")

    def test_to_a_mapping_made_later(self):
        self.check_tab("mapped", before="vim.keymap.set('i', '<Tab>', 'mapped')")

    def test_to_an_expression(self):
        self.check_tab("2", "vim.keymap.set('i', '<Tab>', function() return 1 + 1 end,"
                            " { expr = true })")

    def test_to_a_function(self):
        self.check_tab("put", "vim.keymap.set('i', '<Tab>', function()"
                              " vim.api.nvim_put({ 'put' }, 'c', false, true) end)")

    def test_to_a_recursive_mapping_that_gives_tab_itself(self):
        self.check_tab("   ", "vim.cmd([[imap <expr> <Tab> pumvisible() ? '<C-n>' : '<Tab>']])")

    def test_to_a_recursive_mapping_by_way_of_another(self):
        self.check_tab("there", "vim.cmd([[inoremap <Plug>(other) there\n"
                                "imap <Tab> <Plug>(other)]])")

    def test_to_a_mapping_local_to_the_buffer(self):
        self.check_tab("local", "vim.api.nvim_create_autocmd('BufReadPost', { callback = function()"
                                " vim.keymap.set('i', '<Tab>', 'local', { buffer = true }) end })")

    def test_to_an_abbreviation(self):
        # Neovim 0.12 has a mapping of its own for Tab, with which no abbreviation is expanded.
        self.open("", lua="vim.o.expandtab = true\nvim.cmd('iabbrev teh the')\n"
                          "pcall(vim.keymap.del, 'i', '<Tab>')")
        self.type("teh")
        self.keys("<Tab>")
        self.type("x")
        self.nvim.wait(lambda: self.nvim.line().split() == ["the", "x"], "the abbreviation's text")

    def test_to_nvim_cmp_and_from_there_to_what_was_before_once(self):
        # A stand-in: nvim-cmp maps its keys so whenever Insert mode begins.
        self.open("", RETURN, lua="""
            local desc = 'cmp.utils.keymap.set_map'
            _G.presses = 0
            vim.keymap.set('i', '<Tab>', 'mapped')
            vim.api.nvim_create_autocmd('InsertEnter', { callback = function()
              local before = vim.fn.maparg('<Tab>', 'i', false, true)
              if before.desc ~= desc then
                vim.keymap.set('i', '<Tab>', function()
                  _G.presses = _G.presses + 1
                  if before.callback then
                    return before.callback()
                  end
                  vim.api.nvim_feedkeys(before.rhs, 'in', true)
                end, { desc = desc, buffer = before.buffer == 1 })
              end
            end })""")
        for _ in range(5):
            self.keys("<Esc>i")
        self.type("x")
        self.keys("<Tab>")
        self.expect_lines("xmapped")
        self.assertEqual(self.nvim.lua("return _G.presses"), 1)
        self.keys("<Esc>S")
        self.type("re")
        self.expect_ghost("turn")
        self.keys("<Tab>")
        self.expect_lines("return")

    def test_other_keys_too(self):
        self.open("one two", lua="vim.keymap.set('i', '<M-Right>', 'right')")
        self.keys("<M-Right>")
        self.expect_lines("one tworight")

    def test_no_key_where_the_user_wants_none(self):
        self.open("", RETURN, options="keys = { accept = '<C-l>', accept_word = false }")
        self.type("re")
        self.expect_ghost("turn")
        self.keys("<C-l>")
        self.expect_lines("return")

    def test_no_keys_at_all(self):
        self.open("", RETURN, options="keys = false")
        self.type("re")
        self.expect_ghost("turn")
        self.keys("<Tab>")
        self.nvim.wait(lambda: self.nvim.line() not in ("re", "return"), "Tab to be Tab")


class Menus(PluginCase):
    def test_tab_belongs_to_an_open_menu(self):
        lua = "vim.cmd([[inoremap <expr> <Tab> pumvisible() ? '<C-n>' : '<Tab>']])"
        self.open("alpha alps\n", {"after": "al", "insert": "GHOST"},
                  {"after": "alps", "insert": " and more"},
                  lua=lua + "\nvim.o.completeopt = 'menu,menuone'")
        self.keys("<CR>")
        self.type("al")
        self.expect_ghost("GHOST")
        self.keys("<C-n>")
        self.nvim.wait(lambda: self.nvim.eval("pumvisible()"), "the menu")
        self.expect_ghost()
        self.keys("<Tab>")
        self.nvim.wait(lambda: self.nvim.line() == "alps", "the menu's next item")
        self.expect_never(self.nvim.ghost, 0.3)
        self.keys("<C-y>")
        self.expect_ghost(" and more")
        self.keys("<Tab>")
        self.nvim.wait(lambda: self.nvim.line() == "alps and more", "the suggestion")

    def test_the_menu_of_a_plugin_counts(self):
        # A stand-in for nvim-cmp: what the plugin asks it is `visible`.
        self.open("", RETURN, lua="package.loaded.cmp = { visible = function()"
                                  " return vim.g.menu == 1 end }")
        self.nvim.command("let g:menu = 1")
        self.type("re")
        self.expect_never(self.nvim.ghost, 0.3)
        self.nvim.command("let g:menu = 0")
        self.keys("<BS>e")
        self.expect_ghost("turn")

    def check_menu(self, open_menu, close_menu, lua=""):
        self.open("", RETURN, lua=lua)
        self.type("re")
        self.expect_ghost("turn")
        self.nvim.lua(open_menu)
        self.expect_ghost()
        self.expect_never(self.nvim.ghost, 0.3)
        self.nvim.lua(close_menu)
        self.expect_ghost("turn")

    def test_a_menu_that_opens_late_hides_it_and_closed_brings_it_back(self):
        self.check_menu("vim.fn.complete(1, { 'refuse', 'reject' })",
                        "vim.api.nvim_input('<C-e>')",
                        "vim.o.completeopt = 'menu,menuone,noinsert,noselect'")

    def test_the_late_menu_of_nvim_cmp_too(self):
        # What nvim-cmp documents: `visible`, and events.
        self.check_menu("_G.set(true, 'menu_opened')", "_G.set(false, 'menu_closed')", """
            local calls, open = {}, false
            package.loaded.cmp = {
              visible = function() return open end,
              event = { on = function(_, name, call) calls[name] = call end },
            }
            function _G.set(to, name)
              open = to
              calls[name]()
            end""")

    def test_the_late_menu_of_blink_cmp_too(self):
        event = "vim.api.nvim_exec_autocmds('User', { pattern = 'BlinkCmpMenu%s' })"
        self.check_menu(f"vim.g.menu = 1 {event % 'Open'}", f"vim.g.menu = 0 {event % 'Close'}", """
            package.loaded['blink.cmp'] = { is_menu_visible = function()
              return vim.g.menu == 1
            end }""")

    def test_shown_beside_a_menu_if_so_wished(self):
        self.open("alpha alps\n", {"after": "alpha", "insert": "betical"},
                  options="hide_during_menu = false", lua="vim.o.completeopt = 'menu,menuone'")
        self.keys("<CR>")
        self.type("al")
        self.keys("<C-n>")
        self.expect_ghost("betical")
        self.keys("<Tab>")
        self.nvim.wait(lambda: self.nvim.line().startswith("alpha"), "the menu's item")
        self.assertNotIn("betical", self.nvim.line())


class Switches(PluginCase):
    def test_toggle_here_and_everywhere(self):
        self.open("", RETURN)
        for switch in ("LemmaToggle", "LemmaToggle!"):
            self.nvim.command(switch)
            self.keys("<Esc>S")
            self.type("re")
            self.expect_never(self.nvim.ghost, 0.3)
            self.nvim.command(switch)
            self.keys("<Esc>S")
            self.type("re")
            self.expect_ghost("turn")

    def test_a_filetype_that_is_off_is_not_even_opened(self):
        self.open("", RETURN, options="filetypes = { python = false }")
        self.type("re")
        self.expect_never(self.nvim.ghost, 0.4)
        self.assertEqual(self.log.read_text(), "")
        self.nvim.command("let b:lemma_enabled = v:true")
        self.keys("<Esc>S")
        self.type("re")
        self.expect_ghost("turn")

    def test_a_buffer_without_a_name_says_that_it_waits_for_one(self):
        self.open("", RETURN)
        self.nvim.wait(lambda: self.received("textDocument/didOpen"), "the file to be opened")
        self.keys("<Esc>:enew<CR>:setfiletype python<CR>")
        no_name = "it has no name yet; :write it to a file, or name it by :file"
        for command, says in (("LemmaStatus", "lemma: off in this buffer: "),
                              ("LemmaToggle", "lemma stays off here: "),
                              ("LemmaHint", "lemma: off in this buffer: ")):
            self.keys(f":messages clear<CR>:{command}<CR><Esc>")
            self.nvim.wait(lambda: says + no_name in self.nvim.eval("execute('messages')"), command)
        self.keys(f":write {self.folder / 'named.py'}<CR><Esc>:LemmaStatus<CR><Esc>")
        self.nvim.wait(lambda: "on in this buffer" in self.nvim.eval("execute('messages')"), "on")
        self.keys("i")
        self.type("re")
        self.expect_ghost("turn")

    def test_toggled_where_it_is_off_everywhere_it_says_so(self):
        self.open("", RETURN, lua="vim.g.lemma_enabled = false")
        self.keys("<Esc>:LemmaToggle<CR>")
        says = "lemma stays off here: it is off everywhere, by :LemmaToggle! or g:lemma_enabled"
        self.nvim.wait(lambda: says in self.nvim.eval("execute('messages')"), says)

    def test_buffers_that_are_no_files_are_left_alone(self):
        self.open("", RETURN)
        self.nvim.wait(lambda: self.received("textDocument/didOpen"), "the file to be opened")
        self.keys("<Esc>:new<CR>:set buftype=nofile filetype=python<CR>i")
        self.type("re")
        self.expect_never(self.nvim.ghost, 0.3)
        self.assertEqual(len(self.received("textDocument/didOpen")), 1)

    def test_a_file_over_the_limit_is_left_alone(self):
        self.open("x = 1\n" * 200, RETURN, options="max_bytes = 1000")
        self.keys("<CR>")
        self.type("re")
        self.expect_never(self.nvim.ghost, 0.3)
        self.assertEqual(self.log.read_text(), "")


class LoadedLate(PluginCase):
    def test_the_options_of_setup_hold_for_what_is_open_already(self):
        # As lazy.nvim does on InsertEnter: the plugin's files, then setup() with some options.
        self.open("", RETURN, lua="vim.g.loaded_lemma = true")
        self.nvim.lua("""
            local options = { cmd = vim.g.lemma.cmd, keys = { accept = '<C-l>' } }
            vim.g.loaded_lemma, vim.g.lemma = nil, nil
            vim.cmd.runtime('plugin/lemma.lua')
            assert(vim.fn.exists(':LemmaStatus') == 2)
            require('lemma').setup(options)""")
        self.type("re")
        self.expect_ghost("turn")
        self.keys("<Tab>")
        self.nvim.wait(lambda: self.nvim.line().startswith("re") and "turn" not in self.nvim.line()
                       and self.nvim.line() != "re", "Tab to be Tab")
        self.keys("<Esc>Sre")
        self.expect_ghost("turn")
        self.keys("<C-l>")
        self.expect_lines("return")
        self.assertNotIn("there is no program", self.nvim.eval("execute('messages')"))


class Server(PluginCase):
    def test_asks_for_utf8_positions_and_announces_inline_completion(self):
        self.open("", RETURN)
        self.nvim.wait(lambda: self.received("initialize"), "initialize")
        capabilities = self.received("initialize")[0]["params"]["capabilities"]
        self.assertEqual(capabilities["general"]["positionEncodings"], ["utf-8"])
        self.assertIn("inlineCompletion", capabilities["textDocument"])

    def test_one_server_for_all_buffers(self):
        self.open("", RETURN)
        other = self.folder / "elsewhere"
        other.mkdir()
        self.keys(f"<Esc>:edit {other}/b.py<CR>i")
        self.type("re")
        self.expect_ghost("turn")
        self.assertEqual(len(self.received("initialize")), 1)

    def test_status_and_health(self):
        self.open("", RETURN)
        self.type("re")
        self.expect_ghost("turn")
        self.keys("<Esc>")
        self.nvim.command("LemmaStatus")
        self.nvim.wait(lambda: "on in this buffer" in self.nvim.eval("execute('messages')"),
                       "the status")
        messages = self.nvim.eval("execute('messages')")
        self.assertRegex(messages, r"model +scripted")
        self.assertRegex(messages, r"cache\.hits +3")
        self.nvim.command("checkhealth lemma")
        report = "\n".join(self.nvim.lines())
        self.assertIn("The server is running", report)
        self.assertIn("accept: <Tab>", report)

    def test_stats_are_what_the_server_says(self):
        self.open("", RETURN)
        self.nvim.wait(lambda: self.received("initialized"), "the server")
        self.keys("<Esc>")
        self.nvim.command("LemmaStats")
        shown = "lemma: 7 suggestions shown"
        self.nvim.wait(lambda: shown in self.nvim.eval("execute('messages')"), "the stats")

    def test_the_status_line_has_the_last_time(self):
        self.open("", RETURN, lua="""
            vim.o.laststatus = 2
            vim.o.statusline = [[%{v:lua.require("lemma.status").line()}]]""")
        def line():
            return self.nvim.screen()[-2]
        self.type("re")
        self.nvim.wait(lambda: line() == "lemma 12 ms", "the time")
        self.nvim.command("LemmaToggle")
        self.nvim.wait(lambda: line() == "lemma off", "off")

    def test_why_has_what_the_suggestion_was_made_of(self):
        self.open("", RETURN)
        self.type("re")
        self.expect_ghost("turn")
        self.keys("<Esc>:Lemma why<CR>")
        self.nvim.wait(lambda: self.nvim.line().startswith("a.py, line 7"), "the window")
        text = "\n".join(self.nvim.lines())
        self.assertIn("Nothing was shown: unsure.", text)
        self.assertIn("Shown before that\n\na.py, line 3\n\n  | turn", text)
        self.assertIn("right with a probability of 50 %, model and memory say; "
                      "the model alone, 20 %", text)
        self.assertIn("3 ms of them gathering context, 4 ms reading it, 8 ms writing", text)
        self.assertIn("  0 ms: it was there before it was asked for\n"
                      "  1 ms before that gathering context, 11 ms reading it", text)
        self.assertIn("   38 tokens  this file, lines 1 to 3 (before the anchor)", text)
        self.assertIn("with the adapter /adapters/own.gguf", text)
        self.assertIn("scripted.gguf", text)
        self.keys("q")
        self.nvim.wait(lambda: self.nvim.line() == "re", "the window to close")

    def test_an_option_that_there_is_not_is_named(self):
        self.open("", options="debounce = 3, keys = { acept_word = '<C-l>' }")
        messages = self.nvim.eval("execute('messages')")
        self.assertIn("there is no option 'debounce'; there are builtin, cmd, debounce_ms,",
                      messages)
        self.assertIn("there is no option 'keys.acept_word'; there are accept, accept_line,",
                      messages)

    def test_the_command_is_completed_and_refuses_what_it_does_not_know(self):
        self.open("")
        completed = self.nvim.lua("return vim.fn.getcompletion('Lemma ', 'cmdline')")
        commands = ["ask", "change", "debug", "document", "explain", "fix", "hint", "restart",
                    "solve", "stats", "status", "suggest", "toggle", "trust", "values", "why"]
        self.assertEqual(completed, commands)
        self.nvim.command("Lemma! toggle")
        self.assertEqual(self.nvim.eval("g:lemma_enabled"), False)
        there_are = f"there are {', '.join(commands)}"
        for wrong, says in (("Lemma wy", f"there is no 'wy'; {there_are}"),
                            ("Lemma! why", "'why' takes no !")):
            self.keys(f"<Esc>:{wrong}<CR>")
            self.nvim.wait(lambda: says in self.nvim.eval("execute('messages')"), says)
        self.nvim.command("messages clear | let v:errmsg = ''")

    def test_a_server_that_is_not_there_is_reported_once(self):
        self.open("", options="cmd = { '/nonexistent/lemma' }")
        self.type("re")
        self.keys("<Esc>o<Esc>o")
        messages = self.nvim.eval("execute('messages')")
        self.assertEqual(messages.count("there is no program '/nonexistent/lemma'"), 1)
        self.assertIn("./dev build", messages)

    def test_a_server_that_keeps_ending_is_left_alone(self):
        self.open("", options="cmd = { '/bin/sh', '-c', 'echo >>started; exit 7' }")
        started = self.nvim.home / "started"
        def starts_after_a_key():
            self.keys("<Esc>i")
            self.expect_never(lambda: False, 0.1)
            return len(started.read_text().splitlines()) if started.exists() else 0
        self.nvim.wait(lambda: starts_after_a_key() >= 3, "three starts")
        for _ in range(5):
            self.assertEqual(starts_after_a_key(), 3)
        messages = self.nvim.eval("execute('messages')")
        self.assertIn("ended with code 7, signal 0; see :checkhealth lemma", messages)
        self.assertIn("ended with code 7, signal 0; :LemmaRestart starts it again", messages)
        self.nvim.command("messages clear | let v:errmsg = ''")

    def kill_the_server(self):
        before = len(self.received("initialize"))
        for process in self.nvim.lua("return vim.api.nvim_get_proc_children(vim.fn.getpid())"):
            os.kill(process, signal.SIGKILL)
        self.nvim.wait(lambda: len(self.received("initialize")) > before, "a new server")

    def test_one_that_is_killed_while_somebody_types_comes_back(self):
        self.open("", RETURN)
        other = self.folder / "other.py"
        other.write_text("")
        self.keys(f"<Esc>:split {other}<CR><C-w>pi")
        self.type("re")
        self.expect_ghost("turn")
        self.kill_the_server()
        self.expect_ghost("turn")
        uris = lambda: [entry["params"]["textDocument"]["uri"]
                        for entry in self.received("textDocument/didOpen")]
        self.nvim.wait(lambda: uris().count(other.as_uri()) == 2, "the other file, opened again")
        # One that has served for long is no server that keeps ending.
        self.nvim.lua("local now = vim.uv.now\n"
                      "vim.uv.now = function() _G.later = (_G.later or 0) + 2e5"
                      " return now() + _G.later end")
        for _ in range(3):
            self.kill_the_server()
        self.nvim.command("messages clear")

    def test_a_program_that_cannot_be_started_is_reported_once(self):
        program = self.folder / "built for another system"
        program.write_text("#!/nonexistent/loader\n")
        program.chmod(0o755)
        self.open("", options=f"cmd = {{ '{program}' }}")
        for _ in range(5):
            self.keys("<Esc>i")
        says = f"'{program}' cannot be started; see :checkhealth lemma"
        self.nvim.wait(lambda: says in self.nvim.eval("execute('messages')"), says)
        self.assertEqual(self.nvim.eval("execute('messages')").count(says), 1)
        self.assertNotIn("rpc.lua", self.nvim.eval("execute('messages')"))
        self.keys("<Esc>")
        self.nvim.command("checkhealth lemma")
        self.assertIn(f"{program} cannot be started", "\n".join(self.nvim.lines()))

    def test_restart(self):
        self.open("", RETURN)
        self.nvim.wait(lambda: self.received("initialized"), "the server")
        self.nvim.command("LemmaRestart")
        self.nvim.wait(lambda: len(self.received("initialize")) == 2, "a new server")
        self.type("re")
        self.expect_ghost("turn")

    def test_the_help_file_has_its_tags(self):
        self.open("")
        # Neither way of installing in lemma.txt makes them.
        for topic in ("lemma", ":LemmaStatus"):
            self.nvim.command(f"help {topic}")
            self.assertIn(topic, self.nvim.line())
        # What :helptags makes of it now.
        shutil.copy(PLUGIN / "doc" / "lemma.txt", self.folder)
        self.nvim.command(f"helptags {self.folder}")
        self.assertEqual((PLUGIN / "doc" / "tags").read_text(),
                         (self.folder / "tags").read_text(),
                         "make it again: nvim --headless -c 'helptags editors/neovim/doc' -c q")

    def test_the_help_file_has_every_command_and_leads_nowhere_in_vain(self):
        self.open("")
        def tags(file):
            return {line.split("\t")[0] for line in file.read_text().splitlines()}
        own = tags(PLUGIN / "doc" / "tags")
        commands = self.nvim.lua("return vim.tbl_keys(vim.api.nvim_get_commands({}))")
        self.assertEqual({tag for tag in own if tag.startswith(":")},
                         {f":{name}" for name in commands if name.startswith("Lemma")})
        known = own | tags(pathlib.Path(self.nvim.eval("$VIMRUNTIME")) / "doc" / "tags")
        text = (PLUGIN / "doc" / "lemma.txt").read_text()
        self.assertEqual(set(re.findall(r"\|(\S+?)\|", text)) - known, set())


class BuiltIn(PluginCase):
    """vim.lsp.inline_completion, from Neovim 0.12; before that, our own ghost text after all."""

    def test_the_editors_own_ghost_text(self):
        self.open("", RETURN, options="builtin = true")
        self.nvim.wait(lambda: self.received("textDocument/didOpen"), "the file to be opened")
        self.type("re")
        if self.nvim.eval("has('nvim-0.12')"):
            self.nvim.wait(lambda: self.nvim.screen()[0].startswith("return"), "ghost text")
            self.assertEqual(self.nvim.ghost(), [])
        else:
            self.expect_ghost("turn")
            self.assertIn("builtin needs Neovim 0.12", self.nvim.eval("execute('messages')"))
        self.keys("<Tab>")
        self.expect_lines("return")
        self.keys("<Tab>x")
        self.nvim.wait(lambda: self.nvim.line() == "return  x", "an ordinary tab")


if __name__ == "__main__":
    if "LEMMA_NVIM" not in os.environ:
        raise SystemExit("LEMMA_NVIM must name a Neovim; tests/e2e/private_package.sh prints one")
    unittest.main()
