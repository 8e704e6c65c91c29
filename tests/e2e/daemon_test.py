#!/usr/bin/env python3
"""Daemons and bridges as real processes, with the model that ships.

    daemon_test.py build/dev/lemma

Each test has folders of its own (private_home.py), and ends with no daemon left.
"""
import json
import os
import pathlib
import signal
import struct
import subprocess
import sys
import threading
import time
import unittest

import scripted_editor
from chat_template import add_chat_template
from scripted_editor import SOURCE, URI, DaemonCase, daemons_of

ROOT = pathlib.Path(__file__).resolve().parents[2]


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
        self.assertEqual(os.stat(self.home / "state/lemma").st_mode & 0o077, 0)

    def test_a_state_folder_without_a_whole_path_is_none(self):
        state = self.home / "repository/state/lemma"
        state.mkdir(parents=True)
        (state / "trusted").write_text(f"{self.home}\n")
        self.environment["XDG_STATE_HOME"] = "state"
        here = os.getcwd()
        self.addCleanup(os.chdir, here)
        os.chdir(state.parent.parent)
        editor = self.editor("--standalone").start()
        uri = (state / "a.py").as_uri()
        editor.send(method="textDocument/didOpen", params={"textDocument": {
            "uri": uri, "languageId": "python", "version": 1, "text": "1 / 0"}})
        editor.call("workspace/executeCommand", {"command": "lemma.debug", "arguments": [uri]})
        told = editor.wait(lambda m: m.get("method") == "window/showMessage")
        self.assertIn("nothing was run", told["params"]["message"])

    def test_a_model_of_an_editors_setting_may_lie_in_the_home(self):
        editor = self.editor("--model", "~/none.gguf").start()
        told = editor.wait(lambda m: m.get("method") == "window/showMessage")
        self.assertIn(f"{self.home}/none.gguf", told["params"]["message"])

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
        self.assertAlmostEqual(answers[1]["modelProbability"], answers[0]["modelProbability"],
                               delta=0.01)
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
        self.configure("leave_after_s = 2\n[completion]\nnext_edits = false")
        self.editor().start()
        self.assertEqual(len(daemons_of(self.home)), 4)

    def test_a_daemon_of_settings_that_no_longer_hold_leaves_with_its_last_editor(self):
        self.configure("leave_after_s = 600")
        first, second = self.editor().start(), self.editor().start()
        old = self.daemon()
        first.leave()
        self.configure("leave_after_s = 1")
        third = self.editor().start()  # of another daemon
        self.assertEqual(len(daemons_of(self.home)), 2)
        second.status()  # the old one serves on
        second.leave()
        deadline = time.monotonic() + 5 * scripted_editor.PATIENCE
        while old in daemons_of(self.home) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(len(daemons_of(self.home)), 1)
        self.assertNotIn(old, daemons_of(self.home))
        third.status()

    def test_a_daemon_without_editors_leaves_when_one_of_new_settings_comes(self):
        self.configure("leave_after_s = 600")
        self.editor().start().leave()
        old = self.daemon()
        time.sleep(1.5)  # it has found that it is current
        self.configure("leave_after_s = 1")
        editor = self.editor().start()
        deadline = time.monotonic() + 5 * scripted_editor.PATIENCE
        while old in daemons_of(self.home) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertNotEqual(self.daemon(), old)
        editor.status()

    def test_what_was_mended_or_excluded_in_the_settings_counts_for_the_next_editor(self):
        self.configure("leave_after_s = 2\n[completion]\nenabeld = false")
        first = self.editor().start()
        told = first.wait(lambda m: m.get("method") == "window/showMessage")
        self.assertIn("enabeld", told["params"]["message"])
        self.configure("leave_after_s = 2")
        second = self.editor().start().open("alpha_one = 1\nbeta = al")
        self.assertTrue(second.complete())
        self.assertNotIn("window/showMessage", [m.get("method") for m in second.messages])
        self.configure("leave_after_s = 2\n[completion]\nexclude = [\"python\"]")
        third = self.editor().start().open("alpha_one = 1\nbeta = al")
        self.assertEqual(third.complete(), [])

    def test_after_a_change_of_the_settings_a_dead_daemon_is_replaced_all_the_same(self):
        editor = self.editor().start().open("alpha_one = 1\nbeta = ")
        editor.complete()
        self.configure("leave_after_s = 2")
        os.kill(self.daemon(), signal.SIGKILL)
        editor.type("alpha")
        self.assertIn("beta = alpha_one", "".join(editor.complete()))
        self.assertEqual(editor.leave(), 0)

    def test_the_daemon_has_the_token_that_the_settings_name(self):
        self.configure("leave_after_s = 1\n[remote]\nurl = \"http://127.0.0.1:9/v1\"\n"
                       "model = \"m\"\ntoken_env = \"TOKEN_OF_MINE\"")
        self.environment["TOKEN_OF_MINE"] = "0123456789abcdef"
        editor = self.editor().start()
        for _ in range(2):  # the second time, of a daemon that the bridge has started
            editor.status()
            editor.call("lemma/ask", {"conversation": "1", "text": "Why?"})
            end = editor.wait(lambda m: m.get("method") == "lemma/end")
            self.assertNotIn("TOKEN_OF_MINE", end["params"]["problem"])
            self.assertIn("127.0.0.1", end["params"]["problem"])
            os.kill(self.daemon(), signal.SIGKILL)

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


def write_adapter(folder, value):
    """A PEFT adapter of rank 1 for the default model's first output of attention (512 by 512)."""
    folder.mkdir(exist_ok=True)
    (folder / "adapter_config.json").write_text(json.dumps(
        {"peft_type": "LORA", "r": 1, "lora_alpha": 1}))
    name = "base_model.model.model.layers.0.self_attn.o_proj.lora_{}.weight"
    header = json.dumps({
        name.format("A"): {"dtype": "F32", "shape": [1, 512], "data_offsets": [0, 2048]},
        name.format("B"): {"dtype": "F32", "shape": [512, 1], "data_offsets": [2048, 4096]},
    }).encode()
    header += b" " * (-len(header) % 8)
    weights = struct.pack("<1024f", *[0.1] * 512, *[value] * 512)
    partial = folder / "partial"
    partial.write_bytes(struct.pack("<Q", len(header)) + header + weights)
    partial.rename(folder / "adapter_model.safetensors")


class AdapterTest(DaemonCase):
    """Another adapter is taken up while the daemon runs."""
    # Of two of the model's probabilities: what is kept from before was computed in other batches.
    # (The suggestion's own probability counts what else was searched, where the last bit decides.)
    SAME = 0.01

    more = ""  # of the settings

    def use(self, adapter):
        settings = self.home / "config/lemma/config.toml"
        partial = settings.with_suffix(".partial")
        partial.write_text(
            f'adapter = "{adapter}"\n{self.more}\n[daemon]\nleave_after_s = 1\n')
        partial.rename(settings)

    def answer_of(self, editor):
        """The latest answer's adapter and the model's probability, of one asked for now."""
        self.assertTrue(editor.complete())
        latest = editor.call("lemma/why")["result"]["answers"][0]
        return latest.get("adapter", ""), latest["modelProbability"]

    def answer_with(self, editor, adapter):
        """Completes until that adapter answers."""
        deadline = time.monotonic() + 30
        while (answer := self.answer_of(editor))[0] != str(adapter):
            self.assertLess(time.monotonic(), deadline, editor.status())
            time.sleep(0.05)
        return answer[1]

    def test_the_adapter_of_the_settings_is_taken_up_and_left_again(self):
        own = self.home / "own"
        write_adapter(own, 3)
        editor = self.editor().start().open()
        plain = self.answer_with(editor, "")
        daemon = self.daemon()
        self.use(own)
        adapted = self.answer_with(editor, own)
        self.assertGreater(abs(adapted - plain), 2 * self.SAME)
        status = editor.status()
        self.assertEqual(status["adapter"], str(own))
        self.assertIn("adapter own", status["message"])
        self.use("")
        self.assertAlmostEqual(self.answer_with(editor, ""), plain, delta=self.SAME)
        self.assertNotIn("adapter", editor.status())
        deadline = time.monotonic() + 10  # those before are freed behind their last request
        maps = pathlib.Path(f"/proc/{daemon}/maps")
        while ((models := maps.read_text().count("/lemma-default.gguf")) > 1
               and time.monotonic() < deadline):
            time.sleep(0.05)
        self.assertEqual(models, 1)
        self.assertEqual(self.daemon(), daemon)
        # One that comes now meets the same daemon.
        self.use(own)
        again = self.answer_with(self.editor().start().open(), own)
        self.assertAlmostEqual(again, adapted, delta=self.SAME)
        self.assertEqual(self.daemon(), daemon)

    def test_one_that_was_trained_anew_is_taken_up(self):
        own = self.home / "own"
        write_adapter(own, 3)
        self.use(own)
        editor = self.editor().start().open()
        before = self.answer_with(editor, own)
        write_adapter(own, -3)
        deadline = time.monotonic() + 30
        while abs(self.answer_of(editor)[1] - before) < 2 * self.SAME:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def test_one_that_cannot_be_used_changes_nothing_and_is_named(self):
        own = self.home / "own"
        write_adapter(own, 3)
        self.use(own)
        editor = self.editor().start().open()
        before = self.answer_with(editor, own)
        self.use(self.home / "missing")
        self.assertAlmostEqual(self.answer_with(editor, own), before, delta=self.SAME)
        deadline = time.monotonic() + 30
        while "missing" not in editor.status()["message"] and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertIn(f"the adapter is still {own}, since", editor.status()["message"])
        self.use(own)
        self.assertAlmostEqual(self.answer_with(editor, own), before, delta=self.SAME)
        self.assertNotIn("missing", editor.status()["message"])

    def test_beside_a_chat_model_it_takes_the_place_of_the_one_before(self):
        """As on a card that has no room for both twice; "auto" does so without one, too."""
        chat = self.home / "chat.gguf"
        add_chat_template(ROOT / "engine/models/lemma-default.gguf", chat)
        self.more = f'backend = "auto"\n[chat]\nmodel = "{chat}"'
        own = self.home / "own"
        write_adapter(own, 3)
        self.use("")
        editor = self.editor().start().open()
        plain = self.answer_with(editor, "")
        daemon = self.daemon()
        self.use(own)
        adapted = self.answer_with(editor, own)
        self.assertGreater(abs(adapted - plain), 2 * self.SAME)
        maps = pathlib.Path(f"/proc/{daemon}/maps").read_text()
        self.assertEqual(maps.count("/lemma-default.gguf"), 1)
        self.use(self.home / "missing")
        deadline = time.monotonic() + 30
        while "missing" not in editor.status()["message"] and time.monotonic() < deadline:
            self.answer_of(editor)  # else it is looked for every 30 seconds
        self.assertIn(f"the adapter is still {own}, since", editor.status()["message"])
        self.assertAlmostEqual(self.answer_with(editor, own), adapted, delta=self.SAME)
        self.assertEqual(self.daemon(), daemon)

    def test_one_on_the_command_line_stays(self):
        own = self.home / "own"
        write_adapter(own, 3)
        editor = self.editor("--adapter", str(own)).start().open()
        self.answer_with(editor, own)
        self.use("")
        for _ in range(5):
            self.assertEqual(self.answer_of(editor)[0], str(own))
            time.sleep(0.1)

    def test_no_request_is_lost_while_adapters_change(self):
        adapters = [self.home / "one", self.home / "two", ""]
        for adapter, value in zip(adapters, (3, -3)):
            write_adapter(adapter, value)
        editor = self.editor().start().open()
        editor.complete()
        stop = threading.Event()

        def change():
            while not stop.wait(0.3):
                adapters.append(adapters.pop(0))
                self.use(adapters[0])

        changer = threading.Thread(target=change)
        changer.start()
        try:
            for _ in range(60):
                self.assertTrue(editor.complete())  # an error or a null fails here
                time.sleep(0.05)
        finally:
            stop.set()
            changer.join()
        self.assertEqual(editor.leave(), 0)


if __name__ == "__main__":
    scripted_editor.PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
