#!/usr/bin/env bash
# Builds a small evaluation set from real and synthetic recordings, evaluates the cascade that ships and the same language model with
# what was truly said, and writes the report. Usage: eval_demo.sh AURIS FOLDER [ITEMS]
# ITEMS: at most so many of each task, variant and configuration. What was interrupted goes on with the same command.
set -euo pipefail
cd "$(dirname "$0")/.."
auris=$(realpath "$1")
folder=$2
limit=()
[ $# -lt 3 ] || limit=(--limit "$3")
recipes=recipes/eval_demo
mkdir -p "$folder"

say() { printf '%s\n' "$*" >&2; }

say "1. Recordings into manifests"
for layout in asterisk:asterisk pocketsphinx:librivox tuxpaint:tuxpaint; do
  name=${layout#*:}
  [ -f "$folder/$name.jsonl" ] && continue
  "$auris" data ingest "${layout%:*}" -o "$folder/$name.all.jsonl" --rejected "$folder/$name.rejected.jsonl"
  "$auris" data check "$folder/$name.all.jsonl" -o "$folder/$name.jsonl" --rejected "$folder/$name.unfit.jsonl"
done
for list in requests commands passages; do
  [ -f "$folder/$list/clips.jsonl" ] || "$auris" data speak "$recipes/$list.jsonl" -o "$folder/$list"
done

say "2. Items"
cp "$recipes/eval.toml" "$folder/eval.toml"
"$auris" data build eval "$folder/eval.toml" -o "$folder/eval"

say "3. Answers"
for system in cascade oracle; do
  tools/eval_answers.sh "$auris" "$folder/eval" "$folder/$system.jsonl" --system "$system" --max-tokens 64 "${limit[@]}"
done

say "4. Report"
"$auris" eval report "$folder/eval" "$folder/cascade.jsonl" "$folder/oracle.jsonl" -o "$folder/report"
