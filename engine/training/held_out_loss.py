"""Rows of held-out text on which the loss is followed during training; run by itself, the loss of
exported models on them."""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

import numpy as np

import bpe
import filters
from bpe import Vocabulary
from samples import header


def held_out_rows(folder: Path, vocabulary: Vocabulary, context: int, rows: int = 8
                  ) -> dict[str, tuple[np.ndarray, int]]:
    """For each language ids [rows, context + 1] of plain text under its header, and the number of
    characters that the predicted ids stand for. The same rows in every run."""
    result: dict[str, tuple[np.ndarray, int]] = {}
    for language in sorted(path.name for path in folder.iterdir()):
        generator = random.Random(language)
        paths = sorted(p for p in (folder / language).rglob("*") if p.is_file())
        generator.shuffle(paths)
        ids: list[list[int]] = []
        for path in paths:
            text = filters.without_legal_header(path.read_text(encoding="utf-8"))
            name = str(path.relative_to(folder / language)).split("/", 1)[1]
            row = [bpe.BOS, *vocabulary.encode(header(name, language) + text)][: context + 1]
            if len(row) == context + 1:
                ids.append(row)
            if len(ids) == rows:
                break
        characters = sum(len(vocabulary.decode(row[1:]).decode("utf-8", "ignore")) for row in ids)
        result[language] = (np.array(ids, dtype=np.int64), characters)
    return result


def main() -> int:
    import torch

    import export
    from fetch import default_work_folder

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=default_work_folder())
    parser.add_argument("models", type=Path, nargs="+", help="files that export.py wrote")
    arguments = parser.parse_args()
    for path in arguments.models:
        model, vocabulary = export.load(path)
        rows = held_out_rows(arguments.work / "heldout", vocabulary, model.config.context)
        for language, (ids, characters) in rows.items():
            total = 0.0
            for row in torch.from_numpy(ids):
                with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                    hidden = model.eval()(row[None, :-1])[0]
                logits = hidden.float() @ model.output.detach().t()
                total += float(torch.nn.functional.cross_entropy(logits, row[1:], reduction="sum"))
            tokens = ids.shape[0] * (ids.shape[1] - 1)
            print(f"{path} {language}: loss {total / tokens:.3f}, "
                  f"{total / characters / np.log(2):.3f} bits a character", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
