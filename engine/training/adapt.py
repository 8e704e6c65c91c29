"""Trains a LoRA adapter of a shipped model on the files of one project: what `lemma model adapt`
runs. The model's own weights stay as they are; each matrix W gets a product B @ A of rank RANK.

    adapt.py --model MODEL.gguf --root DIR --out ADAPTER.gguf --minutes 60 < FILES

FILES are paths below DIR, each ended by a zero byte. Some of them are never learnt from: one part
chooses the best weights of the run, another measures them. Progress goes to standard error, one
JSON object to standard output. SIGINT and SIGTERM end the run; what was learnt is kept, and before
anything was, the exit status is NOTHING_LEARNT and no file has changed. ADAPTER.pt, beside the
adapter, lets the same command go on.
"""

from __future__ import annotations

import signal
import sys

NOTHING_LEARNT = 130

if __name__ == "__main__":  # what is imported below takes seconds
    for _number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(_number, lambda *_: sys.exit(NOTHING_LEARNT))

# ruff: noqa: E402
import argparse
import hashlib
import json
import random
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

import bpe
import export
import filters
import gguf
from held_out_loss import HeldOut
from model import Config, Model, SlicedCrossEntropy
from presets import PRESETS
from samples import Corpus, Form
from store import Entry
from train import faster_type

RANK = 16
RATE = 2e-3
ROWS = 1  # of CONTEXT tokens in one step: small steps make the most of few tokens
CONTEXT = 1024
LOOKS = 8  # at what is held out, to keep the best
PROMPT = 320  # tokens of a held-out prompt and its answer, at most
ANSWERS = 64  # prompts that a part of the held-out files is measured by
FEWEST_FILES = 8
PARTS = ("learn", "choose", "measure")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Interrupts:
    """SIGINT and SIGTERM: at once as long as nothing was learnt, later at the next step."""

    def __init__(self) -> None:
        self.came, self.is_training = False, False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._take)

    def _take(self, *_: Any) -> None:
        # A terminal sends one to each process, and who started this one hands its own on.
        first, self.came = not self.came, True
        if first and not self.is_training:
            sys.exit(NOTHING_LEARNT)


class LowRank(nn.Module):
    """W to W + B @ A, of a matrix or of each in a stack; nothing at first, since B is zero."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        *stack, rows, columns = weight.shape
        self.a = nn.Parameter(torch.randn(*stack, RANK, columns) * columns**-0.5)
        self.b = nn.Parameter(torch.zeros(*stack, rows, RANK))

    def forward(self, weight: Tensor) -> Tensor:
        return weight + self.b @ self.a


def add_adapters(model: Model) -> dict[str, LowRank]:
    """Freezes the model and puts a LowRank on every matrix but embedding and routers; by the
    parameter's name in the model."""
    names = [name for name, parameter in model.named_parameters() if parameter.ndim >= 2
             and name != "embedding" and not name.endswith("router")
             and not name.startswith("prediction.")]  # it guesses at what the rest says
    model.requires_grad_(False)
    adapters = {}
    for name in names:
        path, _, leaf = name.rpartition(".")
        module = model.get_submodule(path)
        adapters[name] = LowRank(getattr(module, leaf))
        parametrize.register_parametrization(module, leaf, adapters[name])
    return adapters


def write_adapter(adapters: dict[str, LowRank], config: Config, path: Path, base: str,
                  project: str) -> None:
    """In llama.cpp's form. attn_k_b is stored transposed for each head (export.py), so that its
    pair is the other way round."""
    file = gguf.File({
        "general.type": "adapter", "general.architecture": "deepseek2",
        "general.name": f"{base} adapted to {project}", "adapter.type": "lora",
        "adapter.lora.alpha": float(RANK)})
    for name, adapter in adapters.items():
        a, b = adapter.a.detach().numpy(), adapter.b.detach().numpy()
        if name.endswith("attention.k_b"):
            a, b = b.transpose(0, 2, 1), a.transpose(0, 2, 1)
        target = export.gguf_name(name, config)
        file.tensors[f"{target}.lora_a"] = gguf.Tensor.from_array(a, gguf.F16)
        file.tensors[f"{target}.lora_b"] = gguf.Tensor.from_array(b, gguf.F16)
    gguf.write(path, file)


@dataclass
class Files:
    """The files of one language, as samples.Corpus reads its stores."""

    language: str
    entries: list[Entry]
    texts: list[str]

    def __len__(self) -> int:
        return len(self.entries)

    def text(self, number: int) -> str:
        return self.texts[number]


def read_files(root: Path, paths: list[str]) -> list[tuple[str, str, str]]:
    """Path, language and text of what is worth learning from, in the order of a hash of the paths:
    the same in every run."""
    found = []
    for path in sorted(paths, key=lambda path: hashlib.sha256(path.encode()).digest()):
        language = filters.language_of(path)
        text = filters.decode((root / path).read_bytes()) if language else None
        text = filters.without_legal_header(text) if text else ""
        if len(text.strip()) >= 100:  # some files are nothing but a header
            found.append((path, language, text))
    return found


def split(files: list[tuple[str, str, str]],
          learnt: set[str]) -> dict[str, list[tuple[str, str, str]]]:
    """An eighth to choose by, an eighth to measure; at most 64 files each, and none that was
    learnt from. Without such files both are empty."""
    apart = [file for file in files if file[0] not in learnt]
    count = min(64, len(files) // 8, len(apart) // 2)
    apart = apart[: 2 * count]
    return {"choose": apart[:count], "measure": apart[count:],
            "learn": [file for file in files if file not in apart]}


def stores_of(files: list[tuple[str, str, str]], project: str) -> list[Files]:
    stores: dict[str, Files] = {}
    for path, language, text in files:
        store = stores.setdefault(language, Files(language, [], []))
        store.entries.append(Entry(0, len(text), project, path))
        store.texts.append(text)
    return list(stores.values())


class ProjectCorpus(Corpus):
    """Draws from languages by how much of them the project has."""

    def __init__(self, stores: list[Files], vocabulary: bpe.Vocabulary, form: Form, seed: int
                 ) -> None:
        super().__init__(stores, vocabulary, form, seed)
        self.shares = [sum(min(entry.size, 20_000) for entry in store.entries)
                       for store in self.stores]
        self._shares = self.shares


def answers_of(files: list[tuple[str, str, str]], project: str, vocabulary: bpe.Vocabulary,
               form: Form) -> HeldOut:
    """Prompts in the anchored form, of which only the answers count. The same in every run."""
    corpus = ProjectCorpus(stores_of(files, project), vocabulary, form, 1)
    generator, room = random.Random(1), PROMPT
    ids = np.full((ANSWERS, room + 1), bpe.EOS, dtype=np.int64)
    is_counted = np.zeros_like(ids, dtype=bool)
    for row in range(ANSWERS):
        answer = 0
        while answer == 0:  # a middle that fills the room gives plain text
            kind = generator.choices(range(len(corpus.stores)), corpus.shares)[0]
            number = generator.randrange(len(corpus.stores[kind]))
            sample, answer = corpus.fim_sample(kind, number, room, generator)
        ids[row, : len(sample)] = sample
        is_counted[row, len(sample) - answer : len(sample)] = True
    return HeldOut("", ids, is_counted, 0)


class Adaptation:
    """One run: the model with its adapters, the optimizer, and what was best so far."""

    def __init__(self, arguments: argparse.Namespace, model: Model) -> None:
        torch.manual_seed(1)
        self.out, self.minutes = arguments.out, arguments.minutes
        self.identity = {"model": arguments.model.name, "bytes": arguments.model.stat().st_size,
                         "form": 2}
        self.model, self.adapters = model, add_adapters(model)
        parameters = [p for adapter in self.adapters.values() for p in adapter.parameters()]
        self.optimizer = torch.optim.AdamW(parameters, betas=(0.9, 0.95), weight_decay=0.0)
        self.products = faster_type("cpu")
        self.step, self.minutes_before, self.started = 0, 0.0, time.monotonic()
        self.best: dict[str, Any] = {}
        self.best_loss = float("inf")
        self.chosen_by: list[str] = []  # paths; and those that were ever learnt from
        self.learnt: set[str] = set()

    def weights(self) -> dict[str, Tensor]:
        return {f"{name}.{part}": getattr(adapter, part).detach().clone()
                for name, adapter in self.adapters.items() for part in "ab"}

    def take(self, weights: dict[str, Tensor]) -> None:
        with torch.no_grad():
            for name, adapter in self.adapters.items():
                adapter.a.copy_(weights[f"{name}.a"])
                adapter.b.copy_(weights[f"{name}.b"])

    def earlier(self) -> dict[str, Any] | None:
        """What an earlier run of this model has left."""
        path = self.out.with_suffix(".pt")
        state = torch.load(path) if path.exists() else None
        return state if state and state["identity"] == self.identity else None

    def resume(self, state: dict[str, Any]) -> None:
        self.take(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.minutes_before = state["step"], state["minutes"]
        if state["chosen_by"] == self.chosen_by:
            self.best, self.best_loss = state["best"], state["best_loss"]

    def minutes_spent(self) -> float:
        return (time.monotonic() - self.started) / 60

    def save(self) -> None:
        """What lets the run go on, and the best weights as an adapter."""
        state = {"identity": self.identity, "weights": self.weights(), "best": self.best,
                 "best_loss": self.best_loss, "optimizer": self.optimizer.state_dict(),
                 "chosen_by": self.chosen_by, "learnt": sorted(self.learnt),
                 "step": self.step, "minutes": self.minutes_before + self.minutes_spent()}
        partial = self.out.with_suffix(".pt.partial")
        torch.save(state, partial)
        partial.rename(self.out.with_suffix(".pt"))

    def loss(self, ids: np.ndarray, weights: np.ndarray) -> Tensor:
        rows = torch.from_numpy(ids)
        with torch.autocast("cpu", torch.bfloat16, self.products is torch.bfloat16):
            hidden = self.model(rows[:, :-1]).flatten(0, 1)
        of_each = torch.from_numpy(weights.astype(np.float32)).reshape(-1)
        return SlicedCrossEntropy.apply(
            hidden, self.model.output, rows[:, 1:].reshape(-1), of_each, self.products)

    def train_step(self, corpus: Corpus, rate: float) -> float:
        rows = [corpus.row(self.step, row) for row in range(ROWS)]
        ids = np.array([ids for ids, _ in rows], dtype=np.int64)
        is_answer = np.array([is_answer for _, is_answer in rows])
        loss = self.loss(ids, np.where(is_answer[:, 1:], PRESETS["gpu"].answer_weight, 1.0))
        loss.backward()
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        return float(loss.detach())

    @torch.no_grad()
    def measure(self, rows: HeldOut) -> float:
        """The loss of an answer's token, in nats."""
        self.model.eval()
        total = 0.0
        for n in range(0, len(rows.ids), 8):
            some = rows.is_counted[n : n + 8, 1:]
            total += float(self.loss(rows.ids[n : n + 8], some)) * some.sum()
        self.model.train()
        return round(total / rows.is_counted[:, 1:].sum(), 4)


class Bar:
    """A line on a terminal that is written over; elsewhere a line now and then."""

    def __init__(self, minutes: float) -> None:
        self._minutes, self._is_terminal = minutes, sys.stderr.isatty()
        self._shown = -1.0

    def show(self, spent: float, text: str) -> None:
        part = min(1.0, spent / self._minutes)
        if not self._is_terminal:
            if part - self._shown < 0.1:
                return
            self._shown = part
        left = max(0.0, self._minutes - spent)
        done = int(part * 20)
        line = f"[{'=' * done}{' ' * (20 - done)}] {part:4.0%}  {left:.1f} min left  {text}"
        end = "\x1b[K\r" if self._is_terminal else "\n"
        print(line, end=end, file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._is_terminal:
            print("\x1b[K", end="", file=sys.stderr, flush=True)


def run(adaptation: Adaptation, corpus: Corpus, choose: HeldOut, interrupts: Interrupts) -> bool:
    """Until the minutes are spent, or a signal comes (then False). The best weights by `choose` are
    kept."""
    bar = Bar(adaptation.minutes)

    def look() -> float:
        loss = adaptation.measure(choose)
        if loss < adaptation.best_loss:
            adaptation.best_loss, adaptation.best = loss, adaptation.weights()
        return loss

    first = now = look()
    interrupts.is_training = True
    say(f"Training for {adaptation.minutes:g} minutes; Ctrl-C ends it and keeps what was learnt.")
    adaptation.started, looked = time.monotonic(), 0.0
    while not interrupts.came and adaptation.minutes_spent() < adaptation.minutes:
        progress = adaptation.minutes_spent() / adaptation.minutes
        up, down = min(1.0, (adaptation.step + 1) / 20), min(1.0, (1 - progress) / 0.5)
        loss = adaptation.train_step(corpus, RATE * up * down)
        bar.show(adaptation.minutes_spent(),
                 f"step {adaptation.step}, loss {loss:.2f}; held out {first:.3f} -> {now:.3f}")
        if adaptation.minutes_spent() - looked > adaptation.minutes / LOOKS:
            now = look()
            adaptation.save()
            looked = adaptation.minutes_spent()
    bar.clear()
    finished = not interrupts.came
    say(("" if finished else "Ending. ") + "Keeping the best of what was learnt ...")
    look()
    adaptation.save()
    return finished


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--threads", type=int, default=0, help="0: PyTorch's own choice")
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    interrupts = Interrupts()
    paths = [path for path in sys.stdin.buffer.read().decode().split("\0") if path]
    say(f"Reading {len(paths)} files ...")
    files = read_files(arguments.root, paths)
    if len(files) < FEWEST_FILES:
        print(f"{arguments.root}: has {len(files)} source files to learn from; at least "
              f"{FEWEST_FILES} are needed", file=sys.stderr)
        return 1
    say(f"Loading {arguments.model.name} ...")
    try:
        model, vocabulary = export.load(arguments.model)
    except (KeyError, ValueError) as error:
        print(f"{arguments.model}: only models that lemma's own training has made can be adapted "
              f"({error})", file=sys.stderr)
        return 1
    project = arguments.root.name
    form = replace(PRESETS["gpu"].form, context=min(CONTEXT, model.config.context))
    adaptation = Adaptation(arguments, model)
    earlier = adaptation.earlier()
    parts = split(files, set(earlier["learnt"]) if earlier else set())
    if not parts["measure"]:  # of all files: what was learnt before could not be judged
        earlier, parts = None, split(files, set())
    adaptation.chosen_by = [path for path, _, _ in parts["choose"]]
    adaptation.learnt = {path for path, _, _ in parts["learn"]}
    say(f"Learning from {len(parts['learn'])} files. Measuring what the model can do before, on "
        f"{len(parts['measure'])} others; that may take minutes ...")
    choose = answers_of(parts["choose"], project, vocabulary, form)
    measure = answers_of(parts["measure"], project, vocabulary, form)
    before = adaptation.measure(measure)
    if earlier:
        adaptation.resume(earlier)
        adaptation.learnt |= set(earlier["learnt"])
    corpus = ProjectCorpus(stores_of(parts["learn"], project), vocabulary, form, 1)
    finished = run(adaptation, corpus, choose, interrupts)
    adaptation.take(adaptation.best)
    write_adapter(adaptation.adapters, model.config, arguments.out, arguments.model.stem, project)
    say(f"Measuring what it can do now, on the same {len(parts['measure'])} files ...")
    print(json.dumps({
        "files": len(parts["learn"]), "held_out": [path for path, _, _ in parts["measure"]],
        "loss_before": before, "loss_after": adaptation.measure(measure),
        "steps": adaptation.step, "tokens": adaptation.step * ROWS * form.context,
        "minutes": round(adaptation.minutes_before + adaptation.minutes_spent(), 2),
        "resumed": earlier is not None, "finished": finished}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
