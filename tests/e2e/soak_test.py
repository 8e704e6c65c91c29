#!/usr/bin/env python3
"""Twenty editors and a client of the endpoint at one daemon for a while: everything is answered,
the daemon grows neither in memory nor in descriptors, and answers come as fast at the end, as far
as the machine computes as fast: who else uses it is told by the time of a sum.

    soak_test.py build/dev/lemma [SECONDS]     60, and 1800 where LEMMA_LONG is set
"""
import os
import pathlib
import random
import statistics
import sys
import threading
import time
import unittest

import endpoint_test
import scripted_editor
from scripted_editor import PATIENCE, SANITIZER

SECONDS = 1800 if os.environ.get("LEMMA_LONG") else 240 if SANITIZER else 60
EDITORS = 4 if SANITIZER else 20  # as much as its daemon answers in time
GAP = endpoint_test.LLAMA_VSCODE | ({"n_predict": 4} if SANITIZER else {})
LINES = ("total = 0", "for value in values:", "    total += value", "return total", "import math",
         "def area(width, height):", "    return width * height", "print(area(2, 3))",
         "result = [item for item in items if item]", "# 12 * 12 =")


class Person(threading.Thread):
    """Types, asks, moves between documents and asks for other things, until `end`."""

    def __init__(self, editor, seed, end):
        super().__init__()
        self.editor, self.chance, self.end = editor, random.Random(seed), end
        self.times = []  # (when, seconds) of completions
        self.failure = None

    def run(self):
        try:
            self.editor.start().open(scripted_editor.SOURCE + "\n")
            while time.monotonic() < self.end:
                self.work()
                time.sleep(self.chance.uniform(0.2, 1.5))
            assert self.editor.leave() == 0
        except Exception as failure:  # said by the test
            self.failure = failure

    def work(self):
        line = self.chance.choice(LINES)
        for character in line[:-1]:
            self.editor.type(character)
        begin = time.monotonic()
        self.editor.complete()
        self.times.append((begin, time.monotonic() - begin))
        self.editor.type(line[-1] + "\n")
        other = self.chance.randrange(8)
        document = {"textDocument": {"uri": scripted_editor.URI}}
        if other == 0:
            self.editor.call("lemma/why")
        elif other == 1:
            self.editor.call("textDocument/hover", {**document, "position": {"line": 0,
                                                                             "character": 1}})
        elif other == 2:
            self.editor.send(method="textDocument/didClose", params=document)
            self.editor.open(scripted_editor.SOURCE + "\n")
        elif other == 3:
            self.editor.send(method="$/cancelRequest",
                             params={"id": self.editor.ask("lemma/status")})


def seconds_of_a_sum():
    begin = time.monotonic()
    sum(range(500_000))
    return time.monotonic() - begin


class SoakTest(unittest.TestCase):
    def setUp(self):
        self.serving = endpoint_test.Serving(config="[http]\nper_minute = 100000\n")
        self.process = pathlib.Path(f"/proc/{self.serving.process.pid}")
        self.editors = [scripted_editor.Editor(self.serving.environment) for _ in range(EDITORS)]

    def tearDown(self):
        for editor in self.editors:
            editor.close()
        self.assertEqual(self.serving.end(), 0)

    def sample(self):
        """Resident megabytes, and descriptors."""
        pages = int((self.process / "statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / 1e6, len(os.listdir(self.process / "fd"))

    def test_nothing_grows_and_everything_is_answered(self):
        begin = time.monotonic()
        end = begin + SECONDS
        people = [Person(editor, seed, end) for seed, editor in enumerate(self.editors)]
        for person in people:
            person.start()
        samples = []
        while time.monotonic() < end - 1:
            status, _, body = self.serving.ask("/infill", GAP)
            self.assertEqual(status, 200, body)
            samples.append((*self.sample(), seconds_of_a_sum()))
            time.sleep(1)
        for person in people:
            person.join()
        self.assertEqual([person.failure for person in people if person.failure], [])
        quarter = len(samples) // 4
        before, after = samples[quarter:2 * quarter], samples[3 * quarter:]
        memory = [statistics.median(each[0] for each in part) for part in (before, after)]
        descriptors = [statistics.median(each[1] for each in part) for part in (before, after)]
        sums = [statistics.mean(each[2] for each in part) for part in (before, after)]
        slower = max(sums[1] / sums[0], 1)
        middle = begin + SECONDS / 2
        times = [[seconds for person in people for when, seconds in person.times
                  if first <= when < last]
                 for first, last in ((begin + SECONDS / 4, middle), (end - SECONDS / 4, end))]
        medians = [statistics.median(each) * 1000 for each in times]
        print(f"{sum(len(person.times) for person in people)} completions; second quarter and "
              f"last: {memory[0]:.0f} and {memory[1]:.0f} MB, {descriptors[0]:.0f} and "
              f"{descriptors[1]:.0f} descriptors, median {medians[0]:.0f} and {medians[1]:.0f} ms, "
              f"a sum {sums[0] * 1000:.0f} and {sums[1] * 1000:.0f} ms")
        if SANITIZER != "thread":  # whose own memory grows with every thread and page there was
            self.assertLess(memory[1], memory[0] * 1.1 + 20)
        self.assertLess(descriptors[1], descriptors[0] + 5)
        self.assertLess(medians[1], medians[0] * 2 * slower + 100 * PATIENCE)


if __name__ == "__main__":
    endpoint_test.PROGRAM = scripted_editor.PROGRAM = os.path.abspath(sys.argv.pop(1))
    if len(sys.argv) > 1:
        SECONDS = int(sys.argv.pop(1))
    unittest.main()
