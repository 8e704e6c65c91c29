#!/usr/bin/env bash
# Everything a GPU is needed for, from a bare checkout: builds the engine with its CUDA backend,
# compares the emulation's twins with the instructions, runs the conformance suite on the device,
# and measures. Needs a C++20 compiler, CMake ≥ 3.25 and a CUDA Toolkit ≥ 12.4.
#
#   tests/bench/gpu.sh [--quick] [--out FOLDER] [--layers N] [--peer FILE]
#
# --quick ends within 3 minutes on 16 cores; without it compute-sanitizer looks at the small cases,
# the model has all its 27 layers instead of 9, and one of V3's shape, cut to 4 layers of which one
# is dense (23 GB, in TMPDIR), and four layers of gpt-oss's are measured as well. FOLDER (default
# build/gpu) receives result.json, result.md and the logs of each part. FILE is what tests/bench/peer/pack_cuda.py packed elsewhere: llama.cpp, measured
# on the same model. A part that fails does not keep the others from running.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

quick=0 out=build/gpu layers=27 peer=
while (($# > 0)); do
  case $1 in
    --quick) quick=1 layers=9 ;;
    --out) out=$2 && shift ;;
    --layers) layers=$2 && shift ;;
    --peer) peer=$2 && shift ;;
    *)
      echo "usage: tests/bench/gpu.sh [--quick] [--out FOLDER] [--layers N] [--peer FILE]" >&2
      exit 2
      ;;
  esac
  shift
done
mkdir -p "$out"
started=$SECONDS
: >"$out/parts.tsv"

# part NAME LIMIT_S COMMAND…: its output goes to a log, its result into the table.
part() {
  local name=$1 limit=$2 begin=$SECONDS
  shift 2
  timeout "$limit" "$@" >"$out/$name.log" 2>&1
  local code=$?
  printf '%s\t%s\t%s\n' "$name" "$code" "$((SECONDS - begin))" >>"$out/parts.tsv"
  echo "[$((SECONDS - started)) s] $name: $([[ $code == 0 ]] && echo ok || echo "failed ($code)")"
  [[ $code == 0 ]] || tail -n 15 "$out/$name.log"
  return $code
}

cores=$(nproc)
architecture=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -n 1 | tr -d .)
[[ $architecture == 90 ]] && architecture=90a
nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm --format=csv \
  >"$out/device.csv" 2>&1

part configure 60 cmake --preset engine-cuda "-DLEMMA_CUDA_ARCHITECTURES=$architecture-real" || exit 1
# The generator of random models is wanted first, so that models are made while kernels compile.
engine=build/engine-cuda/lemma-engine
part build_engine 170 cmake --build build/engine-cuda -j "$cores" --target lemma-engine || exit 1

models=${TMPDIR:-/tmp}/lemma-gpu-models
mkdir -p "$models"
lite=$models/lite-$layers.gguf
make_lite() {
  "$engine" random --like deepseek-coder-v2-lite --type q4_k_m --layers "$layers" "$lite"
}
export -f make_lite
export engine layers lite
makers=()
if [[ ! -f $lite ]]; then
  bash -c make_lite >"$out/random.log" 2>&1 &
  makers+=($!)
fi
part build_all 170 cmake --build build/engine-cuda -j "$cores" || exit 1
# While the tests run, of which most wait for the GPU.
v3=$models/v3-4.gguf
if ((quick == 0)) && [[ ! -f $v3 ]]; then
  nice timeout 200 "$engine" random --like deepseek-v3 --type q4_k_m --layers 4 "$v3" \
    >"$out/random_v3.log" 2>&1 &
  makers+=($!)
fi
gpt_oss=$models/gpt-oss-4.gguf
if ((quick == 0)) && [[ ! -f $gpt_oss ]]; then
  nice timeout 200 "$engine" random --like gpt-oss-20b --type mxfp4 --layers 4 "$gpt_oss" \
    >"$out/random_gpt_oss.log" 2>&1 &
  makers+=($!)
fi

built=build/engine-cuda
part twins 30 $built/tests/lemma-gpu-twins $built/liblemma_cuda.so \
  $built/tests/liblemma_cuda_emulated.so
export LEMMA_CUDA_LIBRARY=$PWD/$built/liblemma_cuda.so
export LEMMA_BACKEND=cuda
golden=()
[[ -d ../shared/golden ]] && golden=(env "LEMMA_GOLDEN=$(realpath ../shared/golden)")
if ! part conformance 100 "${golden[@]}" build/engine-cuda/tests/lemma-conformance; then
  # What tells causes apart: without overlap and graphs; and which access is wrong, if one is.
  part golden_plain 30 env LEMMA_CASES=golden LEMMA_CUDA_NO_OVERLAP=1 LEMMA_CUDA_NO_GRAPHS=1 \
    build/engine-cuda/tests/lemma-conformance
  command -v compute-sanitizer >/dev/null && part sanitizer_golden 45 env \
    "LEMMA_CASES=odd lite, legacy" LEMMA_CUDA_NO_GRAPHS=1 compute-sanitizer --error-exitcode 9 \
    build/engine-cuda/tests/lemma-conformance
fi
if ((quick)); then
  part conformance_fp8 40 env LEMMA_KV_CACHE=fp8 $built/tests/lemma-conformance fp8
else
  part conformance_fp8 100 env LEMMA_KV_CACHE=fp8 $built/tests/lemma-conformance
fi
# Products of large batches: each way, where there are two. Without asking, the faster one is taken.
products=(mma)
[[ $architecture == 90a ]] && products+=(wgmma)
for form in "${products[@]}"; do
  part "conformance_$form" 60 env "LEMMA_CUDA_PRODUCTS=$form" \
    build/engine-cuda/tests/lemma-conformance large prediction
done
unset LEMMA_BACKEND

if ((quick == 0)) && command -v compute-sanitizer >/dev/null; then
  for tool in memcheck racecheck; do
    part "sanitizer_$tool" 100 env LEMMA_BACKEND=cuda LEMMA_CASES="odd lite, legacy" \
      LEMMA_CUDA_NO_GRAPHS=1 compute-sanitizer --tool "$tool" --error-exitcode 9 \
      build/engine-cuda/tests/lemma-conformance
  done
  for tool in memcheck racecheck; do
    [[ $architecture == 90a ]] && part "sanitizer_wgmma_$tool" 100 env LEMMA_BACKEND=cuda \
      LEMMA_CASES=q8_0 LEMMA_CUDA_PRODUCTS=wgmma LEMMA_CUDA_NO_GRAPHS=1 compute-sanitizer \
      --tool "$tool" --error-exitcode 9 build/engine-cuda/tests/lemma-conformance large
  done
  part sanitizer_grouped 100 env LEMMA_BACKEND=cuda LEMMA_CASES="grouped queries, f16" \
    LEMMA_CUDA_NO_GRAPHS=1 compute-sanitizer --tool racecheck --error-exitcode 9 \
    build/engine-cuda/tests/lemma-conformance large
  # What that model is too small for: attention on tensor cores, and steps by phases.
  part sanitizer_wide 100 env LEMMA_BACKEND=cuda LEMMA_CASES="wide latents" LEMMA_CUDA_NO_GRAPHS=1 \
    compute-sanitizer --tool racecheck --error-exitcode 9 build/engine-cuda/tests/lemma-conformance random
fi

# Nothing else runs while benchmarks do.
((${#makers[@]} == 0)) || wait "${makers[@]}"
# bench NAME MODEL PROMPT GENERATE CONTEXT [OPTION…]: one JSON line.
bench() {
  local name=$1
  part "bench_$name" 90 "$engine" bench --backend cuda --model "$2" --prompt "$3" \
    --generate "$4" --context "$5" --json "${@:6}"
  names+=("$name")
}
names=()
default=engine/models/lemma-default.gguf
bench default_decode "$default" 16 128 0
bench default_cached "$default" 50 20 1450
bench lite_decode "$lite" 16 128 0
bench lite_decode_16k "$lite" 16 64 16384
bench lite_decode_fp8 "$lite" 16 128 0 --kv-cache fp8
bench lite_decode_16k_fp8 "$lite" 16 64 16384 --kv-cache fp8
bench lite_prefill "$lite" 2048 16 0
for form in "${products[@]}"; do
  LEMMA_CUDA_PRODUCTS=$form bench "lite_prefill_$form" "$lite" 2048 1 0
done
bench lite_cached "$lite" 50 16 1450
if ((quick == 0)); then
  for form in operations phases overlapping persistent; do
    LEMMA_CUDA_STEP=$form bench "lite_decode_$form" "$lite" 16 128 0
    LEMMA_CUDA_STEP=$form bench "default_decode_$form" "$default" 16 128 0
  done
  LEMMA_CUDA_NO_GRAPHS=1 bench lite_decode_no_graphs "$lite" 16 128 0
  # As on a card with room for half of the experts.
  LEMMA_CUDA_EXPERTS=32 bench lite_half_decode "$lite" 16 64 0
  LEMMA_CUDA_EXPERTS=32 bench lite_half_prefill "$lite" 512 16 0
  bench v3_decode "$v3" 16 128 0
  bench gpt_oss_decode "$gpt_oss" 16 128 0
  bench gpt_oss_prefill "$gpt_oss" 4096 16 0
fi
if [[ -n $peer ]]; then
  there=${TMPDIR:-/tmp}/lemma-gpu-peer
  mkdir -p "$there" && tar -C "$there" -xJf "$peer"
  # The peer needs two libraries of the CUDA Toolkit, and one that comes with it or with PyTorch, which
  # not every machine has on its path.
  for library in libcudart.so.13 libcublas.so.13 libnccl.so.2; do
    folder=$(find / -name "$library" -not -path '/proc/*' -printf '%h' -quit 2>/dev/null)
    LD_LIBRARY_PATH=${folder:-.}:${LD_LIBRARY_PATH:-}
  done
  export LD_LIBRARY_PATH
  # bench_peer NAME PROMPT GENERATE CONTEXT
  bench_peer() {
    part "bench_$1" 150 "$there/peer" "$lite" "$there/libggml-cpu.so" "$2" "$3" "$4" "$cores" \
      "$there/libggml-cuda.so"
    names+=("$1")
  }
  bench_peer peer_decode 16 128 0
  if ((quick == 0)); then
    bench_peer peer_decode_16k 16 64 16384
    bench_peer peer_prefill 2048 16 0
    bench_peer peer_cached 50 16 1450
  fi
fi

# field NAME KEY: a number of a benchmark's JSON, or nothing.
field() {
  grep -o "\"$2\": *[-0-9.e+]*" "$out/bench_$1.log" 2>/dev/null | head -n 1 | sed 's/.*: *//'
}
{
  echo "{\"device\": \"$(tail -n 1 "$out/device.csv")\", \"lite_layers\": $layers,"
  echo "\"commit\": \"$(git rev-parse --short HEAD 2>/dev/null)\", \"seconds\": $((SECONDS - started)),"
  echo "\"parts\": {"
  awk -F'\t' '{ printf "%s\"%s\": {\"code\": %s, \"seconds\": %s}", (NR > 1 ? ", " : ""), $1, $2, $3 }' \
    "$out/parts.tsv"
  echo "}, \"benchmarks\": {"
  first=1
  for name in "${names[@]}"; do
    grep -q '^{' "$out/bench_$name.log" 2>/dev/null || continue
    ((first)) || echo ","
    first=0
    echo "\"$name\": $(grep '^{' "$out/bench_$name.log" | tail -n 1)"
  done
  echo "}}"
} >"$out/result.json"
{
  echo "Device: $(tail -n 1 "$out/device.csv"); Lite shape with $layers of 27 layers."
  echo
  echo "| part | result | s |"
  echo "|---|---|---|"
  awk -F'\t' '{ printf "| %s | %s | %s |\n", $1, ($2 == 0 ? "ok" : "failed (" $2 ")"), $3 }' "$out/parts.tsv"
  echo
  echo "| benchmark | load ms | prefill ms | prefill tokens/s | step ms (median) | tokens/s | GB/s read | copy GB/s | share % |"
  echo "|---|---|---|---|---|---|---|---|---|"
  for name in "${names[@]}"; do
    if ! grep -q '^{' "$out/bench_$name.log" 2>/dev/null; then
      echo "| $name | no result | | | | | | | |" && continue
    fi
    awk -v n="$name" -v a="$(field "$name" load_ms)" -v b="$(field "$name" prefill_ms)" \
      -v c="$(field "$name" prefill_tokens_per_second)" -v d="$(field "$name" decode_median_ms)" \
      -v e="$(field "$name" step_bytes_per_second)" -v f="$(field "$name" read_bandwidth)" 'BEGIN {
        printf "| %s | %.0f | %.2f | %.0f | %.3f | %.0f | %.0f | %.0f | %.0f |\n", n, a, b, c, d,
          (d > 0 ? 1000 / d : 0), e / 1e9, f / 1e9, (f > 0 ? 100 * e / f : 0) }'
  done
  echo
  tail -n 3 "$out"/twins.log "$out"/conformance*.log
} >"$out/result.md"
cat "$out/result.md"
awk -F'\t' '$2 != 0 { bad = 1 } END { exit bad }' "$out/parts.tsv"
