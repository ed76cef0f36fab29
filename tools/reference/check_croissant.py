"""Reads the description of a built data set with the reference implementation of Croissant, and compares the
records that it finds with the files themselves.

  python3 tools/reference/check_croissant.py FOLDER      (after `auris data croissant FOLDER`)

Requires: mlcroissant (1.1.1 was used).
"""

import importlib.metadata
import json
import os
import sys
import tarfile
import tempfile
from pathlib import Path

# It keeps what it unpacks by the archive's name alone: a second data set would be read from the first one's.
CACHE = tempfile.TemporaryDirectory()
os.environ["CROISSANT_CACHE"] = CACHE.name

import mlcroissant


def plain(value):
    return value.decode() if isinstance(value, bytes) else value


def records_of(dataset, name):
    prefix = name + "/"
    return [{key.removeprefix(prefix): plain(value) for key, value in record.items()}
            for record in dataset.records(name)]


def same(found, wanted, names):
    """Missing texts come back as None or nan, numbers of any type."""
    for name in names:
        a, b = found[name], wanted[name]
        if isinstance(b, str) and not b:
            if a and a == a:
                return False
        elif isinstance(b, (int, float)) and not isinstance(b, bool):
            if abs(float(a) - float(b)) > 1e-6:
                return False
        elif a != b:
            return False
    return True


def main(folder):
    dataset = mlcroissant.Dataset(folder / "croissant.json")  # raises for a description that is not valid
    if dataset.metadata.ctx.issues.errors:
        sys.exit("\n".join(dataset.metadata.ctx.issues.errors))
    for warning in dataset.metadata.ctx.issues.warnings:
        print("warning:", warning)

    clips = [json.loads(line) for line in (folder / "clips.jsonl").read_text().splitlines()]
    found = records_of(dataset, "clips")
    assert len(found) == len(clips), (len(found), len(clips))
    for record, clip in zip(found, clips):
        assert same(record, clip, clip.keys()), (record, clip)

    items = {}
    for shard in sorted(folder.glob("shard-*.tar")):
        with tarfile.open(shard) as tar:
            for member in tar:
                if member.name.endswith(".json"):
                    item = json.load(tar.extractfile(member))
                    items[item["id"]] = item
    found = records_of(dataset, "items")
    assert len(found) == len(items), (len(found), len(items))
    for record in found:
        item = json.loads(record["content"])
        assert item == items[item["id"]] and record["filename"].endswith(".json"), record
    print(f"mlcroissant {importlib.metadata.version('mlcroissant')}: valid; {len(clips)} clips and {len(items)} items read, all equal")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
