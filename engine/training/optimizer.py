"""Muon for matrices, AdamW for the embedding, norms and routers; and the WSD schedule."""

from __future__ import annotations

import torch
from torch import Tensor


def orthogonalize(x: Tensor, products: torch.dtype, steps: int = 5) -> Tensor:
    """The nearest orthogonal matrices to x [stack, rows, columns] (rows <= columns), roughly, by
    the quintic Newton-Schulz iteration of Jordan et al. (Muon). bfloat16 is exact enough."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = (x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)).to(products)
    for _ in range(steps):
        gram = torch.bmm(x, x.transpose(1, 2))
        polynomial = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
        x = torch.baddbmm(x, polynomial, x, beta=a)
    return x


class Muon(torch.optim.Optimizer):
    """Momentum, then orthogonalization. Parameters are matrices or stacks of them; all of one shape
    (up to transposition) are orthogonalized in one batch."""

    def __init__(self, parameters: list[Tensor], rate: float, products: torch.dtype,
                 momentum: float = 0.95, decay: float = 0.01) -> None:
        self._products = products
        super().__init__(parameters, {"lr": rate, "momentum": momentum, "decay": decay})

    def _wide_update(self, parameter: Tensor, mix: float) -> Tensor:
        """The Nesterov update before orthogonalization, as [stack, rows <= columns]."""
        state = self.state[parameter]
        if not state:
            state["momentum"] = torch.zeros_like(parameter)
        state["momentum"].lerp_(parameter.grad, 1 - mix)
        update = parameter.grad.lerp(state["momentum"], mix).reshape(-1, *parameter.shape[-2:])
        return update.transpose(1, 2) if update.shape[1] > update.shape[2] else update

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        for group in self.param_groups:
            same_shape: dict[tuple[int, ...], list[tuple[Tensor, Tensor]]] = {}
            for parameter in group["params"]:
                if parameter.grad is not None:
                    update = self._wide_update(parameter, group["momentum"])
                    same_shape.setdefault(tuple(update.shape[1:]), []).append((parameter, update))
            for members in same_shape.values():
                updates = torch.cat([update for _, update in members])
                done = orthogonalize(updates, self._products)
                parts = done.split([len(update) for _, update in members])
                for (parameter, _), part in zip(members, parts):
                    rows, columns = parameter.shape[-2:]
                    update = part.transpose(1, 2) if rows > columns else part
                    parameter.mul_(1 - group["lr"] * group["decay"])
                    parameter.add_(update.reshape(parameter.shape),
                                   alpha=-group["lr"] * max(1.0, rows / columns) ** 0.5)


def make_optimizers(model: torch.nn.Module, rates: dict[str, float], products: torch.dtype
                    ) -> list[torch.optim.Optimizer]:
    """Muon over the matrices inside the blocks, AdamW over all else. `rates` has a learning rate
    for "matrices", "embedding", "output" and "others" (norms and routers); `products` is the type
    of Muon's products."""
    matrices: list[Tensor] = []
    members: dict[str, list[Tensor]] = {"embedding": [], "output": [], "others": []}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        if name in members:
            members[name].append(parameter)
        elif parameter.ndim >= 2 and not name.endswith("router"):
            matrices.append(parameter)
        else:
            members["others"].append(parameter)
    groups = [{"params": some, "lr": rates[kind]} for kind, some in members.items() if some]
    adam = torch.optim.AdamW(groups, betas=(0.9, 0.95), eps=1e-10, weight_decay=0.0)
    optimizers: list[torch.optim.Optimizer] = [Muon(matrices, rates["matrices"], products), adam]
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["full_rate"] = group["lr"]
    return optimizers


def rate_factor(progress: float, step: int, warmup_steps: int, decay_share: float) -> float:
    """Warm-up, stable, decay: linear up over steps, linear to 0 over the last share of the run."""
    up = min(1.0, (step + 1) / warmup_steps)
    down = min(1.0, max(0.0, (1 - progress) / decay_share))
    return min(up, down)
