#!/usr/bin/env python3
"""Keystrokes at an endpoint (`remote.completes`), and what happens while it does not answer.

    remote_test.py build/dev/lemma

The endpoint is a test double (tests/support/chat_server.py); the local model is the one that ships.
"""
import json
import os
import subprocess
import sys
import time
import unittest

import scripted_editor
from private_home import doctor_checks
from scripted_editor import PATIENCE, URI, DaemonCase
from scripted_service import ScriptedService

TEXT = "alpha_one = 1\nbeta = alpha_"
SAYS = "two_of_the_endpoint"
LOCAL = "beta = alpha_one"


def infill(text=SAYS):
    piece = {"content": text, "stop": True, "stop_type": "eos", "tokens_predicted": 3}
    return {"raw": [f"data: {json.dumps(piece)}\n\n"]}


class RemoteTest(DaemonCase):
    def serve(self, *replies, settings=""):
        self.service = ScriptedService(self, "chat_server.py", replies)
        self.name(self.service.url, settings)

    def name(self, url, settings=""):
        (self.home / "config/lemma/config.toml").write_text(
            f'[daemon]\nleave_after_s = 1\n[remote]\nurl = "{url}/v1"\nmodel = "big"\n'
            f"completes = true\n{settings}")

    def start(self):
        return self.editor().start().open(TEXT)

    def until(self, editor, expected, seconds=15):
        """Asked again and again, as by a user who types; nothing is ever left unanswered."""
        deadline = time.monotonic() + seconds * PATIENCE
        while (texts := editor.complete()) != [expected]:
            self.assertLess(time.monotonic(), deadline, texts)
            time.sleep(0.2)

    def test_the_endpoint_completes_and_why_says_so(self):
        self.serve(infill())
        editor = self.start()
        self.assertEqual(editor.complete(), ["beta = alpha_" + SAYS])
        body = self.service.requests()[0]["body"]
        self.assertTrue(body["input_prefix"].endswith(TEXT))
        answers = editor.call("lemma/why")["result"]["answers"]
        self.assertIn("what big at http://", json.dumps(answers))
        self.assertNotIn("local", editor.status()["message"])

    def test_who_asks_by_a_key_gets_what_else_it_draws(self):
        self.serve(infill("one"), infill("one + 1"), infill("one"), infill("one * 2"))
        texts = self.start().offered()
        self.assertEqual(texts[0], "beta = alpha_one")
        self.assertEqual(sorted(texts[1:]), ["beta = alpha_one * 2", "beta = alpha_one + 1"])
        first, *others = [request["body"] for request in self.service.requests()]
        self.assertEqual((first["temperature"], first.get("seed")), (0, None))
        self.assertEqual(sorted((body["temperature"], body["seed"]) for body in others),
                         [(0.8, 1), (0.8, 2), (0.8, 3)])

    def test_the_local_model_goes_on_at_once_and_the_endpoint_comes_back(self):
        self.serve({"raw": ["busy"], "status": 503}, infill())
        editor = self.start()
        began = time.monotonic()
        self.assertEqual(editor.complete(), [LOCAL])
        self.assertIn("the local model completes: http://", editor.status()["message"])
        texts, requests = editor.complete(), self.service.requests()
        if time.monotonic() - began < 2:  # for so long it is left alone; a sanitizer may take more
            self.assertEqual((texts, len(requests)), ([LOCAL], 1))
        self.until(editor, "beta = alpha_" + SAYS)
        self.assertNotIn("local", editor.status()["message"])

    def test_who_listens_and_says_nothing_is_waited_for_once(self):
        self.serve({"stall": True})
        editor = self.start()
        self.assertEqual(editor.complete(), [LOCAL])
        began = time.monotonic()
        self.assertEqual(editor.complete(), [LOCAL])
        self.assertLess(time.monotonic() - began, 0.9 * PATIENCE)
        self.assertIn("said nothing for 1 s", editor.status()["message"])

    def test_who_types_on_gets_suggestions_from_a_silent_endpoint_too(self):
        self.serve({"stall": True})
        editor = self.start()
        editor.status()
        for _ in range(8):  # each is taken back by the next, before it is late
            editor.ask("textDocument/inlineCompletion", {
                "textDocument": {"uri": URI}, "context": {"triggerKind": 1},
                "position": {"line": 1, "character": len("beta = alpha_")}})
            time.sleep(0.25)
        began = time.monotonic()
        self.assertEqual(editor.complete(), [LOCAL])
        self.assertLess(time.monotonic() - began, 0.9 * PATIENCE)

    def test_where_nobody_listens_the_local_model_completes(self):
        self.name("http://127.0.0.1:1")
        editor = self.start()
        self.assertEqual(editor.complete(), [LOCAL])
        self.assertIn("cannot be reached", editor.status()["message"])

    def test_doctor_asks_it_and_says_what_it_says(self):
        self.serve({"say": "yes"}, infill())
        checks = self.doctor()
        for what in ("remote", "remote.completes"):
            self.assertTrue(checks[what]["works"], checks[what])
            self.assertIn(f"big at {self.service.url}/v1 answers", checks[what]["found"])
        self.assertEqual(len(self.service.requests()), 2)
        self.serve({"raw": ["no such model"], "status": 404})
        self.name_chat(self.service.url)
        checks = self.doctor()
        self.assertNotIn("remote.completes", checks)
        self.assertFalse(checks["remote"]["works"])
        self.assertIn("no such model", checks["remote"]["found"])
        self.name("http://127.0.0.1:1")
        self.assertIn("cannot be reached", self.doctor()["remote"]["found"])

    def doctor(self):
        return doctor_checks(scripted_editor.PROGRAM, self.environment)

    def test_it_is_asked_only_where_that_is_set_and_never_for_what_stays_here(self):
        self.serve(infill())
        (self.home / "config/lemma/config.toml").write_text(
            f'[remote]\nurl = "{self.service.url}/v1"\nmodel = "big"\n')
        self.check_local("a.py")
        self.name(self.service.url)
        subprocess.run(["git", "init", "-q", self.home], check=True, env=self.environment)
        (self.home / ".gitignore").write_text("ignored.py\n")
        self.check_local("ignored.py")
        (self.home / "config/lemma/config.toml").write_text("[remote]\ncompletes = true\n")
        self.assertIn("set remote.url", self.check_local("a.py"))

    def test_tests_are_written_without_the_model_for_a_file_that_stays_here(self):
        self.serve({"say": ">>> half(0)\n0.0\n"})
        self.name_chat(self.service.url)
        (self.home / ".lemmaignore").write_text("ignored.py\n")
        program = 'def half(x):\n    """\n    >>> half(8)\n    4.0\n    """\n    return x / 2\n'
        for name, asked in (("ignored.py", 0), ("open.py", 1)):
            (self.home / name).write_text(program)
            done = subprocess.run([scripted_editor.PROGRAM, "tests", self.home / name, "--json"],
                                  env=self.environment, capture_output=True, text=True, timeout=60)
            self.assertIn("4.0", json.loads(done.stdout)["text"], done.stderr)
            self.assertEqual(len(self.service.requests()), asked)

    def test_bodies_are_written_without_the_model_for_a_file_that_stays_here(self):
        self.serve({"say": "```python\ndef half(x):\n    return x / 2\n```\n"})
        self.name_chat(self.service.url)
        (self.home / ".lemmaignore").write_text("ignored.py\n")
        program = 'def half(x):\n    """\n    >>> half(8)\n    4.0\n    """\n'
        for name in ("ignored.py", "secrets.py", "open.py"):
            (self.home / name).write_text(program)
            done = subprocess.run([scripted_editor.PROGRAM, "fill", self.home / name, "--json"],
                                  env=self.environment, capture_output=True, text=True, timeout=60)
            self.assertIn("return", done.stdout, done.stderr)
            self.assertEqual(len(self.service.requests()) > 0, name == "open.py", name)

    def test_functions_that_a_model_writes_are_tried_like_any_change(self):
        self.check_rewritten("", "median")
        self.check_rewritten("class Sample:\n    @staticmethod\n", "Sample.median")

    def check_rewritten(self, before, name):
        right = ("    ordered = sorted(values)\n    middle = len(ordered) // 2\n"
                 "    if len(ordered) % 2:\n        return ordered[middle]\n"
                 "    return (ordered[middle - 1] + ordered[middle]) / 2\n")
        wrong = {"say": "```python\ndef median(values):\n    return sum(values)\n```"}
        self.serve(wrong, wrong, {"say": f"So:\n```python\ndef median(values):\n{right}```\n"})
        self.name_chat(self.service.url)
        project = self.home / name
        project.mkdir()
        indentation = "    " if before else ""
        (project / "middle.py").write_text(
            f"{before}{indentation}def median(values):\n"
            f"{indentation}    return values[0] + max(values) * 0\n")
        (project / "test_middle.py").write_text(
            f"import middle\n\n\ndef test_odd():\n    assert middle.{name}([9, 1, 5]) == 5\n"
            f"\n\ndef test_even():\n    assert middle.{name}([4, 1, 2, 8]) == 3\n"
            f"\n\ndef test_one():\n    assert middle.{name}([7]) == 7\n")
        report = self.debug(project / "middle.py")
        fix = report["fixes"][0]
        self.assertTrue(fix["generated"], report)
        self.assertIn(f"+{indentation}    return (ordered[middle - 1] + ordered[middle]) / 2\n",
                      fix["diff"])
        self.assertTrue(fix["evidence"].startswith("passes 3 of 3 tests"), fix)
        asked = json.dumps([each["body"] for each in self.service.requests()])
        self.assertIn("test_even", asked)
        self.assertNotIn("AssertionError", asked)  # what runs have said stays here

    def name_chat(self, url):
        (self.home / "config/lemma/config.toml").write_text(
            f'[remote]\nurl = "{url}/v1"\nmodel = "big"\nability = "instruct"\n')

    def debug(self, file, *options):
        done = subprocess.run([scripted_editor.PROGRAM, "debug", file, "--json", *options],
                              env=self.environment, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return {**json.loads(done.stdout), "said": done.stderr}

    def test_one_step_of_the_hints_is_asked_for_and_no_fix(self):
        self.serve({"say": "WHAT: `place` is too large.\nHOW: Look at `place`.\n"})
        self.name_chat(self.service.url)
        report = self.debug(self.last_of(), "--hint", "what")
        self.assertEqual([(hint["step"], hint["generated"]) for hint in report["hints"]],
                         [("what", False), ("what", True)])
        self.assertEqual(report["fixes"], [])
        self.assertEqual(len(self.service.requests()), 1)

    def last_of(self):
        project = self.home / "last"
        project.mkdir()
        (project / "last.py").write_text(
            "def last(values):\n    place = len(values)\n    return values[place]\n")
        (project / "test_last.py").write_text(
            "from last import last\n\n\ndef test_one():\n    assert last([97531]) == 97531\n"
            "\n\ndef test_more():\n    assert last([2, 4, 8]) == 8\n")
        return project / "last.py"

    def test_a_model_says_what_is_wrong_as_far_as_the_run_bears_it_out(self):
        self.serve({"say": "WHAT: Die Liste hat 12 Elemente. In Zeile 3 ist `place` zu groß.\n"
                           "HOW: Schreiben Sie `values[place - 1]`. Welche Plätze hat `values`?\n"})
        self.name_chat(self.service.url)
        hints = self.debug(self.last_of(), "--language", "de")["hints"]
        said = [(hint["step"], hint["text"]) for hint in hints if hint["generated"]]
        self.assertEqual(said, [
            ("what", "Das Modell meint: In Zeile 3 ist `place` zu groß."),
            ("how", "Das Modell meint: Welche Plätze hat `values`?")])
        self.assertEqual([hint["step"] for hint in hints], ["where", "what", "what", "how", "how"])
        words = self.service.requests()[0]["body"]["messages"]
        self.assertIn("Write both in German", words[0]["content"])
        self.assertIn("last.py, line 3", words[1]["content"])
        # The run's values and words stay here: 97531 stands in the tests alone.
        self.assertEqual(words[1]["content"].count("97531"), 2)
        self.assertNotIn("IndexError", words[1]["content"])
        self.assertNotIn("out of range", words[1]["content"])

    def test_an_endpoint_that_is_not_there_is_told_of_and_a_fix_is_found(self):
        self.name_chat("http://127.0.0.1:1")
        report = self.debug(self.last_of())
        self.assertIn("the model could not be asked, and has no part in this: "
                      "http://127.0.0.1:1/v1 cannot be reached", report["model_note"])
        self.assertIn(report["model_note"], report["said"])
        self.assertTrue(report["fixes"], report)
        self.assertEqual(len(report["hints"]), 3)

    def test_a_file_that_stays_here_is_debugged_without_the_model(self):
        self.serve({"say": "WHAT: `place` is too large.\nHOW: Look at `place`.\n"})
        self.name_chat(self.service.url)
        file = self.last_of()
        (file.parent / ".lemmaignore").write_text("last.py\n")
        report = self.debug(file)
        self.assertEqual(len(report["hints"]), 3)
        self.assertTrue(report["fixes"], report)
        self.assertEqual(self.service.requests(), [])
        (file.parent / ".lemmaignore").write_text("test_last.py\n")
        self.debug(file)
        self.assertEqual(self.service.requests(), [])

    def test_lines_of_the_endpoint_are_tried_where_it_completes(self):
        self.serve(infill("return scale * radius * radius * radius"))
        self.name(self.service.url)
        project = self.home / "volume"
        project.mkdir()
        (project / "volume.py").write_text("def volume(radius):\n    scale = 4\n    return scale\n")
        (project / "test_volume.py").write_text(
            "from volume import volume\n\n\ndef test_all():\n"
            "    assert volume(1) == 4 and volume(2) == 32 and volume(0) == 0\n")
        fix = self.debug(project / "volume.py")["fixes"][0]
        self.assertTrue(fix["generated"])
        self.assertEqual(fix["what"], "rewritten line")
        self.assertIn("+    return scale * radius * radius * radius\n", fix["diff"])

    def check_local(self, name):
        file = self.home / name
        file.write_text(TEXT)
        done = subprocess.run([scripted_editor.PROGRAM, "complete", f"{file}:2:14", "--json"],
                              env=self.environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(json.loads(done.stdout)["text"], LOCAL, done.stderr)
        self.assertEqual(self.service.requests(), [])
        return done.stderr


if __name__ == "__main__":
    scripted_editor.PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
