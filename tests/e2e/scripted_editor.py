"""Scripted editors on the other side of `lemma lsp`; tests with folders and daemons of their own.

Who imports it sets `PROGRAM`.
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from private_home import private_environment

PROGRAM = ""
SOURCE = "def area(width, height):\n    return width * height\n\n\nprint(area(width, "
URI = "file:///tmp/shape.py"
SANITIZER = os.environ.get("LEMMA_SANITIZER")  # "address" or "thread" in these presets' builds
PATIENCE = 8 if SANITIZER else 1  # times each limit of a program that takes its usual time


class Editor:
    """A scripted editor on the other side of `lemma lsp`."""

    def __init__(self, environment, *arguments):
        self.process = subprocess.Popen(
            [PROGRAM, "lsp", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=environment)
        self.messages = []
        self.arrived = threading.Condition()
        self.last_id = 0
        self.errors = b""
        self.readers = [threading.Thread(target=read, daemon=True)
                        for read in (self._read, self._read_errors)]
        for reader in self.readers:
            reader.start()

    def _read(self):
        stream = self.process.stdout
        while True:
            length = 0
            while (line := stream.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not length:
                break
            message = json.loads(stream.read(length))
            with self.arrived:
                self.messages.append(message)
                self.arrived.notify_all()

    def _read_errors(self):
        while chunk := os.read(self.process.stderr.fileno(), 4096):
            self.errors += chunk

    def send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def wait(self, wanted, seconds=30):
        """The first message that `wanted` accepts, from those that have come or will."""
        deadline = time.monotonic() + seconds * PATIENCE
        with self.arrived:
            while True:
                for message in self.messages:
                    if wanted(message):
                        self.messages.remove(message)
                        return message
                if not self.arrived.wait(deadline - time.monotonic()):
                    raise AssertionError(f"no such message; there were {self.messages}, "
                                         f"and on standard error {self.errors}")

    def ask(self, method, params=None):
        self.last_id += 1
        self.send(id=self.last_id, method=method, params=params)
        return self.last_id

    def answer(self, number):
        return self.wait(lambda m: m.get("id") == number and "method" not in m)

    def call(self, method, params=None):
        return self.answer(self.ask(method, params))

    def start(self):
        self.call("initialize", {
            "processId": os.getpid(), "rootUri": None,
            "capabilities": {"general": {"positionEncodings": ["utf-16"]},
                             "textDocument": {"inlineCompletion": {}}}})
        self.send(method="initialized", params={})
        return self

    def open(self, text=SOURCE):
        self.send(method="textDocument/didOpen", params={"textDocument": {
            "uri": URI, "languageId": "python", "version": 1, "text": text}})
        self.text, self.version = text, 1
        return self

    def type(self, text):
        lines = self.text.split("\n")
        place = {"line": len(lines) - 1, "character": len(lines[-1])}
        self.version += 1
        self.text += text
        self.send(method="textDocument/didChange", params={
            "textDocument": {"uri": URI, "version": self.version},
            "contentChanges": [{"range": {"start": place, "end": place}, "text": text}]})

    def offered(self):
        """All texts offered at the end of the document, once the model is there."""
        deadline = time.monotonic() + 30 * PATIENCE
        while self.status()["state"] == "loading" and time.monotonic() < deadline:
            time.sleep(0.02)
        lines = self.text.split("\n")
        result = self.call("textDocument/inlineCompletion", {
            "textDocument": {"uri": URI}, "context": {"triggerKind": 1},
            "position": {"line": len(lines) - 1, "character": len(lines[-1])}})["result"]
        return [item["insertText"] for item in result["items"]] if result else []

    def complete(self):
        """The first of them, if any."""
        return self.offered()[:1]

    def status(self):
        while "result" not in (answer := self.call("lemma/status")):
            pass  # "ask again": the daemon that was asked has died
        return answer["result"]

    def close(self):
        """Ends it, whatever it is doing."""
        self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except BrokenPipeError:
                pass

    def leave(self):
        self.call("shutdown")
        self.send(method="exit")
        return self.process.wait(10 * PATIENCE)


def daemons_of(home):
    """The ids of the daemons whose sockets lie in this folder."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            variables = (folder / "environ").read_bytes().split(b"\0")
            state = (folder / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except (OSError, IndexError):
            continue
        if (words[1:2] == [b"daemon"] and state != "Z" and
                f"XDG_RUNTIME_DIR={home}".encode() in variables):
            found.append(int(folder.name))
    return found


def wait_for_daemons_to_leave(home):
    """They write to their folders until then; with private_home's settings that takes a second."""
    while daemons_of(home):
        time.sleep(0.1)


class DaemonCase(unittest.TestCase):
    """Folders of its own, and no daemon left at the end."""

    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="lemma-"))
        self.environment = private_environment(self.home)
        self.environment["SECRET_OF_THE_EDITOR"] = "1"
        self.editors = []

    def tearDown(self):
        for editor in self.editors:
            editor.close()
        self.wait_until_no_daemon()
        left = daemons_of(self.home)
        for process in left:
            os.kill(process, signal.SIGKILL)
        shutil.rmtree(self.home)
        self.assertEqual(left, [], "daemons that have not left")

    def wait_until_no_daemon(self):
        deadline = time.monotonic() + 10 * PATIENCE
        while daemons_of(self.home) and time.monotonic() < deadline:
            time.sleep(0.05)

    def configure(self, line):
        (self.home / "config/lemma/config.toml").write_text(f"[daemon]\n{line}\n")

    def editor(self, *arguments):
        self.editors.append(Editor(self.environment, *arguments))
        return self.editors[-1]

    def daemon(self):
        daemons = daemons_of(self.home)
        self.assertEqual(len(daemons), 1)
        return daemons[0]
