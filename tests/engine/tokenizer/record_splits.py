#!/usr/bin/python3
"""Writes tests/golden/tokenizer/splits.txt: where published patterns cut texts of odd characters.

Run from the root, with python3-regex:  /usr/bin/python3 tests/engine/tokenizer/record_splits.py

The patterns are those of the families' tokenizer.json, each a list of steps that isolate what they
match; every step cuts what the steps before it have made, their matches as well as what lies
between. `(Digits)` is the step of that name, which isolates each digit. A line is the name of the
pre-tokenizer and the pieces of one text, each in hexadecimal UTF-8.
"""
import itertools
import random
import sys

import regex

sys.path.insert(0, "engine/tokenizer")
from make_unicode_tables import CASED_LETTERS  # noqa: E402

CASED = "".join("-".join(chr(int(end, 16)) for end in item.split("-"))
                for item in CASED_LETTERS.split())
EASTERN = "[一-龥ࠀ-一가-퟿]+"
LLAMA = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s"
         r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
GPT_2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
HAN = "&&[^\\p{Han}]"


def capitals(contraction, digits, others, without="", before=""):
    """Words that end before capitals; `without` takes characters out of both kinds of letters."""
    start = r"[^\r\n\p{L}\p{N}]?"
    upper = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}" + without + "]"
    lower = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}" + without + "]"
    return (f"{before}{start}{upper}*{lower}+{contraction}|{start}{upper}+{lower}*{contraction}"
            + "|" + digits + "|" + others + r"|\s*[\r\n]+|\s+(?!\S)|\s+")


CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
FAMILIES = {
    "deepseek-llm": [r"[\r\n]", r"\s?[" + CASED + "]+", r"\s?[!-/:-~！-／：-～‘-‟　-。]+", r"\s+$",
                     EASTERN, r"\p{N}"],
    "deepseek-coder": [r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", EASTERN, r"\p{N}"],
    "deepseek-v3": [
        r"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+",
        r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
        r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"],
    "qwen2": [LLAMA % ""],
    "llama-bpe": [LLAMA % "{1,3}"],
    "seed-coder": [r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}"
                   r"| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+"],
    "gpt-2": [GPT_2],
    "starcoder": [r"\p{N}", GPT_2],
    "tekken": [capitals("", r"\p{N}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*")],
    "gpt-4o": [capitals(CONTRACTION, r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*")],
    "kimi-k2": [capitals(CONTRACTION, r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n]*", HAN,
                         r"(?V1)\p{Han}+|")],  # whose classes know `&&`
}
# Every kind of blank, characters that only look like one, and what stands beside them in texts.
BLANKS = (" \t\u000b\u000c\u001c\u0085\u00a0\u1680\u180e\u2000\u200a\u200b\u2028\u2029"
          "\u202f\u205f\u3000\ufeff")
OTHERS = "\r\naZé中か가ʻ१9½.=!~“。！Ａ／́€😀\u3001\u3002\u2019\u0000ªǅⅣ²٣"
# Of these words are made that some cut before capitals, with what stands beside them.
CASES = "aAbZéÉ中かʻǅ́々〇⺀'sltd/.\n 1"


def cut(text, steps):
    pieces = [text] if text else []
    for step in steps:
        pattern = regex.compile(step)
        result = []
        for piece in pieces:
            end = 0
            for match in pattern.finditer(piece):
                result += [piece[end:match.start()], match.group()]
                end = match.end()
            result.append(piece[end:])
        pieces = [piece for piece in result if piece]
    return pieces


def texts(count):
    """Each blank between and behind characters of every kind, then longer texts at random."""
    for blank, other in itertools.product(BLANKS, "aé中.=9\n"):
        yield f"a{blank}{other}"
        yield f"{blank}{blank}{other}{blank}"
    chance = random.Random(5)
    for _ in range(count):
        yield "".join(chance.choice(BLANKS if chance.random() < 0.5 else OTHERS)
                      for _ in range(chance.randrange(1, 9)))


def words(count):
    chance = random.Random(6)
    for _ in range(count):
        yield "".join(chance.choice(CASES) for _ in range(chance.randrange(1, 9)))


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with open("tests/golden/tokenizer/splits.txt", "w", encoding="ascii") as file:
        for name, steps in FAMILIES.items():
            for text in itertools.chain(texts(count), words(count // 3)):
                pieces = " ".join(piece.encode().hex() for piece in cut(text, steps))
                file.write(f"{name} {pieces}\n")


if __name__ == "__main__":
    main()
