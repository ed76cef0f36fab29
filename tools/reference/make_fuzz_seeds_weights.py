#!/usr/bin/env python3
"""Writes the seed corpora of the weights fuzzers, tests/fuzz/corpus/{gguf,safetensors,ctranslate2}: tiny files made by the
reference writers, with every type in them. The tests of auris/weights read the same files. The same bytes at every run.

Requirements: pip install gguf safetensors ctranslate2 numpy torch
Usage: make_fuzz_seeds_weights.py
"""
import tempfile
from pathlib import Path

import ctranslate2.specs
import gguf
import numpy as np
import torch
from ctranslate2.specs import model_spec
from safetensors.torch import save

CORPUS = Path(__file__).resolve().parents[2] / "tests" / "fuzz" / "corpus"
QUANTIZED = ["Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"]


def put(kind, name, data):
    folder = CORPUS / kind
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def gguf_bytes(fill, alignment=None):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.gguf"
        writer = gguf.GGUFWriter(path, "llama")
        if alignment:
            writer.add_custom_alignment(alignment)
        fill(writer)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path.read_bytes()


def add_metadata(writer):
    writer.add_uint8("test.u8", 200)
    writer.add_int8("test.i8", -100)
    writer.add_uint16("test.u16", 60000)
    writer.add_int16("test.i16", -30000)
    writer.add_uint32("test.u32", 4000000000)
    writer.add_int32("test.i32", -2000000000)
    writer.add_uint64("test.u64", 2**63 + 1)
    writer.add_int64("test.i64", -(2**62))
    writer.add_float32("test.f32", 0.5)
    writer.add_float64("test.f64", 0.1)
    writer.add_bool("test.bool", True)
    writer.add_string("test.string", "Grüße")
    writer.add_array("test.strings", ["a", "", "Ġthe"])
    writer.add_array("test.ints", [1, -2, 3])
    writer.add_array("test.floats", [0.25, -1.5])
    writer.add_array("test.bools", [True, False])


def add_all_types(writer):
    add_metadata(writer)
    values = (np.arange(512, dtype=np.float32).reshape(2, 256) - 256) / 64
    writer.add_tensor("f32", values)
    writer.add_tensor("f16", values.astype(np.float16))
    writer.add_tensor("i32", np.arange(6, dtype=np.int32).reshape(1, 2, 3))
    bf16 = gguf.quants.quantize(values, gguf.GGMLQuantizationType.BF16)
    writer.add_tensor("bf16", bf16, raw_dtype=gguf.GGMLQuantizationType.BF16)
    for name in QUANTIZED:
        kind = gguf.GGMLQuantizationType[name]
        try:
            data = gguf.quants.quantize(values, kind)
        except NotImplementedError:  # the k types have no writer in Python: blocks of counting bytes
            elements, size = gguf.GGML_QUANT_SIZES[kind]
            data = np.arange(512 // elements * size, dtype=np.uint64).astype(np.uint8).reshape(2, -1)
        writer.add_tensor(name.lower(), data, raw_dtype=kind)


def add_unreadable(writer):
    writer.add_tensor("q2_k", np.zeros((1, 84), np.uint8), raw_dtype=gguf.GGMLQuantizationType.Q2_K)
    writer.add_tensor("f64", np.ones(3, np.float64))
    writer.add_tensor("f32", np.ones(3, np.float32))


def make_gguf():
    everything = gguf_bytes(add_all_types)
    put("gguf", "all_types.gguf", everything)
    put("gguf", "version_2.gguf", everything[:4] + b"\x02" + everything[5:])
    put("gguf", "aligned_64.gguf", gguf_bytes(lambda w: w.add_tensor("x", np.ones((2, 3), np.float32)), 64))
    put("gguf", "unreadable.gguf", gguf_bytes(add_unreadable))
    put("gguf", "metadata_only.gguf", gguf_bytes(add_metadata))
    put("gguf", "cut.gguf", everything[:700])


def make_safetensors():
    values = torch.arange(-6, 6, dtype=torch.float32)
    mixed = {
        "b.f32": values.reshape(3, 4) / 4,
        "a.f32": values.reshape(2, 2, 3),
        "f16": values.to(torch.float16),
        "bf16": values.to(torch.bfloat16),
        "i32": values.to(torch.int32).reshape(12, 1),
        "i8": values[:3].to(torch.int8),
        "scalar": torch.tensor(2.5),
    }
    put("safetensors", "mixed.safetensors", save(mixed, {"made by": "the reference \"writer\""}))
    unreadable = {
        "i64": torch.arange(3),
        "bool": torch.tensor([True, False]),
        "five": torch.zeros(1, 2, 1, 2, 1),
        "empty": torch.zeros(0, 4),
        "f32": values,
    }
    put("safetensors", "unreadable.safetensors", save(unreadable))
    put("safetensors", "nothing.safetensors", save({}))
    put("safetensors", "cut.safetensors", save(mixed)[:300])


def whisper_spec():
    """A Whisper of one layer and width 4 with random weights."""
    spec = ctranslate2.specs.WhisperSpec(1, 1, 1, 1)
    random = np.random.default_rng(0)

    def fill(layer, name, value):
        if value is not None:
            return
        if name.endswith("_scale") or "/" in name:
            return
        shape = {"bias": (4,), "gamma": (4,), "beta": (4,), "encodings": (6, 4)}.get(name, (4, 4))
        if "conv" in type(layer).__name__.lower() and name == "weight":
            shape = (4, 4, 3)
        setattr(layer, name, random.standard_normal(shape).astype(np.float32))

    def visit(layer):
        for name, value in list(layer.__dict__.items()):
            if isinstance(value, model_spec.LayerSpec):
                visit(value)
            elif isinstance(value, list):
                for item in value:
                    visit(item)
            elif not name.startswith("_"):
                fill(layer, name, value)

    visit(spec.encoder)
    visit(spec.decoder)
    spec.decoder.projection.weight = spec.decoder.embeddings.weight.copy()
    spec.register_vocabulary(["a", "b", "c", "d"])
    spec.validate()
    return spec


def make_ctranslate2():
    for quantization in ["float32", "float16", "bfloat16", "int8", "int16"]:
        spec = whisper_spec()
        spec.optimize(quantization)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.bin"
            spec._serialize(str(path))
            data = path.read_bytes()
        put("ctranslate2", f"whisper_{quantization}.bin", data)
    put("ctranslate2", "cut.bin", data[:1000])


make_gguf()
make_safetensors()
make_ctranslate2()
