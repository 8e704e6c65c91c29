"""Reads one task as JSON, writes one report as JSON."""
import json
import sys

from .examples import Unusable, known_of
from .judge import judged, weighed
from .search import Search


def report_of(task):
    known = known_of(task)
    if not known.examples:
        raise Unusable(f"there is no example of {task['function']}() that says what a call gives: "
                       f"write some into its docstring, as >>> {task['function']}(…)")
    if task.get("mode") == "weigh":
        return weighed(known, task["bodies"], task["seconds"])
    search = Search(known, task["seconds"])
    search.run()
    return judged(search)


def main():
    sys.setrecursionlimit(5000)
    task = json.load(sys.stdin)
    output = sys.stdout
    sys.stdout = sys.stderr  # what the program prints is nobody's answer
    try:
        report = report_of(task)
    except Unusable as reason:
        report = {"unusable": str(reason)}
    print(f"\n{task['token']} {json.dumps(report)}", file=output, flush=True)
