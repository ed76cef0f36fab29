#!/usr/bin/env bash
# Trains a projector and an adapter on 32 clips until they are known by heart, and lets the engine transcribe them: every
# transcript has to be exact. Three minutes on two cores. Usage: train_smoke.sh AURIS [--anew]. Writes to build/train-smoke; what was
# interrupted goes on, unless it is to begin anew.
set -euo pipefail
cd "$(dirname "$0")/.."
auris=$(realpath "$1")
folder=build/train-smoke
recipes=recipes/nano
[ "${2:-}" != --anew ] || rm -rf "$folder"
mkdir -p "$folder"

if [ ! -f "$folder/clips/index.bin" ]; then
  "$auris" data ingest asterisk -o "$folder/asterisk.all.jsonl" --rejected "$folder/asterisk.rejected.jsonl"
  "$auris" data check "$folder/asterisk.all.jsonl" -o "$folder/asterisk.jsonl" --rejected "$folder/asterisk.unfit.jsonl"
  cp "$recipes/smoke_data.toml" "$folder/clips.toml"
  "$auris" data build eval "$folder/clips.toml" -o "$folder/clips"
fi
"$auris" train "$recipes/smoke.toml"
"$auris" eval run "$folder/clips" --system speech --model "$folder/run/model" --max-tokens 64 -o "$folder/answers.jsonl"
"$auris" eval score "$folder/clips" "$folder/answers.jsonl" --json > "$folder/scores.jsonl"
python3 - "$folder/run/steps.jsonl" "$folder/scores.jsonl" <<'PYTHON'
import json, sys

steps, scores = ([json.loads(line) for line in open(path)] for path in sys.argv[1:])
loss = [step["loss"] for step in steps if "loss" in step][-1]
rate = scores[0]["metrics"][0]["value"]
print(f"loss {loss:.4f}, word error rate {rate:.1f} % of {scores[0]['items']} clips")
if loss > 0.05 or rate > 0:
    sys.exit("expected a loss below 0.05 and no wrong word")
PYTHON
