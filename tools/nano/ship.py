#!/usr/bin/env python3
"""Puts a trained auris-nano into models/: its tensors in 16 bits, its configuration and its card, and prints its files for
models/catalog.toml. Usage: ship.py RUN models/auris-nano

RUN: the folder of the run, with model/. A value that 16 bits cannot hold is an error.
"""

import argparse
import hashlib
import json
import pathlib
import shutil
import struct
import sys


def fail(message: str) -> None:
    sys.exit(f"error: {message}")


def tensors_of(path: pathlib.Path) -> tuple[dict, bytes]:
    """The header of a safetensors file, by name, and what lies behind it."""
    blob = path.read_bytes()
    (length,) = struct.unpack("<Q", blob[:8])
    return json.loads(blob[8 : 8 + length]), blob[8 + length :]


def halved(values: bytes, name: str) -> bytes:
    count = len(values) // 4
    try:
        return struct.pack(f"<{count}e", *struct.unpack(f"<{count}f", values))
    except OverflowError:
        return fail(f"[{name}] expected values within +-65504, got one beyond. Hint: ship it in 32 bits.")


def write_halved(source: pathlib.Path, target: pathlib.Path) -> None:
    header, data = tensors_of(source)
    metadata = header.pop("__metadata__", None)
    shipped, parts, offset = {}, [], 0
    for name in sorted(header):
        tensor = header[name]
        begin, end = tensor["data_offsets"]
        values = data[begin:end]
        if tensor["dtype"] == "F32":
            values = halved(values, name)
        elif tensor["dtype"] != "F16":
            fail(f"[{name}] expected F32 or F16, got {tensor['dtype']}. Hint: the run writes F32.")
        shipped[name] = {"dtype": "F16", "shape": tensor["shape"], "data_offsets": [offset, offset + len(values)]}
        offset += len(values)
        parts.append(values)
    if metadata is not None:
        shipped["__metadata__"] = metadata
    text = json.dumps(shipped, separators=(",", ":"))
    text += " " * (-len(text) % 8)
    target.write_bytes(struct.pack("<Q", len(text)) + text.encode() + b"".join(parts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    model = arguments.run / "model"
    if not (model / "config.json").is_file():
        fail(f"[{model}] expected a finished model, got none. Hint: the run writes it behind its last step.")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    write_halved(model / "model.safetensors", arguments.folder / "model.safetensors")
    shutil.copyfile(model / "config.json", arguments.folder / "config.json")
    for path in sorted(arguments.folder.iterdir()):
        if path.suffix not in (".json", ".safetensors"):
            continue
        blob = path.read_bytes()
        print(f'\n[[model.file]]\npath = "{path.name}"\nbytes = {len(blob)}')
        print(f'sha256 = "{hashlib.sha256(blob).hexdigest()}"')


if __name__ == "__main__":
    main()
