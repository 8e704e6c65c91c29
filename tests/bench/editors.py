"""What an editor and its user feel: one line for each figure.

    python3 editors.py PROGRAM [--nvim NVIM] [--minutes N] [--only NAME]...

  ghost    key to ghost text in a real Neovim, the plugin's own wait (40 ms) taken off
  keys     what the server itself takes for a keystroke in a file of 10,000 lines, without model:
           from sending the edit to the answer to a request behind it
  context  what an answer takes besides the engine's part: the tree, the prompt, the memory's
           buffers, what is cut and checked afterwards
  editors  resident memory of ten editors and their daemon to that of one (daemon_memory.py): with
           the same file open, and each with another
  actions  a request for code actions at a failure that a fix was found for
  index    key to answer while a workspace of 100,000 files is indexed, and afterwards
  typing   ten keys a second: growth of the daemon, its share of a core, and answers that do not
           continue what stands there
"""
import argparse
import os
import pathlib
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import daemon_memory  # noqa: E402
import debug_test  # noqa: E402
import scripted_editor  # noqa: E402
import latency  # noqa: E402
import real_files  # noqa: E402
from neovim import Neovim  # noqa: E402

DEBOUNCE_MS = 40
LONG_FILE_LINES = 10_000
WORKSPACE_FILES = 100_000


def centile(values, percent):
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def summary(values):
    return (f"{len(values)} times: median {statistics.median(values):.2f} ms, "
            f"p95 {centile(values, 95):.2f} ms, p99 {centile(values, 99):.2f} ms")


def ghost(program, arguments):
    if not arguments.nvim:
        return "left out: no --nvim"
    waits = []
    with tempfile.TemporaryDirectory(prefix="lemma-editors-") as folder:
        for paths in real_files.copy_all(folder).values():
            path = paths[0]
            setup = f"vim.g.lemma = {{ cmd = {{ [[{program}]], 'lsp' }} }}"
            with Neovim(arguments.nvim, setup, columns=200) as nvim:
                real_files.open_file(nvim, path)
                for line in real_files.lines_of_code(path.read_text(), 8):
                    waits += real_files.retype(nvim, path, line).latencies_ms
    return summary([ms - DEBOUNCE_MS for ms in waits])


def retyped(file, line):
    """Types a line anew: for each key when it was pressed, and the column behind it."""
    original, column = file.lines[line], 0
    file.replace((line, 0), (line, len(original.encode())), "")
    for key in original:
        pressed = time.perf_counter()
        file.replace((line, column), (line, column), key)
        column += len(key.encode())
        yield pressed, column


def long_file(folder):
    lines = []
    while len(lines) < LONG_FILE_LINES:
        for path in real_files.FILES["Python"]:
            lines += pathlib.Path(path).read_text().splitlines()
    path = pathlib.Path(folder) / "long.py"
    path.write_text("\n".join(lines[:LONG_FILE_LINES]) + "\n")
    return path


class LongFile(latency.File):
    """All of it, unlike the others of latency.py."""

    def __init__(self, server, path):
        self.server, self.uri, self.version = server, path.as_uri(), 1
        self.lines = path.read_text().splitlines()
        server.notify("textDocument/didOpen", {"textDocument": {
            "uri": self.uri, "languageId": "python", "version": 1, "text": self.text()}})


def type_in_long_file(program, each_key):
    """Types in the middle of a file of 10,000 lines."""
    with tempfile.TemporaryDirectory(prefix="lemma-editors-") as folder:
        server = latency.Server(program)
        file = LongFile(server, long_file(folder))
        file.ask(0, 0)  # everything is loaded and parsed
        line, column = LONG_FILE_LINES // 2, 0
        file.replace((line, 0), (line, 0), "\n")
        for round_ in range(30):
            for key in f"value_{round_} = compute(data[{round_}], limit)":
                each_key(server, file, line, column, key)
                column += 1
            file.replace((line, column), (line, column), "\n")
            line, column = line + 1, 0
        server.close()


def keys(program, _):
    waits = []

    def key(server, file, line, column, text):
        start = time.perf_counter()
        file.replace((line, column), (line, column), text)
        server.call("lemma/status", {})
        waits.append((time.perf_counter() - start) * 1000)
    type_in_long_file(program, key)
    return summary(waits)


def context(program, _):
    waits = []

    def key(server, file, line, column, text):
        file.replace((line, column), (line, column), text)
        file.ask(line, column + 1)
        answer = server.call("lemma/why", {})["answers"][0]
        if "contextMs" in answer and answer["ms"] > 0:  # not prepared ahead
            waits.append(answer["contextMs"])
    type_in_long_file(program, key)
    return summary(waits)


def editors(program, _):
    scripted_editor.PROGRAM = str(program)
    figures = []
    for files in "same", "others":
        home = tempfile.mkdtemp(prefix="lemma-")
        try:
            rows = daemon_memory.measure(home, 10, files)
        finally:
            shutil.rmtree(home)
        figures.append(f"{files}: one {rows[0]:.1f} MB, ten {rows[-1]:.1f} MB, "
                       f"{rows[-1] / rows[0]:.2f} times")
    return "; ".join(figures)


def processor_seconds(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def actions(program, _):
    with tempfile.TemporaryDirectory(prefix="lemma-editors-") as folder:
        path = pathlib.Path(folder) / "project" / "mean.py"
        path.parent.mkdir()
        path.write_text(debug_test.PROGRAM)
        path.with_name("test_mean.py").write_text(debug_test.TESTS)
        server = latency.Server(program, path.parent.as_uri())
        latency.File(server, path, "python")
        for command in "lemma.trust", "lemma.debug":
            server.call("workspace/executeCommand",
                        {"command": command, "arguments": [path.as_uri()]})
        waits, place = [], {"line": 3, "character": 8}

        def fixes():
            start = time.perf_counter()
            found = server.call("textDocument/codeAction", {
                "textDocument": {"uri": path.as_uri()}, "range": {"start": place, "end": place},
                "context": {"diagnostics": [], "only": ["quickfix"]}})
            waits.append((time.perf_counter() - start) * 1000)
            return found
        deadline = time.monotonic() + 60
        while not fixes():
            if time.monotonic() > deadline:
                return "no fix within a minute"
            time.sleep(0.1)
        waits.clear()
        for _ in range(200):
            fixes()
        server.close()
    return summary(waits)


def many_files(folder):
    """100,000 files of 40 lines, in 1,000 folders."""
    lines = long_file(folder).read_text().splitlines(keepends=True)
    for number in range(WORKSPACE_FILES):
        part = pathlib.Path(folder) / f"part_{number % 1000}"
        part.mkdir(exist_ok=True)
        begin = number * 7 % (len(lines) - 40)
        text = f"def function_{number}():\n    pass\n\n\n" + "".join(lines[begin:begin + 40])
        (part / f"module_{number}.py").write_text(text)


def indexed_files(home):
    found = list(pathlib.Path(home).glob("cache/lemma/index/*"))
    databases = [path for path in found if not path.name.endswith(("-wal", "-shm"))]
    if not databases:
        return 0, 0
    connection = sqlite3.connect(f"file:{databases[0]}?mode=ro", uri=True)
    try:
        count = connection.execute("SELECT count(*) FROM files").fetchone()[0]
    finally:
        connection.close()
    return count, sum(path.stat().st_size for path in found) / 2**20


def index(program, _):
    with tempfile.TemporaryDirectory(prefix="lemma-editors-") as folder:
        many_files(folder)
        begin = time.monotonic()
        server = latency.Server(program, pathlib.Path(folder).as_uri())
        path = pathlib.Path(folder) / "part_0" / "typed.py"
        path.write_text(pathlib.Path(real_files.FILES["Python"][0]).read_text())
        file = latency.File(server, path, "python")
        file.ask(0, 0)

        def typed_lines():
            waits = []
            for line in real_files.lines_of_code(file.text(), 20):
                for start, column in retyped(file, line):
                    file.ask(line, column)
                    waits.append((time.perf_counter() - start) * 1000)
                    time.sleep(0.05)
            return waits
        meanwhile = typed_lines()
        count, _ = indexed_files(server.home.name)
        while indexed_files(server.home.name)[0] <= WORKSPACE_FILES:  # and the one that is typed in
            time.sleep(1)
            if time.monotonic() - begin > 3600:
                return f"{indexed_files(server.home.name)[0]} files in an hour"
        took, size = time.monotonic() - begin, indexed_files(server.home.name)[1]
        afterwards = typed_lines()
        server.close()
    return (f"{took:.0f} s, {size:.0f} MB; while it is made ({count} files were there at the end) "
            f"{summary(meanwhile)}; afterwards {summary(afterwards)}")


def typing(program, arguments):
    with tempfile.TemporaryDirectory(prefix="lemma-editors-") as folder:
        path = real_files.copy_all(folder)["Python"][0]
        server = latency.Server(program)
        file = latency.File(server, path, "python")
        file.ask(0, 0)
        daemon = scripted_editor.daemons_of(server.home.name)[0]
        lines = real_files.lines_of_code(file.text(), 40)
        sizes, stale, pressed = [], 0, 0
        begin, busy = time.monotonic(), processor_seconds(daemon)
        while time.monotonic() - begin < arguments.minutes * 60:
            line = lines[pressed % len(lines)]
            for _, column in retyped(file, line):
                pressed += 1
                stale += not continues(server, file, line, column)
                time.sleep(max(0, begin + pressed * 0.1 - time.monotonic()))
            sizes.append(daemon_memory.megabytes(daemon, "Pss"))
        share = (processor_seconds(daemon) - busy) / (time.monotonic() - begin)
        server.close()
    settled = len(sizes) // 4
    return (f"{pressed} keys in {arguments.minutes} minutes: {sizes[settled]:.1f} MB after a "
            f"quarter of the time, {sizes[-1]:.1f} MB at the end; {share:.0%} of a core; "
            f"{stale} answers that do not continue the line")


def continues(server, file, line, column):
    answer = server.call("textDocument/inlineCompletion", {
        "textDocument": {"uri": file.uri}, "context": {"triggerKind": 2},
        "position": {"line": line, "character": column}})
    if not answer or not answer["items"]:
        return True
    item = answer["items"][0]
    start = item["range"]["start"]["character"]
    return item["insertText"].startswith(file.lines[line].encode()[start:column].decode())


FIGURES = {"ghost": ghost, "keys": keys, "context": context, "editors": editors, "actions": actions,
           "index": index, "typing": typing}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--nvim")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--only", action="append", choices=FIGURES)
    arguments = parser.parse_args()
    for name in arguments.only or FIGURES:
        print(f"{name:8} {FIGURES[name](arguments.program, arguments)}", flush=True)


if __name__ == "__main__":
    main()
