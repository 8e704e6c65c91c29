"""A deepseek2-architecture Mixture of Experts in PyTorch: MLA, shared and routed experts, sigmoid
gate with a selection bias. Shapes: B rows, T positions, d width, H heads, N = B·T tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Config:
    """Sizes of a model. Rows that are shipped as Q8_0 must be multiples of 32."""

    vocabulary: int = 16_384
    width: int = 256
    layers: int = 6
    heads: int = 4
    nope: int = 32  # of a head's query and key: the part without position
    rope: int = 32  # and the part rotated by position, whose key all heads share
    value: int = 64
    kv_lora: int = 96
    dense_ff: int = 704
    expert_ff: int = 192
    experts: int = 8
    experts_used: int = 2
    rope_base: float = 10_000.0
    epsilon: float = 1e-6
    context: int = 512
    weights_scale: float = 1.0
    prediction: bool = False  # with a layer for multi-token prediction


def product_type() -> torch.dtype:
    """The type of matrix products: bfloat16 under autocast, else float32."""
    # PyTorch asks for the CPU by a function of its own, which a compiled graph may not contain.
    on_cpu = not torch.cuda.is_available() and torch.is_autocast_cpu_enabled()
    return torch.bfloat16 if on_cpu or torch.is_autocast_enabled() else torch.float32


def rms_norm(x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    """Computed in float32; the result has the type that products run in."""
    x32 = x.float()
    scale = torch.rsqrt(x32.pow(2).mean(-1, keepdim=True) + epsilon)
    return (x32 * scale * weight).to(product_type())


def rope_table(config: Config, positions: int) -> Tensor:
    """cos and sin of each position and pair, [2, positions, rope/2]."""
    pairs = torch.arange(0, config.rope, 2, dtype=torch.float64) / config.rope
    angles = torch.arange(positions, dtype=torch.float64)[:, None] * config.rope_base**-pairs
    return torch.stack([angles.cos(), angles.sin()]).float()


def rotate(x: Tensor, table: Tensor) -> Tensor:
    """Rotates consecutive pairs of the last dimension; x is [..., T, rope]."""
    cos, sin = table[0], table[1]
    even, odd = x[..., 0::2].float(), x[..., 1::2].float()
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2).to(x.dtype)


def matrix(*shape: int) -> nn.Parameter:
    """A weight with the last dimension as its input, of standard deviation 1 / sqrt(input)."""
    return nn.Parameter(torch.randn(*shape) * shape[-1] ** -0.5)


def silent(*shape: int) -> nn.Parameter:
    """The last weight of a branch: zero at first, so that a new model is its embeddings alone."""
    return nn.Parameter(torch.zeros(*shape))


class Attention(nn.Module):
    """Multi-head latent attention without q_lora."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        c, self.config = config, config
        self.q = matrix(c.heads * (c.nope + c.rope), c.width)
        self.kv_a = matrix(c.kv_lora + c.rope, c.width)
        self.kv_a_norm = nn.Parameter(torch.ones(c.kv_lora))
        self.k_b = matrix(c.heads, c.nope, c.kv_lora)
        self.v_b = matrix(c.heads, c.value, c.kv_lora)
        self.output = silent(c.width, c.heads * c.value)

    def forward(self, x: Tensor, table: Tensor) -> Tensor:
        c = self.config
        rows, length, _ = x.shape
        q = F.linear(x, self.q).view(rows, length, c.heads, -1).transpose(1, 2)
        q = torch.cat([q[..., : c.nope], rotate(q[..., c.nope :], table)], -1)
        latent = F.linear(x, self.kv_a)
        k_pe = rotate(latent[..., c.kv_lora :], table)
        latent = rms_norm(latent[..., : c.kv_lora], self.kv_a_norm, c.epsilon)
        k = F.linear(latent, self.k_b.flatten(0, 1)).view(rows, length, c.heads, -1).transpose(1, 2)
        k = torch.cat([k, k_pe.to(k.dtype)[:, None].expand(-1, c.heads, -1, -1)], -1)
        v = F.linear(latent, self.v_b.flatten(0, 1)).view(rows, length, c.heads, -1).transpose(1, 2)
        mixed = attend(q, k, v)
        return F.linear(mixed.transpose(1, 2).flatten(2), self.output)


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal attention; q, k [B, H, T, nope + rope], v [B, H, T, value]."""
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    scores = torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(-1, -2))
    length = q.shape[-2]
    future = torch.full((length, length), float("-inf"), dtype=scores.dtype).triu(1)
    return torch.matmul((scores + future).softmax(-1), v)


class Dense(nn.Module):
    """The gated feed-forward layer, also used as the shared expert."""

    def __init__(self, config: Config, inner: int) -> None:
        super().__init__()
        self.gate = matrix(inner, config.width)
        self.up = matrix(inner, config.width)
        self.down = silent(config.width, inner)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(F.silu(F.linear(x, self.gate)) * F.linear(x, self.up), self.down)


# Where the rows of an expert start: the GPU's grouped product reads 16 bytes at a time.
_ALIGNMENT = 16


class Places:
    """Where tokens lie when sorted by expert. `row` [N, used] is the row of each token and choice;
    `choice` [rows] is its inverse, a number into the flattened choices, and `filled` [rows] tells
    where there is one; `ends` [experts] are the rows where the experts end. The number of rows
    depends on N alone, so that nothing waits for the counts."""

    def __init__(self, chosen: Tensor, load: Tensor) -> None:
        flat = chosen.flatten()
        rows = len(flat) + len(load) * _ALIGNMENT
        room = torch.div(load + _ALIGNMENT - 1, _ALIGNMENT, rounding_mode="floor") * _ALIGNMENT
        self.ends = room.cumsum(0)
        order = flat.argsort(stable=True)
        shift = (self.ends - room) - (load.cumsum(0) - load)
        sorted_rows = torch.arange(len(order), device=flat.device) + shift[flat[order]]
        self.row = torch.empty_like(order).scatter(0, order, sorted_rows).view(chosen.shape)
        self.choice = torch.zeros(rows, dtype=order.dtype, device=flat.device)
        self.choice = self.choice.scatter(0, sorted_rows, order)
        self.filled = torch.zeros(rows, dtype=torch.bool, device=flat.device)
        self.filled = self.filled.index_fill(0, sorted_rows, True)


class Dispatch(torch.autograd.Function):
    """x [N, d] to [rows, d]; a row that is not filled repeats some token. Both directions only
    gather, where PyTorch's own gradient of indexing adds one by one."""

    @staticmethod
    def forward(context: Any, x: Tensor, choice: Tensor, row: Tensor) -> Tensor:
        context.save_for_backward(row)
        return x[torch.div(choice, row.shape[1], rounding_mode="floor")]

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        return gradient[context.saved_tensors[0]].sum(1), None, None


class Collect(torch.autograd.Function):
    """x [rows, d] to [N, used, d]."""

    @staticmethod
    def forward(context: Any, x: Tensor, choice: Tensor, row: Tensor, filled: Tensor) -> Tensor:
        context.save_for_backward(choice, filled)
        return x[row]

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        choice, filled = context.saved_tensors
        return gradient.flatten(0, 1)[choice] * filled[:, None], None, None, None


def grouped_product(x: Tensor, weights: Tensor, ends: Tensor) -> Tensor:
    """The rows of x [rows, in] up to ends[0] times weights[0].T, those up to ends[1] times
    weights[1].T, and so on; weights [experts, out, in]. Rows past the last end are not defined."""
    if x.is_cuda:
        weights = weights.to(x.dtype).transpose(1, 2)
        return torch._grouped_mm(x, weights, offs=ends.to(torch.int32))
    bounds = [0, *ends.tolist()]
    pieces = [x[a:b] @ w.t() for a, b, w in zip(bounds, bounds[1:], weights)]
    return torch.cat([*pieces, x.new_zeros(len(x) - bounds[-1], weights.shape[1])])


class Experts(nn.Module):
    """Routed experts and one shared expert. `bias` moves only the selection and is balanced by
    `balance`, not by the gradient."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        c, self.config = config, config
        self.router = matrix(c.experts, c.width)
        self.register_buffer("bias", torch.zeros(c.experts))
        self.register_buffer("load", torch.zeros(c.experts), persistent=False)
        self.gate = matrix(c.experts, c.expert_ff, c.width)
        self.up = matrix(c.experts, c.expert_ff, c.width)
        self.down = silent(c.experts, c.width, c.expert_ff)
        self.shared = Dense(c, c.expert_ff)

    def route(self, flat: Tensor) -> tuple[Tensor, Tensor]:
        """The chosen experts and their weights, both [N, used]; in float32 throughout."""
        with torch.autocast(flat.device.type, enabled=False):
            scores = torch.sigmoid(F.linear(flat.float(), self.router))
        chosen = torch.topk(scores.detach() + self.bias, self.config.experts_used, dim=-1).indices
        weights = scores.gather(-1, chosen)
        weights = weights / weights.sum(-1, keepdim=True) * self.config.weights_scale
        return chosen, weights

    def forward(self, x: Tensor) -> Tensor:
        flat = x.flatten(0, -2)
        chosen, weights = self.route(flat)
        numbers = torch.arange(self.config.experts, device=x.device)
        load = (chosen.flatten()[:, None] == numbers).sum(0)
        if self.training:
            self.load += load
        places = Places(chosen, load)
        inputs = Dispatch.apply(flat, places.choice, places.row)
        hidden = F.silu(grouped_product(inputs, self.gate, places.ends))
        hidden = hidden * grouped_product(inputs, self.up, places.ends)
        outputs = grouped_product(hidden, self.down, places.ends)
        outputs = Collect.apply(outputs, places.choice, places.row, places.filled)
        routed = (outputs * weights[..., None].to(outputs.dtype)).sum(1)
        return (routed + self.shared(flat)).view_as(x)

    @torch.no_grad()
    def balance(self, step: float) -> Tensor:
        """Moves the bias of each expert by `step` towards the mean load; returns the shares."""
        share = self.load / self.load.sum().clamp(min=1)
        self.bias += step * torch.sign(share.mean() - share)
        self.load.zero_()
        return share


class Block(nn.Module):
    """One layer: attention, then experts (or one dense layer at the bottom)."""

    def __init__(self, config: Config, is_dense: bool) -> None:
        super().__init__()
        self.epsilon = config.epsilon
        self.attention_norm = nn.Parameter(torch.ones(config.width))
        self.attention = Attention(config)
        self.ffn_norm = nn.Parameter(torch.ones(config.width))
        self.ffn = Dense(config, config.dense_ff) if is_dense else Experts(config)

    def forward(self, x: Tensor, table: Tensor) -> Tensor:
        x = x + self.attention(rms_norm(x, self.attention_norm, self.epsilon), table)
        return x + self.ffn(rms_norm(x, self.ffn_norm, self.epsilon))


class Prediction(nn.Module):
    """The layer for multi-token prediction of DeepSeek-V3 (arXiv:2412.19437, section 2.2), as
    engine/model/weights.h reads it. Embedding and output layer are the model's own."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.epsilon = config.epsilon
        self.embedding_norm = nn.Parameter(torch.ones(config.width))
        self.state_norm = nn.Parameter(torch.ones(config.width))
        self.join = matrix(config.width, 2 * config.width)
        self.block = Block(config, is_dense=False)
        self.output_norm = nn.Parameter(torch.ones(config.width))

    def forward(self, embedded: Tensor, before: Tensor, table: Tensor) -> Tensor:
        embedded = rms_norm(embedded, self.embedding_norm, self.epsilon)
        before = rms_norm(before, self.state_norm, self.epsilon)
        x = self.block(F.linear(torch.cat([embedded, before], -1), self.join), table)
        return rms_norm(x, self.output_norm, self.epsilon)


class Model(nn.Module):
    """Token ids [B, T] to hidden states [B, T, d]; logits are hidden @ output.T."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Parameter(torch.randn(config.vocabulary, config.width))
        self.output = nn.Parameter(torch.randn(config.vocabulary, config.width) * 0.02)
        self.blocks = nn.ModuleList(Block(config, n == 0) for n in range(config.layers))
        self.output_norm = nn.Parameter(torch.ones(config.width))
        self.prediction = Prediction(config) if config.prediction else None
        self.register_buffer("table", rope_table(config, config.context), persistent=False)

    def forward(self, ids: Tensor) -> Tensor:
        table = self.table[:, : ids.shape[1]]
        x = F.embedding(ids, self.embedding)
        for block in self.blocks:
            x = block(x, table)
        return rms_norm(x, self.output_norm, self.config.epsilon)

    def predict(self, ids: Tensor, hidden: Tensor) -> Tensor:
        """What `forward` would give, guessed by the layer for multi-token prediction: for each
        token from itself and from the hidden state of the one before it."""
        before = F.pad(hidden[:, :-1], (0, 0, 1, 0))
        embedded = F.embedding(ids, self.embedding)
        return self.prediction(embedded, before, self.table[:, : ids.shape[1]])

    def experts(self) -> list[Experts]:
        blocks = [*self.blocks, *([self.prediction.block] if self.prediction else [])]
        return [block.ffn for block in blocks if isinstance(block.ffn, Experts)]


class SlicedCrossEntropy(torch.autograd.Function):
    """Cross-entropy of hidden @ output.T against targets, the mean under the tokens' weights, in
    slices of tokens, with the gradient computed on the way: the logits of a whole batch never
    exist. hidden [N, d], targets [N], weights [N] in float32."""

    @staticmethod
    def forward(
        context: Any, hidden: Tensor, output: Tensor, targets: Tensor, weights: Tensor,
        half: torch.dtype
    ) -> Tensor:
        total = hidden.new_zeros((), dtype=torch.float32)
        shares = weights / weights.sum()
        matrix_half = output.to(half)
        hidden_half = hidden.to(half)
        hidden_gradient = torch.empty_like(hidden, dtype=torch.float32)
        output_gradient = torch.zeros_like(output, dtype=torch.float32)
        size = 1024 if hidden.device.type == "cpu" else 8192
        for start in range(0, len(hidden), size):
            part = slice(start, start + size)
            rows, wanted, share = hidden_half[part], targets[part], shares[part, None]
            # Computed in float32, rounded once.
            gradient = torch.softmax(rows @ matrix_half.t(), -1)
            picked = gradient.gather(1, wanted[:, None])
            total -= (picked.float().clamp(min=1e-30).log() * share).sum()
            gradient.scatter_(1, wanted[:, None], picked - 1)
            hidden_gradient[part] = (gradient @ matrix_half).float() * share
            if context.needs_input_grad[1]:
                # Shares are tiny: they are spread around one where a product rounds to half.
                scaled = rows * (share * len(hidden)).to(half)
                output_gradient += gradient.t() @ scaled
        output_gradient /= len(hidden)
        context.save_for_backward(hidden_gradient.to(hidden.dtype), output_gradient)
        return total

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        hidden, output = context.saved_tensors
        return hidden * gradient, output * gradient, None, None, None
