"""Gives a shipped model a layer for multi-token prediction: trains that layer alone, everything
else frozen, to guess what the model says.

    train_prediction.py --minutes 40 MODEL.gguf OUT.gguf

Like train.py it needs WORK/corpus and keeps checkpoints: the same command goes on, also after
SIGTERM. OUT.gguf is the model with the layer, its other weights as they were.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

import export
import gguf
from fetch import default_work_folder
from held_out_loss import HeldOut, held_out_rows
from model import Model
from optimizer import make_optimizers
from presets import PRESETS, Preset
from samples import Corpus, load_stores
from train import Batches, Trainer, run


class PredictionTrainer(Trainer):
    """Moves the layer for prediction, which begins as a copy of the model's last block."""

    def __init__(self, source: Model, preset: Preset, folder: Path, device: str, minutes: float
                 ) -> None:
        config = replace(source.config, prediction=True)
        super().__init__(replace(preset, model=config), folder, device, minutes)
        self.model.load_state_dict(source.state_dict(), strict=False)
        if source.prediction is None:
            self.model.prediction.block.load_state_dict(source.blocks[-1].state_dict())
        self.model.requires_grad_(False)
        self.model.prediction.requires_grad_(True)
        self.optimizers = make_optimizers(self.model, preset.rates, self.products)

    def states(self, ids: torch.Tensor) -> torch.Tensor:
        """Hidden states of the frozen part, whose expert biases must not move either."""
        self.model.blocks.eval()
        with torch.no_grad():
            return self.model(ids)

    def said(self, hidden: torch.Tensor) -> torch.Tensor:
        """The likeliest token behind each hidden state [B, T, d], a few rows at a time."""
        output = self.model.output.to(hidden.dtype).t()
        return torch.cat([(some @ output).argmax(-1) for some in hidden.split(1)])

    def loss(self, rows: np.ndarray, weights: np.ndarray) -> torch.Tensor:
        ids = torch.from_numpy(rows[:, :-1]).to(self.device)
        with torch.autocast(self.device, torch.bfloat16, self.products is torch.bfloat16):
            hidden = self.states(ids)
            guessed = self.model.predict(ids, hidden)
            targets = self.said(hidden)
        return self.cross_entropy(guessed, targets, weights)

    @torch.no_grad()
    def held_out(self, rows: list[HeldOut]) -> dict[str, dict[str, float]]:
        """For each language the share of tokens that the layer guesses as the model says them."""
        result = {}
        self.model.eval()
        for kind in rows:
            ids = torch.from_numpy(kind.ids[:, :-1]).to(self.device)
            hidden = self.states(ids)
            right = self.said(self.model.predict(ids, hidden)) == self.said(hidden)
            result[kind.language] = {"guessed": round(float(right.float().mean()), 4)}
        self.model.train()
        return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=default_work_folder())
    parser.add_argument("--preset", choices=sorted(PRESETS), default="cpu")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    metadata = gguf.read(arguments.model).metadata
    source, vocabulary = export.load(arguments.model)
    preset = PRESETS[arguments.preset]
    device = "cuda" if torch.cuda.is_available() else "cpu"
    trainer = PredictionTrainer(source, preset, arguments.work / "runs" / "prediction", device,
                                arguments.minutes)
    trainer.resume()
    corpus = Corpus(load_stores(arguments.work / "corpus"), vocabulary, preset.form, 1)
    run(trainer, Batches(corpus, preset, trainer.step),
        held_out_rows(arguments.work / "heldout", vocabulary, preset.form.context))
    file_type = next(name for name, number in export.FILE_TYPES.items()
                     if number == metadata["general.file_type"])
    export.export(trainer.model, vocabulary, arguments.out, metadata["general.name"], file_type)
    return 0


if __name__ == "__main__":
    sys.exit(main())
