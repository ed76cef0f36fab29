#!/usr/bin/env python3
"""Writes tests/golden/tensor/quantized_blocks.json: blocks of random bytes in each GGUF type and the numbers that the
`gguf` package reads from them.

Needs: pip install gguf numpy
Usage: python3 tools/reference/dump_quantized_blocks.py tests/golden/tensor/quantized_blocks.json
"""

import json
import sys

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType as T
from gguf.quants import dequantize

# Byte offsets of the f16 numbers of a block: random bytes there would often be infinite.
HALVES = {T.Q8_0: [0], T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q4_K: [0, 2], T.Q5_K: [0, 2],
          T.Q6_K: [208]}
BLOCKS = {32: 4, 256: 2}


def main():
    rng = np.random.default_rng(3)
    golden = {}
    for qtype, offsets in HALVES.items():
        elements, size = GGML_QUANT_SIZES[qtype]
        data = rng.integers(0, 256, (BLOCKS[elements], size), dtype=np.uint8)
        for offset in offsets:
            scales = rng.normal(0, 0.05, BLOCKS[elements]).astype(np.float16)
            data[:, offset:offset + 2] = scales.view(np.uint8).reshape(-1, 2)
        values = dequantize(data, qtype).astype(np.float32)
        golden[qtype.name.lower()] = {"bytes": data.tobytes().hex(), "values": [float(v) for v in values.ravel()]}
    with open(sys.argv[1], "w") as file:
        json.dump(golden, file)
        file.write("\n")


if __name__ == "__main__":
    main()
