#!/usr/bin/env python3
"""Trains a small SentencePiece vocabulary and records its ids for awkward texts, as a test vector:

    apt install python3-sentencepiece
    record_sentence_piece.py train FILE...      # writes sentence-piece.gguf
    record_sentence_piece.py record COUNT SEED  # writes sentence-piece.vectors

both in tests/golden/tokenizer. The one there was trained on the modules of Python 3.11's standard
library (those in its folder itself), and recorded with 240 and 1. Each line of the vectors is the
text in hexadecimal and three lists of ids, with tabs between: as it is, with SentencePiece's space
before it, and as it is where scores are rounded down to multiples of 32, so that many are equal.
SentencePiece itself computes all of them, from the vocabulary in the GGUF file. Texts hold no
U+2581, which SentencePiece takes for a space and lemma does not.
"""
import io
import pathlib
import random
import struct
import sys

import sentencepiece

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "golden" / "tokenizer"
ROOT = pathlib.Path(__file__).resolve().parents[3]
COARSE = 32
ADDED = ["==", "ß", "▁▁▁▁▁"]
CONTROLS = ["▁<PRE>", "▁<SUF>", "▁<MID>", "▁<EOT>"]
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)
U32, I32, F32, STRING, ARRAY = 4, 5, 6, 8, 9


# GGUF's values.
def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def key(name, kind, value):
    return text(name) + struct.pack("<I", kind) + value


def array(name, kind, elements):
    return key(name, ARRAY, struct.pack("<IQ", kind, len(elements)) + b"".join(elements))


def write_gguf(path, pieces):
    prefix = "tokenizer.ggml."
    keys = [
        key("general.architecture", STRING, text("llama")),
        key(prefix + "model", STRING, text("llama")),
        array(prefix + "tokens", STRING, [text(piece) for piece, _, _ in pieces]),
        array(prefix + "scores", F32, [struct.pack("<f", score) for _, score, _ in pieces]),
        array(prefix + "token_type", I32, [struct.pack("<i", kind) for _, _, kind in pieces]),
        key(prefix + "unknown_token_id", U32, struct.pack("<I", 0)),
        key(prefix + "bos_token_id", U32, struct.pack("<I", 1)),
        key(prefix + "eos_token_id", U32, struct.pack("<I", 2)),
    ]
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, len(keys)) + b"".join(keys))


def read_gguf(path):
    file = io.BytesIO(path.read_bytes())
    number = lambda form: struct.unpack("<" + form, file.read(struct.calcsize("<" + form)))[0]
    string = lambda: file.read(number("Q")).decode()
    read = {U32: lambda: number("I"), I32: lambda: number("i"), F32: lambda: number("f"),
            STRING: string}
    read[ARRAY] = lambda: (lambda kind, count: [read[kind]() for _ in range(count)])(
        number("I"), number("Q"))
    file.seek(16)
    found = {}
    for _ in range(number("Q")):
        name = string()
        found[name] = read[number("I")]()
    columns = ("tokens", "scores", "token_type")
    return list(zip(*(found["tokenizer.ggml." + name] for name in columns)))


# SentencePiece's model is a protocol buffer: fields as number << 3 | wire type, and lengths.
def varint(value):
    data = b""
    while value > 0x7F:
        data += bytes([value & 0x7F | 0x80])
        value >>= 7
    return data + bytes([value])


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def model_of(pieces, dummy_prefix):
    proto = b""
    for piece, score, kind in pieces:
        body = field(1, piece.replace(" ", "▁").encode())
        body += b"\x15" + struct.pack("<f", score) + b"\x18" + varint(kind)
        proto += field(1, body)
    trainer = b"\x18" + varint(2) + varint(35 << 3) + varint(1)  # model_type BPE, byte_fallback
    normalizer = field(1, b"identity") + b"\x18" + varint(dummy_prefix) + b"\x20\x00\x28\x01"
    proto += field(2, trainer) + field(3, normalizer)
    return sentencepiece.SentencePieceProcessor(model_proto=proto)


def train(files):
    model = io.BytesIO()
    texts = [pathlib.Path(file).read_text(encoding="utf-8") for file in files]
    lines = [line for text in texts for line in text.split("\n") if line]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, model_type="bpe", vocab_size=1400,
        byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
        add_dummy_prefix=True, split_digits=True, allow_whitespace_only_pieces=True,
        character_coverage=0.99995, control_symbols=CONTROLS, user_defined_symbols=ADDED,
        num_threads=1, minloglevel=1)
    trained = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    kinds = [(trained.is_unknown, UNKNOWN), (trained.is_control, CONTROL),
             (trained.is_unused, UNUSED), (trained.is_byte, BYTE)]
    pieces = []
    for index in range(trained.get_piece_size()):
        piece = trained.id_to_piece(index)
        kind = next((value for test, value in kinds if test(index)), NORMAL)
        if piece in ADDED:  # with spaces, as llama.cpp's converter writes them
            piece, kind = piece.replace("▁", " "), USER_DEFINED
        pieces.append((piece, trained.get_score(index), kind))
    write_gguf(FOLDER / "sentence-piece.gguf", pieces)


FRAGMENTS = [
    " ", "  ", "   ", "     ", "      ", " " * 17, "\t", "\t\t", "\n", "\n\n", "\r\n", "\r", "\v",
    "\x00", "\x1f", "\u00a0", "\u3000", "\u2028", "\u200b", "\ufeff", "\u00ad", "a", "word",
    " word", "Word", " self.", "import ", " return", "def ", " None", "snake_case_name",
    "HTTPServerError", "don't", "x1", "0", "12", "2026", "3.14", "0x1F", "==", "===", "!=", "= =",
    "->", "=>", "()", "(self, ", "):", "[]", "{}", "...", "--", "#", "\"\"\"", "'''", "\\n",
    "<s>", "</s>", "<unk>", "<0x0A>", "<0x41>", "<PRE>", " <PRE>", "<", ">", "%s", "@", "$", "~",
    "`", "|", "ß", "ßß", "Straße", "é", "e\u0301", "ü", "ñ", "Ω", "Привет", "שלום", "नमस्ते",
    "ไทย", "中文", "漢字かな", "한국어", "—", "“", "…", "😀", "👨‍👩‍👧", "🇩🇪", "𝒳", "𠀀", "\ufffd",
    "aaaaaaaaaaaaaaaaaaaaaaa", "========", "----------", "xyzzyqwrtpsdfg",
    "    def __init__(self):\n        self.name = name\n", "for i in range(10):\n    print(i)\n",
    "\n    \n", "Exception",
]


def awkward(chance):
    made = ""
    for _ in range(chance.randint(1, 12)):
        kind = chance.randrange(10)
        if kind < 8:
            made += chance.choice(FRAGMENTS) * (1 if chance.randrange(8) else chance.randint(1, 5))
        elif kind == 8:
            made += chr(chance.randrange(0x20, 0x7F))
        else:
            made += chr(chance.randrange(0xA0, 0x2580))
    return made


# Parts of this project's own sources, from any character on.
def excerpt(chance):
    files = sorted((ROOT / "engine" / "tokenizer").glob("*.cpp"))
    whole = chance.choice(files).read_text()
    start = chance.randrange(len(whole))
    return whole[start:start + chance.randint(1, 120)].replace("▁", "_")


def record(count, seed):
    pieces = read_gguf(FOLDER / "sentence-piece.gguf")
    coarse = [(piece, score // COARSE * COARSE, kind) for piece, score, kind in pieces]
    models = [model_of(pieces, 0), model_of(pieces, 1), model_of(coarse, 0)]
    chance = random.Random(seed)
    with open(FOLDER / "sentence-piece.vectors", "w", encoding="ascii") as out:
        for index in range(count):
            made = excerpt(chance) if index % 8 == 0 else awkward(chance)
            ids = [" ".join(map(str, model.encode(made))) for model in models]
            print(made.encode().hex(), *ids, sep="\t", file=out)


if sys.argv[1] == "train":
    train(sys.argv[2:])
else:
    record(int(sys.argv[2]), int(sys.argv[3]))
