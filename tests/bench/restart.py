"""What prefixes on disk save after a restart: the first completion of a new daemon.

Every file is opened, completed in its middle and closed; the daemon leaves. Then the same in a new
daemon, once with the prefixes of the first on disk and once without, in turn. Milliseconds to the
first token, as `lemma/why` has them, and to the answer; the model is loaded before.

Usage: python3 restart.py PROGRAM [--rounds N] [--json]
"""
import argparse
import json
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import daemon_test  # noqa: E402
import real_files  # noqa: E402
from private_home import private_environment  # noqa: E402


def first_completion(home, environment, text):
    """The provenance of the first answer of a daemon of its own, which is gone afterwards."""
    editor = daemon_test.Editor(environment).start().open(text)
    try:
        editor.complete()
        return editor.call("lemma/why")["result"]["answers"][0]
    finally:
        editor.leave()
        while daemon_test.daemons_of(home):
            time.sleep(0.05)


def measure(rounds):
    rows = {"with": [], "without": []}
    for path in (path for paths in real_files.FILES.values() for path in paths):
        lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()[:500]
        text = "\n".join(lines[:len(lines) // 2]) + "\n"
        home = pathlib.Path(tempfile.mkdtemp(prefix="lemma-"))
        environment = private_environment(home)
        try:
            first_completion(home, environment, text)
            for _ in range(rounds):
                rows["with"].append(first_completion(home, environment, text))
                prefixes = home / "cache/lemma/prefixes"
                prefixes.rename(home / "aside")
                rows["without"].append(first_completion(home, environment, text))
                shutil.rmtree(prefixes)
                (home / "aside").rename(prefixes)
        finally:
            shutil.rmtree(home)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=3, help="for each file")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    daemon_test.PROGRAM = str(pathlib.Path(arguments.program).resolve())
    figures = {}
    for kind, rows in measure(arguments.rounds).items():
        figures[kind] = {
            "restarts": len(rows),
            "prompt_tokens": round(statistics.mean(row["promptTokens"] for row in rows)),
            "cached_tokens": round(statistics.mean(row["cachedTokens"] for row in rows))}
        for name, key in (("first_token_ms", "prefillMs"), ("answer_ms", "ms")):
            values = sorted(row[key] for row in rows)
            figures[kind][name] = {"median": round(statistics.median(values), 1),
                                   "least": round(values[0], 1), "most": round(values[-1], 1)}
    if arguments.json:
        print(json.dumps(figures))
        return
    for kind, row in figures.items():
        first, answer = row["first_token_ms"], row["answer_ms"]
        print(f"{kind:8} prefixes on disk, {row['restarts']} restarts, "
              f"{row['prompt_tokens']} tokens ({row['cached_tokens']} kept): "
              f"first token {first['median']} ms"
              f" ({first['least']} to {first['most']}), answer {answer['median']} ms"
              f" ({answer['least']} to {answer['most']})")


if __name__ == "__main__":
    main()
