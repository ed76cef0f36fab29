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
if [ ! -f "$folder/tuxpaint.jsonl" ]; then
  "$auris" data ingest tuxpaint -o "$folder/tuxpaint.all.jsonl" --rejected "$folder/tuxpaint.rejected.jsonl"
  "$auris" data check "$folder/tuxpaint.all.jsonl" -o "$folder/tuxpaint.jsonl" --rejected "$folder/tuxpaint.unfit.jsonl"
fi
for list in phrases questions; do
  [ -f "$folder/$list/clips.jsonl" ] || "$auris" data speak "$folder/lists/$list.jsonl" -o "$folder/$list" --seed 5
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
