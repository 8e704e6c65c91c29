"""What `lemma solve` answers of the problems in tests/golden/solve, and how fast.

    solve.py PROGRAM CORPUS [HALF] [--names] [--pause MS]

An answer counts as right where the corpus's own check says so; a problem without an answer, where a
sentence came. Wrongly checked are wrong answers that lemma calls checked, in full or partly: there
should be none. Latencies are from dispatch to answer, of an interpreter that was waiting: before
each formula there is a pause in which the next one gets ready, so that hundreds take a quarter of
an hour. HALF is tune, measure, or unseen and what follows: problems of which nobody had seen the
answers before.
A problem of the half that measures is never shown: with --names, only its id.
"""
import argparse
import collections
import importlib.util
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

LIMITS_MS = {"arithmetic": 25, "derivative": 25, "equation": 80, "matrix": 80,
             "definite integral": 400, "antiderivative": 400, "limit": 400}

UNSEEN = ["unseen", "unseen2", "unseen3", "unseen4",
          "unseen5", "unseen6", "unseen7", "unseen8"]


def load_check(corpus):
    sys.path.insert(0, str(corpus))
    spec = importlib.util.spec_from_file_location("check", corpus / "check.py")
    check = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check)
    return check


def problems_of(corpus, half):
    name, half = (half, "measure") if half in UNSEEN else ("problems", half)
    lines = (corpus / f"{name}.jsonl").read_text().splitlines()
    return [each for each in map(json.loads, lines) if each["half"] == half]


def answers_of(program, problems, pause_ms):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(problem["input"] + "\n" for problem in problems))
        file.flush()
        done = subprocess.run([program, "bench", "solve", "--json", "--pause", str(pause_ms),
                               file.name], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["answers"]


def fault_of(check, problem, found):
    """Nothing where the answer is right."""
    if problem["answer"] is None:
        return None if "refused" in found else "there is no answer"
    if "refused" in found:
        return "no answer"
    return check.fault({**problem, "answer": found["answer"]})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("half", nargs="?", default="measure", choices=["tune", "measure", *UNSEEN])
    parser.add_argument("--names", action="store_true", help="which ones are not right")
    parser.add_argument("--pause", type=int, default=3000, metavar="MS")
    choice = parser.parse_args()
    check = load_check(choice.corpus)
    problems = problems_of(choice.corpus, choice.half)

    counts, marks, times = collections.Counter(), collections.Counter(), {}
    by_notation = collections.Counter()
    for problem, found in zip(problems, answers_of(choice.program, problems, choice.pause)):
        fault = fault_of(check, problem, found)
        counts["right"] += fault is None
        by_notation[problem["notation"], fault is None] += 1
        if fault is None and "refused" not in found:
            marks[str(found["checked"]).lower()] += 1
            times.setdefault(problem["kind"], []).append(found["ms"])
        counts["wrongly checked"] += bool(fault and found.get("checked"))
        if fault and choice.names:
            print(f"not right: {problem['id']}")
    total = len(problems)
    print(f"{choice.half}: {counts['right']} of {total} right "
          f"({100 * counts['right'] / total:.1f} %), "
          f"{counts['wrongly checked']} wrongly checked")
    for notation in ("plain", "sympy", "latex"):
        right, wrong = by_notation[notation, True], by_notation[notation, False]
        print(f"  {notation}: {right} of {right + wrong}")
    print(f"of right answers: {marks['true']} checked, {marks['partly']} partly, "
          f"{marks['false']} not")
    for kind, values in times.items():
        limit = f", of {LIMITS_MS[kind]}" if kind in LIMITS_MS else ""
        print(f"  {kind}: median {statistics.median(values):.1f} ms{limit}, "
              f"longest {max(values):.0f} ms")


if __name__ == "__main__":
    main()
