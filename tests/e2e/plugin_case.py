"""What the plugin's tests share: a Neovim, a file, and the scripted server."""
import json
import os
import pathlib
import sys
import tempfile
import time
import unittest

from neovim import ROOT, Neovim

SERVER = ROOT / "tests" / "support" / "scripted_server.py"


class PluginCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lemma-plugin-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.script, self.log = self.folder / "script.json", self.folder / "log"
        self.log.touch()
        self.nvim = None

    def rules(self, *rules):
        new = self.script.with_suffix(".new")
        new.write_text(json.dumps(rules))
        new.rename(self.script)  # the server may be reading it

    def open(self, text="", *rules, name="sample.py", options="", lua="", size=(100, 40)):
        """A Neovim with `text` in a file, the cursor in its last line, in insert mode."""
        self.rules(*rules)
        path = self.folder / name
        path.write_bytes(text.encode())
        command = "{" + ", ".join(f"[[{part}]]" for part in
                                  (sys.executable, SERVER, self.script, self.log)) + "}"
        # Long enough that keys sent together are one question, on a busy machine too.
        setup = f"vim.g.lemma = {{ cmd = {command}, debounce_ms = 120, {options} }}"
        self.nvim = Neovim(os.environ["LEMMA_NVIM"], f"{setup}\n{lua}", *size)
        self.addCleanup(self.finish)
        self.nvim.command(f"edit {path}")
        self.nvim.input("GA")
        self.nvim.wait(lambda: self.nvim.call("nvim_get_mode")["mode"] == "i", "insert mode")
        return self.nvim

    def finish(self):
        try:
            # A test that expects a message has looked at it and cleared it.
            self.assertEqual(self.nvim.eval("v:errmsg"), "")
            messages = self.nvim.eval("execute('messages')")
            self.assertNotIn("Error", messages)
            self.assertNotIn("deprecated", messages)
        finally:
            self.nvim.close()

    def type(self, text, delay_s=0.0):
        self.nvim.type(text, delay_s)

    def keys(self, keys):
        self.nvim.input(keys)

    def expect_ghost(self, *rows):
        self.nvim.wait(lambda: self.nvim.ghost() == list(rows), f"ghost text {rows}")

    def expect_lines(self, *lines):
        self.nvim.wait(lambda: self.nvim.lines() == list(lines), f"lines {lines}")

    def expect_never(self, condition, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.assertFalse(condition(), "\n".join(self.nvim.screen()[:8]))
            time.sleep(0.005)

    def received(self, method):
        """What the server was sent under this name, oldest first."""
        # It may be writing the last line just now.
        whole = self.log.read_text().rpartition("\n")[0]
        entries = map(json.loads, whole.splitlines())
        return [entry for entry in entries if entry["method"] == method]

    def requests(self):
        return self.received("textDocument/inlineCompletion")

    def wait_for_request(self, text):
        """The request for a file of one line, `text`; there may be others before and after it."""
        def find():
            return [entry for entry in self.requests() if entry["text"] == text + "\n"]
        return self.nvim.wait(find, f"the request for {text!r}")[0]

    def wait_for_cancellation(self, request):
        self.nvim.wait(lambda: any(entry["params"]["id"] == request["id"]
                                   for entry in self.received("$/cancelRequest")),
                       "the request to be cancelled")
