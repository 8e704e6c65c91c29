"""Training for the weight types of the shipped file: forward and backward see rounded weights, the
optimizers move exact ones (the straight-through estimator, Bengio et al. 2013)."""

from __future__ import annotations

import torch
from torch import Tensor

import export
import gguf


def round_to_blocks(values: Tensor, half: int) -> Tensor:
    """What gguf.quantize_blocks makes of the values: blocks of 32 with 2 * half levels each."""
    rows = values.reshape(-1, 32)
    high, low = rows.amax(1, keepdim=True), rows.amin(1, keepdim=True)
    scale = (torch.where(high > -low, high, low) / -half).half().float()
    inverse = torch.where(scale == 0, torch.zeros_like(scale), 1 / scale)
    levels = (rows * inverse + (half + 0.5)).floor().clamp(0, 2 * half - 1)
    return ((levels - half) * scale).view_as(values)


class Rounding:
    """The exact weights of a model, while the model holds the rounded ones."""

    def __init__(self, model: torch.nn.Module, file_type: str) -> None:
        self._members: list[tuple[Tensor, int]] = []
        for name, parameter in model.named_parameters():
            half = gguf.LEVELS.get(export.stored_type(name, tuple(parameter.shape), file_type))
            if half is not None:
                self._members.append((parameter, half // 2))
        self._exact: list[Tensor] | None = None

    @torch.no_grad()
    def apply(self) -> None:
        """Rounds the model's weights, and remembers what they were."""
        self._exact = [parameter.clone() for parameter, _ in self._members]
        for parameter, half in self._members:
            parameter.copy_(round_to_blocks(parameter, half))

    @torch.no_grad()
    def undo(self) -> None:
        """Gives the model its exact weights again; nothing where they are in place."""
        if self._exact is not None:
            for (parameter, _), exact in zip(self._members, self._exact):
                parameter.copy_(exact)
        self._exact = None
