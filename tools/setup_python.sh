#!/usr/bin/env bash
# Installs the Python packages of a list (tests/serve/requirements.txt) into build/python, beside what the machine has. Does
# nothing if that list was installed last.
set -euo pipefail
list=$1
folder=$(dirname "$0")/../build/python
mkdir -p "$folder"
cmp -s "$list" "$folder/installed.txt" && exit 0
echo "Installing Python packages for the tests: $(grep -v '^#' "$list" | tr '\n' ' ')" >&2
rm -rf "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-cache-dir --only-binary=:all: --target "$folder" --requirement "$list"
cp "$list" "$folder/installed.txt"
