"""Adapting a model to a project. Skipped where PyTorch is not installed."""

import json
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import path
import numpy as np

import bpe
import gguf

try:
    import torch
except ImportError:
    torch = None

if torch is not None:
    import adapt
    import export
    from model import Config, Model

    TINY = Config(vocabulary=bpe.FIRST_BYTE + 256, width=32, layers=2, heads=2, nope=32, rope=16,
                  value=32, kv_lora=32, dense_ff=64, expert_ff=32, experts=4, context=512)


def vocabulary_of_bytes() -> bpe.Vocabulary:
    special = [f"<special {n}>".encode() for n in range(bpe.FIRST_BYTE)]
    return bpe.Vocabulary([*special, *(bytes([byte]) for byte in range(256))], [])


@unittest.skipIf(torch is None, "PyTorch is not installed")
class AdaptTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name) / "project"
        self.model = Path(folder.name) / "tiny.gguf"
        self.out = Path(folder.name) / "adapter.gguf"
        torch.manual_seed(1)
        export.export(Model(TINY), vocabulary_of_bytes(), self.model, "tiny", "q8_0")
        self.names = [f"part_{n}.py" for n in range(16)]
        self.root.mkdir()
        for name in self.names:
            (self.root / name).write_text("def value():\n    return 'aaaaaaaaaaaaaaaa'\n" * 8)

    def start(self, minutes: float, names: list[str]) -> subprocess.Popen:
        command = [sys.executable, "-B", str(path.TRAINING / "adapt.py"), "--model", self.model,
                   "--root", self.root, "--out", self.out, "--minutes", str(minutes)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        process.stdin.write("".join(name + "\0" for name in names).encode())
        process.stdin.close()
        process.stdin = None
        return process

    def run_for(self, minutes: float) -> dict:
        output, errors = self.start(minutes, self.names).communicate(timeout=120)
        self.assertTrue(output, errors.decode())
        return json.loads(output)

    def test_the_loss_on_what_is_held_out_falls_and_the_same_command_goes_on(self) -> None:
        first = self.run_for(0.1)
        self.assertLess(first["loss_after"], first["loss_before"])
        self.assertEqual((first["files"], len(first["held_out"])), (12, 2))
        self.assertFalse(first["resumed"])
        file = gguf.read(self.out)
        self.assertEqual(file.metadata["adapter.lora.alpha"], adapt.RANK)
        self.assertEqual(file.tensors["blk.1.ffn_up_exps.weight.lora_a"].shape,
                         (TINY.experts, adapt.RANK, TINY.width))
        second = self.run_for(0.05)
        self.assertTrue(second["resumed"])
        self.assertGreater(second["steps"], first["steps"])
        # The same files, measured anew: not every processor gives the same sums twice, and another
        # last bit may choose another expert.
        self.assertEqual(second["held_out"], first["held_out"])
        self.assertAlmostEqual(second["loss_before"], first["loss_before"], delta=0.005)
        self.assertLess(second["loss_after"], first["loss_before"])

    def test_an_interrupt_keeps_what_was_learnt(self) -> None:
        process = self.start(60, self.names)
        told = []
        while b"step 1," not in (told[-1:] or [b""])[0]:
            told.append(process.stderr.readline())
            self.assertIsNone(process.poll())
        told = b"".join(told)
        self.assertLess(told.index(b"Reading 16 files"), told.index(b"before, on 2 others"))
        self.assertLess(told.index(b"before, on 2 others"), told.index(b"Training for 60 minutes"))
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        report = json.loads(process.communicate(timeout=60)[0])
        self.assertFalse(report["finished"])
        self.assertGreater(report["steps"], 1)
        self.assertTrue(self.out.exists() and self.out.with_suffix(".pt").exists())

    def test_an_interrupt_before_anything_is_learnt_changes_nothing(self) -> None:
        for phase in (b"Reading 16 files", b"Loading tiny.gguf", b"before, on 2 others"):
            process = self.start(60, self.names)
            while phase not in process.stderr.readline():
                self.assertIsNone(process.poll())
            for _ in range(2):  # as from a terminal, and from who started it
                process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=60)
            self.assertEqual((process.returncode, output), (adapt.NOTHING_LEARNT, b""), errors)
            self.assertNotIn(b"Traceback", errors)
            self.assertFalse(self.out.exists() or self.out.with_suffix(".pt").exists())

    def test_no_file_is_measured_by_that_was_learnt_from(self) -> None:
        files = [(f"{n}.py", "python", "") for n in range(200)]
        first = adapt.split(files, set())
        self.assertEqual([len(first[part]) for part in ("choose", "measure", "learn")],
                         [25, 25, 150])
        learnt = {path for path, _, _ in first["learn"]}
        self.assertEqual(adapt.split(files, learnt), first)
        fewer = adapt.split(files[40:], learnt)
        self.assertEqual([len(fewer[part]) for part in ("choose", "measure", "learn")],
                         [5, 5, 150])
        for part in ("choose", "measure"):
            self.assertFalse(learnt & {path for path, _, _ in fewer[part]})
        self.assertEqual(adapt.split(files[50:], learnt)["measure"], [])

    def test_a_file_that_is_a_licence_alone_is_left_out(self) -> None:
        licence = ("# Copyright somebody. Licensed under the Apache License, Version 2.0; you may "
                   "not use this file\n# except in compliance with the License.\n")
        (self.root / "__init__.py").write_text(licence)
        (self.root / "kept.py").write_text(licence + "\n" + "value = 1\n" * 20)
        found = adapt.read_files(self.root, ["__init__.py", "kept.py"])
        self.assertEqual([path for path, _, _ in found], ["kept.py"])

    def test_too_few_files_are_refused(self) -> None:
        process = self.start(1, self.names[:3])
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1)
        self.assertIn(b"3 source files to learn from; at least 8", errors)

    def test_what_is_written_is_what_was_trained(self) -> None:
        model, _ = export.load(self.model)
        adapters = adapt.add_adapters(model)
        with torch.no_grad():
            for adapter in adapters.values():
                adapter.b.copy_(torch.randn_like(adapter.b) * 0.1)
        adapt.write_adapter(adapters, model.config, self.out, "tiny", "project")
        file, base = gguf.read(self.out), gguf.read(self.model)
        for name in ("blocks.0.attention.k_b", "blocks.0.attention.q", "blocks.1.ffn.down"):
            target = export.gguf_name(name, model.config)
            a = file.tensors[f"{target}.lora_a"].to_array()
            b = file.tensors[f"{target}.lora_b"].to_array()
            merged = base.tensors[target].to_array() + b @ a
            holder, _, leaf = name.rpartition(".")
            expected = getattr(model.get_submodule(holder), leaf).detach().numpy()
            if name.endswith("k_b"):
                expected = expected.transpose(0, 2, 1)
            np.testing.assert_allclose(merged, expected, atol=2e-3)


if __name__ == "__main__":
    unittest.main()
