#!/usr/bin/env python3
"""Writes tests/golden/tensor/quantizers.json: numbers (f32, in hex), and the blocks that ggml's reference quantizers make of them.

The simple types and halves come from the `gguf` package. That package makes no K types: these come from ggml itself
(quantize_row_*_ref), a shared library such as the libggml-base.so of a llama.cpp build, compiled without fused products.

Needs: pip install gguf numpy
Usage: python3 tools/reference/dump_quantizers.py libggml-base.so tests/golden/tensor/quantizers.json
"""

import ctypes
import json
import sys

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType as T
from gguf.quants import dequantize, quantize

SIMPLE = [T.F16, T.BF16, T.Q8_0, T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1]
K_TYPES = [T.Q4_K, T.Q5_K, T.Q6_K]


def numbers():
    """Blocks of 256 as weights are, and as they hardly ever are."""
    rng = np.random.default_rng(11)
    blocks = [rng.normal(0, 0.02, (6, 256)), rng.normal(0, 1, (2, 256)) * rng.gamma(0.5, 1, (2, 256)),
              rng.uniform(0.5, 1.0, (1, 256)), rng.uniform(-1.0, -0.5, (1, 256)),
              rng.integers(-8, 9, (1, 256)) / 8.0,  # many ties
              np.zeros((1, 256)), np.full((1, 256), 0.25), np.full((1, 256), -3.0)]
    spike = np.zeros((1, 256))
    spike[0, 77] = -5.0
    mixed = rng.normal(0, 0.02, (1, 256))
    mixed[0, :64] = 0.0
    mixed[0, 64:128] *= 1e-5
    return np.concatenate(blocks + [spike, mixed, rng.normal(0, 1e-7, (1, 256)), rng.normal(0, 1e-18, (1, 256)),
                                    rng.normal(0, 3000, (1, 256))]).astype(np.float32)


def k_blocks(library, qtype, x):
    elements, size = GGML_QUANT_SIZES[qtype]
    out = np.zeros((x.size // elements, size), dtype=np.uint8)
    function = getattr(library, f"quantize_row_{qtype.name.lower()[:-1]}K_ref")
    function.restype = None
    function(x.ctypes.data_as(ctypes.c_void_p), out.ctypes.data_as(ctypes.c_void_p), ctypes.c_int64(x.size))
    return out


def main():
    library = ctypes.CDLL(sys.argv[1])
    x = np.ascontiguousarray(numbers())
    golden = {"numbers": x.tobytes().hex()}
    for qtype in SIMPLE + K_TYPES:
        data = k_blocks(library, qtype, x) if qtype in K_TYPES else quantize(x, qtype)
        name = qtype.name.lower()
        golden[name] = np.ascontiguousarray(data).tobytes().hex()
        if qtype in K_TYPES:
            golden[f"{name}.read"] = np.ascontiguousarray(dequantize(data, qtype), dtype=np.float32).tobytes().hex()
    with open(sys.argv[2], "w") as file:
        json.dump(golden, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main()
