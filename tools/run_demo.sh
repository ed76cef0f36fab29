#!/usr/bin/env bash
# The main job on a real recording: transcript with timestamps, then the answer to a question about it.
# Usage: run_demo.sh AURIS "QUESTION"
set -euo pipefail
auris=$1
question=$2
sounds=/usr/share/asterisk/sounds/en
recording=$sounds/demo-congrats.g722
echo "Recording: $(basename "$recording") (a professional speaker, 16 kHz G.722)"
echo
"$auris" transcribe "$recording"
echo
echo "Question: $question"
"$auris" ask "$recording" "$question"
