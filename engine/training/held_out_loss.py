"""Rows of held-out text on which the loss is followed during training."""

from __future__ import annotations

import random
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
