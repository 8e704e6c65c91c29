"""The model, its exporter and its optimizers. Skipped where PyTorch is not installed."""

import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import path  # noqa: F401
import numpy as np

import bpe
import gguf

try:
    import torch
except ImportError:
    torch = None

if torch is not None:
    import export
    import optimizer
    import presets
    import samples
    import train
    import train_prediction
    from average import average
    from logits import Evaluator
    from model import Config, Experts, Model, SlicedCrossEntropy
    from rounding import Rounding

    SMALL = Config(vocabulary=320, width=64, layers=3, heads=2, nope=32, rope=16, value=32,
                   kv_lora=64, dense_ff=96, expert_ff=32, experts=4, context=32, weights_scale=1.5)


def random_model(config: "Config", seed: int = 1) -> "Model":
    """A model whose norms, biases and silent weights are not the neutral ones they start with."""
    torch.manual_seed(seed)
    model = Model(config)
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if name.endswith("norm"):
                value += torch.randn_like(value) * 0.2
            if name.endswith("bias"):
                value += torch.randn_like(value) * 0.1
            if name.endswith(("attention.output", "down", "output")):
                value.copy_(torch.randn_like(value) * value.shape[-1] ** -0.5)
    return model


@unittest.skipIf(torch is None, "PyTorch is not installed")
class ModelTest(unittest.TestCase):
    def test_a_later_token_changes_nothing_before_it(self) -> None:
        model = random_model(SMALL).eval()
        ids = torch.randint(0, 320, (1, 20))
        changed = ids.clone()
        changed[0, 12] = (changed[0, 12] + 1) % 320
        with torch.no_grad():
            before, after = model(ids), model(changed)
        torch.testing.assert_close(before[:, :12], after[:, :12])
        self.assertGreater(float((before[:, 12:] - after[:, 12:]).abs().max()), 1e-3)

    def test_batched_experts_equal_one_token_after_another(self) -> None:
        torch.manual_seed(2)
        experts = random_model(SMALL).experts()[0].eval()
        x = torch.randn(1, 40, SMALL.width)
        with torch.no_grad():
            together = experts(x)[0]
            chosen, weights = experts.route(x[0])
            for n in range(40):
                expected = experts.shared(x[0, n])
                for expert, weight in zip(chosen[n], weights[n]):
                    gate, up = experts.gate[expert] @ x[0, n], experts.up[expert] @ x[0, n]
                    hidden = torch.nn.functional.silu(gate) * up
                    expected = expected + weight * (experts.down[expert] @ hidden)
                torch.testing.assert_close(together[n], expected, rtol=1e-4, atol=1e-5)

    def test_the_bias_moves_towards_experts_that_are_used_less(self) -> None:
        experts = Experts(SMALL)
        experts.load.copy_(torch.tensor([10.0, 0.0, 5.0, 5.0]))
        experts.balance(0.001)
        self.assertEqual([round(float(b), 4) for b in experts.bias], [-0.001, 0.001, 0.0, 0.0])
        self.assertEqual(float(experts.load.sum()), 0.0)

    def test_the_sliced_loss_and_its_gradients_equal_pytorchs(self) -> None:
        torch.manual_seed(3)
        hidden = torch.randn(700, 16, requires_grad=True)
        embedding = torch.randn(50, 16, requires_grad=True)
        targets = torch.randint(0, 50, (700,))
        weights = torch.rand(700)
        each = torch.nn.functional.cross_entropy(hidden @ embedding.t(), targets, reduction="none")
        expected = (each * weights).sum() / weights.sum()
        gradients = torch.autograd.grad(expected, (hidden, embedding))
        loss = SlicedCrossEntropy.apply(hidden, embedding, targets, weights, torch.float32)
        torch.testing.assert_close(loss, expected)
        for ours, theirs in zip(torch.autograd.grad(loss, (hidden, embedding)), gradients):
            torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)

    def test_a_few_steps_learn_a_repeated_row(self) -> None:
        model = random_model(SMALL)
        optimizers = optimizer.make_optimizers(
            model, {"matrices": 0.02, "embedding": 0.01, "output": 0.01, "others": 0.003},
            torch.float32)
        ids = torch.randint(0, 320, (2, 33))
        targets = ids[:, 1:].reshape(-1)
        losses = []
        for _ in range(30):
            hidden = model(ids[:, :-1]).flatten(0, 1)
            loss = SlicedCrossEntropy.apply(
                hidden, model.output, targets, torch.ones(len(targets)), torch.float32)
            loss.backward()
            for one in optimizers:
                one.step()
                one.zero_grad()
            losses.append(float(loss.detach()))
        self.assertLess(losses[-1], losses[0] / 2)


@unittest.skipIf(torch is None, "PyTorch is not installed")
class PredictionTest(unittest.TestCase):
    """The layer for multi-token prediction."""

    def test_a_guess_knows_its_token_and_the_states_before_it(self) -> None:
        model = random_model(replace(SMALL, prediction=True)).eval()
        ids, hidden = torch.randint(0, 320, (1, 20)), torch.randn(1, 20, SMALL.width)
        other_ids, other_hidden = ids.clone(), hidden.clone()
        other_ids[0, 12] = (ids[0, 12] + 1) % 320
        other_hidden[0, 12] += 1
        with torch.no_grad():
            guess = model.predict(ids, hidden)
            by_id, by_state = model.predict(other_ids, hidden), model.predict(ids, other_hidden)
        for changed, first in ((by_id, 12), (by_state, 13)):
            torch.testing.assert_close(guess[:, :first], changed[:, :first])
            self.assertGreater(float((guess - changed)[:, first].abs().max()), 1e-3)

    def trainer(self, source: "Model", folder: str) -> "train_prediction.PredictionTrainer":
        preset = presets.Preset(SMALL, samples.Form(context=SMALL.context), rows=2, rows_at_once=2,
                                warmup_steps=1)
        return train_prediction.PredictionTrainer(source, preset, Path(folder), "cpu", minutes=1e9)

    def test_trained_alone_it_learns_what_the_model_says_and_moves_nothing_else(self) -> None:
        source = random_model(SMALL)
        rows = np.random.default_rng(3).integers(0, 320, (2, SMALL.context + 1))
        with tempfile.TemporaryDirectory() as folder:
            trainer = self.trainer(source, folder)
            losses = [float(trainer.train_step(rows, rows < 0)["loss"]) for _ in range(40)]
            trainer.save()
            resumed = self.trainer(source, folder)
            self.assertTrue(resumed.resume())
        self.assertLess(losses[-1], losses[0] / 2)
        trained = trainer.model.state_dict()
        for name, value in source.state_dict().items():
            self.assertTrue(torch.equal(trained[name], value), name)
        for name, value in resumed.model.state_dict().items():
            self.assertTrue(torch.equal(trained[name], value), name)

    def test_it_learns_along_with_the_model(self) -> None:
        preset = presets.Preset(replace(SMALL, prediction=True),
                                samples.Form(context=SMALL.context), rows=2, rows_at_once=1)
        rows = np.random.default_rng(3).integers(0, 320, (2, SMALL.context + 1))
        with tempfile.TemporaryDirectory() as folder:
            trainer = train.Trainer(preset, Path(folder), "cpu", minutes=1e9)
            before = trainer.model.prediction.join.detach().clone()
            trainer.train_step(rows, rows < 0)
        self.assertFalse(torch.equal(trainer.model.prediction.join, before))


@unittest.skipIf(torch is None, "PyTorch is not installed")
class BigramTest(unittest.TestCase):
    def test_the_fit_learns_what_follows_each_token_and_smooths_what_is_rare(self) -> None:
        import bigram

        torch.manual_seed(6)
        ids = np.array(([1, 2, 3, 4] * 500) + [5, 6], dtype=np.int32)
        counts = bigram.Counts(ids, 32)
        targets = counts.targets(np.array([1, 5, 7]))
        np.testing.assert_allclose(targets.sum(1), 1, rtol=1e-5)
        self.assertGreater(targets[0, 2], 0.99)
        self.assertLess(targets[1, 6], 0.3)
        embedding, output = bigram.fit(counts, 16, steps=150, rows=32)
        torch.testing.assert_close(embedding.pow(2).mean(-1), torch.ones(32), rtol=1e-3, atol=1e-3)
        best = (embedding @ output.t()).argmax(-1)
        self.assertEqual([int(best[n]) for n in (1, 2, 3, 4)], [2, 3, 4, 1])


@unittest.skipIf(torch is None, "PyTorch is not installed")
class OptimizerTest(unittest.TestCase):
    def test_orthogonalized_matrices_have_singular_values_near_one(self) -> None:
        torch.manual_seed(4)
        matrices = optimizer.orthogonalize(torch.randn(3, 32, 64), torch.bfloat16)
        values = torch.linalg.svdvals(matrices.float())
        self.assertGreater(float(values.min()), 0.5)
        self.assertLess(float(values.max()), 1.5)

    def test_the_schedule_warms_up_stays_and_decays(self) -> None:
        def factor(progress: float, step: int) -> float:
            return optimizer.rate_factor(progress, step, warmup_steps=10, decay_share=0.25)

        self.assertAlmostEqual(factor(0.0, 0), 0.1)
        self.assertEqual(factor(0.5, 100), 1.0)
        self.assertAlmostEqual(factor(0.9, 100), 0.4)
        self.assertEqual(factor(1.2, 100), 0.0)


@unittest.skipIf(torch is None, "PyTorch is not installed")
class TrainerTest(unittest.TestCase):
    def trainer(self, folder: str) -> "train.Trainer":
        form = samples.Form(context=SMALL.context)
        preset = presets.Preset(SMALL, form, rows=4, rows_at_once=2, warmup_steps=4)
        return train.Trainer(preset, Path(folder), "cpu", minutes=1e9)

    def assert_same(self, one, other) -> None:
        if isinstance(one, torch.Tensor):
            torch.testing.assert_close(one, other, rtol=0, atol=0)
        elif isinstance(one, dict):
            self.assertEqual(one.keys(), other.keys())
            for key, value in one.items():
                self.assert_same(value, other[key])
        elif isinstance(one, (list, tuple)):
            self.assertEqual(len(one), len(other))
            for value, another in zip(one, other):
                self.assert_same(value, another)
        else:
            self.assertEqual(one, other)

    def test_a_resumed_run_goes_on_from_all_that_the_stopped_one_had(self) -> None:
        """Its end is not compared: not every processor gives the same sums twice, and where a
        gradient is nearly nothing a step's direction depends on its last bit."""
        rows = np.random.default_rng(7).integers(0, 320, (4, 4, SMALL.context + 1))
        with tempfile.TemporaryDirectory() as folder:
            stopped = self.trainer(folder)
            self.assertFalse(stopped.resume())
            for batch in rows[:3]:
                stopped.train_step(batch, batch % 3 == 0)
            stopped.save()
            resumed = self.trainer(folder)
            self.assertTrue(resumed.resume())
            self.assertEqual(resumed.step, 3)
            self.assert_same(resumed.model.state_dict(), stopped.model.state_dict())
            for one, other in zip(resumed.optimizers, stopped.optimizers, strict=True):
                self.assertTrue(one.state_dict()["state"])
                self.assert_same(one.state_dict(), other.state_dict())
            shown = [trainer.train_step(rows[3], rows[3] % 3 == 0)
                     for trainer in (stopped, resumed)]
            self.assertEqual(shown[0]["rate"], shown[1]["rate"])
            self.assertAlmostEqual(float(shown[0]["loss"]), float(shown[1]["loss"]), places=4)

    def test_rates_of_a_resumed_run_are_the_presets(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            first = self.trainer(folder)
            rows = np.zeros((4, SMALL.context + 1), dtype=np.int64)
            first.train_step(rows, rows > 0)
            for group in first.optimizers[0].param_groups:
                group["full_rate"] = 123.0
            first.save()
            second = self.trainer(folder)
            second.resume()
            rates = [group["full_rate"] for group in second.optimizers[0].param_groups]
        self.assertEqual(rates, [second.preset.rates["matrices"]])


@unittest.skipIf(torch is None, "PyTorch is not installed")
class ExportTest(unittest.TestCase):
    def exported(self, model: "Model", file_type: str = "q8_0") -> tuple[gguf.File, "Model"]:
        vocabulary = bpe.train(["a b c a b c"], 320)
        with tempfile.TemporaryDirectory() as folder:
            name = Path(folder) / "m.gguf"
            export.export(model, vocabulary, name, "test", file_type)
            return gguf.read(name), export.load(name)[0]

    def test_the_layout_is_the_one_llama_cpp_loads(self) -> None:
        file, _ = self.exported(random_model(SMALL))
        meta = {key.removeprefix("deepseek2."): value for key, value in file.metadata.items()}
        self.assertEqual(meta["attention.q_lora_rank"], 0)
        self.assertEqual((meta["attention.key_length"], meta["attention.value_length"]), (80, 64))
        self.assertEqual(meta["attention.key_length_mla"], 48)
        self.assertEqual(meta["attention.value_length_mla"], 32)
        self.assertEqual((meta["expert_gating_func"], meta["expert_weights_norm"]), (2, True))
        shapes = {name: tensor.shape for name, tensor in file.tensors.items()}
        self.assertEqual(shapes["blk.0.attn_k_b.weight"], (2, 64, 32))
        self.assertEqual(shapes["blk.0.attn_v_b.weight"], (2, 32, 64))
        self.assertEqual(shapes["blk.0.ffn_gate.weight"], (96, 64))
        self.assertEqual(shapes["blk.2.ffn_down_exps.weight"], (4, 64, 32))
        self.assertEqual(file.tensors["blk.1.attn_q.weight"].type, gguf.Q8_0)
        for name in ("blk.0.attn_k_b.weight", "blk.0.attn_v_b.weight"):
            self.assertEqual(file.tensors[name].type, gguf.F16, name)
        for name in ("blk.1.ffn_gate_inp.weight", "blk.1.exp_probs_b.bias",
                     "blk.1.attn_norm.weight"):
            self.assertEqual(file.tensors[name].type, gguf.F32, name)

    def test_an_exported_file_reads_back_as_the_same_model(self) -> None:
        model = random_model(SMALL)
        _, back = self.exported(model)
        self.assertEqual(back.config, replace(SMALL, epsilon=back.config.epsilon))
        for name, value in model.state_dict().items():
            step = float(value.abs().max()) / 127
            torch.testing.assert_close(back.state_dict()[name], value, rtol=0, atol=step, msg=name)

    def test_the_layer_for_prediction_stands_behind_the_others(self) -> None:
        model = random_model(replace(SMALL, prediction=True))
        file, back = self.exported(model)
        self.assertEqual(file.metadata["deepseek2.block_count"], 4)
        self.assertEqual(file.metadata["deepseek2.nextn_predict_layers"], 1)
        shapes = {name: tensor.shape for name, tensor in file.tensors.items()}
        self.assertEqual(shapes["blk.3.nextn.eh_proj.weight"], (64, 128))
        for name in ("enorm", "hnorm", "shared_head_norm"):
            self.assertEqual(shapes[f"blk.3.nextn.{name}.weight"], (64,))
        self.assertEqual(shapes["blk.3.ffn_up_exps.weight"], (4, 32, 64))
        self.assertEqual(back.config, replace(model.config, epsilon=back.config.epsilon))
        for name, value in model.state_dict().items():
            step = float(value.abs().max()) / 127
            torch.testing.assert_close(back.state_dict()[name], value, rtol=0, atol=step, msg=name)

    def test_rounded_weights_are_those_of_the_file(self) -> None:
        model = random_model(SMALL)
        exact = {name: value.clone() for name, value in model.state_dict().items()}
        rounding = Rounding(model, "q4_0")
        rounding.apply()
        file, back = self.exported(model, "q4_0")
        self.assertEqual(file.tensors["output.weight"].type, gguf.Q5_0)
        self.assertEqual(file.tensors["blk.1.ffn_up_exps.weight"].type, gguf.Q4_0)
        halves = ("k_b", "v_b")
        for name, value in model.state_dict().items():
            step = 1e-3 if name.endswith(halves) else 0
            torch.testing.assert_close(back.state_dict()[name], value, rtol=step, atol=step,
                                       msg=name)
        self.assertGreater(float((model.embedding - exact["embedding"]).abs().max()), 1e-3)
        rounding.undo()
        for name, value in model.state_dict().items():
            self.assertTrue(torch.equal(value, exact[name]), name)

    def test_the_average_of_two_models_has_the_mean_of_each_weight(self) -> None:
        one, other = random_model(SMALL, 1), random_model(SMALL, 2)
        expected = {name: (value + other.state_dict()[name]) / 2
                    for name, value in one.state_dict().items()}
        for name, value in average(one, other).state_dict().items():
            torch.testing.assert_close(value, expected[name], msg=name)

    def test_the_file_evaluated_by_itself_gives_the_trainers_logits(self) -> None:
        file, back = self.exported(random_model(replace(SMALL, prediction=True)))
        ids = np.random.default_rng(5).integers(0, 320, 24)
        evaluator = Evaluator(file)
        ours = np.array([evaluator.logits(int(token), n) for n, token in enumerate(ids)])
        with torch.no_grad():
            hidden = back.eval()(torch.from_numpy(ids)[None])[0]
            expected = (hidden @ back.output.t()).numpy()
        self.assertLess(np.linalg.norm(ours - expected) / np.linalg.norm(expected), 1e-4)


if __name__ == "__main__":
    unittest.main()
