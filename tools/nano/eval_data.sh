#!/usr/bin/env bash
# Builds what auris-nano is measured on, of recordings that it never learns from: recipes/nano/eval.toml, in FOLDER/eval.
# Usage: eval_data.sh AURIS FOLDER
# The voices of 0 A.D. lie in a package of 1.4 GB, which is fetched into FOLDER, unpacked and deleted.
set -euo pipefail
cd "$(dirname "$0")/../.."
auris=$(realpath "$1")
mkdir -p "$2"
folder=$(realpath "$2")
say() { printf '%s\n' "$*" >&2; }

tools/setup.sh tools/nano/packages.txt

# ingest LAYOUT [PATH]: what is fit, in LAYOUT.jsonl
ingest() {
  [ -f "$folder/$1.jsonl" ] && return
  "$auris" data ingest "$@" -o "$folder/$1.all.jsonl" --rejected "$folder/$1.rejected.jsonl"
  "$auris" data check "$folder/$1.all.jsonl" -o "$folder/$1.jsonl" --rejected "$folder/$1.unfit.jsonl"
}

say "1. Voices of 0 A.D."
if [ ! -d "$folder/0ad/audio/voice" ]; then
  fetched=$(mktemp -d "$folder/0ad.XXXXXX")
  trap 'rm -rf "$fetched"' EXIT
  (cd "$fetched" && apt-get download -qq 0ad-data) || { say "error: no package 0ad-data. Run apt-get update first."; exit 1; }
  dpkg-deb --fsys-tarfile "$fetched"/*.deb | tar -xO ./usr/share/games/0ad/mods/public/public.zip > "$fetched/public.zip"
  python3 - "$fetched/public.zip" "$fetched/unpacked" <<'PYTHON'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as packed:
    packed.extractall(sys.argv[2], [name for name in packed.namelist() if name.startswith("audio/voice/") and name.endswith(".ogg")])
PYTHON
  mkdir -p "$folder/0ad"
  mv "$fetched/unpacked/audio" "$folder/0ad/"
fi

say "2. Recordings"
ingest zero_ad "$folder/0ad"
for layout in asterisk pocketsphinx hydrogen; do ingest "$layout"; done

say "3. Items"
cp recipes/nano/eval.toml "$folder/eval.toml"
"$auris" data build eval "$folder/eval.toml" -o "$folder/eval"
