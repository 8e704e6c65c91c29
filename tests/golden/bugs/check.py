"""Verifies the corpus of buggy programs.

    check.py [--languages python,javascript,cpp] [FOLDER ...]
    check.py --counts

FOLDER: a part of the corpus, such as tune/ or measure/NAME.cpp; all of it by default. Runs the
programs without the sandbox: they are ours and harmless.
"""
import argparse
import collections
import concurrent.futures
import pathlib
import shutil
import subprocess
import sys
import tempfile

CORPUS = pathlib.Path(__file__).resolve().parent
HALVES = ("tune", "measure", "misleading", "tempting")
WITH_TEMPTING = ("misleading", "tempting")
WORKERS = 2
RUN_S = 5
COMPILE_S = 60

EXTENSIONS = {"python": ".py", "javascript": ".js", "cpp": ".cpp"}
TEST_NAMES = {"python": "test_{}.py", "javascript": "{}.test.js", "cpp": "{}_test.cpp"}
COMPILE = ["g++", "-std=c++17", "-g", "-fsanitize=address,undefined",
           "-fno-sanitize-recover=all"]

# Runs TestCases and, as pytest does, plain functions named test_*.
PYTHON_TESTS = """
import importlib, sys, unittest
sys.path.insert(0, ".")
module = importlib.import_module(sys.argv[1])
suite = unittest.defaultTestLoader.loadTestsFromModule(module)
for name, value in vars(module).items():
    if name.startswith("test_") and callable(value):
        suite.addTest(unittest.FunctionTestCase(value))
result = unittest.TextTestRunner().run(suite)
sys.exit(result.testsRun == 0 or not result.wasSuccessful())
"""


class Program:
    """One folder of the corpus."""

    def __init__(self, folder):
        self.folder = folder
        self.name, _, self.language = folder.name.rpartition(".")
        self.extension = EXTENSIONS[self.language]
        self.test_name = TEST_NAMES[self.language].format(self.name)
        self.buggy = folder / (self.name + self.extension)
        self.fixed = folder / "hidden" / ("fixed" + self.extension)
        self.tempting = folder / "hidden" / ("tempting" + self.extension)
        self.visible = folder / self.test_name
        self.hidden = folder / "hidden" / self.test_name

    def label(self):
        return f"{self.folder.parent.name}/{self.folder.name}"

    def missing_files(self):
        wanted = [self.buggy, self.fixed, self.hidden, self.folder / "hidden" / "kind"]
        if self.folder.parent.name in WITH_TEMPTING:
            wanted += [self.tempting, self.visible]
        return [path.name for path in wanted if not path.is_file()]


def command_without_tests(program, source):
    if program.language == "python":
        doctest = ["-m", "doctest"] if ">>>" in source.read_text() else []
        return [sys.executable, "-B", *doctest, source.name]
    return ["node", source.name]


def is_green(program, source, test):
    """Whether `test` (None: the program itself) ends well with `source` as the program."""
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        main = work / program.buggy.name
        shutil.copy(source, main)
        if test:
            main = pathlib.Path(shutil.copy(test, work))
        if program.language == "cpp":
            built = run([*COMPILE, main.name, "-o", "program"], work, COMPILE_S)
            return built and run(["./program"], work, RUN_S)
        if test and program.language == "python":
            return run([sys.executable, "-B", "-c", PYTHON_TESTS, main.stem], work, RUN_S)
        if test:
            return run(["node", main.name], work, RUN_S)
        return run(command_without_tests(program, main), work, RUN_S)


def run(command, folder, limit_s):
    try:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, timeout=limit_s,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def violations(program):
    """What is wrong with one program, a sentence each."""
    missing = program.missing_files()
    if missing:
        return [f"{program.label()}: no file {', '.join(missing)}"]
    visible = program.visible if program.visible.is_file() else None
    cases = [("the visible tests", visible, "buggy", program.buggy, False),
             ("the visible tests", visible, "fixed", program.fixed, True),
             ("the hidden tests", program.hidden, "buggy", program.buggy, False),
             ("the hidden tests", program.hidden, "fixed", program.fixed, True)]
    if program.tempting.is_file():
        cases += [("the visible tests", visible, "temptingly fixed", program.tempting, True),
                  ("the hidden tests", program.hidden, "temptingly fixed", program.tempting, False)]
    found = []
    for tests, test, which, source, expected in cases:
        if is_green(program, source, test) != expected:
            verb = "fail" if expected else "pass"
            found.append(f"{program.label()}: {tests} {verb} on the {which} program")
    return found


def programs(corpus, folders, languages):
    found = [Program(path) for half in HALVES for path in sorted((corpus / half).glob("*.*"))]
    wanted = [(corpus / folder).resolve() for folder in folders] or [corpus.resolve()]
    return [program for program in found if program.language in languages and
            any(path in (program.folder.resolve(), *program.folder.resolve().parents)
                for path in wanted)]


def print_counts(chosen):
    kinds = collections.defaultdict(collections.Counter)
    lengths = collections.defaultdict(list)
    for program in chosen:
        half = program.folder.parent.name
        kind = (program.folder / "hidden" / "kind").read_text().split(",")[0]
        kinds[kind][half] += 1
        lengths[half, program.language].append(len(program.buggy.read_text().splitlines()))
    print("| kind | " + " | ".join(HALVES) + " |\n|---|" + "---|" * len(HALVES))
    for kind in sorted(kinds):
        print(f"| {kind} | " + " | ".join(str(kinds[kind][half]) for half in HALVES) + " |")
    print("\n| half | language | programs | lines: least, median, most |\n|---|---|---|---|")
    for (half, language), counts in lengths.items():
        counts.sort()
        print(f"| {half} | {language} | {len(counts)} | "
              f"{counts[0]}, {counts[len(counts) // 2]}, {counts[-1]} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--languages", default=",".join(EXTENSIONS))
    parser.add_argument("--counts", action="store_true")
    parser.add_argument("--corpus", type=pathlib.Path, default=CORPUS)
    parser.add_argument("folders", nargs="*")
    arguments = parser.parse_args()
    chosen = programs(arguments.corpus, arguments.folders, arguments.languages.split(","))
    if not chosen:
        sys.exit(f"no program below {arguments.corpus} is called {' '.join(arguments.folders)}")
    if arguments.counts:
        return print_counts(chosen)
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        found = [line for lines in pool.map(violations, chosen) for line in lines]
    for line in found:
        print(line)
    print(f"{len(chosen)} programs, {len(found)} violations")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
