#!/usr/bin/env python3
"""Writes what the reader of the `gguf` package finds in a GGUF file: every key with its value, every tensor with its type,
its shape (outermost first) and the SHA-256 of its bytes.

Needs: pip install gguf numpy
Usage: python3 tools/reference/dump_gguf_file.py FILE.gguf OUT.json
tests/golden/weights/exported_gguf.json is about the file that the test SmallModels.TheReferenceReadsEveryField of
auris/export writes; with KEEP_EXPORTED_GGUF=PATH it leaves a copy there.
"""

import hashlib
import json
import sys

import gguf


def main():
    reader = gguf.GGUFReader(sys.argv[1])
    metadata = {key: field.contents() for key, field in reader.fields.items() if not key.startswith("GGUF.")}
    tensors = {}
    for tensor in reader.tensors:
        shape = [int(extent) for extent in reversed(tensor.shape)]
        tensors[tensor.name] = {"type": tensor.tensor_type.name.lower(), "shape": str(shape),
                                "sha256": hashlib.sha256(tensor.data.tobytes()).hexdigest()}
    with open(sys.argv[1], "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    with open(sys.argv[2], "w") as file:
        json.dump({"sha256": digest, "metadata": metadata, "tensors": tensors}, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main()
