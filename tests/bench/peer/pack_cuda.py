"""Packs the peer of tests/bench/gpu.sh: llama.cpp of the release that node-llama-cpp ships, built
with CUDA for one kind of GPU, so that it can be handed to a machine without a network.

    python3 tests/bench/peer/pack_cuda.py [--architecture 90] [--build FOLDER] OUT.tar.xz

Needs a CUDA Toolkit no newer than the driver over there, npm's packages of this folder, and on two
cores hours; FOLDER (default build/peer-cuda) keeps what is built, so that it can be gone on with.
"""

import argparse
import os
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import engine  # noqa: E402  (build_peer, and where the source is)

OPTIONS = ["CMAKE_BUILD_TYPE=Release", "BUILD_SHARED_LIBS=ON", "GGML_BACKEND_DL=ON", "GGML_CUDA=ON",
           "GGML_NATIVE=OFF", "GGML_AVX2=ON", "GGML_FMA=ON", "GGML_F16C=ON", "LLAMA_CURL=OFF",
           "LLAMA_BUILD_TESTS=OFF", "LLAMA_BUILD_TOOLS=OFF", "LLAMA_BUILD_EXAMPLES=OFF",
           "LLAMA_BUILD_SERVER=OFF"]


def build_libraries(folder, architecture):
    source = folder / "llama.cpp"
    if not source.exists():
        engine.run(["git", "clone", "--quiet", engine.BUNDLE, source])
    built = folder / "built"
    engine.run(["cmake", "-S", source, "-B", built,
                f"-DCMAKE_CUDA_ARCHITECTURES={architecture}-real",
                *[f"-D{option}" for option in OPTIONS]])
    subprocess.run(["cmake", "--build", built, "--parallel", str(os.cpu_count()), "--target",
                    "llama", "ggml-cpu", "ggml-cuda"], check=True)
    return built / "bin"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--architecture", type=int, default=90)
    parser.add_argument("--build", type=Path, default=Path("build/peer-cuda"))
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    arguments.build.mkdir(parents=True, exist_ok=True)
    binaries = build_libraries(arguments.build.resolve(), arguments.architecture)
    program = engine.build_peer(arguments.build.resolve(), binaries)
    with tarfile.open(arguments.out, "w:xz") as archive:
        for path in [program, *sorted(binaries.glob("lib*.so*"))]:
            subprocess.run(["strip", path.resolve()], check=True)
            archive.add(path, path.name)
    print(f"{arguments.out}: {arguments.out.stat().st_size >> 20} MiB")


if __name__ == "__main__":
    main()
