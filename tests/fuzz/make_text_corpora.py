#!/usr/bin/env python3
"""Writes the seeds of the text fuzzers: tests/fuzz/corpus/{tokenizer_json,gguf_vocab,sentencepiece,encode}. Small files in
the shape of real ones, so that a fuzzer starts inside every part. Needs nothing but the fixtures in tests/golden/text."""
import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests/fuzz/corpus"
GOLDEN = ROOT / "tests/golden/text"


def put(fuzzer, name, content):
    folder = CORPUS / fuzzer
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def small(name, pieces=60):
    """The fixture with its first tokens and merges only."""
    tree = json.loads((GOLDEN / f"{name}.tokenizer.json").read_text())
    model = tree["model"]
    if isinstance(model["vocab"], dict):
        model["merges"] = model["merges"][:20]
        pairs = [m.split(" ") if isinstance(m, str) else m for m in model["merges"]]
        needed = {part for a, b in pairs for part in (a, b, a + b)}
        needed.update(t["content"] for t in tree["added_tokens"])
        model["vocab"] = {t: i for i, t in enumerate(sorted(needed))}
        known = model["vocab"]
    else:
        model["vocab"] = model["vocab"][:pieces]
        known = {t: i for i, (t, _) in enumerate(model["vocab"])}
        tree["normalizer"] = {"type": "NFKC"}
    fresh = len(known)
    for token in tree["added_tokens"]:
        token["id"] = known.get(token["content"], fresh)
        fresh += token["content"] not in known
    tree["post_processor"] = None
    return tree


if __name__ == "__main__":
    for name in ("gpt2", "llama-3", "qwen2", "tekken", "gemma", "mistral-prepend", "mistral-metaspace", "t5", "parts"):
        put("tokenizer_json", name, small(name))
    letters = list("abcdefgh")
    put("gguf_vocab", "gpt2", {"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "smollm", "tokenizer.ggml.tokens": ["<s>"] + letters + ["ab", "Ġ"],
                               "tokenizer.ggml.token_type": [3] + [1] * 10, "tokenizer.ggml.merges": ["a b"], "tokenizer.ggml.bos_token_id": 0})
    for pre in ("llama-bpe", "qwen2", "default"):
        put("gguf_vocab", pre, {"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": pre, "tokenizer.ggml.tokens": letters + ["ab", "abc"],
                                "tokenizer.ggml.merges": ["a b", "ab c"]})
    put("gguf_vocab", "spm", {"tokenizer.ggml.model": "llama", "tokenizer.ggml.tokens": ["<unk>", "<s>"] + [f"<0x{b:02X}>" for b in range(256)] + ["a", "b", "ab", "\u2581"],
                              "tokenizer.ggml.scores": [0.0] * 258 + [-1.0, -2.0, -0.5, -3.0], "tokenizer.ggml.token_type": [2, 3] + [6] * 256 + [1] * 4,
                              "tokenizer.ggml.bos_token_id": 1, "tokenizer.ggml.unknown_token_id": 0})
    put("sentencepiece", "bpe", (GOLDEN / "sentencepiece-bpe.model").read_bytes())
    for i, text in enumerate(["Hello world, it's 12345", "<|im_end|><s>[INST]<bos>", "中文 ไทย 😀 e\u0301", "  \n\t \r\n  x", "\u2581\u2581 <0x41>"]):
        put("encode", str(i), bytes([7 * i]) + text.encode())
    put("encode", "broken", b"\x03a\xff\xe4\xbd<|im_\xf0\x9f\x98end|>")
