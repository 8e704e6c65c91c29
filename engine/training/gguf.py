"""GGUF version 3 files, written and read: metadata, and tensors in F32, F16, BF16, Q4_0, Q5_0 and
Q8_0."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

ALIGNMENT = 32
F32, F16, Q4_0, Q5_0, Q8_0, BF16 = 0, 1, 2, 6, 8, 30
LEVELS = {Q4_0: 16, Q5_0: 32}  # of the types that quantize_blocks makes
_BLOCK_BYTES = {F32: 128, F16: 64, BF16: 64, Q4_0: 18, Q5_0: 22, Q8_0: 34}  # of 32 values
_U32, _I32, _FLOAT, _BOOL, _STRING, _ARRAY = 4, 5, 6, 7, 8, 9
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", _U32: "<I", _I32: "<i", _FLOAT: "<f", _BOOL: "<?",
            10: "<Q", 11: "<q", 12: "<d"}


@dataclass
class Tensor:
    """A tensor as stored: `shape` in numpy's order (slowest first), `data` the file's bytes."""

    shape: tuple[int, ...]
    type: int
    data: bytes

    @staticmethod
    def from_array(values: np.ndarray, type_id: int) -> "Tensor":
        values = np.ascontiguousarray(values, dtype=np.float32)
        if type_id == Q8_0:
            data = quantize_q8_0(values)
        elif type_id in LEVELS:
            data = quantize_blocks(values, type_id)
        elif type_id == F16:
            data = values.astype(np.float16).tobytes()
        elif type_id == BF16:
            bits = values.view(np.uint32).astype(np.uint64)
            data = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16).tobytes()
        else:
            data = values.tobytes()
        return Tensor(values.shape, type_id, data)

    def to_array(self) -> np.ndarray:
        """The values in float32."""
        if self.type == F32:
            flat = np.frombuffer(self.data, dtype=np.float32)
        elif self.type == BF16:
            high = np.frombuffer(self.data, dtype=np.uint16).astype(np.uint32)
            flat = (high << 16).view(np.float32)
        elif self.type == F16:
            flat = np.frombuffer(self.data, dtype=np.float16).astype(np.float32)
        elif self.type in LEVELS:
            flat = blocks_to_array(self.data, self.type)
        elif self.type == Q8_0:
            blocks = np.frombuffer(self.data, dtype=[("scale", "<f2"), ("values", "i1", 32)])
            flat = (blocks["values"] * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)
        else:
            raise ValueError(f"tensor type {self.type} is not read here")
        return flat.reshape(self.shape)


def quantize_q8_0(values: np.ndarray) -> bytes:
    """Blocks of 32 along the last dimension: a half scale, then 32 signed bytes."""
    if values.shape[-1] % 32:
        raise ValueError(f"Q8_0 needs rows of a multiple of 32, not {values.shape[-1]}")
    rows = values.reshape(-1, 32)
    scale = np.abs(rows).max(axis=1) / 127
    blocks = np.zeros(len(rows), dtype=[("scale", "<f2"), ("values", "i1", 32)])
    blocks["scale"] = scale
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
    blocks["values"] = np.clip(np.rint(rows * inverse[:, None]), -127, 127)
    return blocks.tobytes()


def quantize_blocks(values: np.ndarray, type_id: int) -> bytes:
    """Q4_0 or Q5_0: blocks of 32 along the last dimension, a half scale and for each value its
    level, low nibbles of the first 16 values beside those of the last 16; in Q5_0 the fifth bits
    stand before them. The value furthest from 0 has level 0."""
    if values.shape[-1] % 32:
        raise ValueError(f"quantized rows must be a multiple of 32, not {values.shape[-1]}")
    half = LEVELS[type_id] // 2
    rows = values.reshape(-1, 32)
    high, low = rows.max(axis=1), rows.min(axis=1)
    stored = (np.where(high > -low, high, low) / np.float32(-half)).astype(np.float16)
    scale = stored.astype(np.float32)
    inverse = np.divide(np.float32(1), scale, out=np.zeros_like(scale), where=scale != 0)
    levels = np.floor(rows * inverse[:, None] + np.float32(half + 0.5))
    levels = np.clip(levels, 0, 2 * half - 1).astype(np.uint8)
    blocks = np.zeros(len(rows), dtype=_block_layout(type_id))
    blocks["scale"] = stored
    blocks["nibbles"] = (levels[:, :16] & 15) | (levels[:, 16:] << 4)
    if type_id == Q5_0:
        blocks["fifths"] = np.packbits(levels >> 4, axis=1, bitorder="little")
    return blocks.tobytes()


def _block_layout(type_id: int) -> list[tuple[Any, ...]]:
    fifths = [("fifths", "u1", 4)] if type_id == Q5_0 else []
    return [("scale", "<f2"), *fifths, ("nibbles", "u1", 16)]


def blocks_to_array(data: bytes, type_id: int) -> np.ndarray:
    """The values of what quantize_blocks made, in one dimension."""
    blocks = np.frombuffer(data, dtype=_block_layout(type_id))
    levels = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1)
    if type_id == Q5_0:
        levels = levels | np.unpackbits(blocks["fifths"], axis=1, bitorder="little") << 4
    centred = levels.astype(np.float32) - LEVELS[type_id] // 2
    return (centred * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


@dataclass
class File:
    """Metadata and tensors, in the order they are written."""

    metadata: dict[str, Any] = field(default_factory=dict)
    tensors: dict[str, Tensor] = field(default_factory=dict)


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: Any) -> tuple[int, bytes]:
    """The type id and bytes of a metadata value; ints become u32, lists of ints i32."""
    if isinstance(value, bool):
        return _BOOL, struct.pack("<?", value)
    if isinstance(value, int):
        return _U32, struct.pack("<I", value)
    if isinstance(value, float):
        return _FLOAT, struct.pack("<f", value)
    if isinstance(value, str):
        return _STRING, _string(value)
    if isinstance(value, list) and value and isinstance(value[0], str):
        return _ARRAY, struct.pack("<IQ", _STRING, len(value)) + b"".join(map(_string, value))
    if isinstance(value, list):
        numbers = struct.pack(f"<{len(value)}i", *value)
        return _ARRAY, struct.pack("<IQ", _I32, len(value)) + numbers
    raise TypeError(f"no GGUF type for {type(value)}")


def write(path: Path, file: File) -> None:
    """Writes the file beside its name and then renames it, so that no reader sees half of one."""
    header = bytearray(b"GGUF" + struct.pack("<IQQ", 3, len(file.tensors), len(file.metadata)))
    for key, value in file.metadata.items():
        type_id, data = _value(value)
        header += _string(key) + struct.pack("<I", type_id) + data
    offset = 0
    for name, tensor in file.tensors.items():
        dims = tuple(reversed(tensor.shape))
        header += _string(name) + struct.pack(f"<I{len(dims)}Q", len(dims), *dims)
        header += struct.pack("<IQ", tensor.type, offset)
        offset += -(-len(tensor.data) // ALIGNMENT) * ALIGNMENT
    header += bytes(-len(header) % ALIGNMENT)
    partial = path.with_name(path.name + ".partial")
    with open(partial, "wb") as stream:
        stream.write(header)
        for tensor in file.tensors.values():
            stream.write(tensor.data + bytes(-len(tensor.data) % ALIGNMENT))
    partial.rename(path)


def _read_string(stream: BinaryIO) -> str:
    (length,) = struct.unpack("<Q", stream.read(8))
    return stream.read(length).decode()


def _read_value(stream: BinaryIO, type_id: int) -> Any:
    if type_id == _STRING:
        return _read_string(stream)
    if type_id == _ARRAY:
        item, count = struct.unpack("<IQ", stream.read(12))
        return [_read_value(stream, item) for _ in range(count)]
    layout = _SCALARS[type_id]
    return struct.unpack(layout, stream.read(struct.calcsize(layout)))[0]


def read(path: Path) -> File:
    """Reads a file written by `write` (or another with the same types)."""
    file = File()
    with open(path, "rb") as stream:
        magic, version, tensors, pairs = struct.unpack("<4sIQQ", stream.read(24))
        if magic != b"GGUF" or version != 3:
            raise ValueError(f"{path}: not a GGUF file of version 3")
        for _ in range(pairs):
            key = _read_string(stream)
            (type_id,) = struct.unpack("<I", stream.read(4))
            file.metadata[key] = _read_value(stream, type_id)
        infos = []
        for _ in range(tensors):
            name = _read_string(stream)
            (count,) = struct.unpack("<I", stream.read(4))
            dims = struct.unpack(f"<{count}Q", stream.read(8 * count))
            infos.append((name, tuple(reversed(dims)), *struct.unpack("<IQ", stream.read(12))))
        start = -(-stream.tell() // ALIGNMENT) * ALIGNMENT
        for name, shape, type_id, offset in infos:
            values = int(np.prod(shape))
            stream.seek(start + offset)
            size = values * _BLOCK_BYTES[type_id] // 32
            file.tensors[name] = Tensor(shape, type_id, stream.read(size))
    return file
