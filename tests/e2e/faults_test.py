#!/usr/bin/env python3
"""What goes wrong around the daemon: each fault is made to happen, and nothing may be lost by it.

    faults_test.py build/dev/lemma

`LEMMA_LONG` in the environment makes a thousand rounds of kills of a few.
"""
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import unittest

import scripted_editor
from scripted_editor import PATIENCE, SANITIZER, URI, DaemonCase, daemons_of

HERE = pathlib.Path(__file__).resolve().parent
MODELS = HERE.parent.parent / "engine/models"
ROUNDS = 1000 if os.environ.get("LEMMA_LONG") else 5
WORDS = ("amber", "birch", "cobalt", "dune", "ember", "fjord", "garnet", "hazel", "indigo")
# Adds the seconds that the file LEMMA_CLOCK holds to the time of day, as a clock that was set does.
JUMPING_CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
static long long jump(void) {
  long long seconds = 0;
  FILE* file = fopen(getenv("LEMMA_CLOCK"), "re");
  if (file) { if (fscanf(file, "%lld", &seconds) != 1) seconds = 0; fclose(file); }
  return seconds;
}
int clock_gettime(clockid_t clock, struct timespec* now) {
  static int (*real)(clockid_t, struct timespec*);
  if (!real) real = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, now);
  if (clock == CLOCK_REALTIME) now->tv_sec += jump();
  return result;
}
"""


def seconds_of(process):
    """Of a processor, that it has taken."""
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class FaultsTest(DaemonCase):
    def ask(self, editor):
        """The id of a request for a completion at the end of the text."""
        lines = editor.text.split("\n")
        return editor.ask("textDocument/inlineCompletion", {
            "textDocument": {"uri": URI}, "context": {"triggerKind": 0},
            "position": {"line": len(lines) - 1, "character": len(lines[-1])}})

    def start(self, text="alpha_one = 1\nbeta = "):
        return self.editor().start().open(text)

    def sockets(self):
        return [path for path in (self.home / "lemma").glob("*") if path.is_socket()]

    def check_knows(self, editor, name):
        self.assertIn(name, "".join(editor.complete()))

    def one_round_of_kills(self, seed):
        chance = random.Random(seed)
        name = "_".join(chance.sample(WORDS, 3))
        editor = self.start("")
        text = f"{name} = 1\nprint({name})\n" + f"value = {name[:-2]}"
        kill_at = chance.randrange(len(text))
        asked = []
        for place, character in enumerate(text):
            editor.type(character)
            if chance.random() < 0.4:
                asked.append(self.ask(editor))
            if place == kill_at:
                time.sleep(chance.random() * 0.05)
                for daemon in daemons_of(self.home):
                    os.kill(daemon, signal.SIGKILL)
        for number in asked:
            editor.answer(number)
        self.assertEqual(editor.text, text)
        self.check_knows(editor, name)  # every key before and after the kill is there
        self.assertEqual(editor.leave(), 0)

    def test_kills_at_random_moments_lose_no_key_and_no_answer(self):
        for seed in range(ROUNDS):
            with self.subTest(seed=seed):
                self.one_round_of_kills(seed)
            self.editors.pop().close()

    def test_a_full_disk_costs_only_what_would_be_kept_there(self):
        small = self.home / "small"
        small.mkdir()
        for name in ("CACHE", "STATE", "DATA"):
            self.environment[f"XDG_{name}_HOME"] = str(small / name.lower())
        wrapper = self.home / "lemma-on-a-full-disk"
        wrapper.write_text(
            "#!/bin/sh\n"
            f"mount -t tmpfs -o size=64k tmpfs {small} || exit 77\n"
            f"mkdir {small}/cache {small}/state {small}/data\n"
            f"cat /dev/zero > {small}/filler 2>/dev/null\n"
            f"exec {scripted_editor.PROGRAM} \"$@\"\n")
        wrapper.chmod(0o755)
        if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0:
            self.skipTest("no namespaces of mounts here")
        program = scripted_editor.PROGRAM
        launcher = self.home / "launcher"
        launcher.write_text(f"#!/bin/sh\nexec unshare -rm {wrapper} \"$@\"\n")
        launcher.chmod(0o755)
        scripted_editor.PROGRAM = str(launcher)
        try:
            editor = self.start()
        finally:
            scripted_editor.PROGRAM = program
        editor.type("alpha")
        self.check_knows(editor, "alpha_one")
        editor.type("_")
        self.check_knows(editor, "alpha_one")
        self.assertEqual(editor.leave(), 0)

    def with_own_model(self):
        for ending in ("gguf", "memory"):
            shutil.copy(MODELS / f"lemma-default.{ending}", self.home / f"own.{ending}")
        (self.home / "config/lemma/config.toml").write_text(
            f"model = \"{self.home}/own.gguf\"\n[daemon]\nleave_after_s = 1\n")
        return self.home / "own.gguf"

    def test_a_model_that_is_replaced_stays_what_it_was_for_those_who_use_it(self):
        model = self.with_own_model()
        editor = self.start()
        editor.type("alp")
        self.check_knows(editor, "alpha_one")
        (self.home / "new.gguf").write_bytes(b"GGUF, but not really")
        os.rename(self.home / "new.gguf", model)
        editor.type("ha")
        self.check_knows(editor, "alpha_one")
        self.assertEqual(editor.leave(), 0)

    def test_a_model_that_is_cut_short_ends_no_editor_and_is_said(self):
        model = self.with_own_model()
        editor = self.start()
        editor.type("alp")
        self.check_knows(editor, "alpha_one")
        with open(model, "r+b") as file:
            file.truncate(1 << 16)
        editor.type("ha")
        editor.complete()  # answered, by whatever is left
        # Either nobody has touched what is gone, or its daemon has ended and the next one says so.
        deadline = time.monotonic() + 20 * PATIENCE
        while True:
            status = editor.status()
            log = (self.home / "state/lemma/daemon.log").read_text()
            ended = "mapped file was cut short" in log
            if status["state"] == ("failed" if ended else "ready"):
                break
            self.assertLess(time.monotonic(), deadline, (log, status))
            time.sleep(0.05)
        if ended:
            self.assertIn("own.gguf", str(status))
        self.assertEqual(editor.leave(), 0)

    def test_a_socket_that_is_removed_is_made_again(self):
        first = self.start()
        daemon = self.daemon()
        for socket in self.sockets():
            socket.unlink()
        second = self.start()
        second.type("alpha")
        self.check_knows(second, "alpha_one")
        first.type("alpha")
        self.check_knows(first, "alpha_one")
        self.assertEqual(self.daemon(), daemon)

    def test_a_folder_of_sockets_that_is_removed_keeps_nobody_busy(self):
        first = self.start()
        first.complete()
        daemon = self.daemon()
        os.kill(daemon, signal.SIGSTOP)
        shutil.rmtree(self.home / "lemma")
        os.kill(daemon, signal.SIGCONT)
        first.type("alpha")
        self.check_knows(first, "alpha_one")
        second = self.start()
        second.type("alpha")
        self.check_knows(second, "alpha_one")
        time.sleep(1)  # what is computed ahead is there
        before = seconds_of(daemon)
        time.sleep(2)
        self.assertLess(seconds_of(daemon) - before, 0.2)

    def test_with_no_descriptors_left_those_who_are_there_are_served(self):
        first = self.start()
        first.complete()
        daemon = self.daemon()
        held = len(os.listdir(f"/proc/{daemon}/fd"))
        limits = resource.prlimit(daemon, resource.RLIMIT_NOFILE)
        # Enough to take an editor in, and not to serve it; then not even that.
        for more, keys in ((3, "al"), (2, "pha")):
            resource.prlimit(daemon, resource.RLIMIT_NOFILE, (held + more, limits[1]))
            waiting = self.editor()
            waiting.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
            first.type(keys)
            self.check_knows(first, "alpha_one")
        before = seconds_of(daemon)
        time.sleep(2)
        self.assertLess(seconds_of(daemon) - before, 0.4)
        resource.prlimit(daemon, resource.RLIMIT_NOFILE, limits)
        second = self.start()
        second.type("alpha")
        self.check_knows(second, "alpha_one")
        self.assertEqual(self.daemon(), daemon)

    def test_files_of_any_size_come_through_and_are_told_to_the_next_daemon(self):
        editor = self.start()
        lines = "x = 1234567890\n" * (5 << 20)  # 75 MB
        editor.send(method="textDocument/didOpen", params={"textDocument": {
            "uri": "file:///tmp/huge.py", "languageId": "python", "version": 1, "text": lines}})
        daemon = self.daemon()
        editor.type("alpha")
        self.check_knows(editor, "alpha_one")
        self.assertEqual(self.daemon(), daemon)
        os.kill(daemon, signal.SIGKILL)
        editor.type("_")
        self.check_knows(editor, "alpha_one")
        self.assertEqual(editor.leave(), 0)

    def test_an_editor_that_stops_reading_holds_up_nobody(self):
        stuck, other = self.start(), self.start()
        stuck.complete()
        stuck.process.send_signal(signal.SIGSTOP)
        asked = [self.ask(stuck) for _ in range(200)]
        other.type("alpha")
        self.check_knows(other, "alpha_one")
        stuck.process.send_signal(signal.SIGCONT)
        for number in asked:
            stuck.answer(number)

    def test_a_clock_that_jumps_changes_nothing(self):
        source, library = self.home / "clock.c", self.home / "clock.so"
        source.write_text(JUMPING_CLOCK)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        clock = self.home / "jump"
        clock.write_text("0")
        daemon = subprocess.Popen(
            [scripted_editor.PROGRAM, "daemon"], stderr=subprocess.DEVNULL,
            env={**self.environment, "LD_PRELOAD": str(library), "LEMMA_CLOCK": str(clock),
                 "ASAN_OPTIONS": "verify_asan_link_order=0"})
        try:
            deadline = time.monotonic() + 10 * PATIENCE
            while not self.sockets() and time.monotonic() < deadline:
                time.sleep(0.05)
            editor = self.start()
            for seconds in (10 * 365 * 86400, -10 * 365 * 86400, 3600, 0):
                clock.write_text(str(seconds))
                begin = time.monotonic()
                editor.type("alpha")
                self.check_knows(editor, "alpha_one")
                editor.type("_one\nbeta = ")
                self.assertLess(time.monotonic() - begin, 10 * PATIENCE)
            self.assertEqual(daemons_of(self.home), [daemon.pid])
            self.assertEqual(editor.leave(), 0)
        finally:
            daemon.terminate()
            daemon.wait(20)

    @unittest.skipIf(SANITIZER, "a sanitizer ends its program where it gets no memory itself")
    def test_without_memory_a_request_fails_and_the_daemon_does_not(self):
        editor = self.start()
        editor.type("alp")
        self.check_knows(editor, "alpha_one")
        daemon = self.daemon()
        pages = int(pathlib.Path(f"/proc/{daemon}/statm").read_text().split()[0])
        _, hard = resource.prlimit(daemon, resource.RLIMIT_AS)
        used = pages * resource.getpagesize()
        resource.prlimit(daemon, resource.RLIMIT_AS, (used + (1 << 20), hard))
        for _ in range(5):
            self.ask(editor)
            editor.type("\n" + "# " + "x" * 200)
        editor.status()
        resource.prlimit(daemon, resource.RLIMIT_AS, (hard, hard))
        editor.type("\nbeta = alp")
        self.check_knows(editor, "alpha_one")
        self.assertEqual(self.daemon(), daemon)
        self.assertEqual(editor.leave(), 0)


if __name__ == "__main__":
    scripted_editor.PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
