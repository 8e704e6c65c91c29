"""What `lemma fill` makes of the functions of tests/golden/fill.

    fill.py PROGRAM CORPUS [HALF] [--language LANGUAGE] [--names]

A body is right where it does what is meant on the hidden inputs. What is called verified and is
wrong should not be. The corpus is ours and harmless, so that bodies run without the sandbox.
"""
import argparse
import copy
import importlib.util
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

LIMIT_S = 60
ROWS = (("verified", "right"), ("verified", "wrong"), ("told apart", "right"),
        ("told apart", "second right"), ("told apart", "wrong"), ("doubted", "right"),
        ("doubted", "wrong"), ("none", ""))


def load_check(corpus):
    spec = importlib.util.spec_from_file_location("check", corpus / "check.py")
    check = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check)
    return check


def functions(check, corpus, half, language):
    if language == "python":
        return check.functions(half)
    return sorted(path for path in (corpus / half).glob("*.*js") if ".test." not in path.name)


def are_right(check, path, bodies):
    if path.suffix == ".py":
        return [is_right(check, path, each) for each in bodies]
    done = subprocess.run(["node", path.parents[1] / "check.cjs", path], input=json.dumps(bodies),
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def is_right(check, path, body):
    signature = path.read_text().splitlines()[0]
    names = {}
    exec("\n".join([signature, *("    " + line for line in body.split("\n"))]), names)
    inputs, meant = check.inputs_of(path)
    for values in inputs:
        try:
            given = names[path.stem](*copy.deepcopy(values))
        except Exception:
            return False
        wanted = meant(*copy.deepcopy(values))
        if type(given) is not type(wanted) or given != wanted:
            return False
    return True


def filled(lemma, path):
    """The report and the seconds, in a folder without what is hidden."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)  # a sandbox that root has started reads what everybody may
        file = pathlib.Path(name) / path.name
        for each in path.parent.glob(f"{path.stem}.*"):  # its tests, where it has some
            shutil.copy(each, name)
        begin = time.monotonic()
        done = subprocess.run([lemma, "fill", "--json", file], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=LIMIT_S)
        seconds = time.monotonic() - begin
    if done.returncode != 0:
        raise SystemExit(f"{path}: {done.stderr}")
    return json.loads(done.stdout), seconds


def row_of(check, path, report):
    bodies = report["bodies"]
    if not bodies:
        return "none", ""
    right = are_right(check, path, [each["body"] for each in bodies])
    called = "verified" if bodies[0]["verified"] else \
        "told apart" if len(bodies) > 1 else "doubted"
    return called, "right" if right[0] else "second right" if any(right) else "wrong"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lemma", type=pathlib.Path)
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("half", nargs="?", default="measure")
    parser.add_argument("--language", choices=("python", "javascript"), default="python")
    parser.add_argument("--names", action="store_true", help="a line for each function as well")
    arguments = parser.parse_args()
    check = load_check(arguments.corpus.resolve())
    rows = {row: [] for row in ROWS}
    written = 0
    corpus = arguments.corpus.resolve()
    for path in functions(check, corpus, arguments.half, arguments.language):
        report, seconds = filled(arguments.lemma.resolve(), path)
        row = row_of(check, path, report)
        rows[row].append(seconds)
        written += any(each["author"] for each in report["bodies"][:1])
        if arguments.names:
            body = report["bodies"][0]["body"] if report["bodies"] else report["note"]
            print(f"{path.stem}: {' '.join(row)}, {seconds:.1f} s: {body!r}", flush=True)
    every = [each for times in rows.values() for each in times]
    print("| called | the first is | functions | median s |\n|---|---|---|---|")
    for (called, how), times in rows.items():
        if times:
            print(f"| {called} | {how} | {len(times)} | {statistics.median(times):.1f} |")
    print(f"| all | | {len(every)} | {statistics.median(every):.1f} |")
    print(f"the first is by a model for {written}")


if __name__ == "__main__":
    main()
