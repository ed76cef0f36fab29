#!/usr/bin/env bash
# The main job on a real recording: transcript with timestamps, then the answer to a question about it.
# Usage: run_demo.sh AURIS "QUESTION"
set -euo pipefail
auris=$1
question=$2
sounds=/usr/share/pocketsphinx/test/data/librivox
recording=$sounds/sense_and_sensibility_01_austen_64kb-0880.wav
echo "Recording: $(basename "$recording") (LibriVox, read speech)"
echo
"$auris" transcribe "$recording"
echo
echo "Question: $question"
"$auris" ask "$recording" "$question"
