#!/usr/bin/env python3
"""Writes tests/golden/generate/sampling.json: distributions after transformers' logits processors.

Usage: sampling_golden.py [REPOSITORY]
Needs: torch, transformers 5.x. The frequency and presence penalties are written out here (the OpenAI API documents
logit - count * frequency - (count > 0) * presence); transformers has none.
"""

import json
import pathlib
import sys
import zlib

import torch
from transformers.generation import logits_process as reference

VOCAB = 300
OPTIONS = [
    {"temperature": 1.0}, {"temperature": 0.3}, {"temperature": 2.5},
    {"temperature": 1.0, "top_k": 1}, {"temperature": 0.8, "top_k": 7}, {"temperature": 1.5, "top_k": 299}, {"temperature": 1.0, "top_k": 5000},
    {"temperature": 1.0, "top_p": 0.9}, {"temperature": 1.0, "top_p": 0.5}, {"temperature": 2.0, "top_p": 0.99}, {"temperature": 0.7, "top_p": 0.01},
    {"temperature": 1.0, "min_p": 0.1}, {"temperature": 1.7, "min_p": 0.02}, {"temperature": 1.0, "min_p": 1.0},
    {"temperature": 0.9, "top_k": 40, "top_p": 0.8, "min_p": 0.05}, {"temperature": 1.3, "top_k": 20, "top_p": 0.95}, {"temperature": 1.3, "top_p": 0.95, "min_p": 0.2},
    {"temperature": 1.0, "repetition_penalty": 1.3}, {"temperature": 1.0, "repetition_penalty": 0.7}, {"temperature": 0.6, "repetition_penalty": 1.1, "top_p": 0.9},
    {"temperature": 1.0, "frequency_penalty": 0.4}, {"temperature": 1.0, "presence_penalty": 1.5}, {"temperature": 1.0, "repetition_penalty": 1.2, "frequency_penalty": 0.2, "presence_penalty": -0.5},
    {"temperature": 1.0, "suppressed": [0, 5, 299]}, {"temperature": 1.0, "logit_bias": [[3, 5.0], [4, -5.0], [250, 1.25]]},
    {"temperature": 0.8, "top_k": 50, "top_p": 0.9, "min_p": 0.01, "repetition_penalty": 1.15, "logit_bias": [[7, 2.0]], "suppressed": [1, 2, 3]},
]


def expected(logits, prompt, generated, options):
    scores = logits.clone().unsqueeze(0)
    ids = torch.tensor([prompt + generated])
    for token, bias in options.get("logit_bias", []):
        scores = reference.SequenceBiasLogitsProcessor([[[token], bias]])(ids, scores)
    if "suppressed" in options:
        scores = reference.SuppressTokensLogitsProcessor(options["suppressed"], device="cpu")(ids, scores)
    if "repetition_penalty" in options:
        scores = reference.RepetitionPenaltyLogitsProcessor(options["repetition_penalty"])(ids, scores)
    for token in set(generated):
        scores[0, token] -= generated.count(token) * options.get("frequency_penalty", 0.0) + options.get("presence_penalty", 0.0)
    if options["temperature"] != 1.0:
        scores = reference.TemperatureLogitsWarper(options["temperature"])(ids, scores)
    if "top_k" in options:
        scores = reference.TopKLogitsWarper(options["top_k"])(ids, scores)
    if "top_p" in options:
        scores = reference.TopPLogitsWarper(options["top_p"])(ids, scores)
    if "min_p" in options:
        scores = reference.MinPLogitsWarper(options["min_p"])(ids, scores)
    probabilities = torch.softmax(scores[0].double(), -1)
    order = torch.sort(probabilities, descending=True, stable=True).indices
    return [[int(i), float(f"{float(probabilities[i]):.8g}")] for i in order if probabilities[i] > 0]


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
    folder = root / "tests/golden/generate"
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    rows = [torch.randn(VOCAB) * 3, torch.randn(VOCAB) * 0.4 - 20, torch.randn(VOCAB) * 8 + 30]
    prompt, generated = [1, 2, 3, 2, 250], [7, 9, 7, 7, 100, 250]
    cases = [[row, options, expected(logits, prompt, generated, options)] for row, logits in enumerate(rows) for options in OPTIONS]
    texts = ["a", "hello world", "thank you. " * 30, "Это проверка. " * 3, "The quick brown fox jumps over the lazy dog.", "ab" * 500]
    golden = {
        "vocab_size": VOCAB, "prompt": prompt, "generated": generated,
        "logits": [[float(f"{x:.9g}") for x in row.tolist()] for row in rows],
        "logprobs": [[float(f"{x:.8g}") for x in torch.log_softmax(row.double(), -1).tolist()] for row in rows],
        "compression_ratio": [[text, len(text.encode()) / len(zlib.compress(text.encode()))] for text in texts],
    }
    with open(folder / "sampling.json", "w") as file:
        file.write(json.dumps(golden, ensure_ascii=False)[:-1] + ', "cases": [\n' + ",\n".join(map(json.dumps, cases)) + "\n]}\n")
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
