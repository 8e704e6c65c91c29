"""Packs the peer of tests/bench/gpu.sh: llama.cpp with CUDA as node-llama-cpp ships it, for one
kind of GPU, so that it can be handed to a machine without a network.

    python3 tests/bench/peer/pack_cuda.py [--architecture 90] OUT.tar.xz

The library has code for many kinds; the others' is filled with zeros, which the archive does not
feel and nobody loads. For Hopper it has PTX, which the driver compiles when it is first used.
"""

import argparse
import json
import struct
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import engine  # noqa: E402  (build_peer, for the headers' release)

PACKAGE = "@node-llama-cpp/linux-x64-cuda"
FAT_MAGIC = bytes.fromhex("50ed55ba")
FAT_HEADER, ENTRY_HEADER = struct.Struct("<IHHQ"), struct.Struct("<HHIQ")
ARCHITECTURE_AT = 28  # in an entry's header


def entries(library):
    """(architecture, first byte, last byte) of each piece of device code."""
    at = library.find(FAT_MAGIC)
    while at >= 0:
        _, version, header, size = FAT_HEADER.unpack_from(library, at)
        if (version, header) != (1, FAT_HEADER.size):
            at = library.find(FAT_MAGIC, at + 4)
            continue
        piece, end = at + header, at + header + size
        while piece + ENTRY_HEADER.size < end:
            _, _, entry_header, bytes_of = ENTRY_HEADER.unpack_from(library, piece)
            architecture = struct.unpack_from("<I", library, piece + ARCHITECTURE_AT)[0]
            yield architecture, piece + entry_header, piece + entry_header + bytes_of
            piece += entry_header + bytes_of
        at = library.find(FAT_MAGIC, end)


def keep_architecture(path, wanted):
    library = bytearray(path.read_bytes())
    found = list(entries(library))
    if wanted not in {architecture for architecture, _, _ in found}:
        kinds = sorted({architecture for architecture, _, _ in found})
        sys.exit(f"pack_cuda.py: {path.name} has no code for {wanted}; it has {kinds}")
    for architecture, first, last in found:
        if architecture != wanted:
            library[first:last] = bytes(last - first)
    path.write_bytes(library)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--architecture", type=int, default=90)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    version = json.loads((HERE / "package.json").read_text())["devDependencies"]["node-llama-cpp"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["npm", "pack", "--silent", f"{PACKAGE}@{version}"], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL)
        subprocess.run(["tar", "-xzf", next(folder.glob("*.tgz"))], cwd=folder, check=True)
        libraries = folder / "package/bins/linux-x64-cuda"
        keep_architecture(libraries / "libggml-cuda.so", arguments.architecture)
        program = engine.build_peer(folder, libraries)
        files = [program, *libraries.glob("libggml-cuda.so"), *libraries.glob("libggml-base.so"),
                 *libraries.glob("libggml-cpu-haswell.so"), *libraries.glob("libggml.*.so"),
                 *libraries.glob("libllama.*.so")]
        with tarfile.open(arguments.out, "w:xz") as archive:
            for path in files:
                archive.add(path, path.name)
    print(f"{arguments.out}: {arguments.out.stat().st_size >> 20} MiB")


if __name__ == "__main__":
    main()
