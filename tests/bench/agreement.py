"""How near a fast backend comes to the float32 reference on text that the model has not read.

Takes the beginnings of files in turn from the folders of FOLDER (one for each language, say), and
prints for each instruction set the mean KL divergence of its distributions from the reference's,
and how often both put the same token first. Needs numpy.

Usage: python3 agreement.py LEMMA_ENGINE MODEL FOLDER [--isa avx2 avx512 amx] [--tokens N]
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy as np

WINDOW = 500


def windows(engine, model, folder, count):
    """`count` lists of WINDOW token ids, a file each, from the languages in turn."""
    files = []
    for language in sorted(path for path in folder.iterdir() if path.is_dir()):
        own = sorted(path for path in language.rglob("*") if path.is_file())
        random.Random(language.name).shuffle(own)
        files.append(own)
    result = []
    for place in range(max(map(len, files))):
        for own in (own for own in files if place < len(own)):
            ids = subprocess.run([engine, "tokenize", model], input=own[place].read_bytes(),
                                 stdout=subprocess.PIPE, check=True).stdout.split()
            if len(ids) >= WINDOW:
                result.append(ids[:WINDOW])
            if len(result) == count:
                return result
    sys.exit(f"{folder} holds {len(result)} files of {WINDOW} tokens, of {count} that are wanted")


def log_probabilities(engine, model, ids, backend, isa=None):
    with tempfile.TemporaryDirectory() as folder:
        tokens, out = pathlib.Path(folder, "tokens.txt"), pathlib.Path(folder, "logits.f32")
        tokens.write_bytes(b" ".join(ids))
        environment = {**os.environ, **({"LEMMA_CPU": isa} if isa else {})}
        subprocess.run([engine, "logits", model, "--tokens", tokens, "--out", out,
                        "--backend", backend], env=environment, stdout=subprocess.DEVNULL,
                       check=True)
        logits = np.fromfile(out, dtype="<f4").reshape(len(ids), -1).astype(np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engine")
    parser.add_argument("model")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--isa", nargs="+", default=["avx2", "avx512", "amx"])
    parser.add_argument("--tokens", type=int, default=8000)
    arguments = parser.parse_args()
    engine, model = arguments.engine, arguments.model
    divergence = {isa: [] for isa in arguments.isa}
    same = {isa: [] for isa in arguments.isa}
    for ids in windows(engine, model, arguments.folder, arguments.tokens // WINDOW):
        expected = log_probabilities(engine, model, ids, "reference")
        for isa in arguments.isa:
            found = log_probabilities(engine, model, ids, "cpu", isa)
            divergence[isa].append((np.exp(expected) * (expected - found)).sum(axis=1))
            same[isa].append(expected.argmax(axis=1) == found.argmax(axis=1))
    for isa in arguments.isa:
        print(json.dumps({"isa": isa, "tokens": sum(map(len, same[isa])),
                          "mean_kl": round(float(np.concatenate(divergence[isa]).mean()), 6),
                          "same_first": round(float(np.concatenate(same[isa]).mean()), 5)}))


if __name__ == "__main__":
    main()
