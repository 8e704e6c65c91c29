"""The exporter's file: its layout, and that it reads back. Needs no PyTorch."""

import tempfile
import unittest
from pathlib import Path

import path  # noqa: F401
import numpy as np

import gguf


class GgufTest(unittest.TestCase):
    def write_and_read(self, file: gguf.File) -> tuple[gguf.File, bytes]:
        with tempfile.TemporaryDirectory() as folder:
            name = Path(folder) / "x.gguf"
            gguf.write(name, file)
            return gguf.read(name), name.read_bytes()

    def test_metadata_comes_back(self) -> None:
        metadata = {"a.text": "ü", "a.count": 7, "a.share": 0.5, "a.flag": True,
                    "a.texts": ["x", "", "ł"], "a.numbers": [1, -2, 3]}
        back, _ = self.write_and_read(gguf.File(dict(metadata)))
        self.assertEqual(back.metadata, metadata)

    def test_tensors_come_back_and_lie_aligned(self) -> None:
        generator = np.random.default_rng(1)
        values = {"three": generator.normal(size=(2, 3, 64)), "one": generator.normal(size=5)}
        file = gguf.File({"k": 1}, {
            "one": gguf.Tensor.from_array(values["one"], gguf.F32),
            "three": gguf.Tensor.from_array(values["three"], gguf.Q8_0),
        })
        back, data = self.write_and_read(file)
        self.assertEqual(len(data) % gguf.ALIGNMENT, 0)
        exact = values["one"].astype(np.float32)
        np.testing.assert_array_equal(back.tensors["one"].to_array(), exact)
        self.assertEqual(back.tensors["three"].shape, (2, 3, 64))
        error = np.abs(back.tensors["three"].to_array() - values["three"]).max()
        self.assertLess(error, np.abs(values["three"]).max() / 127)

    def test_shapes_are_stored_fastest_dimension_first(self) -> None:
        tensor = gguf.Tensor.from_array(np.zeros((2, 3, 64)), gguf.F32)
        _, data = self.write_and_read(gguf.File({}, {"t": tensor}))
        self.assertIn(np.array([64, 3, 2], dtype="<u8").tobytes(), data)

    def test_a_q8_0_block_is_a_half_scale_and_32_bytes(self) -> None:
        values = np.arange(32, dtype=np.float32) - 16
        data = gguf.quantize_q8_0(values[None])
        self.assertEqual(len(data), 34)
        scale = np.frombuffer(data[:2], dtype="<f2")[0]
        self.assertAlmostEqual(float(scale), 16 / 127, places=3)
        self.assertEqual(np.frombuffer(data[2:3], dtype="i1")[0], -127)

    def test_zeros_stay_zeros_in_q8_0(self) -> None:
        tensor = gguf.Tensor.from_array(np.zeros((1, 32)), gguf.Q8_0)
        self.assertEqual(float(np.abs(tensor.to_array()).max()), 0.0)

    def test_a_block_of_levels_has_the_value_furthest_from_zero_at_level_zero(self) -> None:
        values = np.zeros((1, 32), dtype=np.float32)
        values[0, 0], values[0, 1], values[0, 16] = -8, 7, 3
        data = gguf.quantize_blocks(values, gguf.Q4_0)
        self.assertEqual((len(data), np.frombuffer(data[:2], dtype="<f2")[0]), (18, 1.0))
        self.assertEqual((data[2], data[3], data[4]), (0 | 11 << 4, 15 | 8 << 4, 8 | 8 << 4))
        np.testing.assert_array_equal(gguf.blocks_to_array(data, gguf.Q4_0), values[0])
        values[0, 0] = -16
        data = gguf.quantize_blocks(values, gguf.Q5_0)
        self.assertEqual((len(data), data[2], data[4]), (22, 0b11111110, 0b11111111))
        np.testing.assert_array_equal(gguf.blocks_to_array(data, gguf.Q5_0), values[0])

    def test_levels_are_at_most_half_a_step_away(self) -> None:
        values = np.random.default_rng(2).normal(size=(40, 64)).astype(np.float32)
        for type_id, steps in ((gguf.Q4_0, 8), (gguf.Q5_0, 16), (gguf.F16, 2000)):
            back = gguf.Tensor.from_array(values, type_id).to_array()
            largest = np.abs(values.reshape(-1, 32)).max(axis=1, keepdims=True)
            error = np.abs(back - values).reshape(-1, 32)
            # The side without the furthest value ends a level early.
            self.assertLess((error / (largest / steps)).max(), 1.01)
            self.assertLess(np.median(error / (largest / steps)), 0.5)

    def test_rows_that_are_no_multiple_of_32_are_refused(self) -> None:
        with self.assertRaises(ValueError):
            gguf.quantize_q8_0(np.zeros((2, 33), dtype=np.float32))

    def test_bf16_rounds_to_nearest(self) -> None:
        values = np.array([1.0, 1.00390625 + 0.001, -3.14159], dtype=np.float32)
        back = gguf.Tensor.from_array(values, gguf.BF16).to_array()
        self.assertLess(np.abs(back / values - 1).max(), 2**-8)

    def test_another_kind_of_file_is_refused(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            name = Path(folder) / "x.gguf"
            name.write_bytes(b"GGML" + bytes(100))
            with self.assertRaises(ValueError):
                gguf.read(name)


if __name__ == "__main__":
    unittest.main()
