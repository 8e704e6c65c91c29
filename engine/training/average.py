"""The mean of two checkpoints of one run, exported earlier and later, as one GGUF. A late one that
has learnt its data by heart and an early one that has not predict unseen code better together."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import export
from model import Model


def average(earlier: Model, later: Model) -> Model:
    """`earlier`, holding the mean of both models' weights."""
    others = later.state_dict()
    earlier.load_state_dict({name: (value + others[name]) / 2
                             for name, value in earlier.state_dict().items()})
    return earlier


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--type", choices=sorted(export.FILE_TYPES), default="q8_0")
    parser.add_argument("--name", default="lemma default", help="general.name in the file")
    parser.add_argument("earlier", type=Path)
    parser.add_argument("later", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    earlier, vocabulary = export.load(arguments.earlier)
    model = average(earlier, export.load(arguments.later)[0])
    export.export(model, vocabulary, arguments.out, arguments.name, arguments.type)
    return 0


if __name__ == "__main__":
    sys.exit(main())
