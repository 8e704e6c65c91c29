"""Byte-level BPE with DeepSeek-V3's pre-tokenizer: trainer, encoder and decoder.

A vocabulary is a list of byte strings: six special tokens, the 256 bytes, then one token for each
merge. The C++ tokenizer reads the same vocabulary from the GGUF and must give the same ids.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Iterable

import regex

SPECIAL_TOKENS = (
    "<｜begin▁of▁sentence｜>",
    "<｜end▁of▁sentence｜>",
    "<｜▁pad▁｜>",
    "<｜fim▁begin｜>",
    "<｜fim▁hole｜>",
    "<｜fim▁end｜>",
)
BOS, EOS, PAD, FIM_BEGIN, FIM_HOLE, FIM_END = range(6)
FIRST_BYTE = len(SPECIAL_TOKENS)

# The first two stages split at disjoint classes, so one alternation does both.
_NUMBERS_AND_CJK = regex.compile(r"(\p{N}{1,3}|[一-龥぀-ゟ゠-ヿ]+)")
_WORDS = regex.compile(
    r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+"""
    r"""|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""
)


def split_words(text: str) -> list[str]:
    """The pieces of a text inside which merges happen; joined they are the text."""
    pieces: list[str] = []
    for part in filter(None, _NUMBERS_AND_CJK.split(text)):
        words = _WORDS.findall(part)  # of a match too: the marks among the kana stand alone
        pieces.extend(words if sum(map(len, words)) == len(part) else _with_gaps(part))
    return pieces


def _with_gaps(part: str) -> list[str]:
    """Like _WORDS.findall, with the runs between matches (controls, numbers) kept as pieces."""
    pieces: list[str] = []
    end = 0
    for match in _WORDS.finditer(part):
        if match.start() > end:
            pieces.append(part[end : match.start()])
        pieces.append(match[0])
        end = match.end()
    return pieces + ([part[end:]] if end < len(part) else [])


def _merge(ids: list[int], left: int, right: int, merged: int) -> list[int]:
    result: list[int] = []
    position, last = 0, len(ids) - 1
    while position <= last:
        if position < last and ids[position] == left and ids[position + 1] == right:
            result.append(merged)
            position += 2
        else:
            result.append(ids[position])
            position += 1
    return result


def train(texts: Iterable[str], vocabulary_size: int, max_token_bytes: int = 24) -> "Vocabulary":
    """Learns merges until the vocabulary, special tokens included, has the asked size.

    Pair counts are kept up to date over the unique words alone; ties go to the lower ids, so that
    the result depends on nothing but the texts.
    """
    word_counts: Counter[str] = Counter()
    for text in texts:
        word_counts.update(split_words(text))
    words = [(w.encode(), n) for w, n in word_counts.items() if n > 1 and len(w) > 1]
    ids = [[FIRST_BYTE + byte for byte in word] for word, _ in words]
    counts = [count for _, count in words]
    tokens = [text.encode() for text in SPECIAL_TOKENS] + [bytes([b]) for b in range(256)]
    merges: list[tuple[int, int]] = []
    pair_counts: Counter[tuple[int, int]] = Counter()
    where: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for number, word in enumerate(ids):
        for pair in zip(word, word[1:]):
            pair_counts[pair] += counts[number]
            where[pair].add(number)
    heap = [(-count, pair) for pair, count in pair_counts.items()]
    heapq.heapify(heap)
    while len(tokens) < vocabulary_size and heap:
        negative, pair = heapq.heappop(heap)
        if pair_counts[pair] != -negative or not negative:
            continue
        if len(tokens[pair[0]]) + len(tokens[pair[1]]) > max_token_bytes:
            continue
        merged = len(tokens)
        tokens.append(tokens[pair[0]] + tokens[pair[1]])
        merges.append(pair)
        changed: set[tuple[int, int]] = set()
        for number in where.pop(pair):
            old = ids[number]
            new = _merge(old, *pair, merged)
            for before in zip(old, old[1:]):
                pair_counts[before] -= counts[number]
                changed.add(before)
            for after in zip(new, new[1:]):
                pair_counts[after] += counts[number]
                where[after].add(number)
                changed.add(after)
            ids[number] = new
        for pair in changed:
            if pair_counts[pair] > 0:
                heapq.heappush(heap, (-pair_counts[pair], pair))
    return Vocabulary(tokens, merges)


@dataclass
class Vocabulary:
    """Tokens as bytes, and the pairs of ids that merge, best first."""

    tokens: list[bytes]
    merges: list[tuple[int, int]]
    _ranks: dict[tuple[int, int], int] = field(init=False, repr=False)
    _cache: dict[str, tuple[int, ...]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        ids = {token: number for number, token in enumerate(self.tokens)}
        self._ranks = {}
        self._merged = {}
        for rank, (left, right) in enumerate(self.merges):
            self._ranks[left, right] = rank
            self._merged[left, right] = ids[self.tokens[left] + self.tokens[right]]

    def encode(self, text: str) -> list[int]:
        """The ids of a text; special tokens' texts are read as plain text."""
        ids: list[int] = []
        cache = self._cache
        for word in split_words(text):
            known = cache.get(word)
            if known is None:
                known = self._encode_word(word)
            ids.extend(known)
        return ids

    def _encode_word(self, word: str) -> tuple[int, ...]:
        ids = [FIRST_BYTE + byte for byte in word.encode()]
        ranks = self._ranks
        worst = len(ranks)
        while len(ids) > 1:
            pair = min(zip(ids, ids[1:]), key=lambda candidate: ranks.get(candidate, worst))
            if pair not in ranks:
                break
            ids = _merge(ids, *pair, self._merged[pair])
        result = tuple(ids)
        if len(self._cache) < 1_000_000 and len(word) < 64:
            self._cache[word] = result
        return result

    def decode(self, ids: Iterable[int]) -> bytes:
        """The bytes of ids, special tokens as their texts."""
        return b"".join(self.tokens[number] for number in ids)


def byte_letters() -> list[str]:
    """The letter that stands for each byte in a GGUF's token texts (GPT-2's table)."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    letters, extra = [], 0
    for byte in range(256):
        if byte in printable:
            letters.append(chr(byte))
        else:
            letters.append(chr(256 + extra))
            extra += 1
    return letters
