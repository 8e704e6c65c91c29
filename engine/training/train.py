"""Trains the default model on a CPU or a GPU, for a given number of minutes.

Checkpoints hold everything (weights, optimizer state, step, minutes spent): the same command goes
on where the last one ended, also after SIGTERM. Progress goes to WORK/runs/NAME/log.jsonl.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import signal
import sys
import time
from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

import export
import gguf
from fetch import default_work_folder
from held_out_loss import HeldOut, held_out_answers, held_out_rows
from model import Model, SlicedCrossEntropy
from optimizer import make_optimizers, rate_factor
from presets import PRESETS, Preset
from rounding import Rounding
from samples import Corpus, load_stores
from vocabulary import vocabulary_from


Rows = tuple[np.ndarray, np.ndarray]  # ids int64 and what of them is an answer, bool
PREDICTION_WEIGHT = 0.3  # of a guess in the loss, as in DeepSeek-V3 (arXiv:2412.19437)


class Batches:
    """The rows of each step, two times [rows, context + 1]; with workers they are made ahead."""

    def __init__(self, corpus: Corpus, preset: Preset, first_step: int) -> None:
        self._corpus, self._rows, self._workers = corpus, preset.rows, preset.workers
        self._first_step = self._step = first_step
        fork = multiprocessing.get_context("fork")
        self._queues = [fork.Queue(maxsize=4) for _ in range(preset.workers)]
        for number, results in enumerate(self._queues):
            arguments = (results, first_step + number)
            fork.Process(target=self._produce, args=arguments, daemon=True).start()

    def _make(self, step: int) -> Rows:
        rows = [self._corpus.row(step, row) for row in range(self._rows)]
        return (np.array([ids for ids, _ in rows], dtype=np.int64),
                np.array([is_answer for _, is_answer in rows]))

    def _produce(self, results: Any, step: int) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        while True:
            results.put(self._make(step))
            step += self._workers

    def next(self) -> Rows:
        step = self._step
        self._step += 1
        if not self._workers:
            return self._make(step)
        return self._queues[(step - self._first_step) % self._workers].get()


def faster_type(device: str) -> torch.dtype:
    """The type for large products: bfloat16, but float32 on processors without AMX, where PyTorch
    emulates bfloat16. Measured, since both also depend on the libraries."""
    if device != "cpu":
        return torch.bfloat16
    seconds = {}
    for candidate in (torch.bfloat16, torch.float32):
        left, right = torch.ones(1024, 256, dtype=candidate), torch.ones(256, 1024, dtype=candidate)
        left @ right
        start = time.monotonic()
        for _ in range(5):
            left @ right
        seconds[candidate] = time.monotonic() - start
    return min(seconds, key=seconds.__getitem__)


class Trainer:
    """One run: its model, optimizers and counters, kept in WORK/runs/NAME."""

    def __init__(self, preset: Preset, folder: Path, device: str, minutes: float) -> None:
        self.preset, self.folder, self.device, self.minutes = preset, folder, device, minutes
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(1)
        self.model = Model(preset.model).to(device)
        self.step, self.minutes_before = 0, 0.0
        self.started = time.monotonic()
        self.products = faster_type(device)
        self.optimizers = make_optimizers(self.model, preset.rates, self.products)
        self.rounding = Rounding(self.model, preset.file_type)
        if device == "cuda":
            # Block by block: all of one kind share what was compiled for the first.
            predicting = [self.model.prediction.block] if self.model.prediction else []
            for block in [*self.model.blocks, *predicting]:
                block.compile(dynamic=False)

    def minutes_spent(self) -> float:
        return self.minutes_before + (time.monotonic() - self.started) / 60

    def progress(self) -> float:
        return self.minutes_spent() / self.minutes

    def round_when_due(self) -> None:
        if self.progress() >= self.preset.rounding_from:
            self.rounding.apply()

    def save(self) -> None:
        self.rounding.undo()
        state = {
            "config": asdict(self.preset.model),
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "step": self.step,
            "minutes": self.minutes_spent(),
        }
        partial = self.folder / "checkpoint.partial"
        torch.save(state, partial)
        partial.rename(self.folder / "checkpoint.pt")
        self.round_when_due()

    def resume(self) -> bool:
        """Goes on from this run's checkpoint, if there is one; the rates are the preset's."""
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            return False
        state = torch.load(path, map_location=self.device)
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"]):
            rates = [group["full_rate"] for group in optimizer.param_groups]
            optimizer.load_state_dict(saved)
            for group, rate in zip(optimizer.param_groups, rates):
                group["full_rate"] = rate
        self.step = state["step"]
        self.minutes_before = state["minutes"]
        return True

    def loss(self, rows: np.ndarray, weights: np.ndarray) -> torch.Tensor:
        """The mean under the weights of the targets, [rows, context]; in training with that of the
        layer for prediction, where there is one."""
        ids = torch.from_numpy(rows).to(self.device)
        is_predicting = self.model.training and self.model.prediction is not None
        with torch.autocast(self.device, torch.bfloat16, self.products is torch.bfloat16):
            hidden = self.model(ids[:, :-1])
            guessed = self.model.predict(ids[:, :-1], hidden) if is_predicting else None
        total = self.cross_entropy(hidden, ids[:, 1:], weights)
        if guessed is not None:
            total = total + PREDICTION_WEIGHT * self.cross_entropy(guessed, ids[:, 1:], weights)
        return total

    def cross_entropy(self, hidden: torch.Tensor, targets: torch.Tensor, weights: np.ndarray
                      ) -> torch.Tensor:
        of_each = torch.from_numpy(weights.astype(np.float32)).to(self.device).reshape(-1)
        return SlicedCrossEntropy.apply(
            hidden.flatten(0, 1), self.model.output, targets.reshape(-1), of_each, self.products)

    def train_step(self, rows: np.ndarray, is_answer: np.ndarray) -> dict[str, Any]:
        """One update; returns what the log shows of it."""
        weights = np.where(is_answer[:, 1:], self.preset.answer_weight, 1.0)
        slices = max(1, len(rows) // self.preset.rows_at_once)
        total = 0.0
        for some, of_some in zip(np.array_split(rows, slices), np.array_split(weights, slices)):
            loss = self.loss(some, of_some) * (of_some.sum() / weights.sum())
            loss.backward()
            total += loss.detach()
        self.rounding.undo()
        factor = rate_factor(self.progress(), self.step, self.preset.warmup_steps,
                             self.preset.decay_share)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["full_rate"] * factor
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        shares = [layer.balance(self.preset.balance_step) for layer in self.model.experts()]
        self.step += 1
        self.round_when_due()
        return {"loss": total, "rate": factor, "shares": shares}

    @torch.no_grad()
    def held_out(self, rows: list[HeldOut]) -> dict[str, dict[str, float]]:
        """For each language loss a token in nats, and bits a character; of answers the loss."""
        self.model.eval()
        result: dict[str, dict[str, float]] = {}
        for kind in rows:
            # Few rows, of another shape: not worth compiling for.
            is_compiled = self.device == "cuda"
            total = 0.0
            with torch.compiler.set_stance("force_eager") if is_compiled else nullcontext():
                for n in range(0, len(kind.ids), 4):
                    some = kind.is_counted[n : n + 4, 1:]
                    total += float(self.loss(kind.ids[n : n + 4], some)) * some.sum()
            entry = result.setdefault(kind.language, {})
            loss = round(total / kind.is_counted[:, 1:].sum(), 4)
            if kind.characters:
                entry["loss"] = loss
                entry["bits_per_character"] = round(total / kind.characters / float(np.log(2)), 4)
            else:
                entry["answers"] = loss
        self.model.train()
        return result


def run(trainer: Trainer, batches: Batches, held_out: list[HeldOut]) -> None:
    """Trains until the minutes are spent or a signal comes; always ends with a checkpoint."""
    stopped = False

    def stop(*_: Any) -> None:
        nonlocal stopped
        stopped = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    tokens_a_step = trainer.preset.rows * trainer.preset.form.context
    last_time, last_save, losses = time.monotonic(), time.monotonic(), []
    with open(trainer.folder / "log.jsonl", "a", encoding="utf-8") as log:

        def record(**values: Any) -> None:
            entry = {"step": trainer.step, "tokens": trainer.step * tokens_a_step,
                     "minutes": round(trainer.minutes_spent(), 2), **values}
            log.write(json.dumps(entry) + "\n")
            log.flush()

        if trainer.step == 0:
            record(held_out=trainer.held_out(held_out))
        while not stopped and trainer.minutes_spent() < trainer.minutes:
            shown = trainer.train_step(*batches.next())
            losses.append(shown["loss"])
            if trainer.step % 20 == 0:
                now = time.monotonic()
                speed = len(losses) * tokens_a_step / (now - last_time)
                record(loss=round(float(sum(losses) / len(losses)), 4),
                       rate=round(shown["rate"], 4), tokens_a_second=round(speed),
                       largest_share=[round(float(s.max()), 3) for s in shown["shares"]])
                last_time, losses = now, []
            if trainer.step % 500 == 0 or trainer.step == 100:
                record(held_out=trainer.held_out(held_out))
                last_time, losses = time.monotonic(), []
            if time.monotonic() - last_save > 240 or trainer.step == 200:
                trainer.save()
                last_save = time.monotonic()
        record(held_out=trainer.held_out(held_out))
        trainer.rounding.undo()
        record(held_out_unrounded=trainer.held_out(held_out))
    trainer.save()


def start_from_bigram(model: Model, path: Path) -> None:
    """Takes embedding and output from bigram.py, where the width is the same."""
    factors = np.load(path)
    if factors["embedding"].shape == tuple(model.embedding.shape):
        with torch.no_grad():
            model.embedding.copy_(torch.from_numpy(factors["embedding"]))
            model.output.copy_(torch.from_numpy(factors["output"]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=default_work_folder())
    parser.add_argument("--preset", choices=sorted(PRESETS), default="cpu")
    parser.add_argument("--run", help="name of the run; default: the preset's")
    parser.add_argument("--minutes", type=float, required=True,
                        help="of the whole run, resumes included")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other samples")
    parser.add_argument("--resume-from-gguf", type=Path,
                        help="start from a shipped model: its sizes, fresh optimizers, warm-up")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    preset = PRESETS[arguments.preset]
    source = None
    if arguments.resume_from_gguf:
        source, vocabulary = export.load(arguments.resume_from_gguf)
        preset = replace(preset, model=replace(source.config, context=preset.form.context))
    else:
        vocabulary = vocabulary_from(gguf.read(arguments.work / "vocab.gguf"))
    device = "cuda" if torch.cuda.is_available() else "cpu"
    folder = arguments.work / "runs" / (arguments.run or arguments.preset)
    trainer = Trainer(preset, folder, device, arguments.minutes)
    if not trainer.resume():
        if source is not None:
            trainer.model.load_state_dict(source.state_dict())
        elif (arguments.work / "bigram.npz").exists():
            start_from_bigram(trainer.model, arguments.work / "bigram.npz")
    parameters = sum(p.numel() for p in trainer.model.parameters())
    print(f"{parameters / 1e6:.1f}M parameters on {device} in {trainer.products}, "
          f"from step {trainer.step}", flush=True)
    corpus = Corpus(load_stores(arguments.work / "corpus"), vocabulary, preset.form, arguments.seed)
    batches = Batches(corpus, preset, trainer.step)
    folder = arguments.work / "heldout"
    run(trainer, batches, held_out_rows(folder, vocabulary, preset.form.context)
        + held_out_answers(folder, vocabulary, preset.form))
    return 0


if __name__ == "__main__":
    sys.exit(main())
