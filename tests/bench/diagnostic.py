#!/usr/bin/env python3
"""How long after a program has failed its first diagnostic is in the editor.

    diagnostic.py PROGRAM [--rounds 15]

A scripted editor has the program debugged. Its test fails with the time at which it fails as the
message, so that the diagnostic itself says when that was; what the interpreter takes to end counts
with it. Aim: 300 ms for Python and Node.
"""
import argparse
import pathlib
import re
import statistics
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import scripted_editor  # noqa: E402  after the path
from private_home import private_environment  # noqa: E402

PROGRAMS = {
    "python": ("late.py", "import time\n\n\ndef half(x):\n    return x // 2\n\n\n"
                          "def test_half():\n"
                          "    assert half(3) == 1.5, f'at {time.time():.6f}'\n"),
    "javascript": ("late.test.js",
                   'const test = require("node:test");\nconst assert = require("node:assert");\n\n'
                   "function half(x) {\n  return Math.floor(x / 2);\n}\n\n"
                   'test("half", () => {\n  if (half(3) !== 1.5) {\n'
                   "    throw new Error(`at ${(Date.now() / 1000).toFixed(6)}`);\n  }\n});\n"),
}


def uri_of(path):
    return path.as_uri()


def diagnostic(editor, uri):
    """The first one with a time in it, and when it came."""
    message = editor.wait(lambda m: m.get("method") == "textDocument/publishDiagnostics"
                          and m["params"]["uri"] == uri and "at 1" in str(m["params"]), 60)
    came = time.time()
    return came - float(re.search(r"at (\d+\.\d+)", str(message["params"])).group(1))


def measure(environment, folder, language, rounds):
    name, text = PROGRAMS[language]
    file = folder / name
    file.write_text(text)
    uri = uri_of(file)
    editor = scripted_editor.Editor(environment, "--standalone")
    try:
        editor.call("initialize", {
            "processId": None, "rootUri": uri_of(folder),
            "workspaceFolders": [{"uri": uri_of(folder), "name": "late"}], "capabilities": {}})
        editor.send(method="initialized", params={})
        editor.send(method="textDocument/didOpen", params={"textDocument": {
            "uri": uri, "languageId": language, "version": 1, "text": text}})
        editor.call("workspace/executeCommand", {"command": "lemma.trust", "arguments": [uri]})
        late = []
        for _ in range(rounds):
            answer = editor.call("workspace/executeCommand",
                                 {"command": "lemma.debug", "arguments": [uri]})
            if "error" in answer:
                raise SystemExit(answer["error"]["message"])
            late.append(diagnostic(editor, uri) * 1000)
            editor.call("workspace/executeCommand",
                        {"command": "lemma.stopDebugging", "arguments": []})
        return late
    finally:
        editor.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    scripted_editor.PROGRAM = str(arguments.program.resolve())
    with tempfile.TemporaryDirectory(prefix="lemma-late-") as name:
        home = pathlib.Path(name)
        home.chmod(0o755)  # a sandbox that root has started reads what everybody may
        folder = home / "project"
        folder.mkdir()
        for language in PROGRAMS:
            late = sorted(measure(private_environment(home), folder, language, arguments.rounds))
            print(f"{language}: {len(late)} failures, median {statistics.median(late):.0f} ms, "
                  f"longest {late[-1]:.0f} ms from the failure to the diagnostic")


if __name__ == "__main__":
    main()
