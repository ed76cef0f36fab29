#!/usr/bin/env bash
# Measures Auris beside its peers. Installs the peers into build/bench-venv the first time (llama.cpp is compiled: minutes).
# Usage: run.sh [arguments of bench/peers/compare.py]
set -euo pipefail
cd "$(dirname "$0")/.."
venv=build/bench-venv
if [ ! "$venv/ready" -nt bench/peers/requirements.txt ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q -r bench/peers/requirements.txt
  touch "$venv/ready"
fi
"$venv/bin/python" bench/peers/compare.py --auris-bench build/release/bench/models/auris_bench_models \
  --models "${AURIS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/auris}/models" --json build/bench.json "$@"
