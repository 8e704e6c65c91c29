"""The engine against llama.cpp: the same random-weight models, both engines in turn in one run.

Prints ratios of the medians with the least and the greatest ratio of a round, and what share of the
memory's read bandwidth (measured in the same run) a decode step uses. `./dev bench engine` installs
the peer and calls this; --record FILE appends the figures as lines of JSON.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEER = HERE / "peer"
BINARIES = PEER / "node_modules/@node-llama-cpp/linux-x64/bins/linux-x64"
BUNDLE = PEER / "node_modules/node-llama-cpp/llama/gitRelease.bundle"

# name: (arguments of `lemma-engine random`, contexts measured)
SHAPES = {
    "lite9-split": (["--like", "deepseek-coder-v2-lite", "--type", "q4_k_m", "--layout", "split",
                     "--layers", "9"], [0, 8192]),
    "lite9-legacy": (["--like", "deepseek-coder-v2-lite", "--type", "q4_k_m", "--layout", "legacy",
                      "--layers", "9"], [0, 8192]),
    "lite": (["--like", "deepseek-coder-v2-lite", "--type", "q4_k_m"], [0]),
    "qwen2.5-coder-1.5b": (["--like", "qwen2.5-coder-1.5b", "--type", "q4_k_m"], [0]),
}


def run(command, **options):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, **options)
    if done.returncode != 0:
        sys.exit(f"engine.py: {Path(str(command[0])).name} failed with {done.returncode}")
    return done.stdout.decode()


def build_peer(folder):
    """peer.cpp, against the headers of the release that the libraries were built from."""
    source, program = folder / "llama.cpp", folder / "peer"
    if not source.exists():
        run(["git", "clone", "--quiet", BUNDLE, source], stderr=subprocess.DEVNULL)
    libraries = sorted(BINARIES.glob("libllama.v*.so")) + sorted(BINARIES.glob("libggml.v*.so"))
    newest = max(path.stat().st_mtime for path in [PEER / "peer.cpp", *libraries])
    if not program.exists() or program.stat().st_mtime < newest:
        run(["g++", "-std=c++20", "-O2", "-I", source / "include", "-I", source / "ggml/include",
             PEER / "peer.cpp", "-o", program, *libraries, BINARIES / "libggml-base.so",
             f"-Wl,-rpath,{BINARIES}"])
    return program


def make_model(engine, folder, name):
    path = folder / f"{name}.gguf"
    if not path.exists():
        print(f"making {path}", file=sys.stderr)
        part = path.with_suffix(".part")
        run([engine, "random", *SHAPES[name][0], part])
        part.rename(path)
    return path


def ratio_text(ours, theirs):
    """Their time by ours: how many times as fast."""
    by_round = [their / our for our, their in zip(ours, theirs)]
    median = statistics.median(theirs) / statistics.median(ours)
    return median, f"{median:.2f} x  ({min(by_round):.2f} to {max(by_round):.2f})"


def measure(arguments, peer, model, name, context, prompt):
    lemma_command = [arguments.engine, "bench", "--json", "--model", model, "--prompt", prompt,
                     "--generate", arguments.generate, "--context", context,
                     "--threads", arguments.threads]
    peer_command = [peer, model, BINARIES / f"libggml-cpu-{arguments.library}.so", prompt,
                    arguments.generate, context, arguments.threads]
    ours, theirs = [], []
    for turn in range(arguments.rounds):
        first = (ours, lemma_command), (theirs, peer_command)
        for found, command in first if turn % 2 == 0 else first[::-1]:
            found.append(json.loads(run(command)))
    print(f"{name}, prompt {prompt} at context {context}, {arguments.threads} threads, "
          f"{ours[0]['backend']} against {arguments.library}, {arguments.rounds} rounds")
    record = {"model": name, "prompt": prompt, "context": context, "threads": arguments.threads,
              "backend": ours[0]["backend"], "library": arguments.library,
              "peer": theirs[0]["system"].strip(" |"), "processor": processor(),
              "load_average": os.getloadavg()[0], "ratios": {}}
    for key, what in [("prefill_ms", "prefill"), ("decode_median_ms", "decode"),
                      ("first_token_ms", "load to first token")]:
        our, their = [row[key] for row in ours], [row[key] for row in theirs]
        ratio, text = ratio_text(our, their)
        print(f"  {what:20} {text}   lemma {statistics.median(our):.0f} ms, "
              f"llama.cpp {statistics.median(their):.0f} ms")
        record["ratios"][key] = round(ratio, 3)
        record[key] = {"lemma": our, "llama.cpp": their}
    shares = [row["step_bytes_per_second"] / row["read_bandwidth"] for row in ours]
    print(f"  {'bandwidth in use':20} {statistics.median(shares):.0%} of "
          f"{statistics.median(row['read_bandwidth'] for row in ours) / 1e9:.1f} GB/s in a step of "
          f"{ours[0]['step_bytes'] / 1e6:.0f} MB")
    record["bandwidth_share"] = round(statistics.median(shares), 3)
    return record


# The peer's AMX takes in the three-dimensional weights of the split layout, for which it has no
# product, and aborts: against it the legacy layout is measured, which most files have anyway.
def has_amx():
    return " amx_int8" in Path("/proc/cpuinfo").read_text()


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engine", help="lemma-engine")
    parser.add_argument("folder", type=Path, help="for models and the peer's program; kept")
    parser.add_argument("--shapes", nargs="+", choices=SHAPES,
                        default=["lite9-legacy" if has_amx() else "lite9-split",
                                 "qwen2.5-coder-1.5b"])
    parser.add_argument("--contexts", nargs="+", type=int, help="instead of the shape's own")
    parser.add_argument("--prompt", type=int, default=512)
    parser.add_argument("--generate", type=int, default=32)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--library", default="sapphirerapids" if has_amx() else "haswell")
    parser.add_argument("--record", type=Path)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    peer = build_peer(arguments.folder)
    for name in arguments.shapes:
        model = make_model(arguments.engine, arguments.folder, name)
        for context in arguments.contexts or SHAPES[name][1]:
            # Behind a long context a short prompt is enough to come to the decode steps.
            prompt = arguments.prompt if context == 0 else min(arguments.prompt, 64)
            record = measure(arguments, peer, model, name, context, prompt)
            if arguments.record:
                with arguments.record.open("a") as lines:
                    lines.write(json.dumps(record) + "\n")


main()
