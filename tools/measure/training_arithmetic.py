#!/usr/bin/env python3
"""Memory and traffic of LLaSO-Base on several GPUs, by the formulas of docs/training_on_many_machines.md.

Usage: training_arithmetic.py                 prints the tables of that page
       training_arithmetic.py --check PAGE    fails unless the page has every line of them
"""
import argparse
import pathlib
import sys

# LLaSO-Base (arXiv 2508.15418): Whisper large-v3's encoder, the projector, Llama-3.2-3B.
ENCODER, PROJECTOR, LANGUAGE = 636_968_960, 13_375_488, 3_212_749_824
LAYERS, HIDDEN, KEYS, INNER, VOCAB = 28, 3072, 8 * 128, 8192, 128_256
ENCODER_HIDDEN, ENCODER_INNER, ENCODER_ROWS = 1280, 5120, 1500
ROWS = 4096  # context_tokens of the recipes: the longest example

WEIGHT, GRADIENT, MOMENTS = 4, 4, 8  # bytes of a trained parameter, in f32
FROZEN = 4  # bytes of one that is not trained, as the torch backend holds it
FACTOR, LOGITS = 2, 3 * 4  # of matrix products, bf16; logits, softmax and its gradient in f32
OVERHEAD = (512 + 200) << 20  # LibTorch and loaded examples; sums on their way

# Bytes a second that a GPU sends while it receives as many, by its maker's figures.
LINKS = {"NVLink 4, 450 GB/s": 450e9, "400 Gbit/s": 50e9, "100 Gbit/s": 12.5e9, "10 Gbit/s": 1.25e9}
GIB = 1 << 30


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "|---|" + "--:|" * (len(head) - 1)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


# Of a layer, as memory_plan.h counts with bf16: rows, and weights rounded for the products.
def layer_rows(hidden, keys, inner, gated, learns):
    row = 8 * hidden + FACTOR * (2 * hidden + 2 * keys) + (12 if gated else 4) * inner
    if learns:
        row += FACTOR * inner + (20 if gated else 10) * hidden
    return row


def activations(recompute):
    layer = layer_rows(HIDDEN, KEYS, INNER, True, recompute) * ROWS
    return LAYERS * 4 * HIDDEN * ROWS + layer if recompute else LAYERS * layer


def rounded_weights(recompute):
    layer = FACTOR * (2 * HIDDEN * HIDDEN + 2 * HIDDEN * KEYS + 3 * HIDDEN * INNER)
    return layer if recompute else LAYERS * layer


# Of one layer at a time, as nothing passes back through it.
def encoder_activations():
    weights = FACTOR * (4 * ENCODER_HIDDEN**2 + 2 * ENCODER_HIDDEN * ENCODER_INNER)
    return layer_rows(ENCODER_HIDDEN, ENCODER_HIDDEN, ENCODER_INNER, False, False) * ENCODER_ROWS + weights


def memory(trained, frozen, examples, recompute, shards):
    fixed = trained * (WEIGHT + GRADIENT) + trained * MOMENTS / shards + frozen * FROZEN + OVERHEAD
    fixed += rounded_weights(recompute)
    return fixed + encoder_activations() + examples * (activations(recompute) + ROWS * VOCAB * LOGITS)


def gib(value):
    return f"{value / GIB:.1f} GiB" if value >= GIB else f"{value / (1 << 20):.0f} MiB"


def memory_rows():
    both, whole = ENCODER + LANGUAGE, PROJECTOR + LANGUAGE
    yield ["trained parameters", f"{PROJECTOR:,}", f"{whole:,}"]
    yield ["weights, trained (4 bytes)", gib(PROJECTOR * WEIGHT), gib(whole * WEIGHT)]
    yield ["gradients (4 bytes)", gib(PROJECTOR * GRADIENT), gib(whole * GRADIENT)]
    yield ["moments (8 bytes)", gib(PROJECTOR * MOMENTS), gib(whole * MOMENTS)]
    yield ["moments, shared by 8", gib(PROJECTOR * MOMENTS / 8), gib(whole * MOMENTS / 8)]
    yield ["moments, shared by 64", gib(PROJECTOR * MOMENTS / 64), gib(whole * MOMENTS / 64)]
    yield ["weights, frozen (4 bytes)", gib(both * FROZEN), gib(ENCODER * FROZEN)]
    yield ["activations of the language model", gib(2 * activations(False)), gib(activations(True))]
    yield ["its weights, rounded to bf16", gib(rounded_weights(False)), gib(rounded_weights(True))]
    yield ["activations of the encoder", gib(encoder_activations()), gib(encoder_activations())]
    yield ["logits", gib(2 * ROWS * VOCAB * LOGITS), gib(ROWS * VOCAB * LOGITS)]
    yield ["LibTorch, examples, sums on their way", gib(OVERHEAD), gib(OVERHEAD)]
    for name, shards in (("in all", 1), ("in all, shared by 8", 8), ("in all, shared by 64", 64)):
        yield [name, gib(memory(PROJECTOR, both, 2, False, shards)), gib(memory(whole, ENCODER, 1, True, shards))]


def gb(value):
    return f"{value / 1e9:.1f} GB" if value >= 1e9 else f"{value / 1e6:.0f} MB"


def traffic(trained, processes, sharded):
    share = (processes - 1) / processes
    return (2 + (1 if sharded else 0)) * share * trained * 4


CASES = [
    (f"{stage}, {processes} GPUs{', sharded' if sharded else ''}", traffic(trained, processes, sharded))
    for stage, trained in (("align", PROJECTOR), ("instruct", PROJECTOR + LANGUAGE))
    for processes in (8, 64)
    for sharded in (False, True)
]


def seconds(value):
    return f"{1000 * value:.1f} ms" if value < 0.1 else f"{value:.2f} s" if value < 1 else f"{value:.1f} s"


def traffic_rows():
    for name, sent in CASES:
        yield [name, gb(sent)] + [seconds(sent / rate) for rate in LINKS.values()]


def lines():
    yield from table(["bytes on each GPU", "align", "instruct"], memory_rows())
    yield from table(["a step", "sent by each GPU", *LINKS], traffic_rows())
    whole = PROJECTOR + LANGUAGE
    yield from table(["a checkpoint", "align", "instruct"],
                     [["files, and memory of the first process's host (12 bytes)",
                       gib(PROJECTOR * 12), gib(whole * 12)]])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", type=pathlib.Path, metavar="PAGE")
    page = parser.parse_args().check
    if page is None:
        print("\n".join(lines()))
        return
    there = page.read_text(encoding="utf-8").splitlines()
    missing = [line for line in lines() if line not in there]
    if missing:
        sys.exit(f"{page} lacks what this script prints:\n" + "\n".join(missing))


main()
