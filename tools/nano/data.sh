#!/usr/bin/env bash
# Builds what auris-nano learns from, out of Debian's packages. Usage: data.sh AURIS FOLDER
# What was interrupted goes on with the same command.
set -euo pipefail
cd "$(dirname "$0")/../.."
auris=$(realpath "$1")
folder=$2
recipes=recipes/nano/data
say() { printf '%s\n' "$*" >&2; }

tools/setup.sh tools/nano/packages.txt
mkdir -p "$folder"

say "1. Texts"
[ -f "$folder/lists/held_out.txt" ] || python3 tools/nano/texts.py "$folder/lists"

say "2. Recordings"
# What auris-nano is measured on (tools/nano/eval_data.sh): none of its speakers and sentences is learnt.
mkdir -p "$folder/measured"
for layout in asterisk pocketsphinx; do
  [ -f "$folder/measured/$layout.jsonl" ] || "$auris" data ingest "$layout" -o "$folder/measured/$layout.jsonl"
done
apart() { python3 tools/nano/apart.py "$1" -o "$2" --without "$folder"/measured/*.jsonl; }
for layout in tuxpaint fillets hydrogen; do
  [ -f "$folder/$layout.jsonl" ] && continue
  "$auris" data ingest "$layout" -o "$folder/$layout.all.jsonl" --rejected "$folder/$layout.rejected.jsonl"
  "$auris" data check "$folder/$layout.all.jsonl" -o "$folder/$layout.fit.jsonl" --rejected "$folder/$layout.unfit.jsonl" \
    --thresholds recipes/nano/check.toml
  apart "$folder/$layout.fit.jsonl" "$folder/$layout.jsonl"
done
[ -f "$folder/lists/copies/all.jsonl" ] || {
  mv "$folder/lists/copies/clips.jsonl" "$folder/lists/copies/all.jsonl"
  apart "$folder/lists/copies/all.jsonl" "$folder/lists/copies/clips.jsonl"
}
for list in phrases questions; do
  [ -f "$folder/lists/$list.apart.jsonl" ] || apart "$folder/lists/$list.jsonl" "$folder/lists/$list.apart.jsonl"
  [ -f "$folder/$list/clips.jsonl" ] || "$auris" data speak "$folder/lists/$list.apart.jsonl" -o "$folder/$list" --seed 5
done

say "3. The language model's own answers"
"$auris" data respond "$folder/questions/clips.jsonl" -o "$folder/answers" --max-tokens 64

say "4. Items"
for recipe in "$recipes"/*.toml; do
  name=$(basename "$recipe" .toml)
  cp "$recipe" "$folder/$name.toml"
  kind=instruct
  "$auris" data build "$kind" "$folder/$name.toml" -o "$folder/$name"
done
