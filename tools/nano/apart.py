#!/usr/bin/env python3
"""Keeps what is learnt apart from what is measured: leaves out the clips of a manifest (or of a list for `auris data speak`) whose words or
speaker are those of a clip of another manifest. Words are compared in small letters and without punctuation.

  apart.py TRAIN.jsonl -o APART.jsonl --without MEASURED.jsonl ...
"""

import argparse
import json
import re
import sys
from pathlib import Path


def words(clip):
    return " ".join(re.findall(r"\w+", clip.get("text", "").lower()))


def clips(path):
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield line, json.loads(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--without", type=Path, nargs="+", required=True)
    arguments = parser.parse_args()
    said, speakers = set(), set()
    for path in arguments.without:
        for _, clip in clips(path):
            said.add(words(clip))
            speakers.add(clip.get("speaker", ""))
    said.discard("")
    speakers.discard("")
    kept, seen = [], 0
    for line, clip in clips(arguments.manifest):
        seen += 1
        if words(clip) not in said and clip.get("speaker", "") not in speakers:
            kept.append(line if line.endswith("\n") else line + "\n")
    arguments.output.write_text("".join(kept), encoding="utf-8")
    print(f"{arguments.manifest}: {len(kept)} of {seen} clips share neither words nor speaker with what is measured", file=sys.stderr)


if __name__ == "__main__":
    main()
