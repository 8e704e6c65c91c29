"""The scripted servers of tests/support, started for a test case and ended with it."""
import json
import pathlib
import subprocess
import sys
import tempfile

SUPPORT = pathlib.Path(__file__).resolve().parent.parent / "support"


class ScriptedService:
    def __init__(self, case, program, replies):
        folder = tempfile.TemporaryDirectory(prefix="lemma-service-")
        case.addCleanup(folder.cleanup)
        self.script = pathlib.Path(folder.name) / "script"
        self.log = pathlib.Path(folder.name) / "log"
        self.log.touch()
        self.answer(*replies)
        server = subprocess.Popen([sys.executable, "-B", SUPPORT / program, self.script, self.log],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        case.addCleanup(server.wait)
        case.addCleanup(server.stdin.close)
        case.addCleanup(server.stdout.close)
        self.url = f"http://127.0.0.1:{int(server.stdout.readline())}"

    def answer(self, *replies):
        self.script.write_text(json.dumps(replies))

    def requests(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]
