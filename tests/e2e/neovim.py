"""Drives a real Neovim with real keys, over the RPC of `nvim --embed`.

Nothing is read from inside the plugin: what a test sees is the buffer and the screen's cells.
"""
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import msgpack
from private_home import private_environment

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "editors" / "neovim"
GHOST_COLOR = 0xFE00FD


class NeovimError(Exception):
    pass


class Neovim:
    """A private Neovim with the plugin: own HOME and XDG folders, no user configuration.

    `lua` is run once at the start, instead of an init.lua.
    """

    def __init__(self, binary, lua="", columns=100, lines=40):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="lemma-e2e-"))
        environment = private_environment(self.home)
        environment["NVIM_LOG_FILE"] = str(self.home / "log")
        for name in ("NVIM", "VIM", "VIMRUNTIME"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            [binary, "--embed", "--headless", "--clean", "-n", "-i", "NONE"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=self.home)
        self.decoder = msgpack.Decoder(self.process.stdout)
        self.next_id = 0
        self.lua("vim.opt.runtimepath:prepend(...)", str(PLUGIN))
        self.lua("vim.o.columns, vim.o.lines = ...", columns, lines)
        # Attributes can be read once this has been called, and the screen drawn anew.
        self.lua("vim.o.termguicolors = true vim.api.nvim__inspect_cell(1, 0, 0)")
        self.mark_ghost_text()
        if lua:
            self.lua(lua)
        self.command("runtime plugin/lemma.lua")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends Neovim as a user would, so that the server is shut down too."""
        if self.process.stdin.closed:
            return
        try:
            self.input("<C-\\><C-n>:qall!<CR>")
            self.process.wait(5)
        except (subprocess.TimeoutExpired, BrokenPipeError):
            self.process.kill()
            self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def mark_ghost_text(self):
        """Gives it a colour of its own, by which `ghost` finds it on the screen."""
        self.lua("vim.api.nvim_set_hl(0, 'LemmaGhost', { fg = ... })", GHOST_COLOR)

    def call(self, method, *arguments):
        self.next_id += 1
        self.process.stdin.write(msgpack.encode([0, self.next_id, method, arguments]))
        self.process.stdin.flush()
        while True:
            message = self.decoder.decode()
            if message[0] == 1 and message[1] == self.next_id:
                if message[2] is not None:
                    raise NeovimError(f"{method}: {message[2][1]}")
                return message[3]

    def lua(self, code, *arguments):
        return self.call("nvim_exec_lua", code, arguments)

    def command(self, text):
        return self.call("nvim_command", text)

    def eval(self, expression):
        return self.call("nvim_eval", expression)

    def input(self, keys):
        """Keys as typed, in Neovim's notation; returns at once."""
        while keys:
            keys = keys.encode()[self.call("nvim_input", keys):].decode()

    def type(self, text, delay_s=0.0):
        """Plain text, key by key."""
        for character in text:
            self.input({"<": "<lt>", "\n": "<CR>", "\t": "<Tab>"}.get(character, character))
            self.wait(lambda: not self.call("nvim_get_mode")["blocking"], "input is taken")
            if delay_s:
                time.sleep(delay_s)

    def lines(self):
        return self.call("nvim_buf_get_lines", 0, 0, -1, True)

    def line(self):
        return self.call("nvim_get_current_line")

    def cursor(self):
        """Line from 1, column in bytes from 0."""
        return tuple(self.call("nvim_win_get_cursor", 0))

    def screen(self):
        """What the screen's cells hold, one string a row."""
        rows = self.lua("""
            vim.cmd.redraw()
            local rows = {}
            for row = 1, vim.o.lines do
              local cells = {}
              for column = 1, vim.o.columns do
                cells[column] = vim.fn.screenstring(row, column)
              end
              rows[row] = table.concat(cells)
            end
            return rows""")
        return [row.rstrip() for row in rows]

    def ghost(self):
        """The cells highlighted as ghost text, one string for each row that has some."""
        return self.colored(GHOST_COLOR)

    def colored(self, color):
        """The screen's cells in a colour that only one highlight group has here, row by row."""
        return self.lua("""
            local color = ...
            vim.cmd.redraw()
            local rows = {}
            for row = 1, vim.o.lines do
              local cells, found = {}, false
              for column = 1, vim.o.columns do
                local cell = vim.api.nvim__inspect_cell(1, row - 1, column - 1)
                local has_it = cell[2] and cell[2].foreground == color
                found = found or has_it
                cells[#cells + 1] = has_it and cell[1] or ''
              end
              if found then
                rows[#rows + 1] = table.concat(cells)
              end
            end
            return rows""", color)

    def wait(self, condition, what, timeout_s=10.0):
        """Polls until `condition` gives something true, and returns that."""
        end = time.monotonic() + timeout_s
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > end:
                screen = "\n".join(row for row in self.screen() if row)
                raise AssertionError(f"waited {timeout_s} s in vain for: {what}\n{screen}")
            time.sleep(0.003)
