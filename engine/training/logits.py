"""Evaluates an exported GGUF in float32, straight from the file's tensors, and writes the logits.

It shares no code with the trainer's model on purpose: one position after another, queries taken
into the latent space by attn_k_b as the engine does, so that a wrong layout in the exporter shows.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

import gguf


def gated(x: np.ndarray, gate: np.ndarray, up: np.ndarray, down: np.ndarray) -> np.ndarray:
    """down @ (silu(gate @ x) * (up @ x))."""
    hidden = gate @ x
    return down @ (hidden / (1 + np.exp(-hidden)) * (up @ x))


class Evaluator:
    """A deepseek2 model of the split layout, without q_lora and without YaRN."""

    def __init__(self, file: gguf.File) -> None:
        self._meta = file.metadata
        self._tensors = {name: tensor.to_array() for name, tensor in file.tensors.items()}
        self._layers = self._get("block_count")
        self._layers -= file.metadata.get("deepseek2.nextn_predict_layers", 0)
        self._latents: list[list[np.ndarray]] = [[] for _ in range(self._layers)]
        self._keys: list[list[np.ndarray]] = [[] for _ in range(self._layers)]

    def _get(self, key: str) -> int:
        return self._meta[f"deepseek2.{key}"]

    def _norm(self, x: np.ndarray, name: str) -> np.ndarray:
        epsilon = self._meta["deepseek2.attention.layer_norm_rms_epsilon"]
        scale = 1 / np.sqrt(np.mean(x * x) + np.float32(epsilon))
        return x * scale * self._tensors[name]

    def _rotate(self, x: np.ndarray, position: int) -> np.ndarray:
        """Rotates consecutive pairs of the last dimension."""
        pairs = np.arange(0, x.shape[-1], 2) / x.shape[-1]
        angle = position * self._meta["deepseek2.rope.freq_base"] ** -pairs
        turned = (x[..., 0::2] + 1j * x[..., 1::2]) * np.exp(1j * angle)
        return np.stack([turned.real, turned.imag], -1).reshape(x.shape).astype(np.float32)

    def _attention(self, x: np.ndarray, layer: int, position: int) -> np.ndarray:
        get, name = self._get, f"blk.{layer}."
        heads, rank = get("attention.head_count"), get("attention.kv_lora_rank")
        rope = get("rope.dimension_count")
        nope = get("attention.key_length_mla") - rope
        q = (self._tensors[name + "attn_q.weight"] @ x).reshape(heads, nope + rope)
        latent = self._tensors[name + "attn_kv_a_mqa.weight"] @ x
        self._latents[layer].append(self._norm(latent[:rank], name + "attn_kv_a_norm.weight"))
        self._keys[layer].append(self._rotate(latent[rank:], position))
        latents, keys = np.array(self._latents[layer]), np.array(self._keys[layer])
        absorbed = np.einsum("hrn,hn->hr", self._tensors[name + "attn_k_b.weight"], q[:, :nope])
        scores = absorbed @ latents.T + self._rotate(q[:, nope:], position) @ keys.T
        scores /= np.float32(np.sqrt(nope + rope))
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        mixed = np.einsum("hvr,hr->hv", self._tensors[name + "attn_v_b.weight"], weights @ latents)
        return self._tensors[name + "attn_output.weight"] @ mixed.reshape(-1)

    def _ffn(self, x: np.ndarray, layer: int) -> np.ndarray:
        def three(ending: str) -> list[np.ndarray]:
            names = (f"blk.{layer}.ffn_{part}{ending}.weight" for part in ("gate", "up", "down"))
            return [self._tensors[name] for name in names]

        if layer < self._get("leading_dense_block_count"):
            return gated(x, *three(""))
        scores = 1 / (1 + np.exp(-(self._tensors[f"blk.{layer}.ffn_gate_inp.weight"] @ x)))
        biased = scores + self._tensors[f"blk.{layer}.exp_probs_b.bias"]
        chosen = np.argsort(-biased)[: self._get("expert_used_count")]
        weights = scores[chosen] / scores[chosen].sum() * self._get("expert_weights_scale")
        result = gated(x, *three("_shexp"))
        for expert, weight in zip(chosen, weights):
            result = result + weight * gated(x, *(stack[expert] for stack in three("_exps")))
        return result

    def logits(self, token: int, position: int) -> np.ndarray:
        """Takes one token; positions must come in order from 0."""
        x = self._tensors["token_embd.weight"][token]
        for layer in range(self._layers):
            x = x + self._attention(self._norm(x, f"blk.{layer}.attn_norm.weight"), layer, position)
            x = x + self._ffn(self._norm(x, f"blk.{layer}.ffn_norm.weight"), layer)
        x = self._norm(x, "output_norm.weight")
        return (self._tensors["output.weight"] @ x).astype(np.float32)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--tokens", type=Path, required=True, help="ids, separated by white space")
    parser.add_argument("--out", type=Path, required=True, help="float32, one row for each token")
    arguments = parser.parse_args()
    ids = [int(word) for word in arguments.tokens.read_text(encoding="utf-8").split()]
    evaluator = Evaluator(gguf.read(arguments.model))
    rows = [evaluator.logits(token, position) for position, token in enumerate(ids)]
    np.array(rows, dtype=np.float32).tofile(arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
