#!/usr/bin/env python3
"""Writes grid_tables.cpp: the points that the types IQ1 to IQ3 choose from.

    engine/gguf/make_grid_tables.py LIBRARY > engine/gguf/grid_tables.cpp

LIBRARY is a libggml-base.so, as in node-llama-cpp's package for Linux. It is asked what blocks mean
that hold each index once; nothing else of it is read.
"""
import ctypes
import struct
import sys

# name, bytes of a block, points, values of a point, magnitudes (or values) to be told apart
GRIDS = [
    ("iq2_xxs", 66, 256, 8, (8, 25, 43)),
    ("iq2_xs", 74, 512, 8, (8, 25, 43)),
    ("iq2_s", 82, 1024, 8, (8, 25, 43)),
    ("iq3_xxs", 98, 256, 4, (4, 12, 20, 28, 36, 44, 52, 62)),
    ("iq3_s", 110, 512, 4, (1, 3, 5, 7, 9, 11, 13, 15)),
    ("iq1_s", 50, 2048, 8, (-1, 0, 1)),
]
# What a block with a scale of 1 in half precision makes of a value, as a factor.
SCALES = {"iq2_xxs": 8, "iq2_xs": 8, "iq2_s": 8, "iq3_xxs": 4, "iq3_s": 1, "iq1_s": 1}


def block_of(name, size, index):
    """A block whose first values are the point `index`, all of them positive."""
    block = bytearray(size)
    block[0:2] = struct.pack("<e", 1.0)
    block[2] = index & 255
    high = index >> 8
    if name == "iq2_xs":
        block[3] = high
    elif name in ("iq2_s", "iq3_s"):
        block[66] = high
    elif name == "iq1_s":
        block[34] = high
    return bytes(block)


def points_of(library, name, size, count, width):
    dequantize = getattr(library, "dequantize_row_" + name)
    for index in range(count):
        values = (ctypes.c_float * 256)()
        dequantize(ctypes.c_char_p(block_of(name, size, index)), values, ctypes.c_int64(256))
        shift = 0.125 if name == "iq1_s" else 0
        yield [(value - shift) * SCALES[name] for value in values[:width]]


def table(name, codes):
    lines = [f"constexpr uint16_t {name}_codes[{len(codes)}] = {{"]
    for first in range(0, len(codes), 12):
        lines.append("    " + " ".join(f"0x{code:04x}," for code in codes[first:first + 12]))
    return "\n".join(lines + ["};"])


def main():
    library = ctypes.CDLL(sys.argv[1])
    print("""// Written by make_grid_tables.py. A code holds what each value of a point is, as an
// index into the type's magnitudes: two bits each for eight values, three bits each for four.
#include "engine/gguf/grid_tables.h"

namespace engine::gguf {
namespace {

// clang-format off""")
    for name, size, count, width, magnitudes in GRIDS:
        bits = 2 if width == 8 else 3
        codes = [sum(magnitudes.index(value) << bits * i for i, value in enumerate(point))
                 for point in points_of(library, name, size, count, width)]
        print("\n" + table(name.removesuffix("_s") if name == "iq1_s" else name, codes))
    print("// clang-format on")
    print("""
// Point by point, one byte a value.
template <typename Point, int count, int levels>
constexpr Grid<Point, count> spread(const uint16_t (&codes)[count],
                                    const uint8_t (&magnitudes)[levels]) {
  constexpr int values = sizeof(Point), bits = values == 8 ? 2 : 3;
  Grid<Point, count> grid{};
  for (int index = 0; index < count; ++index) {
    for (int i = 0; i < values; ++i) {
      const int level = codes[index] >> bits * i & ((1 << bits) - 1);
      grid.points[index] |= Point{magnitudes[level]} << 8 * i;
    }
  }
  return grid;
}

constexpr uint8_t of_iq2[] = {8, 25, 43};
constexpr uint8_t of_iq3_xxs[] = {4, 12, 20, 28, 36, 44, 52, 62};
constexpr uint8_t of_iq3_s[] = {1, 3, 5, 7, 9, 11, 13, 15};
constexpr uint8_t of_iq1[] = {1, 9, 17};  // 9 + 8 · (−1, 0, 1)

}  // namespace

constexpr Grid<uint64_t, 256> iq2_xxs_grid = spread<uint64_t>(iq2_xxs_codes, of_iq2);
constexpr Grid<uint64_t, 512> iq2_xs_grid = spread<uint64_t>(iq2_xs_codes, of_iq2);
constexpr Grid<uint64_t, 1024> iq2_s_grid = spread<uint64_t>(iq2_s_codes, of_iq2);
constexpr Grid<uint32_t, 256> iq3_xxs_grid = spread<uint32_t>(iq3_xxs_codes, of_iq3_xxs);
constexpr Grid<uint32_t, 512> iq3_s_grid = spread<uint32_t>(iq3_s_codes, of_iq3_s);
constexpr Grid<uint64_t, 2048> iq1_grid = spread<uint64_t>(iq1_codes, of_iq1);

}  // namespace engine::gguf""")


main()
