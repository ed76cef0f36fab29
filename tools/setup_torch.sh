#!/usr/bin/env bash
# Installs LibTorch 2.13.0 (CPU), headers and libraries, about 500 MB, into the cache of Auris, out of the Python package
# `torch`, which pip finds by name. Does nothing if it is there. Where pip does not know a CPU build of that version, point
# it to an index that does (PIP_EXTRA_INDEX_URL), or build with -DAURIS_LIBTORCH=FOLDER of an installed package `torch`.
set -euo pipefail
version=2.13.0
cache=${AURIS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/auris}
folder=$cache/libtorch/$version
[ -f "$folder/torch/lib/libtorch_cpu.so" ] && exit 0
mkdir -p "$cache/libtorch"
work=$(mktemp -d "$cache/libtorch/.new.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "Fetching LibTorch $version (about 190 MB)" >&2
# The libraries are the same for every Python: one is named so that pip takes the same file on every machine.
python3 -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.11 --dest "$work" "torch==$version+cpu"
mkdir "$work/unpacked"
python3 - "$work"/torch-*.whl "$work/unpacked" <<'EOF'
import sys, zipfile

wanted = ("torch/include/", "torch/lib/libc10.so", "torch/lib/libgomp", "torch/lib/libtorch.so", "torch/lib/libtorch_cpu.so")
with zipfile.ZipFile(sys.argv[1]) as wheel:
    names = [name for name in wheel.namelist() if name.startswith(wanted) or "/licenses/" in name]
    wheel.extractall(sys.argv[2], names)
EOF
rm -rf "$folder"  # what an interrupted removal may have left
mv -T "$work/unpacked" "$folder"
