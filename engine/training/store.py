"""The corpus on disk: for each language one file of texts and a table of where each document is."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path

# How much of what the model reads is of which language; rare ones share the rest.
LANGUAGE_SHARES = {
    "python": 0.35, "cpp": 0.30, "javascript": 0.16, "typescript": 0.09, "rust": 0.02, "go": 0.02,
    "java": 0.02, "lua": 0.01, "bash": 0.01, "markdown": 0.02,
}


@dataclass(frozen=True)
class Entry:
    """Where a document lies in its language's text file."""

    offset: int
    size: int
    project: str
    path: str


def fitting_projects(folder: Path) -> frozenset[str]:
    """The projects that neither model nor memory learns from while the weights between the two are
    fitted; corpus.py lists them."""
    return frozenset((folder / "fitting.txt").read_text(encoding="utf-8").split())


class Store:
    """The documents of one language, mapped read-only."""

    def __init__(self, folder: Path, language: str, left_out: frozenset[str] = frozenset()
                 ) -> None:
        self.language = language
        self.entries = []
        with open(folder / f"{language}.tsv", encoding="utf-8") as index:
            for line in index:
                offset, size, project, path, _ = line.rstrip("\n").split("\t")
                if project not in left_out:
                    self.entries.append(Entry(int(offset), int(size), project, path))
        with open(folder / f"{language}.text", "rb") as texts:
            self._data = mmap.mmap(texts.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self.entries)

    def text(self, number: int) -> str:
        entry = self.entries[number]
        return self._data[entry.offset : entry.offset + entry.size].decode()
