#!/bin/sh
# Write the committed data versions again (the same bytes for one version of engines and document writers): sh jsonl/rebuild.sh [FOLDER]
# The evaluation rows come first and are drawn construct by construct; no training row shows the same.
set -eu
here=$(dirname "$0")
out=${1:-$here}
synth() { typlora data synth --spec "$here/synth/$1.toml" --rows "$2" --seed "$3" -o "$out/$4" $5; }

rm -f "$out/eval.jsonl" "$out/train_001.jsonl" "$out/train_002.jsonl" "$out/train_003.jsonl" "$out/train_004.jsonl"
synth basic 900 901 eval.jsonl "--draw 350"
synth full 2600 902 eval.jsonl "--draw 850 --append"
synth multiline 900 903 eval.jsonl "--draw 350 --append"
synth blocks 600 904 eval.jsonl "--draw 300 --append"

synth basic 4500 1 train_001.jsonl "--exclude $out/eval.jsonl"
synth full 7500 2 train_002.jsonl "--exclude $out/eval.jsonl $out/train_001.jsonl"
synth multiline 3500 3 train_003.jsonl "--exclude $out/eval.jsonl $out/train_001.jsonl $out/train_002.jsonl"
synth blocks 2500 4 train_003.jsonl "--append --exclude $out/eval.jsonl"
synth weak 6000 5 train_004.jsonl "--exclude $out/eval.jsonl $out/train_001.jsonl $out/train_002.jsonl $out/train_003.jsonl"
