"""The Neovim plugin against a scripted server: real keys in, buffer and screen out."""
import unittest

from plugin_case import PluginCase


class Accepting(PluginCase):
    def test_tab_accepts_all_of_a_suggestion_of_several_lines(self):
        self.open("def f(a):", {"after": "if a:", "insert": "\n        return 1\n    return 2"})
        self.keys("<CR>")
        self.type("if a:")
        self.expect_ghost("        return 1", "    return 2")
        self.assertEqual(self.nvim.screen()[:4],
                         ["def f(a):", "    if a:", "        return 1", "    return 2"])
        self.keys("<Tab>")
        self.expect_lines("def f(a):", "    if a:", "        return 1", "    return 2")
        self.assertEqual(self.nvim.cursor(), (4, 12))
        self.expect_ghost()

    def test_a_word_at_a_time(self):
        self.open("", {"after": "x = ", "insert": "math.sqrt(value)\n"})
        self.type("x = ")
        self.expect_ghost("math.sqrt(value)")
        asked = len(self.requests())
        for text in ("x = math", "x = math.sqrt", "x = math.sqrt(value", "x = math.sqrt(value)"):
            self.keys("<M-Right>")
            self.expect_lines(text)
        self.assertEqual(len(self.requests()), asked)
        self.keys("<M-Right>")
        self.expect_lines("x = math.sqrt(value)", "")

    def test_a_line_at_a_time(self):
        self.open("", {"after": "if a", "insert": ":\n    b()\n    c()"})
        self.type("if a")
        self.expect_ghost(":", "    b()", "    c()")
        self.keys("<M-C-Right>")
        self.expect_lines("if a:")
        self.expect_ghost("    b()", "    c()")
        self.keys("<M-C-Right>")
        self.expect_lines("if a:", "    b()")
        self.expect_ghost("    c()")
        self.keys("<M-C-Right>")
        self.expect_lines("if a:", "    b()", "    c()")

    def test_the_range_may_begin_before_the_cursor(self):
        self.open("", {"after": "retu", "left": 4, "insert": "rn 1"})
        self.type("retu")
        self.expect_ghost("rn 1")
        self.keys("<Tab>")
        self.expect_lines("return 1")

    def test_a_bracket_the_editor_closed_is_not_repeated(self):
        self.open("", {"after": "f(", "insert": "a, g(b))", "right": 1})
        self.type("y = f()")
        self.keys("<Left>")
        self.expect_ghost("a, g(b)")
        self.assertEqual(self.nvim.screen()[0], "y = f(a, g(b))")
        self.keys("<M-Right><M-Right>")
        self.expect_lines("y = f(a, g)")
        self.expect_ghost("(b)")
        self.keys("<Tab>")
        self.expect_lines("y = f(a, g(b))")
        self.assertEqual(self.nvim.cursor(), (1, 14))

    def test_text_goes_before_and_after_what_stands_right_of_the_cursor(self):
        self.open("", {"after": "f(", "insert": "a)[0]", "right": 1})
        self.type("f()")
        self.keys("<Left>")
        self.expect_ghost("a[0]")
        self.assertEqual(self.nvim.screen()[0], "f(a)[0]")
        self.keys("<M-Right>")
        self.expect_lines("f(a)")
        self.keys("<M-Right>")
        self.expect_lines("f(a)[0")

    def test_a_closed_bracket_moves_to_the_last_line(self):
        self.open("", {"after": "f(", "insert": "\n    a,\n)", "right": 1})
        self.type("f()")
        self.keys("<Left>")
        self.expect_ghost("    a,", ")")
        self.assertEqual(self.nvim.screen()[:3], ["f(", "    a,", ")"])
        self.keys("<Tab>")
        self.expect_lines("f(", "    a,", ")")

    def test_the_items_command_runs_once_all_is_taken(self):
        command = {"title": "", "command": "lemma.accepted", "arguments": [7]}
        self.open("", {"after": "x", "insert": " = y", "command": command})
        self.type("x")
        self.expect_ghost(" = y")
        self.keys("<M-Right>")
        self.expect_lines("x = y")
        self.nvim.wait(lambda: self.received("workspace/executeCommand"), "the command")
        sent = self.received("workspace/executeCommand")[0]["params"]
        self.assertEqual((sent["command"], sent["arguments"]), ("lemma.accepted", [7]))

    def test_undo_takes_back_one_acceptance_and_nothing_else(self):
        self.open("", {"after": "a = ", "insert": "one +\n  two"}, {"after": "!", "insert": "zz"})
        self.type("a = ")
        self.expect_ghost("one +", "  two")
        self.keys("<Tab>")
        self.expect_lines("a = one +", "  two")
        self.type(" + 3!")
        self.expect_ghost("zz")
        self.keys("<Tab>")
        self.expect_lines("a = one +", "  two + 3!zz")
        self.keys("<Esc>")
        for lines in (["a = one +", "  two + 3!"], ["a = one +", "  two"], ["a = "], [""]):
            self.keys("u")
            self.expect_lines(*lines)
        for lines in (["a = "], ["a = one +", "  two"], ["a = one +", "  two + 3!"]):
            self.keys("<C-r>")
            self.expect_lines(*lines)


class Renaming(PluginCase):
    def test_a_buffer_with_another_name_is_opened_under_it_before_it_is_written(self):
        self.open("a\n", {"after": "x = ", "insert": "one"})
        self.nvim.wait(lambda: self.received("textDocument/didOpen"), "the first name")
        self.keys("<Esc>")
        self.nvim.command(f"file {self.folder / 'other.py'}")
        self.keys("o")
        self.type("x = ")
        self.expect_ghost("one")
        names = [entry["params"]["textDocument"]["uri"].rpartition("/")[2]
                 for method in ("textDocument/didClose", "textDocument/didOpen")
                 for entry in self.received(method)]
        self.assertEqual(names, ["sample.py", "sample.py", "other.py"])
        self.nvim.command("silent write")
        self.keys("<Esc>S")
        self.type("x = ")
        self.expect_ghost("one")
        self.assertEqual(len(self.received("textDocument/didOpen")), 2)


class WhileTyping(PluginCase):
    def test_typing_what_is_shown_keeps_the_rest_and_asks_nothing(self):
        self.open("", {"after": "re", "insert": "turn value\n"})
        self.type("re")
        self.expect_ghost("turn value")
        # On a busy machine "r" and "re" may have been asked for one by one.
        asked = len(self.requests())
        for typed, rest in (("t", "urn value"), ("urn v", "alue"), ("alu", "e")):
            self.type(typed)
            self.expect_ghost(rest)
        self.expect_never(lambda: len(self.requests()) > asked, 0.3)
        self.keys("<BS><BS><BS>")
        self.expect_ghost("alue")
        self.keys("<Tab>")
        self.expect_lines("return value", "")

    def test_typing_through_a_line_end(self):
        self.open("", {"after": "if a:", "insert": "\n    b()\n    c()"})
        self.type("if a:")
        self.expect_ghost("    b()", "    c()")
        asked = len(self.requests())
        self.type("\n")
        self.expect_ghost("b()", "    c()")
        self.type("b()\n")
        self.expect_ghost("c()")
        self.assertEqual(len(self.requests()), asked)

    def test_typing_something_else_hides_it_at_once(self):
        self.open("", {"after": "re", "insert": "turn"}, {"after": "rex", "insert": "!",
                                                          "delay_ms": 1000})
        self.type("re")
        self.expect_ghost("turn")
        self.type("x")
        self.assertEqual(self.nvim.ghost(), [])
        self.expect_ghost("!")

    def test_a_late_answer_for_older_text_is_never_shown(self):
        self.open("", {"after": "re", "insert": "OLD", "delay_ms": 1000})
        self.type("re")
        self.wait_for_request("re")
        self.type("t")
        self.expect_never(self.nvim.ghost, 1.4)

    def test_a_late_answer_is_not_shown_at_another_place(self):
        self.open("", {"after": "re", "insert": "OLD", "delay_ms": 1000})
        self.type("re")
        self.wait_for_request("re")
        self.keys("<Left>")
        self.expect_never(self.nvim.ghost, 1.4)

    def test_the_older_request_is_cancelled(self):
        self.open("", {"after": "e", "insert": "x", "delay_ms": 2000})
        self.type("re")
        older = self.wait_for_request("re")
        self.type("te")
        self.wait_for_cancellation(older)
        last = self.wait_for_request("rete")
        self.keys("<Esc>")
        self.wait_for_cancellation(last)

    def test_rapid_typing_asks_seldom_and_ends_with_the_right_answer(self):
        text = "for index, (left, right) in enumerate(zip(first, second)): # ä€😀"
        self.open("", {"after": "# ä€😀", "insert": " done"}, {"after": "", "insert": "WRONG"})
        self.nvim.input(text)
        self.expect_ghost(" done")
        self.assertLess(len(self.requests()), len(text) // 2)
        self.assertEqual(self.requests()[-1]["text"], text + "\n")

    def test_leaving_insert_mode_hides_it(self):
        self.open("", {"after": "re", "insert": "turn"})
        self.type("re")
        self.expect_ghost("turn")
        self.keys("<Esc>")
        self.expect_ghost()
        self.assertEqual(self.nvim.lines(), ["re"])

    def test_dismissed_until_the_text_changes(self):
        self.open("", {"after": "re", "insert": "turn"}, {"after": "r", "insert": "un"})
        self.type("re")
        self.expect_ghost("turn")
        self.keys("<C-]>")
        self.expect_ghost()
        self.expect_never(self.nvim.ghost, 0.3)
        self.keys("<BS>")
        self.expect_ghost("un")

    def test_an_item_that_does_not_fit_is_dropped(self):
        self.open("one\ntwo", {"after": "a", "insert": "x", "right": 40},
                  {"after": "b", "insert": "no bracket", "right": 1},
                  {"after": "c", "insert": "", "right": 0})
        for key in "abc":
            self.keys("<Esc>A)<Left>")
            self.type(key)
            self.nvim.wait(lambda: any(key + ")" in entry["text"]
                                       for entry in self.requests()), "the request")
            self.expect_never(self.nvim.ghost, 0.25)


class TextOfAllKinds(PluginCase):
    def test_multi_byte_text_around_the_cursor(self):
        self.open("größe = 'Ünïcödé — 日本語' # ende", {"after": "日本", "insert": "語と😀é"})
        self.keys("<Esc>0f語i")
        self.expect_ghost("語と😀é")
        self.keys("<M-Right>")
        self.expect_lines("größe = 'Ünïcödé — 日本語と😀é語' # ende")
        self.type("ß")
        self.nvim.wait(lambda: self.requests()[-1]["text"].startswith(self.nvim.line()),
                       "the server to have the same text")

    def test_the_range_over_multi_byte_text(self):
        self.open("", {"after": "«", "insert": "größer»!", "right": 2})
        self.type("x = «»")
        self.keys("<Left>")
        self.expect_ghost("größer!")
        self.keys("<Tab>")
        self.expect_lines("x = «größer»!")

    def test_tabs_are_as_wide_as_they_will_be(self):
        self.open("", {"after": "if (a) {", "insert": "\n\tb();\t// c\n}"}, name="sample.c",
                  lua="vim.o.tabstop = 4")
        self.type("if (a) {")
        self.expect_ghost("    b();    // c", "}")
        self.keys("<Tab>")
        self.expect_lines("if (a) {", "\tb();\t// c", "}")
        self.assertEqual(self.nvim.screen()[:3], ["if (a) {", "    b();    // c", "}"])

    def test_crlf_files_keep_their_line_ends(self):
        self.open("one\r\ntwo\r\n", {"after": "three", "insert": ":\r\n  four"})
        self.keys("<CR>")
        self.type("three")
        self.expect_ghost(":", "  four")
        self.assertEqual(self.requests()[-1]["text"], "one\r\ntwo\r\nthree\r\n")
        self.keys("<Tab><Esc>:w<CR>")
        self.expect_lines("one", "two", "three:", "  four")
        path = self.folder / "sample.py"
        self.nvim.wait(lambda: path.read_bytes() == b"one\r\ntwo\r\nthree:\r\n  four\r\n",
                       "the file as it should be")

    def test_the_background_is_that_of_its_line(self):
        self.open("", {"after": "re", "insert": "turn"}, lua="vim.o.cursorline = true\n"
                  "vim.api.nvim_set_hl(0, 'CursorLine', { bg = 0x123456 })")
        def background():
            return self.nvim.lua("""
                vim.cmd.redraw()
                return vim.api.nvim__inspect_cell(1, 0, 2)[2].background or 0""")
        normal = self.nvim.lua("return vim.api.nvim_get_hl(0, { name = 'Normal' }).bg or 0")
        for option, color in (("both", 0x123456), ("number", normal)):
            self.nvim.command(f"set cursorlineopt={option}")
            self.keys("<Esc>S")
            self.type("re")
            self.expect_ghost("turn")
            self.assertEqual(background(), color)

    def test_a_long_suggestion_wraps(self):
        text = " + ".join(f"number_{i}" for i in range(12))
        self.open("", {"after": "x = ", "insert": text}, size=(60, 20))
        self.type("x = ")
        self.nvim.wait(lambda: "".join(self.nvim.ghost()) == text, "all of it, on several rows")
        self.assertGreater(len(self.nvim.ghost()), 2)
        self.keys("<Tab>")
        self.expect_lines("x = " + text)

    def test_all_of_it_is_seen_at_the_end_of_a_file(self):
        self.open("a\n" * 30 + "last", {"after": "if a:", "insert": "\n    b()\n    c()"},
                  lua="vim.o.winbar = 'bar'", size=(60, 12))
        self.keys("<CR>")
        self.type("if a:")
        self.expect_ghost("    b()", "    c()")
        self.assertEqual(self.nvim.screen()[5:10], ["a", "last", "if a:", "    b()", "    c()"])
        self.keys("<Tab>")
        self.expect_lines(*["a"] * 30, "last", "if a:", "    b()", "    c()")
        self.assertEqual(self.nvim.screen()[5:10], ["a", "last", "if a:", "    b()", "    c()"])

    def test_nothing_is_shown_past_the_end_of_a_line(self):
        self.open("ab", {"after": "b", "insert": "cd"}, lua="vim.o.virtualedit = 'all'")
        self.expect_ghost("cd")
        self.keys("<Right><Right>")
        self.expect_never(self.nvim.ghost, 0.3)
        self.type("b")
        self.expect_ghost("cd")
        self.keys("<Tab>")
        self.expect_lines("ab  bcd")

    def test_a_file_of_another_project_brings_its_folder(self):
        self.open("", {"after": "re", "insert": "turn"})
        other = self.folder / "other"
        (other / ".git").mkdir(parents=True)
        (other / "source").mkdir()
        for name in ("one.py", "two.py"):
            self.keys(f"<Esc>:edit {other}/source/{name}<CR>i")
            self.type("re")
            self.expect_ghost("turn")
        told = self.received("workspace/didChangeWorkspaceFolders")
        self.assertEqual([entry["params"]["event"] for entry in told],
                         [{"added": [{"uri": other.as_uri(), "name": str(other)}],
                           "removed": []}])

    def folders(self):
        self.nvim.wait(lambda: self.received("initialize"), "the server")
        folders = self.received("initialize")[-1]["params"]["workspaceFolders"]
        return folders and [folder["uri"] for folder in folders]

    def test_a_file_without_a_project_brings_its_folder(self):
        self.open("")
        self.assertEqual(self.folders(), [self.folder.as_uri()])

    def test_a_folder_of_projects_is_none_itself(self):
        (self.folder / "other/.git").mkdir(parents=True)
        self.open("")
        self.assertIsNone(self.folders())
        self.keys(f"<Esc>:edit {self.folder}/other/one.py<CR>")
        told = self.nvim.wait(lambda: self.received("workspace/didChangeWorkspaceFolders"),
                              "the project's folder")
        self.assertEqual([added["uri"] for added in told[0]["params"]["event"]["added"]],
                         [(self.folder / "other").as_uri()])

    def test_a_home_is_no_folder_to_work_in(self):
        home = f"vim.uv.os_homedir = function() return [[{self.folder}/a]] end"
        self.open("", lua=home)
        self.assertIsNone(self.folders())

    def asked_about(self, keys):
        before = len(self.received("workspace/executeCommand"))
        self.keys(keys)
        sent = self.nvim.wait(lambda: self.received("workspace/executeCommand")[before:],
                              "the command")
        span = sent[0]["params"]["arguments"][1]
        return span["start"]["character"], span["end"]["character"]

    def test_a_command_is_about_what_was_selected_or_the_line_that_was_named(self):
        self.open("one + two = x")
        self.nvim.wait(lambda: self.received("initialized"), "the server")
        self.assertEqual(self.asked_about("<Esc>0wwve:LemmaSolve<CR>"), (6, 9))
        self.assertEqual(self.asked_about(":1LemmaSolve<CR>"), (0, 13))
        self.nvim.command("set selection=exclusive")
        self.assertEqual(self.asked_about("0wwvw:LemmaSolve<CR>"), (6, 10))
        self.assertEqual(self.asked_about("0wwv3l:LemmaSolve<CR>"), (6, 9))

    def test_a_server_that_hangs_from_its_start_is_started_again_on_demand(self):
        hang, pid = self.folder / "hang", self.folder / "pid"
        hang.touch()
        program = self.folder / "program"
        program.write_text(f"""#!/bin/sh
            [ ! -f "{hang}" ] || {{ echo $$ >"{pid}"; exec sleep 60; }}
            exec "$@"
            """)
        program.chmod(0o755)
        lua = f"local c = vim.g.lemma\ntable.insert(c.cmd, 1, [[{program}]])\nvim.g.lemma = c"
        self.open("", {"after": "re", "insert": "turn"}, lua=lua)
        self.nvim.wait(pid.exists, "the program that hangs")
        hang.unlink()
        self.nvim.command("LemmaRestart")
        self.nvim.wait(lambda: self.received("initialized"), "another one")
        self.type("re")
        self.expect_ghost("turn")

    def check_hints(self, wanted):
        self.open("x", lua=f"vim.lsp.inlay_hint.enable({wanted})")
        def hints():
            return self.nvim.lua("return vim.lsp.inlay_hint.is_enabled({ bufnr = 0 })")
        self.nvim.wait(lambda: self.received("initialized"), "the server")
        self.keys("<Esc>:LemmaDebug<CR>")
        self.nvim.wait(lambda: self.nvim.lua("return #vim.diagnostic.get(0)"), "a diagnostic")
        self.nvim.wait(hints, "hints to be on")
        self.nvim.lua("vim.lsp.buf.hover()")
        self.nvim.wait(lambda: self.received("textDocument/hover"), "a hover")
        self.keys(":LemmaDebug stop<CR>")
        self.nvim.wait(lambda: not self.nvim.lua("return #vim.diagnostic.get(0)"), "none")
        self.nvim.wait(lambda: hints() == (wanted == "true"), "hints to be as before")

    def test_what_was_found_can_be_hovered_and_leaves_no_hints_behind(self):
        self.check_hints("false")

    def test_no_hints_of_others_are_left_behind_where_the_server_ends(self):
        self.open("x")
        self.nvim.lua("""
            vim.lsp.start({ name = 'other', cmd = function()
              local function request(method, _, answer)
                local is_first = method == 'initialize'
                vim.schedule(function()
                  answer(nil, is_first and { capabilities = { inlayHintProvider = true } } or {})
                end)
                return true, 1
              end
              local function yes()
                return true
              end
              return { request = request, notify = yes, is_closing = yes, terminate = yes }
            end })""")
        def hints():
            return self.nvim.lua("return vim.lsp.inlay_hint.is_enabled({ bufnr = 0 })")
        self.nvim.wait(lambda: self.received("initialized"), "the server")
        self.keys("<Esc>:LemmaDebug<CR>")
        self.nvim.wait(hints, "hints to be on")
        self.nvim.lua("""
            local client = vim.lsp.get_clients({ name = 'lemma' })[1]
            if vim.fn.has('nvim-0.11') == 1 then client:stop(true) else client.stop(true) end""")
        self.nvim.wait(lambda: not hints(), "hints to be off")

    def test_hints_that_were_on_stay_on(self):
        self.check_hints("true")

    def test_new_values_are_drawn(self):
        self.open("x")
        self.nvim.wait(lambda: self.received("initialized"), "the server")
        self.keys("<Esc>:LemmaValues<CR>")
        self.nvim.wait(lambda: any(entry["id"] == 1 and entry["method"] is None
                                   for entry in self.received(None)), "the refresh to be done")

    def test_two_windows_on_one_buffer(self):
        self.open("a\nb", {"after": "x", "insert": "yz"}, lua="vim.o.splitbelow = true")
        self.keys("<Esc>:split<CR>ggA")
        self.type("x")
        self.nvim.wait(lambda: self.nvim.ghost()[:1] == ["yz"], "ghost text")
        self.keys("<Tab>")
        self.expect_lines("axyz", "b")


if __name__ == "__main__":
    unittest.main()
