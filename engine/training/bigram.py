"""Embeddings to start from: the best bigram model of the trainer's form, fitted to counts.

With silent branches a new model is softmax(output @ rms_norm(embedding[token])): a bigram model
of the rank of its width. Fitting that to the counts of many million tokens takes minutes on a CPU,
since each token of the vocabulary is one example however often it occurs; the trainer then starts
from what it would need hours of tokens to learn. Writes WORK/bigram.npz.
"""

from __future__ import annotations

import argparse
import sys
import time
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import torch

import bpe
import gguf
from fetch import default_work_folder
from presets import PRESETS
from vocabulary import sample, vocabulary_from

_SMOOTHING = 4.0  # unigram counts mixed into each token's, so that rare tokens claim little


class Counts:
    """How often each token follows each other one: for a token i the followers
    `following[start[i]:start[i + 1]]` with their `count`s."""

    def __init__(self, ids: np.ndarray, size: int) -> None:
        codes = ids[:-1].astype(np.int64) * size + ids[1:]
        pairs, self.count = np.unique(codes, return_counts=True)
        self.size, self.following = size, pairs % size
        self.start = np.searchsorted(pairs, np.arange(size + 1, dtype=np.int64) * size)
        self.total = np.bincount(ids[:-1], minlength=size).astype(np.float32)
        self.unigram = (np.bincount(ids, minlength=size) + 0.1) / (len(ids) + 0.1 * size)

    def targets(self, tokens: np.ndarray) -> np.ndarray:
        """The smoothed distribution after each token, float32 [tokens, size]."""
        rows = np.tile((_SMOOTHING * self.unigram).astype(np.float32), (len(tokens), 1))
        for row, token in enumerate(tokens):
            here = slice(self.start[token], self.start[token + 1])
            rows[row, self.following[here]] += self.count[here]
        return rows / (self.total[tokens] + _SMOOTHING)[:, None]


def _encode(job: tuple[Path, list[str]]) -> np.ndarray:
    path, texts = job
    vocabulary = vocabulary_from(gguf.read(path))
    ids: list[int] = []
    for text in texts:
        ids += [bpe.BOS, *vocabulary.encode(text), bpe.EOS]
    return np.array(ids, dtype=np.int32)


def encode(vocabulary: Path, texts: list[str], processes: int) -> np.ndarray:
    with Pool(processes) as pool:
        jobs = [(vocabulary, texts[n::processes]) for n in range(processes)]
        return np.concatenate(pool.map(_encode, jobs))


def fit(
    counts: Counts, width: int, steps: int, rows: int = 512
) -> tuple[torch.Tensor, torch.Tensor]:
    """Embedding (rows of mean square 1) and output after `steps` of Adam. Tokens are drawn with the
    square root of their frequency, and weigh in with the other square root."""
    torch.manual_seed(1)
    generator = np.random.default_rng(1)
    embedding = torch.randn(counts.size, width).requires_grad_()
    output = (torch.randn(counts.size, width) * 0.02).requires_grad_()
    adam = torch.optim.Adam([{"params": [embedding], "lr": 0.05}, {"params": [output], "lr": 0.01}],
                            betas=(0.9, 0.99))
    full_rates = [group["lr"] for group in adam.param_groups]
    share = np.sqrt(counts.total)
    share /= share.sum()
    started = time.monotonic()
    for step in range(steps):
        tokens = generator.choice(counts.size, rows, p=share)
        weight = torch.from_numpy(counts.total[tokens] / share[tokens] / rows / counts.total.sum())
        weight = weight.float().clamp(max=50 / rows)[:, None]
        chosen = embedding[torch.from_numpy(tokens)]
        hidden = chosen * torch.rsqrt(chosen.pow(2).mean(-1, keepdim=True) + 1e-6)
        with torch.no_grad():
            target = torch.from_numpy(counts.targets(tokens))
            half = hidden.bfloat16()
            probabilities = torch.softmax(half @ output.bfloat16().t(), -1, dtype=torch.float32)
            loss = -(target * probabilities.clamp(min=1e-20).log() * weight).sum() / weight.sum()
            gradient = ((probabilities - target) * weight).bfloat16()
        adam.zero_grad(set_to_none=True)
        output.grad = (gradient.t() @ half).float()
        hidden.backward((gradient @ output.detach().bfloat16()).float())
        for group, rate in zip(adam.param_groups, full_rates):
            group["lr"] = rate * min(1.0, 2 * (1 - step / steps))
        adam.step()
        if step % 50 == 0 or step == steps - 1:
            seconds = time.monotonic() - started
            print(f"step {step}: loss {float(loss):.3f}, {seconds:.0f} s", flush=True)
    embedding, output = embedding.detach(), output.detach()
    return embedding * torch.rsqrt(embedding.pow(2).mean(-1, keepdim=True) + 1e-6), output


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=default_work_folder())
    parser.add_argument("--preset", choices=sorted(PRESETS), default="cpu")
    parser.add_argument("--sample-mb", type=float, default=40)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    texts = list(sample(arguments.work / "corpus", arguments.sample_mb, seed=2))
    ids = encode(arguments.work / "vocab.gguf", texts, arguments.threads)
    model = PRESETS[arguments.preset].model
    counts = Counts(ids, model.vocabulary)
    pairs = len(counts.count)
    print(f"{len(ids) / 1e6:.1f}M tokens, {pairs / 1e6:.1f}M different pairs", flush=True)
    embedding, output = fit(counts, model.width, arguments.steps)
    np.savez(arguments.work / "bigram.npz", embedding=embedding.numpy(), output=output.numpy())
    return 0


if __name__ == "__main__":
    sys.exit(main())
