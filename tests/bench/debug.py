"""What `lemma debug` mends of a corpus of small buggy programs (tests/golden/bugs).

    debug.py PROGRAM CORPUS [HALF] [--languages python,javascript,cpp] [--names]

A program counts as fixed where its hidden tests pass with the first fix that lemma offers. One that
lemma calls verified and whose hidden tests fail is wrongly verified: there should be none. The
corpus is ours and harmless, so that the hidden tests run without the sandbox.
"""
import argparse
import importlib.util
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time

LIMIT_S = 60


def load_check(corpus):
    spec = importlib.util.spec_from_file_location("check", corpus / "check.py")
    check = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check)
    return check


def patched(text, diff):
    """The text with a diff of one hunk."""
    lines = text.splitlines(keepends=True)
    hunk = diff.split("\n@@ -", 1)[1]
    begin, count = map(int, re.match(r"(\d+),(\d+)", hunk).groups())
    body = hunk.split("\n", 1)[1].splitlines(keepends=True)
    made = []
    for line in body:
        if line[0] in " +":
            made.append(line[1:])
        elif line[0] == "\\":
            made[-1] = made[-1].rstrip("\n")
    return "".join(lines[:begin - 1] + made + lines[begin - 1 + count:])


def debug(lemma, program, work):
    """The report and the seconds for one program, in a copy without its hidden tests."""
    shutil.copy(program.buggy, work)
    if program.visible.is_file():
        shutil.copy(program.visible, work)
    begin = time.monotonic()
    done = subprocess.run([lemma, "debug", "--json", work / program.buggy.name],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=LIMIT_S)
    seconds = time.monotonic() - begin
    return (json.loads(done.stdout) if done.returncode == 0 else None), seconds


def measure(check, lemma, program):
    """("fixed" | "wrong" | "none", what it was called, seconds)"""
    with tempfile.TemporaryDirectory() as name:
        outer = pathlib.Path(name)
        outer.chmod(0o755)  # a sandbox that root has started reads what everybody may
        work = outer / "project"
        work.mkdir()
        report, seconds = debug(lemma, program, work)
        if report is None or not report["fixes"]:
            return "none", "", seconds
        fix = report["fixes"][0]
        mended = outer / ("mended" + program.extension)
        mended.write_text(patched(program.buggy.read_text(), fix["diff"]))
        right = check.is_green(program, mended, program.hidden)
        return "fixed" if right else "wrong", str(fix["verified"]), seconds


def print_row(name, rows):
    count = len(rows)
    fixed = sum(result == "fixed" and seconds <= 15 for result, _, seconds in rows)
    verified = [result for result, called, _ in rows if called == "True"]
    wrong = verified.count("wrong")
    seconds = [row[2] for row in rows]
    print(f"| {name} | {count} | {fixed} ({100 * fixed / count:.0f} %) | {len(verified)} | "
          f"{wrong} | {statistics.median(seconds):.1f} | {max(seconds):.1f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lemma", type=pathlib.Path)
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("half", nargs="?", default="measure")
    parser.add_argument("--languages", default="python,javascript,cpp")
    parser.add_argument("--names", action="store_true", help="a line for each program as well")
    arguments = parser.parse_args()
    corpus = arguments.corpus.resolve()
    check = load_check(corpus)
    languages = arguments.languages.split(",")
    rows = {language: [] for language in languages}
    for program in check.programs(corpus, [arguments.half], languages):
        row = measure(check, arguments.lemma.resolve(), program)
        rows[program.language].append(row)
        if arguments.names:
            print(f"{program.label()}: {row[0]} {row[1]} {row[2]:.1f} s", flush=True)
    print("| language | programs | fixed in 15 s | called verified | wrongly | median s | most |")
    print("|---|---|---|---|---|---|---|")
    for language, its in rows.items():
        if its:
            print_row(language, its)
    if all_rows := [row for its in rows.values() for row in its]:
        print_row("all", all_rows)


if __name__ == "__main__":
    main()
