"""How often `lemma debug` calls a wrong fix verified, by right programs that are broken at random.

    mutants.py PROGRAM CORPUS [--languages python,javascript,cpp] [--each 5] [--minutes 15]
               [--seed 1] [--keep FOLDER]

The right programs of the free halves of the corpus (tests/golden/bugs: tune, tempting) lose a line,
get two lines swapped, or a number or name replaced by another number. Much of that is out of reach
for the changes that lemma tries, and then what passes the visible tests is seldom right: a program
of a kind that tempts. Only what is red in the visible and the hidden tests is asked about. A fix
that is called verified and is red in the hidden ones is printed, and kept with --keep.
"""
import argparse
import copy
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import time

import debug

# Lines that say what a program is made of, and not what it does.
NO_CODE = re.compile(r'\s*($|#|//|/?\*|"""|["\']use |import |from |using |module\.exports)')
NAMES = re.compile(r"(?<![.\w\"'])[a-z_]\w*\b(?![(\"'\w])")
NO_NAMES = set("and auto class const def else false for function if import in int is let new not of"
               " or return self this true while".split())


def replaced(line, match, text):
    return line[:match.start()] + text + line[match.end():]


def broken_texts(text, draw):
    """(kind, line from 1, text), in an order that is drawn."""
    lines = text.split("\n")
    found = []

    def add(kind, at, end, others):
        found.append((kind, at + 1, "\n".join(lines[:at] + others + lines[end:])))

    for at, line in enumerate(lines):
        if NO_CODE.match(line):
            continue
        add("line taken out", at, at + 1, [])
        if at + 1 < len(lines) and lines[at + 1].strip() and lines[at + 1] != line:
            add("lines swapped", at, at + 2, [lines[at + 1], line])
        for match in re.finditer(r"\b\d+\b", line):
            number = str(3 * int(match[0]) + 7)
            add("other number", at, at + 1, [replaced(line, match, number)])
        for match in NAMES.finditer(line):
            if match[0] not in NO_NAMES and not line.strip().startswith(("def ", "class ")):
                number = str(draw.randrange(3))
                add("number for a name", at, at + 1, [replaced(line, match, number)])
    draw.shuffle(found)
    return found


CHECKS = {"python": ["/usr/bin/python3", "-B", "-c", "import ast; ast.parse(open(0).read())"],
          "javascript": ["node", "--check", "-"],
          "cpp": ["g++", "-std=c++17", "-fsyntax-only", "-x", "c++", "-"]}


def is_program(language, text):
    """Whether it can be read: what is wrong with others needs no tests."""
    return subprocess.run(CHECKS[language], input=text, text=True, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0


def broken_program(program, text, folder):
    broken = copy.copy(program)
    broken.buggy = folder / program.buggy.name
    broken.buggy.write_text(text)
    return broken


def look_at(check, arguments, program, until):
    """(kind, result, what it was called) of some broken versions of a program."""
    draw = random.Random(f"{arguments.seed} {program.label()}")
    rows = []
    for kind, line, text in broken_texts(program.fixed.read_text(), draw):
        if len(rows) == arguments.each or time.monotonic() > until:
            break
        if not is_program(program.language, text):
            continue
        with tempfile.TemporaryDirectory() as name:
            broken = broken_program(program, text, pathlib.Path(name))
            if any(check.is_green(broken, broken.buggy, test)
                   for test in (broken.visible, broken.hidden)):
                continue
            result, called, seconds = debug.measure(check, arguments.lemma.resolve(), broken)
        rows.append((kind, result, called))
        print(f"{program.label()}:{line}: {kind}: {result} {called} {seconds:.1f} s", flush=True)
        if arguments.keep and (result, called) == ("wrong", "True"):
            kept = arguments.keep / f"{program.name}_{line}_{arguments.seed}"
            kept.mkdir(parents=True)
            (kept / program.buggy.name).write_text(text)
            shutil.copy(program.visible, kept)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lemma", type=pathlib.Path)
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("--languages", default="python,javascript,cpp")
    parser.add_argument("--each", type=int, default=5, help="broken versions of a program")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="where wrongly verified ones are put")
    arguments = parser.parse_args()
    corpus = arguments.corpus.resolve()
    check = debug.load_check(corpus)
    until = time.monotonic() + 60 * arguments.minutes
    programs = check.programs(corpus, ["tune", "tempting"], arguments.languages.split(","))
    programs = [program for program in programs if program.visible.is_file()]
    random.Random(arguments.seed).shuffle(programs)
    rows = [row for program in programs for row in look_at(check, arguments, program, until)]
    print("| broken by | programs | fixed | wrong | called verified | wrongly |")
    print("|---|---|---|---|---|---|")
    for kind in [*sorted({row[0] for row in rows}), "all"]:
        its = [row[1:] for row in rows if kind in (row[0], "all")]
        results = [result for result, _ in its]
        print(f"| {kind} | {len(its)} | {results.count('fixed')} | {results.count('wrong')} | "
              f"{sum(called == 'True' for _, called in its)} | {its.count(('wrong', 'True'))} |")


if __name__ == "__main__":
    main()
