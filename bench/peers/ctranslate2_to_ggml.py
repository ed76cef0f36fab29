"""Writes a CTranslate2 Whisper folder as whisper.cpp's ggml file, f16, so that both run the very same weights.

Usage: ctranslate2_to_ggml.py MODEL_FOLDER OUTPUT.bin
"""

import json
import pathlib
import struct
import sys

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor

DTYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
GGML_MAGIC = 0x67676D6C


def read_model_bin(path):
    data = pathlib.Path(path).read_bytes()
    position = 0

    def take(form):
        nonlocal position
        values = struct.unpack_from("<" + form, data, position)
        position += struct.calcsize("<" + form)
        return values if len(values) > 1 else values[0]

    def text():
        nonlocal position
        size = take("H")
        value = data[position : position + size - 1].decode()
        position += size
        return value

    take("I"), text(), take("I")
    variables = {}
    for _ in range(take("I")):
        name, rank = text(), take("B")
        shape = [take("I") for _ in range(rank)]
        dtype, size = DTYPES[take("B")], take("I")
        variables[name] = np.frombuffer(data, dtype, size // np.dtype(dtype).itemsize, position).reshape(shape)
        position += size
    return variables


def block_tensors(variables, side, layer):
    """Tensors of one block under the names of the original implementation."""
    source, target = f"{side}/layer_{layer}", f"{side}.blocks.{layer}"
    out = {}

    def put(name, weight, bias=None):
        out[f"{target}.{name}.weight"] = weight
        if bias is not None:
            out[f"{target}.{name}.bias"] = bias

    weight, bias = variables[f"{source}/self_attention/linear_0/weight"], variables[f"{source}/self_attention/linear_0/bias"]
    (q, k, v), (qb, _, vb) = np.split(weight, 3), np.split(bias, 3)
    put("attn.query", q, qb), put("attn.key", k), put("attn.value", v, vb)
    put("attn.out", variables[f"{source}/self_attention/linear_1/weight"], variables[f"{source}/self_attention/linear_1/bias"])
    put("attn_ln", variables[f"{source}/self_attention/layer_norm/gamma"], variables[f"{source}/self_attention/layer_norm/beta"])
    if side == "decoder":
        put("cross_attn.query", variables[f"{source}/attention/linear_0/weight"], variables[f"{source}/attention/linear_0/bias"])
        (k, v), (_, vb) = np.split(variables[f"{source}/attention/linear_1/weight"], 2), np.split(variables[f"{source}/attention/linear_1/bias"], 2)
        put("cross_attn.key", k), put("cross_attn.value", v, vb)
        put("cross_attn.out", variables[f"{source}/attention/linear_2/weight"], variables[f"{source}/attention/linear_2/bias"])
        put("cross_attn_ln", variables[f"{source}/attention/layer_norm/gamma"], variables[f"{source}/attention/layer_norm/beta"])
    put("mlp.0", variables[f"{source}/ffn/linear_0/weight"], variables[f"{source}/ffn/linear_0/bias"])
    put("mlp.2", variables[f"{source}/ffn/linear_1/weight"], variables[f"{source}/ffn/linear_1/bias"])
    put("mlp_ln", variables[f"{source}/ffn/layer_norm/gamma"], variables[f"{source}/ffn/layer_norm/beta"])
    return out


def tensors_of(variables, layers):
    out = {
        "encoder.positional_embedding": variables["encoder/position_encodings/encodings"],
        "encoder.conv1.weight": variables["encoder/conv1/weight"],
        "encoder.conv1.bias": variables["encoder/conv1/bias"].reshape(-1, 1),
        "encoder.conv2.weight": variables["encoder/conv2/weight"],
        "encoder.conv2.bias": variables["encoder/conv2/bias"].reshape(-1, 1),
        "encoder.ln_post.weight": variables["encoder/layer_norm/gamma"],
        "encoder.ln_post.bias": variables["encoder/layer_norm/beta"],
        "decoder.positional_embedding": variables["decoder/position_encodings/encodings"],
        "decoder.token_embedding.weight": variables["decoder/embeddings/weight"],
        "decoder.ln.weight": variables["decoder/layer_norm/gamma"],
        "decoder.ln.bias": variables["decoder/layer_norm/beta"],
    }
    for side in ("encoder", "decoder"):
        for layer in range(layers):
            out.update(block_tensors(variables, side, layer))
    return out


def byte_of_character():
    """GPT-2's printable stand-ins back to bytes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    characters, extra = {chr(b): b for b in printable}, 0
    for byte in range(256):
        if byte not in printable:
            characters[chr(256 + extra)] = byte
            extra += 1
    return characters


def main(folder, output):
    folder = pathlib.Path(folder)
    variables = read_model_bin(folder / "model.bin")
    vocabulary = (folder / "vocabulary.txt").read_text(encoding="utf-8").split("\n")
    if vocabulary[-1] == "":
        vocabulary.pop()
    n_vocab, state = variables["decoder/embeddings/weight"].shape
    layers = sum(1 for name in variables if name.startswith("encoder/layer_") and name.endswith("ffn/linear_0/weight"))
    mels = variables["encoder/conv1/weight"].shape[1]
    heads = state // 64
    with open(output, "wb") as file:
        file.write(struct.pack("<I", GGML_MAGIC))
        audio_rows = variables["encoder/position_encodings/encodings"].shape[0]
        text_rows = variables["decoder/position_encodings/encodings"].shape[0]
        file.write(struct.pack("<11i", n_vocab, audio_rows, state, heads, layers, text_rows, state, heads, layers, mels, 1))
        filters = FeatureExtractor(feature_size=mels).mel_filters.astype("<f4")
        file.write(struct.pack("<2i", *filters.shape) + filters.tobytes())
        characters = byte_of_character()
        words = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
        ordered = sorted(words, key=words.get)
        ordered = [word for word in ordered if words[word] < (50257 if n_vocab >= 51865 else 50256)]
        file.write(struct.pack("<i", len(ordered)))
        for word in ordered:
            raw = bytes(characters[c] for c in word) if all(c in characters for c in word) else word.encode()
            file.write(struct.pack("<i", len(raw)) + raw)
        for name, tensor in tensors_of(variables, layers).items():
            small = tensor.ndim == 1 or "positional" in name or (".bias" in name)
            tensor = tensor.astype("<f4" if small else "<f2")
            encoded = name.encode()
            file.write(struct.pack("<3i", tensor.ndim, len(encoded), 0 if small else 1))
            file.write(struct.pack(f"<{tensor.ndim}i", *reversed(tensor.shape)) + encoded + np.ascontiguousarray(tensor).tobytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
