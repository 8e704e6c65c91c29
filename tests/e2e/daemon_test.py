#!/usr/bin/env python3
"""Daemons and bridges as real processes, with the model that ships.

    daemon_test.py build/dev/lemma

Each test has folders of its own (private_home.py), and ends with no daemon left.
"""
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

import scripted_editor
from scripted_editor import SOURCE, URI, DaemonCase, daemons_of


class DaemonTest(DaemonCase):
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
        done = subprocess.run([scripted_editor.PROGRAM, "daemon", "--foreground"],
                              env=self.environment, capture_output=True, text=True, timeout=10)
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
    scripted_editor.PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
