"""Records what llama.cpp makes of random blocks of every weight type.

    record_blocks.py LIBRARY OUT

LIBRARY is the peer's libggml-base.so (in node-llama-cpp's package for Linux). OUT becomes, for each
type of `types` in their order: BLOCKS blocks of bytes, then their values as float32. Then a row of
256 values as float32, and for each type of `written` the blocks it becomes.
"""
import ctypes
import random
import struct
import sys

BLOCKS = 16
# name in the library, values and bytes of a block, where its halves (scales) are
types = [
    ("q4_0", 32, 18, [0]), ("q4_1", 32, 20, [0, 2]), ("q5_0", 32, 22, [0]),
    ("q5_1", 32, 24, [0, 2]), ("q8_0", 32, 34, [0]), ("q2_K", 256, 84, [80, 82]),
    ("q3_K", 256, 110, [108]), ("q4_K", 256, 144, [0, 2]), ("q5_K", 256, 176, [0, 2]),
    ("q6_K", 256, 210, [208]), ("iq4_nl", 32, 18, [0]), ("iq4_xs", 256, 136, [0]),
    ("mxfp4", 32, 17, []),
    ("iq2_xxs", 256, 66, [0]), ("iq2_xs", 256, 74, [0]), ("iq2_s", 256, 82, [0]),
    ("iq3_xxs", 256, 98, [0]), ("iq3_s", 256, 110, [0]), ("iq1_s", 256, 50, [0]),
    ("iq1_m", 256, 56, []),
]
written = ["q4_0", "q4_1", "q5_0", "q5_1", "q8_0"]


def random_block(numbers, size, halves):
    block = bytearray(numbers.randbytes(size))
    for at in halves:  # finite scales
        block[at:at + 2] = struct.pack("<e", numbers.uniform(-2, 2))
    if size == 56:  # IQ1_M's half is spread over four bytes; this bit makes it large
        block[55] &= 0xbf
    return bytes(block)


def main():
    library = ctypes.CDLL(sys.argv[1])
    numbers = random.Random(1)
    with open(sys.argv[2], "wb") as out:
        for name, values, size, halves in types:
            blocks = b"".join(random_block(numbers, size, halves) for _ in range(BLOCKS))
            result = (ctypes.c_float * (values * BLOCKS))()
            dequantize = getattr(library, "dequantize_row_" + name)
            dequantize(ctypes.c_char_p(blocks), result, ctypes.c_int64(values * BLOCKS))
            out.write(blocks)
            out.write(bytes(result))
        row = (ctypes.c_float * 256)(*(numbers.gauss(0, 1) for _ in range(256)))
        out.write(bytes(row))
        for name, values, size, _ in types:
            if name not in written:
                continue
            blocks = ctypes.create_string_buffer(256 // values * size)
            quantize = getattr(library, f"quantize_row_{name}_ref")
            quantize(row, blocks, ctypes.c_int64(256))
            out.write(blocks.raw)


main()
