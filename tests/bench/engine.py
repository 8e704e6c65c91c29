"""The engine against llama.cpp: the same random-weight models, both engines in turn in one run.

Prints ratios of the medians with the least and the greatest ratio of a round, and what share of the
memory's read bandwidth (measured in the same run) a decode step uses. `./dev bench engine` installs
the peer and calls this; --record FILE appends the figures as lines of JSON. --picture FILE.svg
measures what a token costs behind contexts of 512 to 16384 tokens instead, and draws it.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

import context_picture

HERE = Path(__file__).resolve().parent
PEER = HERE / "peer"
BINARIES = PEER / "node_modules/@node-llama-cpp/linux-x64/bins/linux-x64"
BUNDLE = PEER / "node_modules/node-llama-cpp/llama/gitRelease.bundle"

LITE = ["--like", "deepseek-coder-v2-lite", "--type", "q4_k_m"]
# A layer of each kind of Lite's 27, and as small a part of the vocabulary: contexts of 16384 tokens
# are reached in a minute, and a step's time is made of much the same parts.
LITE2 = [*LITE, "--layers", "2", "--vocab", "7585"]
LONG = [512, 1024, 2048, 4096, 8192, 16384]

# name: (arguments of `lemma-engine random`, contexts measured)
SHAPES = {
    "lite9-split": ([*LITE, "--layout", "split", "--layers", "9"], [0, 8192]),
    "lite9-legacy": ([*LITE, "--layout", "legacy", "--layers", "9"], [0, 8192]),
    "lite2-split": ([*LITE2, "--layout", "split"], LONG),
    "lite2-legacy": ([*LITE2, "--layout", "legacy"], LONG),
    "lite": ([*LITE, "--layout", "legacy"], [0]),
    "qwen2.5-coder-1.5b": (["--like", "qwen2.5-coder-1.5b", "--type", "q4_k_m"], [0]),
    # A period of layers, of which all but one have a window, and two such periods.
    "mellum4": (["--like", "mellum2-12b-a2.5b", "--type", "q4_k_m", "--layers", "4", "--vocab",
                 "14043"], [0, 4096]),
    "gpt-oss4": (["--like", "gpt-oss-20b", "--type", "mxfp4", "--layers", "4", "--vocab", "33514"],
                 [0, 4096]),
}
# Behind more than this the peer would take minutes for a prefill of the split layout.
PEER_SPLIT_CONTEXT = 8192


def run(command, **options):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, **options)
    if done.returncode != 0:
        sys.exit(f"engine.py: {Path(str(command[0])).name} failed with {done.returncode}")
    return done.stdout.decode()


def build_peer(folder, binaries=BINARIES, source_name="peer"):
    """peer.cpp or another, against the headers of the release that the libraries were built from.
    It looks for these where they are, or beside itself."""
    source, program = folder / "llama.cpp", folder / source_name
    text = PEER / f"{source_name}.cpp"
    if not source.exists():
        run(["git", "clone", "--quiet", BUNDLE, source], stderr=subprocess.DEVNULL)
    libraries = [path for name in ["libllama.v*.so", "libllama.so", "libggml.v*.so", "libggml.so"]
                 for path in sorted(binaries.glob(name))]
    newest = max(path.stat().st_mtime for path in [text, *libraries])
    if not program.exists() or program.stat().st_mtime < newest:
        run(["g++", "-std=c++20", "-O2", "-I", source / "include", "-I", source / "ggml/include",
             text, "-o", program, *libraries, binaries / "libggml-base.so",
             f"-Wl,-rpath,{binaries}:$ORIGIN"])
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


def measure(arguments, peer, library, model, name, context, prompt):
    """A line of the record; with no library lemma is measured alone."""
    lemma_command = [arguments.engine, "bench", "--json", "--model", model, "--prompt", prompt,
                     "--generate", arguments.generate, "--context", context,
                     "--threads", arguments.threads]
    peer_command = [peer, model, BINARIES / f"libggml-cpu-{library}.so", prompt,
                    arguments.generate, context, arguments.threads]
    ours, theirs = [], []
    engines = [(ours, lemma_command)] + ([(theirs, peer_command)] if library else [])
    for turn in range(arguments.rounds):
        for found, command in engines if turn % 2 == 0 else engines[::-1]:
            found.append(json.loads(run(command)))
    print(f"{name}, prompt {prompt} at context {context}, {arguments.threads} threads, "
          f"{ours[0]['backend']} against {library or 'nobody'}, {arguments.rounds} rounds")
    record = {"model": name, "prompt": prompt, "context": context, "threads": arguments.threads,
              "backend": ours[0]["backend"], "processor": processor(),
              "load_average": os.getloadavg()[0]}
    if library:
        record |= {"library": library, "peer": theirs[0]["system"].strip(" |"), "ratios": {}}
    for key, what in [("prefill_ms", "prefill"), ("decode_median_ms", "decode"),
                      ("first_token_ms", "load to first token")]:
        our, their = [row[key] for row in ours], [row[key] for row in theirs]
        record[key] = {"lemma": our}
        if not library:
            print(f"  {what:20} lemma {statistics.median(our):.1f} ms")
            continue
        ratio, text = ratio_text(our, their)
        print(f"  {what:20} {text}   lemma {statistics.median(our):.1f} ms, "
              f"llama.cpp {statistics.median(their):.1f} ms")
        record["ratios"][key] = round(ratio, 3)
        record[key]["llama.cpp"] = their
    shares = [row["step_bytes_per_second"] / row["read_bandwidth"] for row in ours]
    print(f"  {'bandwidth in use':20} {statistics.median(shares):.0%} of "
          f"{statistics.median(row['read_bandwidth'] for row in ours) / 1e9:.1f} GB/s in a step of "
          f"{ours[0]['step_bytes'] / 1e6:.0f} MB")
    record["bandwidth_share"] = round(statistics.median(shares), 3)
    return record


def has_amx():
    return " amx_int8" in Path("/proc/cpuinfo").read_text()


# The peer's AMX takes in the three-dimensional weights of the split layout, for which it has no
# product, and aborts: there the peer has its library for AVX-512 VNNI instead.
def library_for(arguments, name, context):
    split = name.endswith("-split")
    if split and context > PEER_SPLIT_CONTEXT:
        return None
    if arguments.library:
        return arguments.library
    if has_amx():
        return "icelake" if split else "sapphirerapids"
    return "haswell"


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engine", help="lemma-engine")
    parser.add_argument("folder", type=Path, help="for models and the peer's program; kept")
    parser.add_argument("--shapes", nargs="+", choices=SHAPES)
    parser.add_argument("--contexts", nargs="+", type=int, help="instead of the shape's own")
    parser.add_argument("--prompt", type=int, default=512)
    parser.add_argument("--generate", type=int, default=32)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--library", help="of the peer, instead of the best that works here")
    parser.add_argument("--record", type=Path)
    parser.add_argument("--picture", type=Path)
    arguments = parser.parse_args()
    if arguments.shapes is None and arguments.picture:
        arguments.shapes = ["lite2-legacy", "lite2-split"]
    elif arguments.shapes is None:
        arguments.shapes = ["lite9-legacy" if has_amx() else "lite9-split", "qwen2.5-coder-1.5b"]
    arguments.folder.mkdir(parents=True, exist_ok=True)
    peer = build_peer(arguments.folder)
    records = []
    for name in arguments.shapes:
        model = make_model(arguments.engine, arguments.folder, name)
        for context in arguments.contexts or SHAPES[name][1]:
            # Behind a long context a short prompt is enough to come to the decode steps.
            prompt = arguments.prompt if context == 0 else min(arguments.prompt, 64)
            library = library_for(arguments, name, context)
            record = measure(arguments, peer, library, model, name, context, prompt)
            records.append(record)
            if arguments.record:
                with arguments.record.open("a") as lines:
                    lines.write(json.dumps(record) + "\n")
    if arguments.picture:
        arguments.picture.write_text(context_picture.draw(records), encoding="utf-8")


if __name__ == "__main__":
    main()
