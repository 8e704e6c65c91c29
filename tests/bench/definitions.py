#!/usr/bin/env python3
"""What is suggested where a function or class of Python's own library begins: before `def`, and
behind it. Each place is the end of a file in a folder of its own, as if it was being written.

    definitions.py PROGRAM [PLACES]
"""
import pathlib
import random
import re
import subprocess
import sys
import sysconfig
import tempfile

HEAD = re.compile(r"(\s*)(?:async )?(?:def|class) (\w+)")


def is_again(lines, head):
    """Whether a line that ends the block defines what a line of it does, no decorators apart."""
    match = HEAD.match(head)
    if not match or lines[-1].strip().startswith("@"):
        return False
    for line in reversed(lines):
        if not line.strip() or line.strip().startswith("#"):
            continue
        depth = len(line) - len(line.lstrip())
        if depth < len(match[1]):
            return False
        other = HEAD.match(line)
        if depth == len(match[1]) and other and other[2] == match[2]:
            return True
    return False


def places():
    for path in sorted(pathlib.Path(sysconfig.get_path("stdlib")).glob("*.py")):
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
        for index, line in enumerate(lines):
            match = HEAD.match(line)
            if match and index > 0:
                yield lines[:index], line, match.start(1) + len(match[1])
                yield lines[:index], line, match.start(2)


def suggestion(program, folder, lines, start):
    file = pathlib.Path(folder) / "written.py"
    file.write_text("\n".join([*lines, start]), encoding="utf-8")
    run = subprocess.run([program, "complete", f"{file}:{len(lines) + 1}:{len(start) + 1}"],
                         capture_output=True, text=True, check=True)
    return run.stdout.split("\n")[0].rstrip()[len(start):]


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    chosen = list(places())
    random.Random(7).shuffle(chosen)
    count = dict.fromkeys(("places", "shown", "right", "defined again"), 0)
    with tempfile.TemporaryDirectory(prefix="lemma-definitions-") as folder:
        for lines, line, column in chosen[:int(sys.argv[2]) if len(sys.argv) > 2 else 200]:
            shown = suggestion(program, folder, lines, line[:column])
            count["places"] += 1
            count["shown"] += bool(shown)
            count["right"] += bool(shown) and line[column:].startswith(shown)
            count["defined again"] += is_again(lines, line[:column] + shown)
    print(", ".join(f"{key}: {value}" for key, value in count.items()))


if __name__ == "__main__":
    main()
