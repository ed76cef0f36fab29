#!/usr/bin/env python3
"""Writes tests/golden/tensor/ops.json: small inputs and outputs of the tensor ops, computed by PyTorch in f64.

Needs: pip install torch transformers
Usage: python3 tools/reference/dump_ops.py tests/golden/tensor/ops.json
"""

import json
import sys

import torch
import torch.nn.functional as F
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb


def case(name, inputs, outputs, **options):
    def pack(tensors):
        return {key: {"shape": list(t.shape), "values": [float(f"{v:.9g}") for v in t.float().flatten().tolist()]}
                for key, t in tensors.items()}
    return {"name": name, "options": options, "inputs": pack(inputs), "outputs": pack(outputs)}


def normal(*shape, scale=1.0):
    return (torch.randn(*shape) * scale).float().double()


def norms():
    x, w, b = normal(3, 37, scale=2.0) + 0.5, normal(37), normal(37)
    rms = torch.nn.RMSNorm(37, eps=1e-5, dtype=torch.float64)
    rms.weight.data = w
    offset = torch.nn.RMSNorm(37, eps=1e-6, dtype=torch.float64)
    offset.weight.data = 1 + w
    yield case("rms_norm", {"x": x, "weight": w}, {"y": rms(x)}, eps=1e-5, weight_offset=0.0)
    yield case("rms_norm", {"x": x, "weight": w}, {"y": offset(x)}, eps=1e-6, weight_offset=1.0)
    yield case("layer_norm", {"x": x, "weight": w, "bias": b}, {"y": F.layer_norm(x, (37,), w, b, 1e-5)}, eps=1e-5)


def activations():
    x = torch.cat([torch.linspace(-12, 12, 97), torch.tensor([0.0, -1e-4, 1e-4, 30.0, -30.0])]).double()[None]
    for name, y in {"gelu": F.gelu(x), "gelu_tanh": F.gelu(x, approximate="tanh"), "silu": F.silu(x),
                    "relu": F.relu(x)}.items():
        yield case("activate", {"x": x}, {"y": y}, activation=name)


def linears():
    x, w, b, r = normal(3, 29), normal(11, 29, scale=0.3), normal(11), normal(3, 11)
    yield case("linear", {"x": x, "weight": w, "bias": b, "residual": r}, {"y": F.gelu(F.linear(x, w, b)) + r},
               activation="gelu")
    up = normal(11, 29, scale=0.3)
    yield case("gated_linear", {"x": x, "gate": w, "up": up}, {"y": F.silu(F.linear(x, w)) * F.linear(x, up)},
               activation="silu")
    yield case("log_softmax", {"x": x}, {"y": F.log_softmax(x, -1)})


def convolutions():
    for stride, padding, kernel, frames in [(1, 1, 3, 9), (2, 1, 3, 10), (2, 1, 3, 9), (1, 0, 1, 4), (3, 2, 4, 7)]:
        x, w, b = normal(frames, 5), normal(6, 5, kernel), normal(6)
        y = F.gelu(F.conv1d(x.T[None], w, b, stride=stride, padding=padding))[0].T
        yield case("conv1d", {"x": x, "weight": w, "bias": b}, {"y": y}, stride=stride, padding=padding,
                   activation="gelu")


def ropes():
    heads, dim, positions = 2, 8, torch.tensor([0, 1, 7, 300])
    inverse = (10000.0 ** (-torch.arange(0, dim, 2) / dim)).float().double()
    x = normal(len(positions), heads * dim)
    angles = positions[:, None].double() * inverse
    options = {"head_dim": dim, "positions": positions.tolist(), "inverse_frequencies": inverse.tolist()}
    both = torch.cat([angles, angles], -1)
    per_head = x.view(1, len(positions), heads, dim).transpose(1, 2)
    y, _ = apply_rotary_pos_emb(per_head, per_head, both.cos()[None], both.sin()[None])
    yield case("rope", {"x": x}, {"y": y.transpose(1, 2).reshape(x.shape)}, style="halves", **options)
    # As in Meta's llama: pairs of neighbours are complex numbers.
    pairs = torch.view_as_complex(x.view(len(positions), heads, dim // 2, 2).contiguous())
    y = torch.view_as_real(pairs * torch.polar(torch.ones_like(angles), angles)[:, None])
    yield case("rope", {"x": x}, {"y": y.reshape(x.shape)}, style="interleaved", **options)


def attentions():
    heads, kv_heads, dim, rows = 4, 2, 8, 70
    q, k, v = normal(rows, heads * dim), normal(rows, kv_heads * dim), normal(rows, kv_heads * dim)
    scale = dim ** -0.5

    def split(x, count):
        return x.view(rows, count, dim).transpose(0, 1)

    at = torch.arange(rows)
    for causal, window, softcap in [(False, 0, 0.0), (True, 0, 0.0), (True, 5, 0.0), (True, 0, 3.0)]:
        mask = torch.ones(rows, rows, dtype=torch.bool)
        if causal:
            mask &= at[None, :] <= at[:, None]
        if window:
            mask &= at[None, :] > at[:, None] - window
        qh, kh, vh = split(q, heads), split(k, kv_heads), split(v, kv_heads)
        kh, vh = kh.repeat_interleave(2, 0), vh.repeat_interleave(2, 0)
        if softcap:
            scores = softcap * torch.tanh(qh @ kh.transpose(1, 2) * scale / softcap)
            y = scores.masked_fill(~mask, float("-inf")).softmax(-1) @ vh
        else:
            y = F.scaled_dot_product_attention(qh, kh, vh, attn_mask=mask, scale=scale)
        yield case("attention", {"q": q, "k": k, "v": v}, {"y": y.transpose(0, 1).reshape(rows, heads * dim)},
                   heads=heads, kv_heads=kv_heads, head_dim=dim, scale=scale, causal=causal, window=window,
                   softcap=softcap)


def main():
    torch.manual_seed(3)
    cases = [c for make in (norms, activations, linears, convolutions, ropes, attentions) for c in make()]
    with open(sys.argv[1], "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


if __name__ == "__main__":
    with torch.no_grad():
        main()
