"""Model directories against an evaluation in plain Python, with the conventions of Hugging Face.

    huggingface.py PROGRAM

Directories are written and evaluated from what the architectures' published configurations and
formulas say, without a line of the engine: names of tensors and fields, the order of rotated
values, the scaling of frequencies, the choice of experts. GGUF has several of these another way.
"""
import json
import math
import os
import random
import struct
import sys
import tempfile

from agreement import (TOKENS, add, dot, feed_forward, nested, product, rms_norm, softmax,
                       verdict)

VOCAB = 260
DENSE = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             intermediate_size=24, vocab_size=VOCAB, max_position_embeddings=64, rms_norm_eps=1e-6,
             hidden_act="silu", tie_word_embeddings=False, rope_theta=10000.0)
MIXTURE = DENSE | dict(n_routed_experts=8, n_shared_experts=2, num_experts_per_tok=3,
                       moe_intermediate_size=6, first_k_dense_replace=1, moe_layer_freq=1,
                       num_hidden_layers=3)
DEEPSEEK = MIXTURE | dict(num_key_value_heads=4, kv_lora_rank=7, qk_nope_head_dim=6,
                          qk_rope_head_dim=4, v_head_dim=5, routed_scaling_factor=2.5)
YARN = dict(type="yarn", factor=4.0, original_max_position_embeddings=8, beta_fast=32, beta_slow=1)
LLAMA3 = dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=16)
# Three layers that see the last four positions, one that sees all.
WINDOWS = dict(num_hidden_layers=4, sliding_window=4,
               layer_types=["sliding_attention"] * 2 + ["full_attention", "sliding_attention"])

MODELS = {
    "llama": DENSE | dict(model_type="llama"),
    "llama 3.1": DENSE | dict(model_type="llama", head_dim=8, rope_scaling=LLAMA3),
    "llama of transformers 5": DENSE | dict(
        model_type="llama", rope_theta=None, rope_parameters=LLAMA3 | dict(rope_theta=500.0)),
    "llama, linear": DENSE | dict(
        model_type="llama", rope_scaling=dict(type="linear", factor=4.0), dtype="BF16"),
    "llama with biases": DENSE | dict(model_type="llama", attention_bias=True),
    "qwen2": DENSE | dict(model_type="qwen2", use_sliding_window=False, dtype="BF16"),
    "qwen2, tied": DENSE | dict(model_type="qwen2", tie_word_embeddings=True),
    "qwen2, yarn": DENSE | dict(model_type="qwen2", rope_scaling=YARN, head_dim=8),
    "qwen3": DENSE | dict(model_type="qwen3", head_dim=6, dtype="F16"),
    "qwen3_moe": DENSE | dict(model_type="qwen3_moe", head_dim=6, num_experts=8,
                              num_experts_per_tok=3, moe_intermediate_size=6, norm_topk_prob=True,
                              decoder_sparse_step=1, mlp_only_layers=[]),
    "mellum": DENSE | WINDOWS | dict(
        model_type="mellum", head_dim=6, num_experts=8, num_experts_per_tok=3,
        moe_intermediate_size=6, norm_topk_prob=True, mlp_layer_types=["sparse"] * 4,
        rope_parameters=dict(
            full_attention=YARN | dict(rope_type="yarn", rope_theta=500.0),
            sliding_attention=dict(rope_type="default", rope_theta=300.0))),
    "deepseek": MIXTURE | dict(model_type="deepseek", scoring_func="softmax",
                               norm_topk_prob=False, attention_bias=False),
    "deepseek, two dense layers, BF16": MIXTURE | dict(
        model_type="deepseek", norm_topk_prob=True, first_k_dense_replace=2, n_shared_experts=None,
        head_dim=8, dtype="BF16"),
    "deepseek_v2, lite": DEEPSEEK | dict(
        model_type="deepseek_v2", q_lora_rank=None, topk_method="greedy", scoring_func="softmax",
        norm_topk_prob=False, n_group=1, topk_group=1,
        rope_scaling=YARN | dict(mscale=0.707, mscale_all_dim=0.707)),
    "deepseek_v2": DEEPSEEK | dict(
        model_type="deepseek_v2", q_lora_rank=9, topk_method="group_limited_greedy",
        scoring_func="softmax", norm_topk_prob=False, n_group=4, topk_group=2, dtype="BF16"),
    "deepseek_v3": DEEPSEEK | dict(
        model_type="deepseek_v3", q_lora_rank=9, topk_method="noaux_tc", scoring_func="sigmoid",
        norm_topk_prob=True, n_group=4, topk_group=2, num_nextn_predict_layers=1,
        rope_scaling=YARN | dict(mscale=1.0, mscale_all_dim=1.0)),
}


# --- a model of random weights, as a directory ----------------------------------------------------


def rounded(value, dtype):
    """The bytes of one value, and what they stand for."""
    if dtype == "F16":
        stored = struct.pack("<e", value)
        return stored, struct.unpack("<e", stored)[0]
    stored = struct.pack("<f", value)
    if dtype == "BF16":
        stored = stored[2:]
        return stored, struct.unpack("<f", b"\0\0" + stored)[0]
    return stored, struct.unpack("<f", stored)[0]


class Directory:
    """Tensors by name, as nested lists [rows][columns] of the values that the files hold."""

    def __init__(self, config):
        self.config = config
        self.random = random.Random(str(config))
        self.tensors = {}
        self.files = [[], []]  # (name, dtype, shape, bytes)

    def add(self, name, *shape, around=0.0, dtype=None):
        dtype = dtype or self.config.get("dtype", "F32")
        deviation = 0.1 if len(shape) == 1 else 1 / math.sqrt(shape[-1])
        pairs = [rounded(self.random.gauss(around, deviation), dtype)
                 for _ in range(math.prod(shape))]
        self.tensors[name] = nested([value for _, value in pairs], shape[::-1])
        stored = b"".join(stored for stored, _ in pairs)
        self.files[len(self.tensors) % 2].append((name, dtype, shape, stored))

    def write(self, folder):
        index = {}
        for number, tensors in enumerate(self.files):
            name = f"model-{number + 1:05}-of-00002.safetensors"
            header, data = {}, b""
            for tensor, dtype, shape, stored in tensors:
                header[tensor] = dict(dtype=dtype, shape=shape,
                                      data_offsets=[len(data), len(data) + len(stored)])
                data += stored
                index[tensor] = name
            text = json.dumps(header).encode()
            text += b" " * (-len(text) % 8)
            with open(os.path.join(folder, name), "wb") as file:
                file.write(struct.pack("<Q", len(text)) + text + data)
        for name, content in (("model.safetensors.index.json", dict(weight_map=index)),
                              ("config.json", self.config), ("tokenizer.json", tokenizer())):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                json.dump(content, file)


def tokenizer():
    printable = [*range(0x21, 0x7f), *range(0xa1, 0xad), *range(0xae, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    spelled = {byte: chr(byte) for byte in printable}
    spelled |= {byte: chr(256 + place) for place, byte in enumerate(others)}
    pattern = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
               r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
    steps = [dict(type="Split", pattern=dict(Regex=pattern), behavior="Isolated", invert=False),
             dict(type="ByteLevel", add_prefix_space=False, trim_offsets=True, use_regex=False)]
    return dict(pre_tokenizer=dict(type="Sequence", pretokenizers=steps), added_tokens=[],
                model=dict(type="BPE", ignore_merges=True, merges=[],
                           vocab={text: byte for byte, text in spelled.items()}))


def add_network(directory, module, width):
    hidden = directory.config["hidden_size"]
    if directory.config["model_type"] == "gpt_oss":  # some far from 0, so that they are clamped
        for part, size in dict(gate=width, up=width, down=hidden).items():
            directory.add(f"{module}{part}_proj.bias", size, around=7.0 if part == "up" else 5.0)
    directory.add(module + "gate_proj.weight", width, hidden)
    directory.add(module + "up_proj.weight", width, hidden)
    directory.add(module + "down_proj.weight", hidden, width)


def add_attention(directory, module):
    c = directory.config
    hidden, heads = c["hidden_size"], c["num_attention_heads"]
    if "kv_lora_rank" in c:
        head = c["qk_nope_head_dim"] + c["qk_rope_head_dim"]
        if c["q_lora_rank"]:
            directory.add(module + "q_a_proj.weight", c["q_lora_rank"], hidden)
            directory.add(module + "q_a_layernorm.weight", c["q_lora_rank"], around=1)
            directory.add(module + "q_b_proj.weight", heads * head, c["q_lora_rank"])
        else:
            directory.add(module + "q_proj.weight", heads * head, hidden)
        latent = c["kv_lora_rank"]
        directory.add(module + "kv_a_proj_with_mqa.weight", latent + c["qk_rope_head_dim"], hidden)
        directory.add(module + "kv_a_layernorm.weight", latent, around=1)
        directory.add(module + "kv_b_proj.weight",
                      heads * (c["qk_nope_head_dim"] + c["v_head_dim"]), latent)
        directory.add(module + "o_proj.weight", hidden, heads * c["v_head_dim"])
        return
    head = c.get("head_dim", hidden // heads)
    key_heads = c["num_key_value_heads"]
    for part, count in dict(q=heads * head, k=key_heads * head, v=key_heads * head).items():
        directory.add(f"{module}{part}_proj.weight", count, hidden)
        if c["model_type"] == "qwen2" or c.get("attention_bias"):
            directory.add(f"{module}{part}_proj.bias", count)
    directory.add(module + "o_proj.weight", hidden, heads * head)
    if c.get("attention_bias"):
        directory.add(module + "o_proj.bias", hidden)
    if c["model_type"].startswith("qwen3") or c["model_type"] == "mellum":
        directory.add(module + "q_norm.weight", head, around=1)
        directory.add(module + "k_norm.weight", head, around=1)


def expert_count(config):
    return config.get("n_routed_experts", config.get("num_experts", 0))


def make_directory(config):
    directory = Directory(config)
    hidden = config["hidden_size"]
    directory.add("model.embed_tokens.weight", VOCAB, hidden)
    directory.add("model.norm.weight", hidden, around=1)
    if not config["tie_word_embeddings"]:
        directory.add("lm_head.weight", VOCAB, hidden)
    for layer in range(config["num_hidden_layers"]):
        module = f"model.layers.{layer}."
        directory.add(module + "input_layernorm.weight", hidden, around=1)
        directory.add(module + "post_attention_layernorm.weight", hidden, around=1)
        add_attention(directory, module + "self_attn.")
        if not expert_count(config) or layer < config.get("first_k_dense_replace", 0):
            add_network(directory, module + "mlp.", config["intermediate_size"])
            continue
        directory.add(module + "mlp.gate.weight", expert_count(config), hidden)
        if config["model_type"] == "gpt_oss":
            directory.add(module + "mlp.gate.bias", expert_count(config))
            directory.add(module + "self_attn.sinks", config["num_attention_heads"], around=1)
        if config.get("topk_method") == "noaux_tc":
            directory.add(module + "mlp.gate.e_score_correction_bias", expert_count(config),
                          around=1, dtype="F32")
        width = config["moe_intermediate_size"]
        for expert in range(expert_count(config)):
            add_network(directory, f"{module}mlp.experts.{expert}.", width)
        if config.get("n_shared_experts"):
            add_network(directory, module + "mlp.shared_experts.",
                        width * config["n_shared_experts"])
    if config.get("num_nextn_predict_layers"):
        directory.add(f"model.layers.{config['num_hidden_layers']}.eh_proj.weight", hidden,
                      2 * hidden)
    return directory


# --- the evaluation -------------------------------------------------------------------------------


def scaling_of(config):
    scaling = config.get("rope_parameters") or config.get("rope_scaling") or {}
    return scaling.get("full_attention", scaling)


def frequencies(config, width):
    scaling = scaling_of(config)
    base = scaling.get("rope_theta", config["rope_theta"])
    plain = [base ** (-i / width) for i in range(0, width, 2)]
    kind = scaling.get("rope_type", scaling.get("type", "default"))
    if kind == "default":
        return plain
    factor = scaling["factor"]
    if kind == "linear":
        return [frequency / factor for frequency in plain]
    original = scaling["original_max_position_embeddings"]
    if kind == "llama3":
        low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
        result = []
        for frequency in plain:
            wavelength = 2 * math.pi / frequency
            smooth = (original / wavelength - low) / (high - low)
            if wavelength > original / low:
                result.append(frequency / factor)
            elif wavelength < original / high:
                result.append(frequency)
            else:
                result.append((1 - smooth) * frequency / factor + smooth * frequency)
        return result

    def correction(rotations):
        return width * math.log(original / (rotations * 2 * math.pi)) / (2 * math.log(base))

    first = max(math.floor(correction(scaling["beta_fast"])), 0)
    last = min(math.ceil(correction(scaling["beta_slow"])), width - 1)
    result = []
    for pair, frequency in enumerate(plain):
        ramp = min(1.0, max(0.0, (pair - first) / (last - first if last != first else 0.001)))
        result.append(frequency / factor * ramp + frequency * (1 - ramp))
    return result


def rotate_half(vector, position, config):
    half = len(vector) // 2
    angles = [position * frequency for frequency in frequencies(config, len(vector))] * 2
    turned = [-x for x in vector[half:]] + vector[:half]
    return [x * math.cos(a) + y * math.sin(a) for x, y, a in zip(vector, turned, angles)]


def mixed_values(scores_and_values):
    weights = softmax([score for score, _ in scores_and_values])
    result = [0.0] * len(scores_and_values[0][1])
    for weight, (_, value) in zip(weights, scores_and_values):
        result = add(result, value, weight)
    return result


def heads_of(vector, size):
    return [vector[start:start + size] for start in range(0, len(vector), size)]


def latent_attention(x, position, cache, weight, c):
    nope, rope, value = c["qk_nope_head_dim"], c["qk_rope_head_dim"], c["v_head_dim"]
    latent = c["kv_lora_rank"]

    def turn(vector):  # stored in pairs, turned in halves
        return rotate_half(vector[0::2] + vector[1::2], position, c)

    if c["q_lora_rank"]:
        low = rms_norm(product(weight("q_a_proj.weight"), x), weight("q_a_layernorm.weight"))
        query = product(weight("q_b_proj.weight"), low)
    else:
        query = product(weight("q_proj.weight"), x)
    both = product(weight("kv_a_proj_with_mqa.weight"), x)
    low = rms_norm(both[:latent], weight("kv_a_layernorm.weight"))
    cache.append((heads_of(product(weight("kv_b_proj.weight"), low), nope + value),
                  turn(both[latent:])))
    scale = (nope + rope) ** -0.5
    scaling = scaling_of(c)
    if scaling:
        magnitude = 0.1 * scaling["mscale_all_dim"] * math.log(scaling["factor"]) + 1
        scale *= magnitude * magnitude
    result = []
    for head, own in enumerate(heads_of(query, nope + rope)):
        turned = turn(own[nope:])
        result += mixed_values([(scale * (dot(own[:nope], kv[head][:nope]) + dot(turned, key)),
                                 kv[head][nope:]) for kv, key in cache])
    return product(weight("o_proj.weight"), result)


def of_layer(config, layer):
    """What holds in that layer, which has no window, or one and a rotation that goes with it."""
    if config.get("layer_types", [])[layer:layer + 1] != ["sliding_attention"]:
        return config | dict(sliding_window=None)
    kinds = config.get("rope_parameters", {})
    return config | dict(rope_parameters=kinds.get("sliding_attention", kinds))


def grouped_attention(x, position, cache, weight, c):
    head_dim = c.get("head_dim", c["hidden_size"] // c["num_attention_heads"])

    def projected(part, normalise):
        vector = product(weight(f"{part}_proj.weight"), x)
        bias = weight(f"{part}_proj.bias", None)
        heads = heads_of(add(vector, bias) if bias else vector, head_dim)
        norm = weight(f"{part}_norm.weight", None)
        return [rms_norm(head, norm) for head in heads] if normalise and norm else heads

    query = [rotate_half(head, position, c) for head in projected("q", True)]
    cache.append(([rotate_half(head, position, c) for head in projected("k", True)],
                  projected("v", False)))
    scale = head_dim ** -0.5
    if scaling_of(c).get("type") == "yarn":  # cosines and sines are longer, on both sides
        scale *= (0.1 * math.log(scaling_of(c)["factor"]) + 1) ** 2
    group = c["num_attention_heads"] // c["num_key_value_heads"]
    seen = cache[-(c.get("sliding_window") or len(cache)):]
    sinks = weight("sinks", None)
    result = []
    for head, own in enumerate(query):
        pairs = [(scale * dot(own, keys[head // group]), values[head // group])
                 for keys, values in seen]
        if sinks:  # gpt-oss's: a score that no value goes with
            pairs.append((sinks[head], [0.0] * head_dim))
        result += mixed_values(pairs)
    output = product(weight("o_proj.weight"), result)
    bias = weight("o_proj.bias", None)
    return add(output, bias) if bias else output


def route(x, weight, c):
    """Pairs of expert and weight."""
    scores = product(weight("gate.weight"), x)
    if weight("gate.bias", None):
        scores = add(scores, weight("gate.bias"))
    if c.get("scoring_func") == "sigmoid":
        likely = [1 / (1 + math.exp(-score)) for score in scores]
    else:
        likely = softmax(scores)
    v3 = c.get("topk_method") == "noaux_tc"
    rank = add(likely, weight("gate.e_score_correction_bias")) if v3 else likely
    allowed = range(len(rank))
    if c.get("topk_method", "greedy") != "greedy":
        groups = heads_of(rank, len(rank) // c["n_group"])
        worth = [sum(sorted(group)[-2:]) if v3 else max(group) for group in groups]
        kept = sorted(range(len(groups)), key=lambda group: -worth[group])[:c["topk_group"]]
        allowed = [expert for expert in allowed if expert // len(groups[0]) in kept]
    chosen = sorted(allowed, key=lambda expert: -rank[expert])[:c["num_experts_per_tok"]]
    total = sum(likely[expert] for expert in chosen) if c["norm_topk_prob"] else 1.0
    scale = c.get("routed_scaling_factor", 1.0)
    return [(expert, likely[expert] / total * scale) for expert in chosen]


def network(x, weight, module):
    gate, up, down = (weight(f"{module}{part}_proj.weight") for part in ("gate", "up", "down"))
    if not weight(module + "gate_proj.bias", None):
        return feed_forward(x, gate, up, down)

    def biased(matrix, vector, part):  # gpt-oss's, with its activation between them
        return add(product(matrix, vector), weight(f"{module}{part}_proj.bias"))

    gated = []
    for g, u in zip(biased(gate, x, "gate"), biased(up, x, "up")):
        g, u = min(g, 7.0), min(7.0, max(-7.0, u))
        gated.append((u + 1) * g / (1 + math.exp(-1.702 * g)))
    return biased(down, gated, "down")


def mixture(x, weight, c):
    result = [0.0] * len(x)
    for expert, share in route(x, weight, c):
        result = add(result, network(x, weight, f"experts.{expert}."), share)
    if c.get("n_shared_experts"):
        result = add(result, network(x, weight, "shared_experts."))
    return result


def evaluate(directory):
    c, tensors = directory.config, directory.tensors
    attention = latent_attention if "kv_lora_rank" in c else grouped_attention
    caches = [[] for _ in range(c["num_hidden_layers"])]
    rows = []
    for position, token in enumerate(TOKENS):
        state = tensors["model.embed_tokens.weight"][token]
        for layer, cache in enumerate(caches):
            module = f"model.layers.{layer}."

            def weight(name, *fallback, within="self_attn."):
                full = module + within + name
                return tensors.get(full, *fallback) if fallback else tensors[full]

            x = rms_norm(state, tensors[module + "input_layernorm.weight"])
            state = add(state, attention(x, position, cache, weight, of_layer(c, layer)))
            x = rms_norm(state, tensors[module + "post_attention_layernorm.weight"])

            def inner(name, *fallback):
                return weight(name, *fallback, within="mlp.")

            is_mixture = module + "mlp.gate.weight" in tensors
            state = add(state, mixture(x, inner, c) if is_mixture else network(x, inner, ""))
        x = rms_norm(state, tensors["model.norm.weight"])
        rows.append(product(tensors.get("lm_head.weight", tensors["model.embed_tokens.weight"]), x))
    return rows


def main():
    program = os.path.abspath(sys.argv[1])
    failures = 0
    for name, config in MODELS.items():
        directory = make_directory(config)
        expected = evaluate(directory)
        with tempfile.TemporaryDirectory(prefix="lemma-huggingface-") as folder:
            directory.write(folder)
            failures += not verdict(name, program, folder, VOCAB, expected, folder)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
