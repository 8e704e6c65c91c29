#!/usr/bin/env python3
"""The tables of docs/scale.md: what a model needs, and the bounds that bandwidth sets.

    sizes.py
"""
import dataclasses


@dataclasses.dataclass
class Model:
    name: str
    routed: float  # weights in routed experts
    rest: float  # all others: read for every batch
    experts: int
    chosen: int  # of them, for a token
    cache_bytes: int  # of a token, latents in half precision

    def active(self):
        return self.rest + self.routed * self.chosen / self.experts

    def read(self, batch):
        """Weights that a batch of so many tokens reads, were experts chosen evenly."""
        untouched = (1 - self.chosen / self.experts) ** batch
        return self.rest + self.routed * (1 - untouched)


@dataclasses.dataclass
class Machine:
    name: str
    memory: float  # bytes
    bandwidth: float  # bytes a second
    flops: float  # a second, of the products' type


# 3 matrices of an expert, times experts, times layers with experts; the caches hold a latent of 512
# and a key of 64 for each layer.
LITE = Model("DeepSeek-Coder-V2-Lite", 3 * 2048 * 1408 * 64 * 26, 1.31e9, 64, 6, 576 * 27 * 2)
R1 = Model("DeepSeek-V3, R1", 3 * 7168 * 2048 * 256 * 58, 17.1e9, 256, 8, 576 * 61 * 2)
DESKTOP = Machine("desktop, 2 channels of DDR5", 64e9, 80e9, 2e12)
CARD = Machine("RTX 4090", 24e9, 1.0e12, 165e12)
H100 = Machine("H100", 80e9, 3.35e12, 989e12)
EIGHT_H200 = Machine("8 × H200", 8 * 141e9, 8 * 4.8e12, 8 * 989e12)
SIXTEEN_H100 = Machine("2 machines of 8 × H100", 16 * 80e9, 16 * 3.35e12, 16 * 989e12)
ROWS = [(LITE, "Q4_K_M", 0.61, DESKTOP), (LITE, "Q4_K_M", 0.61, CARD), (LITE, "BF16", 2, H100),
        (R1, "FP8", 1, EIGHT_H200), (R1, "FP8", 1, SIXTEEN_H100)]
CONTEXT = 8192  # tokens of a user
ANSWER = 40  # tokens of a completion, each on its own
PROMPT = 200  # tokens that are not in the prefix cache
REQUESTS = 0.5  # a second, of a developer who types
SPARE = 0.92  # of the memory; the rest is for activations


def row(model, kind, each, machine):
    weights = (model.routed + model.rest) * each
    left = machine.memory * SPARE - weights
    tokens = left / model.cache_bytes
    alone = machine.bandwidth / (model.active() * each)
    batch = 32
    step = max(model.read(batch) * each / machine.bandwidth,
               2 * model.active() * batch / machine.flops)
    request = PROMPT * 2 * model.active() / machine.flops + ANSWER * step / batch
    typing = 1 / (REQUESTS * request)
    return (f"| {model.name} | {kind} | {weights / 1e9:.0f} GB | {machine.name} | "
            f"{tokens / CONTEXT:,.0f} | {alone:,.0f} | {batch / step:,.0f} | {typing:,.0f} |")


def main():
    print("| model | type | weights | machine | contexts of 8,192 | tokens/s alone | "
          "tokens/s, 32 at once | developers typing |\n|---|---|---|---|---|---|---|---|")
    for each in ROWS:
        print(row(*each))


if __name__ == "__main__":
    main()
