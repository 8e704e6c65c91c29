"""Learns the vocabulary from the corpus and writes it as a GGUF without tensors."""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path
from typing import Any, Iterator

import bpe
import gguf
from fetch import default_work_folder
from store import LANGUAGE_SHARES, Store

VOCABULARY_SIZE = 16_384


def tokenizer_metadata(vocabulary: bpe.Vocabulary) -> dict[str, Any]:
    """The tokenizer.* keys of a GGUF."""
    letters = bpe.byte_letters()
    texts = [
        token.decode() if number < bpe.FIRST_BYTE else "".join(letters[byte] for byte in token)
        for number, token in enumerate(vocabulary.tokens)
    ]
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "deepseek-v3",
        "tokenizer.ggml.tokens": texts,
        "tokenizer.ggml.token_type": [3 if n < bpe.FIRST_BYTE else 1 for n in range(len(texts))],
        "tokenizer.ggml.merges": [f"{texts[a]} {texts[b]}" for a, b in vocabulary.merges],
        "tokenizer.ggml.bos_token_id": bpe.BOS,
        "tokenizer.ggml.eos_token_id": bpe.EOS,
        "tokenizer.ggml.padding_token_id": bpe.PAD,
        "tokenizer.ggml.fim_pre_token_id": bpe.FIM_BEGIN,
        "tokenizer.ggml.fim_suf_token_id": bpe.FIM_HOLE,
        "tokenizer.ggml.fim_mid_token_id": bpe.FIM_END,
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.ggml.add_eos_token": False,
    }


def vocabulary_from(file: gguf.File) -> bpe.Vocabulary:
    """The vocabulary of a GGUF that tokenizer_metadata wrote."""
    byte_of = {letter: byte for byte, letter in enumerate(bpe.byte_letters())}
    texts: list[str] = file.metadata["tokenizer.ggml.tokens"]
    ids = {text: number for number, text in enumerate(texts)}
    tokens = [
        text.encode() if number < bpe.FIRST_BYTE else bytes(byte_of[letter] for letter in text)
        for number, text in enumerate(texts)
    ]
    pairs = (merge.split(" ") for merge in file.metadata["tokenizer.ggml.merges"])
    return bpe.Vocabulary(tokens, [(ids[left], ids[right]) for left, right in pairs])


def sample(corpus: Path, megabytes: float, seed: int = 1) -> Iterator[str]:
    """Whole documents of every language, by its share, about `megabytes` together."""
    generator = random.Random(seed)
    for language, share in LANGUAGE_SHARES.items():
        store = Store(corpus, language)
        budget = megabytes * 1e6 * share
        for number in generator.sample(range(len(store)), len(store)):
            text = store.text(number)
            budget -= len(text)
            if budget < 0:
                break
            yield text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=default_work_folder())
    parser.add_argument("--sample-mb", type=float, default=40)
    parser.add_argument("--out", type=Path, help="default: WORK/vocab.gguf")
    arguments = parser.parse_args()
    vocabulary = bpe.train(sample(arguments.work / "corpus", arguments.sample_mb), VOCABULARY_SIZE)
    metadata = {"general.architecture": "deepseek2", "general.name": "lemma vocabulary",
                **tokenizer_metadata(vocabulary)}
    gguf.write(arguments.out or arguments.work / "vocab.gguf", gguf.File(metadata))
    print(f"{len(vocabulary.tokens)} tokens, {len(vocabulary.merges)} merges")
    return 0


if __name__ == "__main__":
    sys.exit(main())
