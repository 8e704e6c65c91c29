"""How often the suggestion for a missing line makes a program's tests pass.

    infill.py PROGRAM CORPUS [HALF ...] [--languages python,javascript,cpp] [--lines 3] [--names]

From each right program of tests/golden/bugs some lines are taken out, one at a time, and `lemma
complete` is asked at the indentation that is left. Only lines count whose loss the hidden tests
notice. The corpus was written for this project, so that no model has been trained on it; it is
ours and harmless, so that the tests run without the sandbox.
"""
import argparse
import json
import pathlib
import random
import re
import subprocess
import tempfile

import debug

SEED = 1
LIMIT_S = 60
# What has little to find, or is no statement: brackets, comments, imports.
DULL = re.compile(r"[^\w]*$|\s*(#|//|/?\*|import\b|from\b|using\b|const \w+ = require)")


def without(text, line):
    """The text whose line of that number has its indentation alone."""
    lines = text.split("\n")
    indentation = lines[line][:len(lines[line]) - len(lines[line].lstrip())]
    return "\n".join(lines[:line] + [indentation] + lines[line + 1:]), len(indentation)


def places(text, count, chance):
    """Numbers of lines, those within other code first taken by chance."""
    found = [number for number, line in enumerate(text.split("\n"))
             if line.startswith((" ", "\t")) and not DULL.match(line)]
    return chance.sample(found, len(found))[:count * 3]


def offset_of(text, position):
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[:position["line"] - 1]) + position["column"] - 1


def completed(lemma, options, file, line, column):
    """The text of the file with the suggestion at that place; None where there is none."""
    done = subprocess.run([lemma, "complete", f"{file}:{line + 1}:{column + 1}", "--json",
                           *options], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=LIMIT_S)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    answer = json.loads(done.stdout)
    if not answer["text"]:
        return None
    text = file.read_text()
    begin, end = (offset_of(text, answer["range"][side]) for side in ("start", "end"))
    return text[:begin] + answer["text"] + text[end:]


def measure(check, lemma, options, program, count):
    """For each line that counts: "passes", "fails" or "silent"."""
    text = program.fixed.read_text()
    results = []
    with tempfile.TemporaryDirectory() as name:
        file = pathlib.Path(name) / program.buggy.name
        for line in places(text, count, random.Random(f"{SEED} {program.label()}")):
            gap, column = without(text, line)
            file.write_text(gap)
            if check.is_green(program, file, program.hidden):
                continue
            whole = completed(lemma, options, file, line, column)
            file.write_text(whole or "")
            passes = whole is not None and check.is_green(program, file, program.hidden)
            results.append("silent" if whole is None else "passes" if passes else "fails")
            if len(results) == count:
                break
    return results


def print_row(name, results):
    offered = len(results) - results.count("silent")
    passes = results.count("passes")
    print(f"| {name} | {len(results)} | {offered} | {passes} ({100 * passes / len(results):.1f} %)"
          f" | {100 * passes / max(offered, 1):.1f} % |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lemma", type=pathlib.Path)
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("halves", nargs="*", default=["tune", "measure"])
    parser.add_argument("--languages", default="python,javascript,cpp")
    parser.add_argument("--lines", type=int, default=3, help="of each program")
    parser.add_argument("--options", default="", help="for lemma complete, such as --backend=none")
    parser.add_argument("--names", action="store_true", help="a line for each program as well")
    arguments = parser.parse_args()
    corpus = arguments.corpus.resolve()
    check = debug.load_check(corpus)
    languages = arguments.languages.split(",")
    rows = {language: [] for language in languages}
    for program in check.programs(corpus, arguments.halves, languages):
        results = measure(check, arguments.lemma.resolve(), arguments.options.split(), program,
                          arguments.lines)
        rows[program.language] += results
        if arguments.names:
            print(f"{program.label()}: {' '.join(results)}", flush=True)
    print("| language | lines | suggested | tests pass | of what was suggested |")
    print("|---|---|---|---|---|")
    for language, its in rows.items():
        if its:
            print_row(language, its)
    if all_results := [each for its in rows.values() for each in its]:
        print_row("all", all_results)


if __name__ == "__main__":
    main()
