"""Writes tests/golden/whisper/small_v3/: a Whisper of the large-v3 layout (128 mel bins) with few and random weights, as
Hugging Face folder (safetensors, f16) and as CTranslate2 model.bin (int8 with scales), and what transformers computes
with the weights of each in f32.

Requires: numpy, torch, transformers, safetensors.

    python3 tools/reference/whisper_small.py
"""

import json
import pathlib
import struct

import numpy
import torch
from safetensors.numpy import save_file
from transformers import WhisperConfig, WhisperForConditionalGeneration

TARGET = pathlib.Path(__file__).resolve().parents[2] / "tests/golden/whisper/small_v3"
TOKENS = [1, 5, 9, 200, 299, 7, 7, 3]


def small_model():
    torch.manual_seed(7)
    config = WhisperConfig(vocab_size=300, num_mel_bins=128, d_model=64, encoder_layers=2, decoder_layers=2,
                           encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=128, decoder_ffn_dim=128,
                           max_source_positions=60, max_target_positions=24, pad_token_id=0, bos_token_id=0,
                           eos_token_id=0, decoder_start_token_id=1, suppress_tokens=[2, 4, 8], begin_suppress_tokens=[6, 0],
                           attn_implementation="eager")
    model = WhisperForConditionalGeneration(config).eval()
    with torch.no_grad():
        for name, value in model.named_parameters():
            if "embed_positions" not in name:
                value.add_(0.1 * torch.randn_like(value))  # biases and norms are no longer 0 and 1
            value.copy_(value.half().float())
    return model


def outputs(model):
    generator = torch.Generator().manual_seed(11)
    mel = torch.randn(1, 128, 120, generator=generator)
    with torch.no_grad():
        hidden = model.model.encoder(mel).last_hidden_state
        logits = model(input_features=mel, decoder_input_ids=torch.tensor([TOKENS])).logits
    return {"mel": mel[0].T, "hidden": hidden[0], "logits": logits[0]}


def quantized(value):
    """CTranslate2's int8: each row times 127 / its largest magnitude."""
    rows = value.reshape(value.shape[0], -1)
    largest = numpy.abs(rows).max(axis=1)
    largest[largest == 0] = 127.0
    scale = (127.0 / largest).astype(numpy.float32)
    return numpy.rint(rows * scale[:, None]).astype(numpy.int8).reshape(value.shape), scale


def fuse(state, name, letters):
    zero = numpy.zeros(state[f"{name}.q_proj.bias"].shape, dtype=numpy.float32)
    weight = numpy.concatenate([state[f"{name}.{x}_proj.weight"] for x in letters])
    bias = numpy.concatenate([state.get(f"{name}.{x}_proj.bias", zero) for x in letters])
    return {"weight": weight, "bias": bias}


def ctranslate2_variables(state):
    out = {}

    def put(target, weight, bias):
        out[f"{target}/weight"], out[f"{target}/bias"] = weight, bias

    def norm(target, source):
        out[f"{target}/gamma"], out[f"{target}/beta"] = state[f"{source}.weight"], state[f"{source}.bias"]

    for conv in ("conv1", "conv2"):
        put(f"encoder/{conv}", state[f"encoder.{conv}.weight"], state[f"encoder.{conv}.bias"])
    out["decoder/embeddings/weight"] = state["decoder.embed_tokens.weight"]
    for side in ("encoder", "decoder"):
        out[f"{side}/position_encodings/encodings"] = state[f"{side}.embed_positions.weight"]
        out[f"{side}/num_heads"] = numpy.int16(2)
        norm(f"{side}/layer_norm", f"{side}.layer_norm")
        for layer in range(2):
            source, target = f"{side}.layers.{layer}", f"{side}/layer_{layer}"
            put(f"{target}/self_attention/linear_0", **fuse(state, f"{source}.self_attn", "qkv"))
            put(f"{target}/self_attention/linear_1", state[f"{source}.self_attn.out_proj.weight"],
                state[f"{source}.self_attn.out_proj.bias"])
            norm(f"{target}/self_attention/layer_norm", f"{source}.self_attn_layer_norm")
            if side == "decoder":
                put(f"{target}/attention/linear_0", **fuse(state, f"{source}.encoder_attn", "q"))
                put(f"{target}/attention/linear_1", **fuse(state, f"{source}.encoder_attn", "kv"))
                put(f"{target}/attention/linear_2", state[f"{source}.encoder_attn.out_proj.weight"],
                    state[f"{source}.encoder_attn.out_proj.bias"])
                norm(f"{target}/attention/layer_norm", f"{source}.encoder_attn_layer_norm")
            norm(f"{target}/ffn/layer_norm", f"{source}.final_layer_norm")
            for ours, theirs in (("linear_0", "fc1"), ("linear_1", "fc2")):
                put(f"{target}/ffn/{ours}", state[f"{source}.{theirs}.weight"], state[f"{source}.{theirs}.bias"])
    return out


def write_ctranslate2(path, variables):
    kinds = {numpy.dtype("float32"): 0, numpy.dtype("int8"): 1, numpy.dtype("int16"): 2, numpy.dtype("float16"): 4}
    text = lambda value: struct.pack("<H", len(value) + 1) + value.encode() + b"\0"
    data = [struct.pack("<I", 6), text("WhisperSpec"), struct.pack("<I", 3)]
    stored = {}
    for name, value in variables.items():
        if name.endswith("/weight"):
            stored[name], stored[name + "_scale"] = quantized(value)
        else:
            stored[name] = value if value.ndim == 0 else value.astype(numpy.float16)
    data.append(struct.pack("<I", len(stored)))
    for name, value in sorted(stored.items()):
        value = numpy.asarray(value)
        data += [text(name), struct.pack("<B", value.ndim), struct.pack(f"<{value.ndim}I", *value.shape),
                 struct.pack("<BI", kinds[value.dtype], value.nbytes), value.tobytes()]
    data += [struct.pack("<I", 1), text("decoder/projection/weight"), text("decoder/embeddings/weight")]
    path.write_bytes(b"".join(data))


def main():
    model = small_model()
    for kind in ("hugging_face", "ctranslate2"):
        (TARGET / kind).mkdir(parents=True, exist_ok=True)
    state = {name: value.numpy() for name, value in model.model.state_dict().items()}
    save_file({f"model.{name}": value.astype(numpy.float16) for name, value in state.items()},
              TARGET / "hugging_face/model.safetensors")
    config = {"model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"], "d_model": 64,
              "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 2, "decoder_attention_heads": 2,
              "encoder_ffn_dim": 128, "decoder_ffn_dim": 128, "max_source_positions": 60, "max_target_positions": 24,
              "num_mel_bins": 128, "vocab_size": 300}
    (TARGET / "hugging_face/config.json").write_text(json.dumps(config, indent=1) + "\n")
    facts = {"suppress_tokens": [2, 4, 8], "begin_suppress_tokens": [6, 0], "alignment_heads": [[1, 0], [0, 1]]}
    (TARGET / "hugging_face/generation_config.json").write_text(json.dumps(facts, indent=1) + "\n")
    golden = {f"hugging_face.{name}": value.numpy() for name, value in outputs(model).items()}

    variables = ctranslate2_variables(state)
    write_ctranslate2(TARGET / "ctranslate2/model.bin", variables)
    (TARGET / "ctranslate2/config.json").write_text(json.dumps({"suppress_ids": [2, 4, 8], "suppress_ids_begin": [6, 0]}) + "\n")
    with torch.no_grad():
        for name, value in model.model.named_parameters():
            if value.ndim >= 2 and "embed_positions" not in name:
                integers, scale = quantized(value.numpy())
                value.copy_(torch.from_numpy(integers.astype(numpy.float32) / scale.reshape([-1] + [1] * (value.ndim - 1))))
    golden |= {f"ctranslate2.{name}": value.numpy() for name, value in outputs(model).items()}
    golden["tokens"] = numpy.array(TOKENS, dtype=numpy.int32)
    save_file({name: numpy.ascontiguousarray(value) for name, value in golden.items()}, TARGET / "golden.safetensors")
    print(sum(f.stat().st_size for f in TARGET.rglob("*") if f.is_file()), "bytes")


if __name__ == "__main__":
    main()
