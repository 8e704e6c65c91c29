"""Sizes of model and batch for the machines we train on."""

from __future__ import annotations

from dataclasses import dataclass, field

from model import Config
from samples import Form


@dataclass(frozen=True)
class Preset:
    """Everything that a run depends on besides data, time and seed."""

    model: Config
    form: Form
    rows: int  # in one step
    rows_at_once: int  # gradients are accumulated over slices of this size
    rates: dict[str, float] = field(default_factory=lambda: {
        "matrices": 0.02, "embedding": 0.01, "output": 0.002, "others": 0.003})
    warmup_steps: int = 100
    decay_share: float = 0.25
    balance_step: float = 0.001
    answer_weight: float = 1.0  # in the loss, of a token that a prompt asks for
    file_type: str = "q8_0"  # the weight types of the file that is made of it, and from which
    rounding_from: float = 1.0  # share of the run on the weights are rounded to them
    workers: int = 0  # processes that make samples; 0: the training process itself


PRESETS: dict[str, Preset] = {
    # For tests: seconds.
    "tiny": Preset(
        Config(vocabulary=16_384, width=32, layers=2, heads=2, kv_lora=32, value=32, dense_ff=64,
               expert_ff=32, experts=4, context=128),
        Form(context=128, suffix_tokens=24), rows=2, rows_at_once=2, warmup_steps=5),
    # Two CPU cores for an hour or two: small batches make the most of few tokens.
    "cpu": Preset(
        Config(width=256, layers=5, heads=4, nope=32, rope=32, value=64, kv_lora=64, dense_ff=512,
               expert_ff=128, experts=8, experts_used=2, context=512),
        Form(context=512), rows=4, rows_at_once=4,
        warmup_steps=50, decay_share=0.5, balance_step=0.004,
        rates={"matrices": 0.01, "embedding": 0.005, "output": 0.001, "others": 0.002}),
    # One large GPU for 20 minutes: a billion tokens. 34 MB shipped.
    # Without Config.prediction: a guess would read 7.5 MB, where a token takes 18 (the model card).
    "gpu": Preset(
        Config(width=512, layers=8, heads=8, nope=32, rope=32, value=64, kv_lora=128,
               dense_ff=1536, expert_ff=256, experts=10, experts_used=3, context=2048),
        Form(context=2048, fim_share=0.8, fim_parts=(1, 2, 3, 4, 6), suffix_tokens=512,
             snippet_share=0.33),
        rows=128, rows_at_once=64, warmup_steps=100, decay_share=0.25, file_type="q4_0",
        rounding_from=0.7, answer_weight=4.0, workers=14),
}
