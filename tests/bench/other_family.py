"""Trains a small model of another family than the default one's, to measure what the memory is
worth with a model that its weights were not fitted to.

    python3 tests/bench/other_family.py --minutes 40 OUT.gguf
    lemma bench complete HELDOUT/python --model OUT.gguf --memory engine/models/lemma-default.memory

Dense, of Qwen2's architecture (grouped queries, biases, rotation by halves), with a vocabulary of
its own; corpus and prompt form are those of engine/training. Two cores make a weak model of it:
its figures say whether the memory carries over, not how good it gets.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "engine/training"))
import bigram  # noqa: E402
import bpe  # noqa: E402
import gguf  # noqa: E402
from fetch import default_work_folder  # noqa: E402
from model import SlicedCrossEntropy, attend, matrix, rms_norm, silent  # noqa: E402
from optimizer import make_optimizers, rate_factor  # noqa: E402
from samples import Corpus, Form, load_stores  # noqa: E402
from train import faster_type  # noqa: E402
from vocabulary import sample, tokenizer_metadata  # noqa: E402

VOCABULARY, WIDTH, LAYERS, HEADS, KV_HEADS, HEAD, FF = 8192, 256, 5, 4, 2, 64, 704
CONTEXT, ROWS, EPSILON, ROPE_BASE = 512, 4, 1e-6, 10_000.0
RATES = {"matrices": 0.01, "embedding": 0.005, "output": 0.001, "others": 0.002}


def rotate_halves(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Pairs are half a head apart; x is [..., T, HEAD]."""
    low, high = x.float().chunk(2, -1)
    return torch.cat([low * cos - high * sin, high * cos + low * sin], -1).to(x.dtype)


class Block(nn.Module):
    """One layer."""

    def __init__(self) -> None:
        super().__init__()
        self.attn_norm, self.ffn_norm = (nn.Parameter(torch.ones(WIDTH)) for _ in range(2))
        for name, heads in (("q", HEADS), ("k", KV_HEADS), ("v", KV_HEADS)):
            setattr(self, f"attn_{name}", matrix(heads * HEAD, WIDTH))
            setattr(self, f"attn_{name}_bias", nn.Parameter(torch.zeros(heads * HEAD)))
        self.attn_output = silent(WIDTH, HEADS * HEAD)
        self.ffn_gate, self.ffn_up = matrix(FF, WIDTH), matrix(FF, WIDTH)
        self.ffn_down = silent(WIDTH, FF)

    def heads(self, x: Tensor, name: str) -> Tensor:
        made = F.linear(x, getattr(self, name), getattr(self, name + "_bias"))
        return made.view(*x.shape[:2], -1, HEAD).transpose(1, 2)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        normed = rms_norm(x, self.attn_norm, EPSILON)
        q = rotate_halves(self.heads(normed, "attn_q"), cos, sin)
        k = rotate_halves(self.heads(normed, "attn_k"), cos, sin)
        k, v = (each.repeat_interleave(HEADS // KV_HEADS, 1)
                for each in (k, self.heads(normed, "attn_v")))
        x = x + F.linear(attend(q, k, v).transpose(1, 2).flatten(2), self.attn_output)
        normed = rms_norm(x, self.ffn_norm, EPSILON)
        gated = F.silu(F.linear(normed, self.ffn_gate)) * F.linear(normed, self.ffn_up)
        return x + F.linear(gated, self.ffn_down)


class Model(nn.Module):
    """Token ids [B, T] to hidden states [B, T, WIDTH]."""

    def __init__(self, embedding: Tensor, output: Tensor) -> None:
        super().__init__()
        self.embedding, self.output = nn.Parameter(embedding), nn.Parameter(output)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.output_norm = nn.Parameter(torch.ones(WIDTH))
        rates = ROPE_BASE ** (-torch.arange(0, HEAD, 2) / HEAD)
        angles = torch.arange(CONTEXT)[:, None] * rates
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def forward(self, ids: Tensor) -> Tensor:
        x = F.embedding(ids, self.embedding)
        for block in self.blocks:
            x = block(x, self.cos, self.sin)
        return rms_norm(x, self.output_norm, EPSILON)


def gguf_name(name: str) -> str:
    names = {"embedding": "token_embd", "output": "output", "output_norm": "output_norm"}
    name = names.get(name, name.replace("blocks.", "blk."))
    return name.replace("_bias", ".bias") if name.endswith("_bias") else name + ".weight"


def export(model: Model, vocabulary: bpe.Vocabulary, path: Path) -> None:
    sizes = {
        "block_count": LAYERS, "context_length": CONTEXT, "embedding_length": WIDTH,
        "feed_forward_length": FF, "attention.head_count": HEADS,
        "attention.head_count_kv": KV_HEADS, "attention.layer_norm_rms_epsilon": EPSILON,
        "rope.freq_base": ROPE_BASE, "vocab_size": VOCABULARY,
    }
    file = gguf.File({"general.architecture": "qwen2", "general.name": "another family",
                      "general.file_type": 7, **{f"qwen2.{k}": v for k, v in sizes.items()},
                      **tokenizer_metadata(vocabulary)})
    for name, value in model.state_dict().items():
        kind = gguf.Q8_0 if value.ndim == 2 else gguf.F32
        file.tensors[gguf_name(name)] = gguf.Tensor.from_array(value.float().numpy(), kind)
    gguf.write(path, file)


def train(model: Model, corpus: Corpus, minutes: float) -> None:
    """Until the minutes are over, or a signal comes."""
    products = faster_type("cpu")
    optimizers = make_optimizers(model, RATES, products)
    started, step, last, losses = time.monotonic(), 0, time.monotonic(), []
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    while not stopped and (progress := (time.monotonic() - started) / 60 / minutes) < 1:
        rows = [corpus.row(step, row) for row in range(ROWS)]
        ids = torch.tensor([each for each, _ in rows])
        answers = torch.tensor([each for _, each in rows])[:, 1:]
        with torch.autocast("cpu", torch.bfloat16, products is torch.bfloat16):
            hidden = model(ids[:, :-1])
        weights = torch.where(answers, 2.0, 1.0).reshape(-1)
        loss = SlicedCrossEntropy.apply(hidden.flatten(0, 1), model.output, ids[:, 1:].reshape(-1),
                                        weights, products)
        loss.backward()
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["full_rate"] * rate_factor(progress, step, 50, 0.5)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        losses.append(float(loss))
        step += 1
        if step % 100 == 0:
            speed = len(losses) * ROWS * CONTEXT / (time.monotonic() - last)
            print(f"step {step}: loss {np.mean(losses):.3f}, {speed:.0f} tokens/s", flush=True)
            last, losses = time.monotonic(), []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--work", type=Path, default=default_work_folder())
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(3)
    texts = arguments.work / "corpus"
    vocabulary = bpe.train(sample(texts, 10, seed=5), VOCABULARY)
    words = arguments.out.with_suffix(".vocabulary.gguf")
    metadata = {"general.architecture": "qwen2", **tokenizer_metadata(vocabulary)}
    gguf.write(words, gguf.File(metadata))
    ids = bigram.encode(words, list(sample(texts, 20, seed=6)), arguments.threads)
    model = Model(*bigram.fit(bigram.Counts(ids, VOCABULARY), WIDTH, 400))
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.1f}M parameters", flush=True)
    form = Form(context=CONTEXT)
    train(model, Corpus(load_stores(texts), vocabulary, form, seed=9), arguments.minutes)
    export(model, vocabulary, arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
