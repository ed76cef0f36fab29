#!/usr/bin/env bash
# `make bench-train`: a training loop of Auris beside a plain one of transformers. Usage: run.sh AURIS [arguments of compare.py]
set -euo pipefail
cd "$(dirname "$0")/../.."
auris=$(realpath "$1")
shift
venv=build/bench-train-venv
if [ ! "$venv/ready" -nt bench/train/requirements.txt ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q -r bench/train/requirements.txt
  touch "$venv/ready"
fi
folder=build/bench-train
mkdir -p "$folder"
if [ ! -f "$folder/clips/index.bin" ]; then
  "$auris" data ingest asterisk -o "$folder/asterisk.jsonl" --rejected "$folder/rejected.jsonl"
  cp bench/train/data.toml "$folder/clips.toml"
  "$auris" data build eval "$folder/clips.toml" -o "$folder/clips"
fi
"$venv/bin/python" bench/train/compare.py "$auris" "$folder/clips" "$@"
