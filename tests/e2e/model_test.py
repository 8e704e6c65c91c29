#!/usr/bin/env python3
"""`lemma model pull` and `lemma model list` as a user gives them, against a scripted server of
files and a scripted hub (tests/support/file_server.py) on this machine. No hub of the world is
asked.

    model_test.py build/dev/lemma
"""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from in_terminal import shown_in_terminal
from private_home import private_environment
from scripted_service import ScriptedService

PROGRAM = ""
MODEL = pathlib.Path(__file__).resolve().parents[2] / "engine/models/lemma-default.gguf"
SUM = hashlib.sha256(MODEL.read_bytes()).hexdigest()
SERVED = {"file": str(MODEL), "etag": '"1"'}
LITE = "DeepSeek-Coder-V2-Lite-Instruct"


class ModelCase(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="lemma-"))
        self.addCleanup(shutil.rmtree, self.home)
        self.environment = private_environment(self.home)
        self.folder = self.home / "data/lemma/models"

    def serve(self, *replies):
        self.service = ScriptedService(self, "file_server.py", replies)
        self.environment["HF_ENDPOINT"] = self.service.url
        return self.service.url + "/m.gguf"

    def lemma(self, *arguments, code=0):
        done = subprocess.run([PROGRAM, *arguments], env=self.environment, capture_output=True,
                              text=True, timeout=120)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        self.complaints = done.stderr
        return done.stdout if code == 0 else done.stderr

    def files(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_a_model_is_loaded_listed_and_used(self):
        url = self.serve(SERVED)
        report = json.loads(self.lemma("model", "pull", url, "--json"))
        self.assertEqual(report["path"], str(self.folder / "m.gguf"))
        self.assertEqual((report["sha256"], report["vouched"]), (SUM, "size"))
        self.assertGreater(report["memory_bytes"], MODEL.stat().st_size)
        here = json.loads(self.lemma("model", "list", "--json"))["models"]
        self.assertIn(report["path"], [each["path"] for each in here])
        file = self.home / "a.py"
        file.write_text("import os\n\nfor name in os.listd")
        self.lemma("complete", f"{file}:3:21", "--model", report["path"], "--json")
        again = json.loads(self.lemma("model", "pull", url, "--sha256", SUM.upper(), "--json"))
        self.assertEqual((again["vouched"], len(self.service.requests())), ("given sum", 1))
        self.assertIn("is there already", self.lemma("model", "pull", url, "--sha256", "0" * 64,
                                                     code=1))
        self.assertEqual(self.files(), ["m.gguf"])

    def test_what_a_killed_pull_has_left_is_taken_up(self):
        url = self.serve({**SERVED, "cut": 5_000_000, "hangs": True}, SERVED)
        process = subprocess.Popen([PROGRAM, "model", "pull", url], env=self.environment,
                                   stderr=subprocess.DEVNULL)
        part = self.folder / "m.gguf.part"
        deadline = time.monotonic() + 30
        while not part.exists() or part.stat().st_size < 5_000_000:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        process.kill()
        process.wait()
        report = json.loads(self.lemma("model", "pull", url, "--json"))
        self.assertEqual((report["resumed_at"], report["sha256"]), (5_000_000, SUM))
        self.assertEqual(self.service.requests()[1]["headers"]["Range"], "bytes=5000000-")
        self.assertEqual(self.files(), ["m.gguf"])

    def test_the_hub_leads_to_its_store_and_vouches_for_the_bytes(self):
        leads = {"status": 302, "to": "/store", "headers": {
            "X-Linked-Etag": f'"{SUM}"', "X-Linked-Size": str(MODEL.stat().st_size)}}
        self.serve(leads, SERVED)
        source = f"hf:owner/{LITE}-GGUF/{LITE}-Q4_K_M.gguf"
        report = json.loads(self.lemma("model", "pull", source, "--json"))
        self.assertEqual(report["vouched"], "server's sum")
        self.assertEqual([entry["path"] for entry in self.service.requests()],
                         [f"/owner/{LITE}-GGUF/resolve/main/{LITE}-Q4_K_M.gguf", "/store"])
        known = json.loads(self.lemma("model", "list", "--json"))["known"]
        self.assertEqual([each["path"] for each in known if "path" in each], [report["path"]])
        self.serve({"status": 302, "to": "http://example.org/m.gguf"})
        self.assertIn("plain http", self.lemma("model", "pull", "hf:o/r/n.gguf", code=1))
        self.serve({**leads, "headers": {"X-Linked-Etag": f'"{"0" * 64}"'}}, SERVED)
        self.assertIn("has been removed", self.lemma("model", "pull", "hf:o/r/n.gguf", code=1))
        self.assertEqual(self.files(), [f"{LITE}-Q4_K_M.gguf"])

    def test_what_is_no_model_is_refused_by_name_and_removed(self):
        url = self.serve({"size": 5000})
        said = self.lemma("model", "pull", url, code=1)
        self.assertIn("cannot run it, and has removed it", said)
        self.assertIn("m.gguf", said)
        self.assertEqual(self.files(), [])

    def test_all_parts_of_a_model_are_loaded(self):
        self.serve({"size": 5000})
        said = self.lemma("model", "pull", "hf:o/r/Q4/m-00002-of-00002.gguf", code=1)
        self.assertIn("m-00001-of-00002.gguf", said)
        self.assertEqual([entry["path"] for entry in self.service.requests()],
                         [f"/o/r/resolve/main/Q4/m-0000{part}-of-00002.gguf" for part in (1, 2)])
        self.assertEqual(self.files(), [])
        self.assertIn("2 parts", self.lemma("model", "pull", "hf:o/r/m-00001-of-00002.gguf",
                                            "--sha256", SUM, code=1))

    def test_what_is_not_there_leaves_nothing(self):
        url = self.serve({"status": 404})
        self.assertIn("is its name right?", self.lemma("model", "pull", url, code=1))
        self.assertEqual(self.files(), [])
        self.assertIn("must be like", self.lemma("model", "pull", "ftp://a/b.gguf", code=1))
        self.lemma("model", "pull", code=2)

    def test_a_full_disk_keeps_what_has_arrived(self):
        if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0:
            self.skipTest("no namespaces of mounts here")
        url = self.serve({**SERVED, "length": False}, SERVED)
        self.folder.mkdir(parents=True)
        script = (f"mount -t tmpfs -o size=8m tmpfs {self.folder} && "
                  f"! {PROGRAM} model pull {url} && ! {PROGRAM} model pull {url} && "
                  f"mount -o remount,size=80m {self.folder} && {PROGRAM} model pull {url} --json")
        done = subprocess.run(["unshare", "-rm", "sh", "-c", script], env=self.environment,
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        first, second = done.stderr.strip().split("\n")
        self.assertIn("No space left on device; what has arrived is kept", first)
        self.assertIn("GB are to come; make room", second)
        self.assertGreater(json.loads(done.stdout)["resumed_at"], 7_000_000)

    def test_a_terminal_sees_how_far_it_is(self):
        url = self.serve({**SERVED, "cut": 5_000_000}, SERVED)
        shown, code = shown_in_terminal(PROGRAM, "model", "pull", url, output=subprocess.DEVNULL,
                                        env=self.environment)
        self.assertEqual(code, 0)
        self.assertIn(b"waiting: m.gguf [", shown)
        self.assertIn(b"% ", shown)
        self.assertTrue(shown.endswith(b"\r\x1b[K"), shown)

    def use_python(self, script):
        """A double of Python with PyTorch: it keeps its arguments and input, and runs `script`."""
        python = self.home / "python"
        python.write_text('#!/bin/sh\ncase "$*" in *"import torch"*) exit ${NO_TORCH:-0};; esac\n'
                          f'echo "$@" > {self.home}/arguments\ncat > {self.home}/input\n{script}\n')
        python.chmod(0o755)
        settings = self.home / "config/lemma/config.toml"
        settings.write_text(f'[run]\npython = "{python}"\n')

    def project(self):
        folder = self.home / "project"
        (folder / ".git").mkdir(parents=True)
        for name in ("a.py", "sub/b.cpp", "ignored.py", "kept_out.py", ".env", "notes.txt",
                     "node_modules/x.js"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text("# text\n" * 3)
        subprocess.run(["git", "init", "-q", folder], check=True)
        (folder / ".gitignore").write_text("ignored.py\n")
        (folder / ".lemmaignore").write_text("kept_out.py\n")
        return folder

    def test_a_model_is_adapted_to_what_may_be_read_of_a_project(self):
        self.use_python("""echo '{"files": 2, "held_out": ["a.py"], "loss_before": 2.5,
            "loss_after": 2.25, "tokens": 10, "minutes": 1, "finished": true}'""")
        said = self.lemma("model", "adapt", str(self.project()), "--minutes", "3", "--places", "0")
        learnt = set((self.home / "input").read_text().split("\0"))
        self.assertEqual(learnt, {"a.py", "sub/b.cpp", ""})
        arguments = (self.home / "arguments").read_text()
        self.assertIn("--minutes 3 ", arguments)
        self.assertIn(f"--root {self.home}/project ", arguments)
        self.assertIn("2.500 before, 2.250 after", said)
        line = next(line for line in said.splitlines() if line.startswith("adapter = "))
        self.assertTrue(line.startswith(f'adapter = "{self.home}/data/lemma/adapters/project-'))
        settings = self.home / "config/lemma/config.toml"
        settings.write_text(line + "\n")
        file = self.home / "a.py"
        file.write_text("import os\n")
        self.lemma("complete", f"{file}:1:1")
        self.assertIn("adapters/project-", self.complaints)

    def test_an_interrupt_leaves_the_adapter_and_the_line(self):
        self.use_python(f"""trap 'echo "{{\\"files\\": 2, \\"held_out\\": []}}"; exit' INT
            touch {self.home}/began; while true; do sleep 0.1; done""")
        process = subprocess.Popen(
            [PROGRAM, "model", "adapt", self.project(), "--json"], env=self.environment,
            stdout=subprocess.PIPE, text=True)
        while not (self.home / "began").exists():
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        report = json.loads(process.communicate(timeout=60)[0])
        self.assertEqual((process.returncode, report["finished"]), (0, False))

    def test_a_completion_says_which_experts_it_used(self):
        file = self.home / "a.py"
        file.write_text("import os\n\nfor name in os.listd")
        place = f"{file}:3:21"
        report = json.loads(self.lemma("complete", place, "--why", "--json"))
        tokens = report["why"]["experts"]
        self.assertIn("".join(each["token"] for each in tokens), report["text"])
        for each in tokens:
            self.assertEqual(len(each["layers"]), 7)  # of the default model
            self.assertTrue(all(len(set(chosen)) == 3 for chosen in each["layers"]))
        self.assertGreater(report["why"]["prompt_tokens"], 0)
        self.assertTrue(0 < report["why"]["model_probability"] < 1)  # without the memory
        self.assertNotEqual(report["why"]["model_probability"], report["why"]["probability"])
        self.assertNotIn("why", json.loads(self.lemma("complete", place, "--json")))

    def test_a_missing_pytorch_is_said_with_its_remedy(self):
        self.use_python("")
        self.environment["NO_TORCH"] = "1"
        problem = self.lemma("model", "adapt", str(self.project()), code=1)
        self.assertIn("apt install python3-torch", problem)

    def test_the_list_names_models_for_machines_of_each_size(self):
        report = json.loads(self.lemma("model", "list", "--json"))
        sizes = [each["machine_bytes"] for each in report["known"]]
        self.assertEqual(sizes, sorted(sizes))
        for each in report["known"]:
            self.assertGreater(each["memory_bytes"], each["file_bytes"])
            self.assertLess(each["memory_bytes"], each["machine_bytes"])
            self.assertTrue(each["source"].startswith("hf:"))
        self.assertIn("have not been tried", self.lemma("model", "list"))


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
