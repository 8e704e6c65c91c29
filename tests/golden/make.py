"""Makes golden models of random weights, and their logits by llama.cpp.

    npm ci --ignore-scripts --prefix tests/bench/peer
    make.py ENGINE FOLDER [NAME...]

ENGINE is lemma-engine, FOLDER takes the peer's program and what is made on the way; results go
beside this script. The logits of a model in F16 are those of its weights expanded to float32, since
llama.cpp would round activations to the weights' type. Without NAMEs all models are made.
"""
import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "bench"), str(HERE.parents[1] / "engine/training")]
import engine
import gguf

# name: arguments of `lemma-engine random`
MODELS = {"deepseek-f16": ["--like", "deepseek-moe-small", "--type", "f16"],
          "mellum-f16": ["--like", "mellum2-small", "--type", "f16"],
          "gpt-oss-f16": ["--like", "gpt-oss-small", "--type", "f16"]}


def expanded(model):
    """The same model with each tensor in float32."""
    file = gguf.read(model)
    # The peer wants a list of strings, which an empty one does not say that it is.
    file.metadata["tokenizer.ggml.merges"] = ["a b"]
    file.tensors = {name: gguf.Tensor.from_array(tensor.to_array(), gguf.F32)
                    for name, tensor in file.tensors.items()}
    return file


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engine", help="lemma-engine")
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", default=[*MODELS], help="without any: all")
    parser.add_argument("--library", default="haswell", help="of the peer's, for this processor")
    arguments = parser.parse_args()
    peer = engine.build_peer(arguments.folder, source_name="logits")
    library = engine.BINARIES / f"libggml-cpu-{arguments.library}.so"
    for name in arguments.names:
        model, whole = HERE / f"{name}.gguf", arguments.folder / f"{name}.f32.gguf"
        subprocess.run([arguments.engine, "random", *MODELS[name], model], check=True)
        gguf.write(whole, expanded(model))
        subprocess.run([peer, whole, library, HERE / "tokens.txt", HERE / f"{name}.logits.f32"],
                       check=True)


if __name__ == "__main__":
    main()
