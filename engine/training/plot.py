"""Draws the loss curve of a run from its log."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

from fetch import default_work_folder  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=default_work_folder())
    parser.add_argument("--run", default="cpu")
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    text = (arguments.work / "runs" / arguments.run / "log.jsonl").read_text(encoding="utf-8")
    entries = [json.loads(line) for line in text.splitlines()]
    figure, axes = pyplot.subplots(figsize=(7, 4), dpi=110)
    training = [entry for entry in entries if "loss" in entry]
    axes.plot([e["tokens"] / 1e6 for e in training], [e["loss"] for e in training],
              color="0.6", linewidth=0.8, label="training")
    measured = [entry for entry in entries if "held_out" in entry]
    for language in measured[-1]["held_out"] if measured else ():
        points = [(e["tokens"] / 1e6, e["held_out"][language]["loss"]) for e in measured]
        axes.plot(*zip(*points), marker=".", label=f"held out: {language}")
    axes.set_xlabel("million tokens")
    axes.set_ylabel("loss a token (nats)")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
