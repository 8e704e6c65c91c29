"""Writes a trained model as a deepseek2 GGUF (split MLA layout) and reads one back for training.

Norms, biases and routers are F32, all other matrices Q8_0, or with `--type q4_0` Q4_0 and the
output layer Q5_0; but attn_k_b and attn_v_b, which are small, are F16, since llama.cpp's CPU
backend aborts on them in Q8_0 (node-llama-cpp 3.22.1). Its loader wants
`attention.q_lora_rank` (0: none) and head_count_kv = 1 for this layout.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

import gguf
from bpe import Vocabulary
from fetch import default_work_folder
from model import Config, Model
from vocabulary import tokenizer_metadata, vocabulary_from

_BLOCK_NAMES = {
    "attention_norm": "attn_norm.weight",
    "attention.q": "attn_q.weight",
    "attention.kv_a": "attn_kv_a_mqa.weight",
    "attention.kv_a_norm": "attn_kv_a_norm.weight",
    "attention.k_b": "attn_k_b.weight",
    "attention.v_b": "attn_v_b.weight",
    "attention.output": "attn_output.weight",
    "ffn_norm": "ffn_norm.weight",
    "ffn.router": "ffn_gate_inp.weight",
    "ffn.bias": "exp_probs_b.bias",
    "ffn.shared.gate": "ffn_gate_shexp.weight",
    "ffn.shared.up": "ffn_up_shexp.weight",
    "ffn.shared.down": "ffn_down_shexp.weight",
}
_NAMES = {"embedding": "token_embd.weight", "output": "output.weight",
          "output_norm": "output_norm.weight"}
_PREDICTION_NAMES = {"embedding_norm": "enorm", "state_norm": "hnorm", "join": "eh_proj",
                     "output_norm": "shared_head_norm"}


def gguf_name(name: str, config: Config) -> str:
    """The GGUF name of a parameter of Model. The layer for prediction is the block behind the
    others."""
    if name in _NAMES:
        return _NAMES[name]
    if name.startswith("prediction."):
        own = name.removeprefix("prediction.")
        if own in _PREDICTION_NAMES:
            return f"blk.{config.layers}.nextn.{_PREDICTION_NAMES[own]}.weight"
        name = f"blocks.{config.layers}.{own.removeprefix('block.')}"
    _, number, rest = name.split(".", 2)
    if rest in ("ffn.gate", "ffn.up", "ffn.down"):
        ending = ".weight" if number == "0" else "_exps.weight"  # the first block is dense
        return f"blk.{number}.ffn_{rest.removeprefix('ffn.')}{ending}"
    return f"blk.{number}.{_BLOCK_NAMES[rest]}"


FILE_TYPES = {"q4_0": 2, "q8_0": 7}  # and their numbers in general.file_type


def metadata_of(config: Config, name: str, file_type: str) -> dict[str, Any]:
    """The general.* and deepseek2.* keys."""
    values: dict[str, Any] = {
        "block_count": config.layers + config.prediction,
        "context_length": config.context,
        "embedding_length": config.width,
        "feed_forward_length": config.dense_ff,
        "attention.head_count": config.heads,
        "attention.head_count_kv": 1,
        "attention.layer_norm_rms_epsilon": config.epsilon,
        "attention.q_lora_rank": 0,
        "attention.kv_lora_rank": config.kv_lora,
        "attention.key_length": config.kv_lora + config.rope,
        "attention.value_length": config.kv_lora,
        "attention.key_length_mla": config.nope + config.rope,
        "attention.value_length_mla": config.value,
        "rope.dimension_count": config.rope,
        "rope.freq_base": config.rope_base,
        "leading_dense_block_count": 1,
        "expert_count": config.experts,
        "expert_used_count": config.experts_used,
        "expert_shared_count": 1,
        "expert_feed_forward_length": config.expert_ff,
        "expert_weights_scale": config.weights_scale,
        "expert_weights_norm": True,
        "expert_gating_func": 2,
        "vocab_size": config.vocabulary,
    }
    if config.prediction:
        values["nextn_predict_layers"] = 1
    general = {"general.architecture": "deepseek2", "general.name": name,
               "general.license": "mit", "general.file_type": FILE_TYPES[file_type]}
    return {**general, **{f"deepseek2.{key}": value for key, value in values.items()}}


def config_from(metadata: dict[str, Any]) -> Config:
    """The sizes that metadata_of wrote."""
    get = lambda key: metadata[f"deepseek2.{key}"]  # noqa: E731
    rope = get("rope.dimension_count")
    prediction = metadata.get("deepseek2.nextn_predict_layers", 0)
    return Config(
        vocabulary=get("vocab_size"), width=get("embedding_length"),
        layers=get("block_count") - prediction, prediction=prediction > 0,
        heads=get("attention.head_count"), nope=get("attention.key_length_mla") - rope, rope=rope,
        value=get("attention.value_length_mla"), kv_lora=get("attention.kv_lora_rank"),
        dense_ff=get("feed_forward_length"), expert_ff=get("expert_feed_forward_length"),
        experts=get("expert_count"), experts_used=get("expert_used_count"),
        rope_base=get("rope.freq_base"), epsilon=get("attention.layer_norm_rms_epsilon"),
        context=get("context_length"), weights_scale=get("expert_weights_scale"),
    )


def stored_type(name: str, shape: tuple[int, ...], file_type: str) -> int:
    """The weight type of a parameter of Model in a file."""
    if len(shape) < 2 or name.endswith(".router"):
        return gguf.F32
    if name.endswith((".k_b", ".v_b")):
        return gguf.F16
    if shape[-1] % 32:
        return gguf.F32
    if file_type == "q8_0":
        return gguf.Q8_0
    return gguf.Q5_0 if name == "output" else gguf.Q4_0


def stored(name: str, values: np.ndarray, file_type: str) -> gguf.Tensor:
    """A parameter in the layout and type of the file. attn_k_b is stored transposed for each head,
    [heads, kv_lora, nope], so that a query can be taken into the latent space."""
    type_id = stored_type(name, values.shape, file_type)
    if name.endswith("attention.k_b"):
        values = values.transpose(0, 2, 1)
    return gguf.Tensor.from_array(values, type_id)


def export(model: Model, vocabulary: Vocabulary, path: Path, name: str, file_type: str) -> None:
    """Writes model and vocabulary as one GGUF."""
    metadata = metadata_of(model.config, name, file_type)
    file = gguf.File({**metadata, **tokenizer_metadata(vocabulary)})
    for key, value in model.state_dict().items():
        array = value.detach().float().cpu().numpy()
        file.tensors[gguf_name(key, model.config)] = stored(key, array, file_type)
    gguf.write(path, file)


def load(path: Path) -> tuple[Model, Vocabulary]:
    """A model and its vocabulary from a GGUF that `export` wrote."""
    import torch

    file = gguf.read(path)
    model = Model(config_from(file.metadata))
    weights = {}
    for key in model.state_dict():
        values = file.tensors[gguf_name(key, model.config)].to_array()
        if key.endswith("attention.k_b"):
            values = values.transpose(0, 2, 1)
        weights[key] = torch.from_numpy(np.array(values))
    model.load_state_dict(weights)
    return model, vocabulary_from(file)


def main() -> int:
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=default_work_folder())
    parser.add_argument("--run", default="cpu", help="name of the run below WORK/runs")
    parser.add_argument("--type", choices=sorted(FILE_TYPES), default="q8_0")
    parser.add_argument("--name", default="lemma default", help="general.name in the file")
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    checkpoint = arguments.work / "runs" / arguments.run / "checkpoint.pt"
    saved = torch.load(checkpoint, map_location="cpu")
    model = Model(Config(**saved["config"]))
    model.load_state_dict(saved["model"])
    vocabulary = vocabulary_from(gguf.read(arguments.work / "vocab.gguf"))
    export(model, vocabulary, arguments.out, arguments.name, arguments.type)
    print(f"{arguments.out}: step {saved['step']}, {arguments.out.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
