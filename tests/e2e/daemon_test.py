#!/usr/bin/env python3
"""Daemons and bridges as real processes, with the model that ships.

    daemon_test.py build/dev/lemma

Each test has folders of its own (private_home.py), and ends with no daemon left.
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from private_home import private_environment

PROGRAM = ""
SOURCE = "def area(width, height):\n    return width * height\n\n\nprint(area(width, "
URI = "file:///tmp/shape.py"


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
        deadline = time.monotonic() + seconds
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

    def complete(self):
        """The texts offered at the end of the document, once the model is there."""
        deadline = time.monotonic() + 30
        while self.status()["state"] == "loading" and time.monotonic() < deadline:
            time.sleep(0.02)
        lines = self.text.split("\n")
        result = self.call("textDocument/inlineCompletion", {
            "textDocument": {"uri": URI}, "context": {"triggerKind": 1},
            "position": {"line": len(lines) - 1, "character": len(lines[-1])}})["result"]
        return [item["insertText"] for item in result["items"]] if result else []

    def status(self):
        while "result" not in (answer := self.call("lemma/status")):
            pass  # "ask again": the daemon that was asked has died
        return answer["result"]

    def leave(self):
        self.call("shutdown")
        self.send(method="exit")
        return self.process.wait(10)


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


class DaemonTest(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="lemma-"))
        self.environment = private_environment(self.home)
        self.environment["SECRET_OF_THE_EDITOR"] = "1"
        self.editors = []

    def tearDown(self):
        for editor in self.editors:
            editor.process.kill()
            editor.process.wait()
            for reader in editor.readers:
                reader.join()
            for stream in (editor.process.stdin, editor.process.stdout, editor.process.stderr):
                try:
                    stream.close()
                except BrokenPipeError:
                    pass
        self.wait_until_no_daemon()
        left = daemons_of(self.home)
        for process in left:
            os.kill(process, signal.SIGKILL)
        shutil.rmtree(self.home)
        self.assertEqual(left, [], "daemons that have not left")

    def wait_until_no_daemon(self):
        deadline = time.monotonic() + 10
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

    def test_ten_editors_that_start_at_once_share_one_daemon(self):
        editors = [self.editor() for _ in range(10)]
        for editor in editors:
            editor.start().open()
        for editor in editors:
            self.assertEqual(editor.status()["state"] in ("loading", "ready"), True)
        self.daemon()
        for editor in editors:
            self.assertEqual(editor.leave(), 0)

    def test_the_daemon_is_a_process_of_its_own(self):
        self.editor().start()
        daemon = self.daemon()
        self.assertEqual(os.getsid(daemon), daemon)
        self.assertEqual(os.readlink(f"/proc/{daemon}/cwd"), "/")
        variables = pathlib.Path(f"/proc/{daemon}/environ").read_bytes()
        self.assertNotIn(b"SECRET_OF_THE_EDITOR", variables)
        for name in os.listdir(self.home / "lemma"):
            self.assertEqual(os.stat(self.home / "lemma" / name).st_mode & 0o077, 0, name)

    def test_completions_come_through(self):
        editor = self.editor().start().open()
        self.assertTrue(editor.complete())
        self.assertEqual(editor.leave(), 0)

    def test_two_editors_may_hold_one_file_with_different_text(self):
        first = self.editor().start().open("alpha_one = 1\nbeta = alpha_o")
        second = self.editor().start().open("alpha_two = 2\nbeta = alpha_t")
        self.assertIn("beta = alpha_one", "".join(first.complete()))
        self.assertIn("beta = alpha_two", "".join(second.complete()))
        self.daemon()

    def test_a_killed_daemon_is_replaced_and_knows_the_text(self):
        editor = self.editor().start().open("alpha_one = 1\nbeta = ")
        editor.complete()
        editor.type("alpha")
        first = self.daemon()
        os.kill(first, signal.SIGKILL)
        asked = editor.ask("textDocument/inlineCompletion", {
            "textDocument": {"uri": URI}, "position": {"line": 1, "character": 12}})
        editor.answer(asked)  # null, or what the new daemon says: but an answer
        editor.type("_o")
        self.assertIn("beta = alpha_one", "".join(editor.complete()))
        self.assertNotEqual(self.daemon(), first)
        self.assertEqual(editor.leave(), 0)

    def test_after_three_deaths_within_a_minute_it_stops_and_says_so(self):
        editor = self.editor().start()
        for _ in range(3):
            editor.status()
            os.kill(self.daemon(), signal.SIGKILL)
        message = editor.wait(lambda m: m.get("method") == "window/showMessage")
        self.assertIn("3 times within a minute", message["params"]["message"])
        self.assertEqual(editor.process.wait(10), 1)

    def test_an_editor_that_is_killed_takes_nobody_along(self):
        first, second = self.editor().start().open(), self.editor().start().open()
        first.process.kill()
        self.assertTrue(second.complete())

    def test_a_daemon_that_is_told_to_leave_lets_its_editors_find_another(self):
        editor = self.editor().start().open()
        first = self.daemon()
        os.kill(first, signal.SIGTERM)
        self.assertTrue(editor.complete())
        self.assertNotEqual(self.daemon(), first)

    def last_answer(self, editor):
        return editor.call("lemma/why")["result"]["answers"][0]

    def test_a_restart_does_not_compute_again_what_was_read(self):
        functions = (f"def area_{n}(width, height):\n    return width * height * {n}\n\n\n"
                     for n in range(80))
        text = "".join(functions) + SOURCE
        answers = []
        for restart in range(2):
            editor = self.editor().start().open(text)
            editor.complete()
            answers.append(self.last_answer(editor))
            editor.leave()
            self.wait_until_no_daemon()
        self.assertEqual(answers[0]["cachedTokens"], 0)
        self.assertGreater(answers[1]["cachedTokens"], 0.9 * answers[1]["promptTokens"])
        self.assertEqual(answers[1]["text"], answers[0]["text"])
        # What follows the blocks is computed in a smaller batch, whose rounding is another.
        self.assertAlmostEqual(answers[1]["probability"], answers[0]["probability"], delta=0.02)
        folder = self.home / "cache/lemma/prefixes"
        self.assertEqual(folder.stat().st_mode & 0o777, 0o700)
        self.assertEqual({path.stat().st_mode & 0o777 for path in folder.iterdir()}, {0o600})

    def test_with_no_room_on_disk_nothing_is_kept(self):
        self.configure("leave_after_s = 1\n[prefixes]\ndisk_mb = 0")
        editor = self.editor().start().open(SOURCE * 20)
        editor.complete()
        self.assertGreater(self.last_answer(editor)["promptTokens"], 100)
        editor.leave()
        self.wait_until_no_daemon()
        self.assertFalse((self.home / "cache/lemma/prefixes").exists())

    def test_a_freed_model_is_loaded_again(self):
        self.configure("leave_after_s = 1\nfree_model_after_s = 0")
        editor = self.editor().start().open()
        self.assertTrue(editor.complete())
        self.editor().start().leave()  # wakes the daemon, which then frees the model
        log = self.home / "state/lemma/daemon.log"
        deadline = time.monotonic() + 10
        while "is freed" not in log.read_text() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertIn("is freed", log.read_text())
        self.assertTrue(editor.complete())

    def test_other_settings_mean_another_daemon(self):
        self.editor().start()
        self.configure("leave_after_s = 2")
        self.editor().start()
        self.editor("--threads", "1").start()
        self.assertEqual(len(daemons_of(self.home)), 3)

    def test_in_the_foreground_a_second_one_says_so(self):
        self.editor().start()
        done = subprocess.run([PROGRAM, "daemon", "--foreground"], env=self.environment,
                              capture_output=True, text=True, timeout=10)
        self.assertEqual(done.returncode, 1)
        self.assertIn("running already", done.stderr)

    def test_where_no_socket_can_be_the_editor_is_served_alone(self):
        (self.home / "lemma").mkdir(mode=0o755)
        os.chmod(self.home / "lemma", 0o755)
        editor = self.editor().start().open()
        self.assertTrue(editor.complete())
        self.assertEqual(daemons_of(self.home), [])
        self.assertIn(b"chmod 700", editor.errors)
        self.assertEqual(editor.leave(), 0)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
