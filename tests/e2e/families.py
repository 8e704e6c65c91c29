"""GGUF files of models with grouped queries against an evaluation in plain Python, and tensors that
lemma lacks.

    families.py PROGRAM

The models are those of huggingface.py, evaluated there from the formulas of their architectures,
and written here as GGUF has them: other names, and the rows of queries and keys (weights and
biases) of llama and deepseek permuted for rotations of consecutive pairs. Each is then written once
more with a tensor that no model of its family has. A program that left it out would give another
model's answers without a word; it must be refused by name.
"""
import os
import struct
import subprocess
import sys
import tempfile

from agreement import Weights, flat, text, verdict
from huggingface import (DENSE, MODELS, VOCAB, WINDOWS, YARN, evaluate, expert_count,
                         make_directory, scaling_of)

FAMILIES = {"llama": "llama", "mixtral": "llama", "deepseek": "deepseek", "qwen2": "qwen2",
            "qwen3": "qwen3", "qwen3_moe": "qwen3moe", "mellum": "mellum", "gpt_oss": "gpt-oss"}
# In GGUF a Llama whose dense networks there are several of; lemma reads no directory of it.
MIXTRAL = DENSE | dict(model_type="mixtral", n_routed_experts=5, num_experts_per_tok=2,
                       moe_intermediate_size=DENSE["intermediate_size"], norm_topk_prob=True)
# lemma reads no directory of it either. Which layers have a window its files do not say.
GPT_OSS = DENSE | WINDOWS | dict(
    model_type="gpt_oss", layer_types=["sliding_attention", "full_attention"] * 2,
    attention_bias=True, num_experts=6, num_experts_per_tok=2, moe_intermediate_size=8,
    norm_topk_prob=True, head_dim=8, rope_scaling=YARN)
NAMES = {
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down", "mlp.gate": "ffn_gate_inp",
    "mlp.shared_experts.gate_proj": "ffn_gate_shexp",
    "mlp.shared_experts.up_proj": "ffn_up_shexp",
    "mlp.shared_experts.down_proj": "ffn_down_shexp"}
OF_THE_MODEL = {"model.embed_tokens.weight": "token_embd.weight",
                "model.norm.weight": "output_norm.weight", "lm_head.weight": "output.weight"}

# By family: biases and norms that some published relative of it has (Llama's mlp_bias, Qwen2's
# biases in Qwen3, Qwen3's norms in Qwen2, …), with the axes of the tensor.
FOREIGN = {
    "llama": {"blk.0.ffn_down.bias": (16,), "blk.1.ffn_gate.bias": (24,), "output.bias": (VOCAB,),
              "blk.0.attn_q_norm.weight": (4,), "output_norm.bias": (16,),
              "blk.0.attn_sinks.weight": (4,), "rope_factors_long.weight": (2,)},
    "qwen2": {"blk.0.attn_q_norm.weight": (4,), "blk.1.attn_k_norm.weight": (4,),
              "blk.1.attn_q.scale": (1,), "blk.0.post_attention_norm.weight": (16,)},
    "qwen3": {"blk.0.ffn_up.bias": (24,), "token_embd_norm.weight": (16,)},
    # The last is what the first files of Mixtral have, an expert by itself.
    "mixtral": {"blk.0.ffn_gate_inp.bias": (5,), "blk.1.ffn_down_exps.bias": (16, 5),
                "blk.0.ffn_gate_shexp.weight": (16, 24), "blk.0.ffn_gate.0.weight": (16, 24)},
    "deepseek": {"blk.0.ffn_gate_inp.weight": (16, 8), "blk.1.ffn_gate_inp_shexp.weight": (16,),
                 "blk.1.ffn_up.weight": (16, 24), "blk.2.attn_q_norm.weight": (4,)},
    "qwen3_moe": {"blk.0.ffn_gate_inp.bias": (8,), "blk.0.ffn_up_exps.bias": (6, 8),
                  "blk.1.ffn_gate_inp_shexp.weight": (16,), "blk.0.exp_probs_b.weight": (8,)},
    "mellum": {"blk.0.attn_sinks.weight": (4,), "blk.1.ffn_gate_inp.bias": (8,)},
    "gpt_oss": {"blk.0.attn_q_norm.weight": (8,), "blk.0.ffn_norm.weight": (16,)},
}


def metadata(config):
    family = FAMILIES[config["model_type"]] + "."
    head = config.get("head_dim", config["hidden_size"] // config["num_attention_heads"])
    integers = {
        "block_count": config["num_hidden_layers"],
        "context_length": config["max_position_embeddings"],
        "embedding_length": config["hidden_size"],
        "feed_forward_length": config["intermediate_size"],
        "vocab_size": VOCAB,
        "attention.head_count": config["num_attention_heads"],
        "attention.head_count_kv": config["num_key_value_heads"],
        "attention.key_length": head,
        "attention.value_length": head,
        "rope.dimension_count": head,
    }
    numbers = {"attention.layer_norm_rms_epsilon": config["rms_norm_eps"],
               "rope.freq_base": config["rope_theta"]}
    entries = [text("general.architecture") + struct.pack("<I", 8) + text(family[:-1])]
    if expert_count(config):
        integers |= {"expert_count": expert_count(config),
                     "expert_used_count": config["num_experts_per_tok"]}
        if family != "llama.":
            integers["expert_feed_forward_length"] = config["moe_intermediate_size"]
        if family == "deepseek.":
            integers |= {"leading_dense_block_count": config["first_k_dense_replace"],
                         "expert_shared_count": config["n_shared_experts"] or 0}
            numbers["expert_weights_scale"] = 1.0
            if config["norm_topk_prob"]:
                entries.append(text(family + "expert_weights_norm") + struct.pack("<IB", 7, 1))
    if config.get("sliding_window"):
        integers["attention.sliding_window"] = config["sliding_window"]
    if family == "mellum.":
        numbers |= {"rope.freq_base": scaling_of(config)["rope_theta"],
                    "rope.freq_base_swa":
                        config["rope_parameters"]["sliding_attention"]["rope_theta"]}
        windowed = bytes(kind == "sliding_attention" for kind in config["layer_types"])
        entries.append(text(family + "attention.sliding_window_pattern")
                       + struct.pack("<IIQ", 9, 7, len(windowed)) + windowed)
    scaling = scaling_of(config)
    if scaling:
        entries.append(text(family + "rope.scaling.type") + struct.pack("<I", 8)
                       + text(scaling["type"]))
        numbers["rope.scaling.factor"] = scaling["factor"]
        if scaling["type"] == "yarn":
            original = scaling["original_max_position_embeddings"]
            integers["rope.scaling.original_context_length"] = original
    entries += [text(family + key) + struct.pack("<II", 4, value)
                for key, value in integers.items()]
    entries += [text(family + key) + struct.pack("<If", 6, value)
                for key, value in numbers.items()]
    return entries


def permuted(rows, heads):
    """A head's rows are (half, i) as trained, and (i, half) in GGUF."""
    size = len(rows) // heads
    return [rows[head * size + half * size // 2 + i] for head in range(heads)
            for i in range(size // 2) for half in range(2)]


def gguf_of(directory):
    config, weights = directory.config, Weights(dict(seed=1))
    is_permuted = FAMILIES[config["model_type"]] in ("llama", "deepseek")
    experts = {}

    def add(name, value):
        dimensions = (len(value),)
        if isinstance(value[0], list):
            dimensions = (len(value[0]), len(value))
        weights.add(name, *dimensions, values=flat(value))

    for name, value in directory.tensors.items():
        if name in OF_THE_MODEL:
            add(OF_THE_MODEL[name], value)
            continue
        _, _, layer, module = name.split(".", 3)
        if module.startswith("mlp.experts."):
            _, _, _, part, leaf = module.split(".")
            name = f"blk.{layer}.ffn_{part.removesuffix('_proj')}_exps.{leaf}"
            experts.setdefault(name, []).append(value)
            continue
        if module == "self_attn.sinks":
            add(f"blk.{layer}.attn_sinks.weight", value)
            continue
        module, leaf = module.rsplit(".", 1)
        if config["model_type"] == "gpt_oss" and module == "post_attention_layernorm":
            add(f"blk.{layer}.post_attention_norm.weight", value)
            continue
        if is_permuted and module.endswith(("q_proj", "k_proj")):
            is_query = module.endswith("q_proj")
            value = permuted(
                value, config["num_attention_heads" if is_query else "num_key_value_heads"])
        add(f"blk.{layer}.{NAMES[module]}.{leaf}", value)
    for name, stack in experts.items():
        if isinstance(stack[0][0], list):
            weights.add(name, len(stack[0][0]), len(stack[0]), len(stack), values=flat(stack))
        else:
            add(name, stack)
    return weights


def is_refused(program, config, tensor, dimensions, folder):
    """Whether the model with that tensor is refused, and the tensor named."""
    model = os.path.join(folder, "foreign.gguf")
    tokens, out = os.path.join(folder, "tokens"), os.path.join(folder, "out.f32")
    weights = gguf_of(make_directory(config))
    weights.add(tensor, *dimensions)
    weights.write(model, metadata(config))
    with open(tokens, "w", encoding="ascii") as file:
        file.write("1 2 3")
    run = subprocess.run([program, "logits", model, "--tokens", tokens, "--out", out],
                         capture_output=True, text=True, check=False)
    good = run.returncode == 1 and f"tensor {tensor} at byte " in run.stderr
    print(f"{'ok    ' if good else 'FAILED'}  {config['model_type']} with {tensor} is refused")
    return good


def main():
    program = os.path.abspath(sys.argv[1])
    failures = 0
    with tempfile.TemporaryDirectory(prefix="lemma-families-") as folder:
        model = os.path.join(folder, "model.gguf")
        models = MODELS | {"mixtral": MIXTRAL, "gpt_oss": GPT_OSS}
        for name, config in models.items():
            of_llama_3 = "low_freq_factor" in str(config)  # what GGUF says by a tensor of factors
            if config["model_type"] not in FAMILIES or of_llama_3:
                continue
            directory = make_directory(config)
            gguf_of(directory).write(model, metadata(config))
            failures += not verdict(name, program, model, VOCAB, evaluate(directory), folder)
        for family, tensors in FOREIGN.items():
            config = next(each for each in models.values() if each["model_type"] == family)
            config = DENSE | config | dict(dtype="F32")
            for tensor, dimensions in tensors.items():
                failures += not is_refused(program, config, tensor, dimensions, folder)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
