#!/usr/bin/env bash
# Asks a system all items of a data set, in a process with one thread for each core: models this small gain little from a second
# thread. Usage: eval_answers.sh AURIS SET PREDICTIONS [FLAG...], flags being those of `auris eval run`.
# What was interrupted goes on with the same command.
set -euo pipefail
auris=$1 set=$2 predictions=$3
shift 3
processes=$(nproc)
[ "$processes" -le 8 ] || processes=8  # each holds the models
partial=()
[[ " $* " != *" --limit "* ]] || partial=(--partial)
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
pids=() parts=() quiet=()
for ((i = 0; i < processes; ++i)); do
  parts+=("${predictions%.jsonl}.$i-of-$processes.jsonl")
  "$auris" eval run "$set" --threads 1 --shard "$i/$processes" -o "${parts[i]}" "$@" "${quiet[@]}" &
  pids+=($!)
  quiet=(--quiet)
done
for i in "${pids[@]}"; do wait "$i"; done
rm -f "$predictions"
"$auris" eval merge "$set" "${parts[@]}" -o "$predictions" "${partial[@]}"
