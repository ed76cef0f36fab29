#!/usr/bin/env bash
# What auris-nano is worth, beside the cascade of the models it is made of: report and figures in FOLDER/results.
# Usage: measure.sh AURIS MODEL DATA FOLDER; DATA: of tools/nano/data.sh, for plain text. FOLDER: of tools/nano/eval_data.sh, which is
# run first. What was interrupted goes on with the same command.
set -euo pipefail
cd "$(dirname "$0")/../.."
auris=$(realpath "$1") model=$2
data=$(realpath "$3")
mkdir -p "$4"
folder=$(realpath "$4")
results=$folder/results
mkdir -p "$results"
say() { printf '%s\n' "$*" >&2; }

[ -f "$folder/eval/index.bin" ] || tools/nano/eval_data.sh "$auris" "$folder"

say "1. What it hears"
tools/eval_answers.sh "$auris" "$folder/eval" "$folder/cascade.jsonl" --system cascade --max-tokens 96
tools/eval_answers.sh "$auris" "$folder/eval" "$folder/speech.jsonl" --system speech --model "$model" --max-tokens 96
"$auris" eval report "$folder/eval" "$folder/cascade.jsonl" "$folder/speech.jsonl" -o "$folder/report"
cp "$folder/report/report.json" "$results/report.json"
"$auris" eval compare "$folder/eval" "$folder/cascade.jsonl" "$folder/speech.jsonl"

say "2. What it answers to spoken English: a fifth of Asterisk's prompts, the sentences of LibriVox"
[ -f "$folder/asked.jsonl" ] || {
  grep '"language":"en"' "$folder/asterisk.jsonl" | awk 'NR % 5 == 1'
  cat "$folder/pocketsphinx.jsonl"
} > "$folder/asked.jsonl"
[ -f "$folder/answers/responses.jsonl" ] || "$auris" data respond "$folder/asked.jsonl" -o "$folder/answers" --max-tokens 64
python3 tools/measure/answer_perplexity.py "$auris" "$folder/asked.jsonl" "$folder/answers" --model "$model" --json "$results/answers.json"

say "3. What it kept of plain text"
python3 tools/measure/text_perplexity.py "$auris" "$data/lists/held_out.txt" --model "$model" --json "$results/text.json"
