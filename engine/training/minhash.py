"""Near-duplicate search: one-permutation MinHash over shingles of five words, banded lookup."""

from __future__ import annotations

import re
import zlib

import numpy as np

BINS = 128
_BANDS = 16
_ROWS = BINS // _BANDS
_SHINGLE = 5
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
                     0xD6E8FEB86659FD93, 0xA0761D6478BD642F], dtype=np.uint64)
_WORD = re.compile(rb"\w+")


class _WordHashes(dict[bytes, int]):
    """The hash of each word, computed when a word is first asked for."""

    def __missing__(self, word: bytes) -> int:
        value = zlib.crc32(word) * 0x9E3779B1 & 0xFFFFFFFFFFFF
        if len(self) < 2_000_000:
            self[word] = value
        return value


_word_hash = _WordHashes().__getitem__


def signature(text: str) -> np.ndarray:
    """The MinHash signature of a text, uint64[BINS]; two agree in about as many bins as the texts'
    sets of shingles do (Jaccard). Empty bins borrow the next filled one's value (densification).
    """
    words = np.fromiter(map(_word_hash, _WORD.findall(text.encode())), dtype=np.uint64)
    if len(words) < _SHINGLE:
        words = np.concatenate([words, np.zeros(_SHINGLE - len(words), dtype=np.uint64)])
    count = len(words) - _SHINGLE + 1
    hashes = np.zeros(count, dtype=np.uint64)
    for offset, factor in enumerate(_FACTORS):
        hashes += words[offset : offset + count] * factor
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(32)
    hashes.sort()
    starts = np.arange(BINS, dtype=np.uint64) << np.uint64(57)
    first = np.searchsorted(hashes, starts)
    ends = np.append(first[1:], count)
    filled = np.flatnonzero(first < ends)
    owner = filled[np.searchsorted(filled, np.arange(BINS)) % len(filled)]
    distance = (owner - np.arange(BINS)) % BINS
    return hashes[first[owner]] + distance.astype(np.uint64) * _FACTORS[0]


def similarity(left: np.ndarray, right: np.ndarray) -> float:
    """The estimated Jaccard similarity of two signatures."""
    return float(np.mean(left == right))


class NearDuplicates:
    """Remembers signatures; answers whether a new one is similar to any remembered."""

    def __init__(self, threshold: float = 0.8) -> None:
        self._threshold = threshold
        self._bands: list[dict[bytes, int]] = [{} for _ in range(_BANDS)]
        self._signatures: list[np.ndarray] = []

    def find(self, new: np.ndarray) -> int | None:
        """The number (in order of `add`) of a remembered signature this one is similar to."""
        seen = set()
        for band, table in enumerate(self._bands):
            known = table.get(new[band * _ROWS : (band + 1) * _ROWS].tobytes())
            if known is not None and known not in seen:
                seen.add(known)
                if similarity(self._signatures[known], new) >= self._threshold:
                    return known
        return None

    def add(self, new: np.ndarray) -> None:
        """Remembers a signature; in each band the first of equal ones stays the one compared."""
        number = len(self._signatures)
        self._signatures.append(new)
        for band, table in enumerate(self._bands):
            table.setdefault(new[band * _ROWS : (band + 1) * _ROWS].tobytes(), number)
