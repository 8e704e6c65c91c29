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
from scripted_editor import URI, DaemonCase
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
        deadline = time.monotonic() + seconds
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

    def test_the_local_model_goes_on_at_once_and_the_endpoint_comes_back(self):
        self.serve({"raw": ["busy"], "status": 503}, infill())
        editor = self.start()
        self.assertEqual(editor.complete(), [LOCAL])
        self.assertIn("the local model completes: http://", editor.status()["message"])
        self.assertEqual(editor.complete(), [LOCAL])
        self.assertEqual(len(self.service.requests()), 1)  # it is left alone
        self.until(editor, "beta = alpha_" + SAYS)
        self.assertNotIn("local", editor.status()["message"])

    def test_who_listens_and_says_nothing_is_waited_for_once(self):
        self.serve({"stall": True})
        editor = self.start()
        self.assertEqual(editor.complete(), [LOCAL])
        began = time.monotonic()
        self.assertEqual(editor.complete(), [LOCAL])
        self.assertLess(time.monotonic() - began, 0.9)
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
        self.assertLess(time.monotonic() - began, 0.9)

    def test_where_nobody_listens_the_local_model_completes(self):
        self.name("http://127.0.0.1:1")
        editor = self.start()
        self.assertEqual(editor.complete(), [LOCAL])
        self.assertIn("cannot be reached", editor.status()["message"])

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
        (self.home / "config/lemma/config.toml").write_text(
            f'[remote]\nurl = "{self.service.url}/v1"\nmodel = "big"\nability = "instruct"\n')
        (self.home / ".lemmaignore").write_text("ignored.py\n")
        program = 'def half(x):\n    """\n    >>> half(8)\n    4.0\n    """\n    return x / 2\n'
        for name, asked in (("ignored.py", 0), ("open.py", 1)):
            (self.home / name).write_text(program)
            done = subprocess.run([scripted_editor.PROGRAM, "tests", self.home / name, "--json"],
                                  env=self.environment, capture_output=True, text=True, timeout=60)
            self.assertIn("4.0", json.loads(done.stdout)["text"], done.stderr)
            self.assertEqual(len(self.service.requests()), asked)

    def test_functions_that_a_model_writes_are_tried_like_any_change(self):
        self.check_rewritten("", "median")
        self.check_rewritten("class Sample:\n    @staticmethod\n", "Sample.median")

    def check_rewritten(self, before, name):
        right = ("    ordered = sorted(values)\n    middle = len(ordered) // 2\n"
                 "    if len(ordered) % 2:\n        return ordered[middle]\n"
                 "    return (ordered[middle - 1] + ordered[middle]) / 2\n")
        self.serve({"say": "```python\ndef median(values):\n    return sum(values)\n```"},
                   {"say": f"So:\n```python\ndef median(values):\n{right}```\n"})
        (self.home / "config/lemma/config.toml").write_text(
            f'[remote]\nurl = "{self.service.url}/v1"\nmodel = "big"\nability = "instruct"\n')
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
        done = subprocess.run([scripted_editor.PROGRAM, "debug", project / "middle.py", "--json"],
                              env=self.environment, capture_output=True, text=True, timeout=120)
        report = json.loads(done.stdout)
        fix = report["fixes"][0]
        self.assertTrue(fix["generated"], report)
        self.assertIn(f"+{indentation}    return (ordered[middle - 1] + ordered[middle]) / 2\n",
                      fix["diff"])
        self.assertTrue(fix["evidence"].startswith("passes 3 of 3 tests"), fix)
        asked = json.dumps([each["body"] for each in self.service.requests()])
        self.assertIn("test_even", asked)
        self.assertNotIn("AssertionError", asked)  # what runs have said stays here

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
