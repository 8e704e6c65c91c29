"""What each further editor costs: memory of the daemon and of the bridges to it, in MB.

Each editor has a file of Python's standard library open, of 40 to 60 KB, and has asked for a
completion: all the same file, or each another one. PSS counts a page that several processes share
once.

Usage: python3 daemon_memory.py PROGRAM [--editors N] [--files same|others]
"""
import argparse
import pathlib
import re
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import scripted_editor  # noqa: E402
import real_files  # noqa: E402
from private_home import private_environment  # noqa: E402


def megabytes(process, kind):
    rollup = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text()
    return int(re.search(rf"^{kind}:\s+(\d+) kB", rollup, re.MULTILINE)[1]) / 1024


def chosen_files(count, files):
    first = pathlib.Path(real_files.FILES["Python"][0])
    if files == "same":
        return [first] * count
    others = [path for path in sorted(first.parent.glob("*.py"))
              if 40e3 < path.stat().st_size < 60e3]
    return others[:count]


def measure(home, count, files):
    """Of one editor, of two, and so on: all together."""
    environment = private_environment(home)
    editors, together = [], []
    try:
        for path in chosen_files(count, files):
            text = path.read_text(encoding="utf-8")
            editor = scripted_editor.Editor(environment).start()
            editors.append(editor)
            editor.open(text + scripted_editor.SOURCE)
            editor.complete()
            daemons = scripted_editor.daemons_of(home)
            bridges = [one.process.pid for one in editors]
            row = [megabytes(daemons[0], "Pss"), sum(megabytes(one, "Pss") for one in bridges)]
            print(f"{len(editors):3} editors: daemon {row[0]:6.1f}  bridges {row[1]:5.1f}  "
                  f"together {sum(row):6.1f}", flush=True)
            together.append(sum(row))
    finally:
        for editor in editors:
            editor.leave()
        while scripted_editor.daemons_of(home):
            time.sleep(0.1)
    return together


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--editors", type=int, default=10)
    parser.add_argument("--files", choices=["same", "others"], default="same")
    arguments = parser.parse_args()
    scripted_editor.PROGRAM = str(pathlib.Path(arguments.program).resolve())
    home = tempfile.mkdtemp(prefix="lemma-")
    try:
        measure(home, arguments.editors, arguments.files)
    finally:
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
