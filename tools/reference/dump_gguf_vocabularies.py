#!/usr/bin/env python3
"""Writes tests/golden/text/gguf-{spm,llama-bpe,qwen2}.json: the tokenizer.ggml.* metadata of small vocabularies and the ids
that llama.cpp gives for hard strings, with special tokens recognised ("ids") and without ("untrusted").

Needs: pip install gguf llama-cpp-python sentencepiece. Run make_tokenizers.py first: the vocabularies are its fixtures.
"""
import json
import pathlib
import tempfile

import gguf
import llama_cpp
import sentencepiece
from tokenizers import Tokenizer

from text_cases import all_cases

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests/golden/text"


def spm():
    processor = sentencepiece.SentencePieceProcessor(str(FOLDER / "sentencepiece-bpe.model"))
    count = processor.get_piece_size()
    kinds = [3 if processor.is_control(i) else 2 if processor.is_unknown(i) else 6 if processor.is_byte(i) else 1 for i in range(count)]
    return {"model": "llama", "tokens": [processor.id_to_piece(i) for i in range(count)], "scores": [processor.get_score(i) for i in range(count)],
            "token_type": kinds, "bos_token_id": 1, "eos_token_id": 2, "unknown_token_id": 0, "add_bos_token": True, "add_space_prefix": True}


def bpe(name, pre):
    tree = json.loads((FOLDER / f"{name}.tokenizer.json").read_text())
    ids = dict(tree["model"]["vocab"])
    added = {t["content"]: t["id"] for t in tree["added_tokens"]}
    ids.update(added)
    tokens = sorted(ids, key=ids.get)
    special = {t["content"] for t in tree["added_tokens"] if t["special"]}
    kinds = [3 if t in special else 4 if t in added else 1 for t in tokens]
    merges = [m if isinstance(m, str) else " ".join(m) for m in tree["model"]["merges"]]
    return {"model": "gpt2", "pre": pre, "tokens": tokens, "token_type": kinds, "merges": merges, "bos_token_id": min(added.values()),
            "eos_token_id": min(added.values()) + 1}


def write_gguf(path, meta):
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(128)
    writer.add_embedding_length(32)
    writer.add_block_count(1)
    writer.add_head_count(1)
    writer.add_feed_forward_length(32)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(meta["tokens"]))
    for key, value in meta.items():
        key = f"tokenizer.ggml.{key}"
        if isinstance(value, bool):
            writer.add_bool(key, value)
        elif isinstance(value, int):
            writer.add_uint32(key, value)
        elif isinstance(value, str):
            writer.add_string(key, value)
        else:
            writer.add_array(key, value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def dump(name, meta, fixture=None):
    """With a fixture, only texts on which llama.cpp agrees with it: llama.cpp has no NFC and its own idea of 'ſ and U+180E."""
    original = Tokenizer.from_file(str(FOLDER / f"{fixture}.tokenizer.json")) if fixture else None
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "vocab.gguf"
        write_gguf(path, meta)
        model = llama_cpp.Llama(str(path), vocab_only=True, verbose=False)
        cases = []
        for raw in all_cases():
            text = raw.decode("utf-8", errors="replace").encode()
            if not text:
                continue
            case = {"text": raw.hex(), "ids": model.tokenize(text, add_bos=False, special=True)}
            if original and original.encode(text.decode(), add_special_tokens=False).ids != case["ids"]:
                continue
            user = model.tokenize(text, add_bos=False, special=False)
            if any(meta["token_type"][i] == 4 for i in user):
                continue  # llama.cpp recognises user-defined tokens everywhere, Auris in trusted text
            if user != case["ids"]:
                case["untrusted"] = user
            cases.append(case)
    out = {"metadata": {f"tokenizer.ggml.{k}": v for k, v in meta.items()}, "cases": cases}
    (FOLDER / f"gguf-{name}.json").write_text(json.dumps(out, ensure_ascii=True, separators=(",", ":")).replace('{"text"', '\n{"text"') + "\n")
    print(name, len(cases))


if __name__ == "__main__":
    dump("spm", spm())
    dump("llama-bpe", bpe("llama-3", "llama-bpe"), "llama-3")
    dump("qwen2", bpe("qwen2", "qwen2"), "qwen2")
