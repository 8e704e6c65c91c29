#!/usr/bin/env bash
# The engine on processors without AVX2, emulated: it says so and computes the same; no illegal
# instruction.
#
#   old_processor.sh PROGRAM        77: no emulator
set -euo pipefail

program=$1
emulator=$(command -v qemu-x86_64) || exit 77
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
golden=$(dirname "$0")/../golden

logits() {
  "$@" "$program" logits "$golden/v3-q8_0.gguf" --tokens "$golden/tokens.txt" \
    --out "$folder/out" --threads 1 --json
}

LEMMA_CPU=generic logits env >/dev/null
mv "$folder/out" "$folder/here"
for processor in core2duo Nehalem; do
  said=$(logits "$emulator" -cpu "$processor")
  grep -q '"backend": "cpu (generic, slow: no AVX2)"' <<<"$said"
  cmp "$folder/here" "$folder/out"
  echo "ok  $processor"
done
