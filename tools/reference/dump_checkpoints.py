#!/usr/bin/env python3
"""Writes tests/golden/weights/*.json: what the reference readers see in the real model files.

For each tensor: name, dtype, shape and the SHA-256 of its bytes; for GGUF also the metadata (arrays as their length, a
SHA-256 of their elements joined by NUL, and the first three). Readers: the packages gguf and safetensors; CTranslate2's
own package has no reader, so model.bin is read here with struct and numpy.

Requirements: pip install gguf safetensors numpy
Usage: dump_checkpoints.py [MODEL_FOLDER]    (default: $AURIS_CACHE/models or ~/.cache/auris/models)
"""
import hashlib
import json
import os
import struct
import sys
from pathlib import Path

import gguf
import numpy as np
from safetensors import safe_open

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("AURIS_CACHE", Path.home() / ".cache" / "auris"))
CT2_DTYPES = ["f32", "i8", "i16", "i32", "f16", "bf16"]
CT2_BYTES = [4, 1, 2, 4, 2, 2]


def sha(data):
    return hashlib.sha256(data).hexdigest()


def dump_gguf(path):
    reader = gguf.GGUFReader(path)
    metadata = {}
    for name, field in reader.fields.items():
        if name.startswith("GGUF."):
            continue
        value = field.contents()
        if isinstance(value, list):
            joined = b"\0".join(v.encode() if isinstance(v, str) else str(v).encode() for v in value)
            value = {"length": len(value), "sha256": sha(joined), "first": value[:3]}
        metadata[name] = value
    tensors = [
        {
            "name": t.name,
            "dtype": t.tensor_type.name.lower(),
            "shape": [int(n) for n in reversed(t.shape)],
            "sha256": sha(np.ascontiguousarray(t.data).tobytes()),
        }
        for t in reader.tensors
    ]
    return {"metadata": metadata, "tensors": tensors}


def dump_safetensors(path):
    tensors = []
    with safe_open(path, framework="numpy") as file:
        for name in file.offset_keys():
            value = file.get_tensor(name)
            dtype = {"float32": "f32", "float16": "f16"}[str(value.dtype)]
            tensors.append({"name": name, "dtype": dtype, "shape": list(value.shape), "sha256": sha(value.tobytes())})
    return {"tensors": tensors}


def dump_ctranslate2(path):
    file = open(path, "rb")

    def unpack(layout):
        return struct.unpack("<" + layout, file.read(struct.calcsize("<" + layout)))

    def text():
        return file.read(unpack("H")[0])[:-1].decode()

    metadata = {"binary_version": unpack("I")[0], "spec": text(), "revision": unpack("I")[0]}
    tensors, attributes = [], {}
    for _ in range(unpack("I")[0]):
        name = text()
        rank = unpack("B")[0]
        shape = list(unpack(f"{rank}I"))
        dtype, size = unpack("BI")
        data = file.read(size)
        assert size == CT2_BYTES[dtype] * int(np.prod(shape)), name
        if rank == 0:
            attributes[name] = int.from_bytes(data, "little", signed=True)
        tensors.append({"name": name, "dtype": CT2_DTYPES[dtype], "shape": shape, "sha256": sha(data)})
    aliases = {text(): text() for _ in range(unpack("I")[0])}
    assert file.read() == b""
    metadata |= {"attributes": attributes, "aliases": aliases}
    return {"metadata": metadata, "tensors": tensors}


def main():
    models = Path(sys.argv[1]) if len(sys.argv) > 1 else CACHE / "models"
    golden = {
        "smollm2-135m-instruct": dump_gguf(models / "smollm2-135m-instruct" / "SmolLM2-135M-Instruct.Q4_1.gguf"),
        "whisper-base": dump_ctranslate2(models / "whisper-base" / "model.bin"),
        "whisper-tiny.en": dump_ctranslate2(models / "whisper-tiny.en" / "model.bin"),
        "silero-vad": dump_safetensors(models / "silero-vad" / "silero_vad_16k.safetensors"),
    }
    folder = ROOT / "tests" / "golden" / "weights"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in golden.items():
        tensors = ",\n".join("  " + json.dumps(t) for t in content.pop("tensors"))
        head = json.dumps(content, indent=1, ensure_ascii=False)[1:-1].strip()
        text = "{" + (head + ",\n" if head else "") + '"tensors": [\n' + tensors + "\n]}\n"
        json.loads(text)
        (folder / f"{name}.json").write_text(text)


main()
