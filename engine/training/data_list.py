"""Lists what a corpus holds: a table of projects with licences, and sums for the model card."""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path

from fetch import default_work_folder, load_sources
from store import LANGUAGE_SHARES


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=default_work_folder())
    parser.add_argument("out", type=Path, help="a TSV: project, package, files, bytes, licences")
    arguments = parser.parse_args()
    packages = {source.project: f"{source.origin} {source.package} {source.version}"
                for source in load_sources()}
    files: Counter[str] = Counter()
    size: Counter[str] = Counter()
    licences: defaultdict[str, Counter[str]] = defaultdict(Counter)
    by_licence: Counter[str] = Counter()
    for language in LANGUAGE_SHARES:
        count = total = 0
        index = (arguments.work / "corpus" / f"{language}.tsv").read_text(encoding="utf-8")
        for line in index.splitlines():
            _, length, project, _, licence = line.split("\t")
            files[project] += 1
            size[project] += int(length)
            licences[project][licence] += 1
            by_licence[licence.upper()] += int(length)
            count, total = count + 1, total + int(length)
        print(f"| {language} | {count} | {total / 1e6:.1f} |")
    with open(arguments.out, "w", encoding="utf-8") as table:
        table.write("project\tpackage\tfiles\tbytes\tlicences of the files\n")
        for project, count in sorted(files.items()):
            names = ", ".join(name for name, _ in licences[project].most_common())
            row = (project, packages.get(project, "?"), str(count), str(size[project]), names)
            table.write("\t".join(row) + "\n")
    for licence, total in by_licence.most_common():
        print(f"{total / 1e6:8.1f} MB  {licence}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
