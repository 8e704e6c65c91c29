"""Training samples: plain documents and the anchored fill-in-the-middle form.

    BOS fim_begin [header] PREFIX fim_hole SUFFIX fim_end TYPED REST EOS

PREFIX ends where the anchor line starts; TYPED is what the user typed since then, REST what the
model shall write, SUFFIX begins with the character right of the cursor. Each part is encoded by
itself, since the server does so too. README.md holds the contract with the language server.

A row depends on (seed, step, row) alone: a run resumes at any step without saved state.
"""

from __future__ import annotations

import bisect
import itertools
import random
import re
from dataclasses import dataclass
from pathlib import Path

import bpe
from store import LANGUAGE_SHARES, Store, fitting_projects

_COMMENT = {"python": "# ", "bash": "# ", "lua": "-- "}
_NAME = re.compile(r"[A-Za-z_]\w{3,}")
_SNIPPETS_DRAWN = 4
MAX_TYPED_LINES = 30
MAX_BLOCK_LINES = 12


def header(path: str, language: str) -> str:
    """The first comment of a prompt: path and language of the file."""
    if language == "markdown":
        return f"<!-- {path} (markdown) -->\n"
    name = "c" if path.endswith(".c") else language
    return f"{_COMMENT.get(language, '// ')}{path} ({name})\n"


@dataclass(frozen=True)
class Form:
    """How samples are made."""

    context: int = 512
    fim_share: float = 0.5
    fim_parts: tuple[int, ...] = (1, 2, 4)  # a sample takes the room left divided by one of these
    header_share: float = 0.5
    block_share: float = 0.3  # middles that end at the end of the block, not of the line
    closers_share: float = 0.15  # of line middles: closing brackets right of the cursor stay there
    suffix_tokens: int = 96
    snippet_share: float = 0.0  # another file's lines before the prefix; needs a long context


@dataclass(frozen=True)
class Split:
    """A document cut at an anchor, a cursor and the end of the middle (offsets in characters)."""

    anchor: int
    cursor: int
    end: int


def indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def block_end(text: str, line_start: int) -> int:
    """The end of the last line that belongs to the block which the line at `line_start` begins: up
    to a blank line, a line indented less, or MAX_BLOCK_LINES lines."""
    end = text.find("\n", line_start)
    if end < 0:
        return len(text)
    depth = indentation(text[line_start:end])
    for _ in range(MAX_BLOCK_LINES - 1):
        following = text.find("\n", end + 1)
        line = text[end + 1 : following if following >= 0 else len(text)]
        if not line.strip() or indentation(line) < depth:
            break
        end = following if following >= 0 else len(text)
        if following < 0:
            break
    return end


def split_document(text: str, form: Form, generator: random.Random) -> Split:
    """Chooses cursor, anchor and end. The cursor is at any character of a line that is not blank,
    its end excluded; nothing, spaces or half an identifier may stand before it."""
    cursor = generator.randrange(len(text))
    line_start = text.rfind("\n", 0, cursor) + 1
    line_end = text.find("\n", cursor)
    line_end = len(text) if line_end < 0 else line_end
    if not text[line_start:line_end].strip():
        following = text.find("\n", line_end + 1)
        line_start = min(line_end + 1, len(text))
        line_end = len(text) if following < 0 else following
        cursor = generator.randint(line_start, max(line_start, line_end - 1))
    anchor = line_start
    if generator.random() < 0.6:
        for _ in range(min(MAX_TYPED_LINES, int(generator.expovariate(1 / 6)))):
            if anchor == 0:
                break
            anchor = text.rfind("\n", 0, anchor - 1) + 1
    if generator.random() < form.block_share:
        return Split(anchor, cursor, block_end(text, line_start))
    end = line_end
    if generator.random() < form.closers_share:
        while end > cursor + 1 and text[end - 1] in ")]}>;:,\"'":
            end -= 1
    return Split(anchor, cursor, end)


class Corpus:
    """Draws documents by language share and size, and turns them into rows of token ids."""

    def __init__(
        self, stores: list[Store], vocabulary: bpe.Vocabulary, form: Form, seed: int
    ) -> None:
        self.stores = [store for store in stores if len(store)]
        self.vocabulary = vocabulary
        self.form = form
        self.seed = seed
        self._shares = [LANGUAGE_SHARES.get(store.language, 0.01) for store in self.stores]
        self._weights = [
            list(itertools.accumulate(min(entry.size, 20_000) for entry in store.entries))
            for store in self.stores
        ]
        self._projects: list[dict[str, list[int]]] = []
        for store in self.stores:
            members: dict[str, list[int]] = {}
            for number, entry in enumerate(store.entries):
                members.setdefault(entry.project, []).append(number)
            self._projects.append(members)

    def row(self, step: int, row: int) -> tuple[list[int], list[bool]]:
        """One row of context + 1 ids, samples one after another, the last one cut; and which of the
        ids are what a prompt asks for (REST EOS)."""
        generator = random.Random(f"{self.seed} {step} {row}")
        size = self.form.context + 1
        ids: list[int] = []
        is_answer: list[bool] = []
        while len(ids) < size:
            room = size - len(ids)
            kind = generator.choices(range(len(self.stores)), self._shares)[0]
            weights = self._weights[kind]
            number = bisect.bisect(weights, generator.randrange(weights[-1]))
            if room >= 160 and generator.random() < self.form.fim_share:
                # Shorter ones too, for more middles in a row.
                shorter = max(160, room // generator.choice(self.form.fim_parts))
                sample, answer = self.fim_sample(kind, number, shorter, generator)
            else:
                sample, answer = self.plain_sample(kind, number, room, generator), 0
            ids += sample
            is_answer += [False] * (len(sample) - answer) + [True] * answer
        return ids[:size], is_answer[:size]

    def _header(self, kind: int, number: int, generator: random.Random) -> str:
        if generator.random() >= self.form.header_share:
            return ""
        store = self.stores[kind]
        return header(store.entries[number].path, store.language)

    def plain_sample(
        self, kind: int, number: int, room: int, generator: random.Random
    ) -> list[int]:
        """BOS [header] text EOS, from the document's start or from any line of it."""
        text = self.stores[kind].text(number)
        start = 0
        if len(text) > room * 3 and generator.random() < 0.7:
            start = text.find("\n", generator.randrange(len(text) - room * 2)) + 1
        piece = self._header(kind, number, generator) + text[start : start + room * 6]
        return [bpe.BOS, *self.vocabulary.encode(piece), bpe.EOS]

    def fim_sample(self, kind: int, number: int, room: int, generator: random.Random
                   ) -> tuple[list[int], int]:
        """The anchored form, in at most `room` ids (the prefix's oldest lines give way), and how
        many of its last ids are the answer; plain text and none where the middle fills the room."""
        text = self.stores[kind].text(number)
        split = split_document(text, self.form, generator)
        encode = self.vocabulary.encode
        typed = encode(text[split.anchor : split.cursor])
        rest = encode(text[split.cursor : split.end])
        suffix_limit = min(self.form.suffix_tokens, room // 4)
        suffix_limit = generator.choice((0, suffix_limit // 4, suffix_limit, suffix_limit))
        suffix = encode(text[split.end : split.end + suffix_limit * 5])[:suffix_limit]
        near = text[max(0, split.anchor - 1000) : split.end]
        top = encode(self._snippet(kind, number, near, room, generator)
                     + self._header(kind, number, generator))
        left = room - len(typed) - len(rest) - len(suffix) - len(top) - 5
        if left < 0:
            return self.plain_sample(kind, number, room, generator), 0
        prefix = self._prefix(text[: split.anchor], left)
        ids = [bpe.BOS, bpe.FIM_BEGIN, *top, *prefix, bpe.FIM_HOLE, *suffix, bpe.FIM_END,
               *typed, *rest, bpe.EOS]
        return ids, len(rest) + 1

    def _prefix(self, text: str, limit: int) -> list[int]:
        """The ids of the last whole lines of a text that fit."""
        if limit <= 0:
            return []
        start = max(0, len(text) - limit * 7 // 2)  # a token has 3.4 characters
        if start:
            start = text.find("\n", start) + 1
        ids = self.vocabulary.encode(text[start:])
        while len(ids) > limit:
            drop = max(1, (len(ids) - limit) * 3)
            newline = text.find("\n", start + drop - 1)
            if newline < 0:
                return []
            start = newline + 1
            ids = self.vocabulary.encode(text[start:])
        return ids

    def _snippet(self, kind: int, number: int, text: str, room: int,
                 generator: random.Random) -> str:
        """Lines of another file of the project under that file's own header, of some drawn those
        that share most names with `text`; mostly nothing."""
        if generator.random() >= self.form.snippet_share:
            return ""
        store = self.stores[kind]
        members = self._projects[kind][store.entries[number].project]
        names, best, most = set(_NAME.findall(text)), "", -1
        for other in generator.choices(members, k=_SNIPPETS_DRAWN):
            if other == number:
                continue
            whole = store.text(other)
            start = whole.rfind("\n", 0, generator.randrange(len(whole))) + 1
            lines = "".join(whole[start : start + room].splitlines(keepends=True)[:30])
            shared = len(names.intersection(_NAME.findall(lines)))
            if shared > most:
                top = header(store.entries[other].path, store.language)
                best, most = top + lines.rstrip("\n") + "\n", shared
        return best


def load_stores(folder: Path) -> list[Store]:
    """What a corpus folder holds for the model to learn from."""
    left_out = fitting_projects(folder)
    return [Store(folder, name, left_out)
            for name in LANGUAGE_SHARES if (folder / f"{name}.tsv").exists()]
