"""Rows of held-out text on which the loss is followed during training; run by itself, the loss of
exported models on them."""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import bpe
import filters
from bpe import Vocabulary
from samples import Corpus, Form, header
from store import Entry


@dataclass(frozen=True)
class HeldOut:
    """Rows of one language, and which of their ids count."""

    language: str
    ids: np.ndarray  # int64 [rows, context + 1]
    is_counted: np.ndarray  # bool, the same shape; the first of a row never is
    characters: int  # that the counted ids stand for; 0 where they are answers


class Files:
    """The held-out files of one language, as samples.Corpus reads its stores."""

    def __init__(self, folder: Path, language: str) -> None:
        self.language = language
        paths = sorted(path for path in (folder / language).rglob("*") if path.is_file())
        random.Random(language).shuffle(paths)
        self._texts = [filters.without_legal_header(p.read_text(encoding="utf-8")) for p in paths]
        self.entries = []
        for path, text in zip(paths, self._texts):
            project, name = str(path.relative_to(folder / language)).split("/", 1)
            self.entries.append(Entry(0, len(text), project, name))

    def __len__(self) -> int:
        return len(self.entries)

    def text(self, number: int) -> str:
        return self._texts[number]


def languages_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def held_out_rows(folder: Path, vocabulary: Vocabulary, context: int, rows: int = 8
                  ) -> list[HeldOut]:
    """For each language rows of plain text under its header. The same in every run."""
    result = []
    for language in languages_of(folder):
        files = Files(folder, language)
        ids: list[list[int]] = []
        for number, entry in enumerate(files.entries):
            text = header(entry.path, language) + files.text(number)
            row = [bpe.BOS, *vocabulary.encode(text)][: context + 1]
            if len(row) == context + 1:
                ids.append(row)
            if len(ids) == rows:
                break
        characters = sum(len(vocabulary.decode(row[1:]).decode("utf-8", "ignore")) for row in ids)
        array = np.array(ids, dtype=np.int64)
        result.append(HeldOut(language, array, np.ones_like(array, dtype=bool), characters))
    return result


def held_out_answers(folder: Path, vocabulary: Vocabulary, form: Form, rows: int = 400
                     ) -> list[HeldOut]:
    """For each language prompts in the anchored form, of which only the answers count. The same in
    every run."""
    result = []
    room = form.context // 2
    for language in languages_of(folder):
        files = Files(folder, language)
        corpus = Corpus([files], vocabulary, form, 1)
        generator = random.Random(language)
        ids = np.full((rows, room + 1), bpe.EOS, dtype=np.int64)
        is_counted = np.zeros_like(ids, dtype=bool)
        for row in range(rows):
            number = generator.randrange(len(files))
            sample, answer = corpus.fim_sample(0, number, room, generator)
            ids[row, : len(sample)] = sample
            is_counted[row, len(sample) - answer : len(sample)] = True
        result.append(HeldOut(language, ids, is_counted, 0))
    return result


def main() -> int:
    import torch

    import export
    from fetch import default_work_folder
    from presets import PRESETS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=default_work_folder())
    parser.add_argument("models", type=Path, nargs="+", help="files that export.py wrote")
    arguments = parser.parse_args()
    for path in arguments.models:
        model, vocabulary = export.load(path)
        form, folder = PRESETS["gpu"].form, arguments.work / "heldout"
        for kind in (held_out_rows(folder, vocabulary, model.config.context)
                     + held_out_answers(folder, vocabulary, form)):
            total = 0.0
            for row, counted in zip(torch.from_numpy(kind.ids), torch.from_numpy(kind.is_counted)):
                with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                    hidden = model.eval()(row[None, :-1])[0][counted[1:]]
                logits = hidden.float() @ model.output.detach().t()
                wanted = row[1:][counted[1:]]
                total += float(torch.nn.functional.cross_entropy(logits, wanted, reduction="sum"))
            what = (f"{total / kind.characters / np.log(2):.3f} bits a character"
                    if kind.characters else "of answers")
            loss = total / kind.is_counted[:, 1:].sum()
            print(f"{path} {kind.language}: loss {loss:.3f}, {what}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
