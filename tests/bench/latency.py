"""What a user waits for: milliseconds from an edit to the answer of the language server.

Types real files anew over the server's own pipes, one key after the other, each followed by a
request for an inline completion that is waited for. An editor adds its own delay (debounce,
drawing).

Usage: python3 latency.py PROGRAM [--lines N] [--json]
"""
import argparse
import json
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import real_files  # noqa: E402
from private_home import private_environment  # noqa: E402

LINES_OF_FILE = 500


class Server:
    """`lemma lsp` with a daemon of its own, spoken to by a client that waits for every answer."""

    def __init__(self, program, root_uri=None):
        self.home = tempfile.TemporaryDirectory(prefix="lemma-", ignore_cleanup_errors=True)
        self.process = subprocess.Popen([program, "lsp"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        env=private_environment(self.home.name))
        self.last_id = 0
        capabilities = {"textDocument": {"inlineCompletion": {}},
                        "general": {"positionEncodings": ["utf-8"]}}
        self.call("initialize",
                  {"processId": None, "rootUri": root_uri, "capabilities": capabilities})
        self.notify("initialized", {})
        while self.call("lemma/status", {})["state"] == "loading":
            time.sleep(0.05)

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def call(self, method, params):
        self.last_id += 1
        self.send({"id": self.last_id, "method": method, "params": params})
        while True:
            length = int(self.process.stdout.readline().split(b":")[1])
            self.process.stdout.readline()
            message = json.loads(self.process.stdout.read(length))
            if message.get("id") == self.last_id and "method" not in message:
                return message.get("result")

    def close(self):
        self.call("shutdown", None)
        self.notify("exit", None)
        self.process.wait()
        self.home.cleanup()


class File:
    """An open document, as its editor edits it."""

    def __init__(self, server, path, language):
        self.server, self.uri, self.version = server, path.as_uri(), 1
        self.lines = path.read_text().splitlines()[:LINES_OF_FILE]
        server.notify("textDocument/didOpen", {"textDocument": {
            "uri": self.uri, "languageId": language, "version": 1, "text": self.text()}})

    def text(self):
        return "\n".join(self.lines) + "\n"

    def replace(self, start, end, text):
        """Puts `text` in place of what stands between two places: (line, byte)."""
        self.version += 1
        before = self.lines[start[0]].encode()[:start[1]].decode()
        after = self.lines[end[0]].encode()[end[1]:].decode()
        self.lines[start[0]:end[0] + 1] = (before + text + after).split("\n")
        positions = [{"line": line, "character": byte} for line, byte in (start, end)]
        self.server.notify("textDocument/didChange", {
            "textDocument": {"uri": self.uri, "version": self.version},
            "contentChanges": [{"range": dict(zip(("start", "end"), positions)), "text": text}]})

    def ask(self, line, character):
        """Milliseconds until the answer, and whether there was one to show."""
        start = time.perf_counter()
        answer = self.server.call("textDocument/inlineCompletion", {
            "textDocument": {"uri": self.uri}, "context": {"triggerKind": 2},
            "position": {"line": line, "character": character}})
        return (time.perf_counter() - start) * 1000, bool(answer and answer["items"])


def retype(file, line, arrival, waits):
    """Deletes a line and writes it again; the first key comes after an `arrival`."""
    original = file.lines[line]
    code = original.lstrip()
    indentation = original[:len(original) - len(code)]
    column = len(indentation)
    file.replace((line, column), (line, len(original.encode())), "")
    kind = arrival
    for key in code:
        file.replace((line, column), (line, column), key)
        column += len(key.encode())
        waits.setdefault(kind, []).append(file.ask(line, column))
        kind = "typing"
    file.replace((line, column), (line, column), "\n" + indentation)
    waits.setdefault("Enter", []).append(file.ask(line + 1, len(indentation)))
    file.replace((line, column), (line + 1, len(indentation)), "")


def measure(program, lines_a_file):
    waits = {}
    with tempfile.TemporaryDirectory(prefix="lemma-latency-") as folder:
        server = Server(program)
        languages = {"Python": "python", "C++": "cpp", "JavaScript": "javascript"}
        files = [File(server, path, languages[language])
                 for language, paths in real_files.copy_all(folder).items() for path in paths]
        visits = [(file, line) for file in files
                  for line in real_files.lines_of_code(file.text(), lines_a_file)]
        random.Random(1).shuffle(visits)
        for file, line in visits:
            retype(file, line, "file switch", waits)
            elsewhere = max(20, (line + len(file.lines) // 2) % len(file.lines))
            line = max(range(elsewhere - 20, elsewhere), key=lambda n: len(file.lines[n]))
            retype(file, line, "jump", waits)
        server.close()
    return waits


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--lines", type=int, default=10, help="typed of each file")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = {}
    for kind, waits in sorted(measure(arguments.program, arguments.lines).items()):
        centiles = statistics.quantiles([ms for ms, _ in waits], n=20)
        result[kind] = {"requests": len(waits), "median_ms": round(centiles[9], 1),
                        "p95_ms": round(centiles[18], 1),
                        "shown": round(sum(shown for _, shown in waits) / len(waits), 3)}
    if arguments.json:
        print(json.dumps(result))
        return
    for kind, figures in result.items():
        print(f"{kind:12} {figures['requests']:5} requests  median {figures['median_ms']:6.1f} ms"
              f"  p95 {figures['p95_ms']:6.1f} ms  something to show {figures['shown']:.0%}")


if __name__ == "__main__":
    main()
