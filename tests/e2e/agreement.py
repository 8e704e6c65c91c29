"""The reference backend against an evaluation of deepseek2 in plain Python, in double precision.

    agreement.py PROGRAM

The evaluation and the files are written from the formulas of the architecture, without a line of
the engine: a mistake would have to be made twice to stay hidden. The models are tiny and of shapes
that nobody would train: odd sizes, one expert, all experts used, groups, every layout of MLA.
"""
import array
import math
import os
import random
import struct
import subprocess
import sys
import tempfile

TOKENS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 0]
LIMIT = 1e-4  # relative L2, for each row of logits

DEFAULTS = dict(
    hidden=20, heads=3, nope=6, rope=4, value=5, latent=7, q_rank=0, dense_width=11, width=3,
    experts=5, used=2, shared=1, dense=1, layers=2, groups=0, groups_used=0, bias=False, gate=1,
    norm=False, scale=1.0, yarn=None, layout="legacy", fused=False, tied=False, vocab=13, seed=1)

SHAPES = {
    "legacy": {},
    "split": dict(layout="split"),
    "both": dict(layout="both"),
    "q_lora": dict(q_rank=9, layout="split"),
    "yarn": dict(yarn=(40.0, 4096, 0.0707), rope=8),
    "yarn, short": dict(yarn=(4.0, 8, 0.1), rope=8, layout="split"),
    "sigmoid": dict(gate=2, bias=True, norm=True, scale=2.5),
    "groups of V3": dict(gate=2, bias=True, norm=True, experts=12, used=3, groups=4, groups_used=2),
    "groups of V2": dict(experts=12, used=3, groups=4, groups_used=2, scale=16.0),
    "groups of one": dict(gate=2, bias=True, experts=4, groups=4, groups_used=3),
    "one expert": dict(experts=1, used=1),
    "all experts": dict(used=5),
    "no shared expert": dict(shared=0),
    "three shared experts": dict(shared=3, dense=0),
    "all dense": dict(dense=2),
    "gate and up in one": dict(fused=True, gate=2),
    "tied": dict(tied=True, layers=3, dense=2),
    "smallest": dict(hidden=1, heads=1, nope=1, rope=2, value=1, latent=1, dense_width=1, width=1,
                     experts=1, used=1, layers=1, dense=0, vocab=11),
}


# --- a model of random weights, as a GGUF file ----------------------------------------------------


def text(value):
    encoded = value.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def metadata(shape):
    split = shape["layout"] == "split"
    head = shape["nope"] + shape["rope"]
    integers = {
        "block_count": shape["layers"],
        "context_length": 64,
        "embedding_length": shape["hidden"],
        "feed_forward_length": shape["dense_width"],
        "vocab_size": shape["vocab"],
        "leading_dense_block_count": shape["dense"],
        "attention.head_count": shape["heads"],
        "attention.head_count_kv": 1 if split else shape["heads"],
        "attention.q_lora_rank": shape["q_rank"],
        "attention.kv_lora_rank": shape["latent"],
        "attention.key_length": shape["latent"] + shape["rope"] if split else head,
        "attention.value_length": shape["latent"] if split else shape["value"],
        "rope.dimension_count": shape["rope"],
    }
    if split:
        integers["attention.key_length_mla"] = head
        integers["attention.value_length_mla"] = shape["value"]
    numbers = {"attention.layer_norm_rms_epsilon": 1e-6, "rope.freq_base": 10000.0}
    if shape["dense"] < shape["layers"]:
        integers |= {
            "expert_count": shape["experts"],
            "expert_used_count": shape["used"],
            "expert_shared_count": shape["shared"],
            "expert_feed_forward_length": shape["width"],
            "expert_gating_func": shape["gate"],
        }
        numbers["expert_weights_scale"] = shape["scale"]
        if shape["groups"]:
            integers["expert_group_count"] = shape["groups"]
            integers["expert_group_used_count"] = shape["groups_used"]
    entries = [text("general.architecture") + struct.pack("<I", 8) + text("deepseek2")]
    if shape["norm"]:
        entries.append(text("deepseek2.expert_weights_norm") + struct.pack("<IB", 7, 1))
    if shape["yarn"]:
        factor, original, multiplier = shape["yarn"]
        integers["rope.scaling.original_context_length"] = original
        numbers["rope.scaling.factor"] = factor
        numbers["rope.scaling.yarn_log_multiplier"] = multiplier
        entries.append(text("deepseek2.rope.scaling.type") + struct.pack("<I", 8) + text("yarn"))
    for key, value in integers.items():
        entries.append(text("deepseek2." + key) + struct.pack("<II", 4, value))
    for key, value in numbers.items():
        entries.append(text("deepseek2." + key) + struct.pack("<If", 6, value))
    return entries


class Weights:
    """Tensors by name, as nested lists [..., columns] of the float32 values that the file holds."""

    def __init__(self, shape):
        self.random = random.Random(shape["seed"])
        self.tensors = {}
        self.file = []  # (name, dimensions, fastest first, values)

    def add(self, name, *dimensions, around=0.0, values=None):
        count = math.prod(dimensions)
        if values is None:
            deviation = 0.1 if len(dimensions) == 1 else 1 / math.sqrt(dimensions[0])
            values = [self.random.gauss(around, deviation) for _ in range(count)]
        values = array.array("f", values)
        self.file.append((name, dimensions, values))
        self.tensors[name] = nested(values, dimensions)
        return self.tensors[name]

    def write(self, path, entries):
        header = b"GGUF" + struct.pack("<IQQ", 3, len(self.file), len(entries)) + b"".join(entries)
        data = b""
        for name, dimensions, values in self.file:
            header += text(name) + struct.pack("<I", len(dimensions))
            header += struct.pack(f"<{len(dimensions)}Q", *dimensions)
            header += struct.pack("<IQ", 0, len(data))
            data += values.tobytes()
            data += bytes(-len(data) % 32)
        with open(path, "wb") as file:
            file.write(header + bytes(-len(header) % 32) + data)


def nested(values, dimensions):
    if len(dimensions) == 1:
        return list(values)
    step = math.prod(dimensions[:-1])
    return [nested(values[i:i + step], dimensions[:-1]) for i in range(0, len(values), step)]


def flat(value):
    return [value] if isinstance(value, float) else [x for item in value for x in flat(item)]


def make_weights(shape):
    weights = Weights(shape)
    hidden, heads, latent = shape["hidden"], shape["heads"], shape["latent"]
    weights.add("token_embd.weight", hidden, shape["vocab"])
    weights.add("output_norm.weight", hidden, around=1.0)
    if not shape["tied"]:
        weights.add("output.weight", hidden, shape["vocab"])
    for layer in range(shape["layers"]):
        block = f"blk.{layer}."
        query = heads * (shape["nope"] + shape["rope"])
        weights.add(block + "attn_norm.weight", hidden, around=1.0)
        weights.add(block + "ffn_norm.weight", hidden, around=1.0)
        if shape["q_rank"]:
            weights.add(block + "attn_q_a.weight", hidden, shape["q_rank"])
            weights.add(block + "attn_q_a_norm.weight", shape["q_rank"], around=1.0)
            weights.add(block + "attn_q_b.weight", shape["q_rank"], query)
        else:
            weights.add(block + "attn_q.weight", hidden, query)
        weights.add(block + "attn_kv_a_mqa.weight", hidden, latent + shape["rope"])
        weights.add(block + "attn_kv_a_norm.weight", latent, around=1.0)
        add_latent_projections(weights, block, shape)
        weights.add(block + "attn_output.weight", heads * shape["value"], hidden)
        if layer < shape["dense"]:
            add_feed_forward(weights, block, "", hidden, shape["dense_width"])
        else:
            add_experts(weights, block, shape)
    return weights


def add_latent_projections(weights, block, shape):
    """Each head's rows of kv_b are [key | value]; k_b holds the head's key part transposed."""
    heads, nope, value, latent = (shape[key] for key in ("heads", "nope", "value", "latent"))
    both = Weights(shape | {"seed": weights.random.random()})
    rows = both.add("kv_b", latent, heads * (nope + value))
    split = [rows[head * (nope + value):(head + 1) * (nope + value)] for head in range(heads)]
    if shape["layout"] != "split":
        weights.add(block + "attn_kv_b.weight", latent, heads * (nope + value), values=flat(rows))
    keys = flat([list(map(list, zip(*head[:nope]))) for head in split])
    values = flat([head[nope:] for head in split])
    if shape["layout"] == "split":
        weights.add(block + "attn_k_b.weight", nope, latent, heads, values=keys)
        weights.add(block + "attn_v_b.weight", latent, value, heads, values=values)
    elif shape["layout"] == "both":
        weights.add(block + "attn_k_b.weight", nope, latent * heads, values=keys)
        weights.add(block + "attn_v_b.weight", latent, value * heads, values=values)
    weights.tensors[block + "heads"] = [(head[:nope], head[nope:]) for head in split]


def add_feed_forward(weights, block, suffix, hidden, width):
    weights.add(f"{block}ffn_gate{suffix}.weight", hidden, width)
    weights.add(f"{block}ffn_up{suffix}.weight", hidden, width)
    weights.add(f"{block}ffn_down{suffix}.weight", width, hidden)


def add_experts(weights, block, shape):
    hidden, experts, width = shape["hidden"], shape["experts"], shape["width"]
    weights.add(block + "ffn_gate_inp.weight", hidden, experts)
    if shape["bias"]:
        weights.add(block + "exp_probs_b.bias", experts)
    if shape["fused"]:
        fused = weights.add(block + "ffn_gate_up_exps.weight", hidden, 2 * width, experts)
        weights.tensors[block + "ffn_gate_exps.weight"] = [expert[:width] for expert in fused]
        weights.tensors[block + "ffn_up_exps.weight"] = [expert[width:] for expert in fused]
    else:
        weights.add(block + "ffn_gate_exps.weight", hidden, width, experts)
        weights.add(block + "ffn_up_exps.weight", hidden, width, experts)
    weights.add(block + "ffn_down_exps.weight", width, hidden, experts)
    if shape["shared"]:
        add_feed_forward(weights, block, "_shexp", hidden, width * shape["shared"])


# --- deepseek2, one token after the other ---------------------------------------------------------


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def product(matrix, vector):
    return [dot(row, vector) for row in matrix]


def add(a, b, factor=1.0):
    return [x + factor * y for x, y in zip(a, b)]


def rms_norm(vector, weight):
    scale = 1 / math.sqrt(dot(vector, vector) / len(vector) + 1e-6)
    return [x * scale * w for x, w in zip(vector, weight)]


def feed_forward(x, gate, up, down):
    gated = [g / (1 + math.exp(-g)) * u for g, u in zip(product(gate, x), product(up, x))]
    return product(down, gated)


def softmax(values):
    largest = max(values)
    powers = [math.exp(value - largest) for value in values]
    return [power / sum(powers) for power in powers]


def frequencies(shape):
    width, base = shape["rope"], 10000.0
    plain = [base ** (-i / width) for i in range(0, width, 2)]
    if not shape["yarn"]:
        return plain
    factor, original, _ = shape["yarn"]

    def pair_that_turns(times):
        return width * math.log(original / (times * 2 * math.pi)) / (2 * math.log(base))

    first = max(0, math.floor(pair_that_turns(32)))
    last = min(width - 1, math.ceil(pair_that_turns(1)))
    result = []
    for pair, frequency in enumerate(plain):
        slowed = min(1.0, max(0.0, (pair - first) / max(0.001, last - first)))
        result.append(frequency * (1 - slowed) + frequency / factor * slowed)
    return result


def rotate(vector, position, shape):
    result = []
    for pair, frequency in enumerate(frequencies(shape)):
        angle = position * frequency
        x, y = vector[2 * pair:2 * pair + 2]
        result.append(x * math.cos(angle) - y * math.sin(angle))
        result.append(x * math.sin(angle) + y * math.cos(angle))
    return result


def route(x, tensors, block, shape):
    """Pairs of expert and weight."""
    scores = product(tensors[block + "ffn_gate_inp.weight"], x)
    sigmoid = shape["gate"] == 2
    likely = [1 / (1 + math.exp(-score)) for score in scores] if sigmoid else softmax(scores)
    rank = add(likely, tensors[block + "exp_probs_b.bias"]) if shape["bias"] else likely
    allowed = range(shape["experts"])
    if shape["groups"]:
        size = shape["experts"] // shape["groups"]

        def worth(group):
            best = sorted(rank[group * size:(group + 1) * size], reverse=True)
            return sum(best[:2]) if sigmoid else best[0]

        kept = sorted(range(shape["groups"]), key=worth, reverse=True)[:shape["groups_used"]]
        allowed = [expert for expert in allowed if expert // size in kept]
    chosen = sorted(allowed, key=lambda expert: rank[expert], reverse=True)[:shape["used"]]
    total = sum(likely[expert] for expert in chosen) if shape["norm"] else 1.0
    return [(expert, likely[expert] / total * shape["scale"]) for expert in chosen]


def mixture(x, tensors, block, shape):
    parts = [tensors[f"{block}ffn_{part}_exps.weight"] for part in ("gate", "up", "down")]
    result = [0.0] * shape["hidden"]
    for expert, weight in route(x, tensors, block, shape):
        result = add(result, feed_forward(x, *(part[expert] for part in parts)), weight)
    if shape["shared"]:
        shared = [tensors[f"{block}ffn_{part}_shexp.weight"] for part in ("gate", "up", "down")]
        result = add(result, feed_forward(x, *shared))
    return result


def attention(x, position, cache, tensors, block, shape):
    nope, rope, latent = shape["nope"], shape["rope"], shape["latent"]
    if shape["q_rank"]:
        low = product(tensors[block + "attn_q_a.weight"], x)
        low = rms_norm(low, tensors[block + "attn_q_a_norm.weight"])
        query = product(tensors[block + "attn_q_b.weight"], low)
    else:
        query = product(tensors[block + "attn_q.weight"], x)
    both = product(tensors[block + "attn_kv_a_mqa.weight"], x)
    cache.append((rms_norm(both[:latent], tensors[block + "attn_kv_a_norm.weight"]),
                  rotate(both[latent:], position, shape)))
    scale = 1 / math.sqrt(nope + rope)
    if shape["yarn"]:
        factor, _, multiplier = shape["yarn"]
        scale *= (1 + multiplier * math.log(factor)) ** 2
    mixed = []
    for head, (to_key, to_value) in enumerate(tensors[block + "heads"]):
        own = query[head * (nope + rope):(head + 1) * (nope + rope)]
        turned = rotate(own[nope:], position, shape)
        weights = softmax([scale * (dot(own[:nope], product(to_key, low)) + dot(turned, key))
                           for low, key in cache])
        value = [0.0] * shape["value"]
        for weight, (low, _) in zip(weights, cache):
            value = add(value, product(to_value, low), weight)
        mixed += value
    return product(tensors[block + "attn_output.weight"], mixed)


def evaluate(tensors, shape):
    caches = [[] for _ in range(shape["layers"])]
    rows = []
    for position, token in enumerate(TOKENS):
        state = tensors["token_embd.weight"][token]
        for layer in range(shape["layers"]):
            block = f"blk.{layer}."
            x = rms_norm(state, tensors[block + "attn_norm.weight"])
            state = add(state, attention(x, position, caches[layer], tensors, block, shape))
            x = rms_norm(state, tensors[block + "ffn_norm.weight"])
            if layer < shape["dense"]:
                parts = (tensors[f"{block}ffn_{part}.weight"] for part in ("gate", "up", "down"))
                state = add(state, feed_forward(x, *parts))
            else:
                state = add(state, mixture(x, tensors, block, shape))
        x = rms_norm(state, tensors["output_norm.weight"])
        rows.append(product(tensors.get("output.weight", tensors["token_embd.weight"]), x))
    return rows


# --- the comparison -------------------------------------------------------------------------------


def worst_row(found, expected):
    def error(row, right):
        return math.sqrt(sum((a - b) ** 2 for a, b in zip(row, right)) / dot(right, right))

    return max(error(row, right) for row, right in zip(found, expected, strict=True))


def logits(program, model, vocab, backend, folder):
    tokens, out = os.path.join(folder, "tokens"), os.path.join(folder, "out.f32")
    with open(tokens, "w", encoding="ascii") as file:
        file.write(" ".join(map(str, TOKENS)))
    subprocess.run([program, "logits", model, "--tokens", tokens, "--out", out, "--backend",
                    backend, "--threads", "2"], check=True)
    values = array.array("f")
    with open(out, "rb") as file:
        values.frombytes(file.read())
    return nested(values, (vocab, len(TOKENS)))


def verdict(name, program, model, vocab, expected, folder):
    """Prints how far both backends are from `expected`; whether that is near enough."""
    errors = {backend: worst_row(logits(program, model, vocab, backend, folder), expected)
              for backend in ("reference", "cpu")}
    good = all(error <= LIMIT for error in errors.values())
    figures = ", ".join(f"{backend} {error:.1e}" for backend, error in errors.items())
    print(f"{'ok    ' if good else 'FAILED'}  {name}: {figures}")
    return good


def main():
    program = os.path.abspath(sys.argv[1])
    failures = 0
    with tempfile.TemporaryDirectory(prefix="lemma-agreement-") as folder:
        model = os.path.join(folder, "model.gguf")
        for name, changes in SHAPES.items():
            shape = DEFAULTS | changes
            weights = make_weights(shape)
            weights.write(model, metadata(shape))
            expected = evaluate(weights.tensors, shape)
            failures += not verdict(name, program, model, shape["vocab"], expected, folder)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
