#!/usr/bin/env python3
"""Writes tests/golden/text/{smollm2,whisper-base,whisper-tiny.en}.json: ids and decoded text of hard strings with real
vocabularies, by the Hugging Face tokenizers library.

Needs: pip install tokenizers gguf. The models must lie in the model cache ($AURIS_CACHE/models or ~/.cache/auris/models).

Each case is [bytes in hex, ids with every special token recognised, ids with none recognised]; decoded text is compared with
"decoded" (special tokens left out, from the first ids) and "streamed" for odd runs of single ids. Broken UTF-8 is what
Python's errors="replace" makes of it.
"""
import json
import os
import pathlib

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from text_cases import all_cases

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get("AURIS_CACHE", pathlib.Path.home() / ".cache/auris")) / "models"


def smollm2():
    """SmolLM2's published tokenizer: Digits, then ByteLevel; the vocabulary comes from the GGUF file."""
    from gguf import GGUFReader
    fields = GGUFReader(CACHE / "smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf").fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(m.split(" ")) for m in fields["tokenizer.ggml.merges"].contents()]
    types = fields["tokenizer.ggml.token_type"].contents()
    tokenizer = Tokenizer(models.BPE(vocab={t: i for i, t in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(t, normalized=False, special=True) for t, k in zip(tokens, types) if k == 3])
    return tokenizer


def whisper(model):
    """The file beside a CTranslate2 model ends at <|notimestamps|>; the published tokenizer goes on with the timestamps."""
    tokenizer = Tokenizer.from_file(str(CACHE / model / "tokenizer.json"))
    tokenizer.add_special_tokens([AddedToken(f"<|{i * 0.02:.2f}|>", normalized=False, special=True) for i in range(1501)])
    return tokenizer


def is_layout(token):
    """White space that is no special token: the one kind of added token that Auris recognises in untrusted text."""
    return not token["special"] and not token["content"].replace("\u2581", "").strip()


def plain(tokenizer):
    """The same tokenizer without its added tokens: what untrusted text must become."""
    tree = json.loads(tokenizer.to_str())
    special = {t["content"] for t in tree["added_tokens"] if t["special"]}
    tree["added_tokens"] = [t for t in tree["added_tokens"] if is_layout(t)]
    tree["post_processor"] = None
    if tree["model"]["type"] == "Unigram":  # the reference takes special pieces for ordinary ones; rename them
        tree["model"]["vocab"] = [["\ue123" + p if p in special else p, s] for p, s in tree["model"]["vocab"]]
    return Tokenizer.from_str(json.dumps(tree))


def dump(name, tokenizer, folder=ROOT / "tests/golden/text"):
    """Returns the number of cases written."""
    untrusted = plain(tokenizer)
    cases = []
    for raw in all_cases():
        text = raw.decode("utf-8", errors="replace")
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        user = untrusted.encode(text, add_special_tokens=False).ids
        case = {"text": raw.hex(), "ids": ids, "decoded": tokenizer.decode(ids)}
        if user != ids:
            case["untrusted"] = user
            case["untrusted_decoded"] = tokenizer.decode(user)
        if tokenizer.decode(ids, skip_special_tokens=False) != case["decoded"]:
            case["decoded_with_special"] = tokenizer.decode(ids, skip_special_tokens=False)
        cases.append(case)
    # Ids in an order no encoder makes: broken characters when decoded.
    size = tokenizer.get_vocab_size()
    runs = []
    state = 99
    for _ in range(40):
        ids = []
        for _ in range(12):
            state = (state * 1103515245 + 12345) % (1 << 31)
            ids.append((state >> 8) % (400 if len(runs) % 2 else size))
        run = {"ids": ids, "decoded": tokenizer.decode(ids)}
        if any((tokenizer.id_to_token(i) or "").startswith("<0x") for i in ids):
            run["streams"] = False  # a broken run of byte tokens is replaced as a whole
        runs.append(run)
    frame = tokenizer.encode("", add_special_tokens=True).ids
    out = {"vocab_size": size, "frame": frame, "cases": cases, "runs": runs}
    lines = json.dumps(out, ensure_ascii=True, separators=(",", ":")).replace('{"text"', '\n{"text"')
    (folder / f"{name}.json").write_text(lines + "\n")
    print(name, len(cases), "cases")


if __name__ == "__main__":
    dump("smollm2", smollm2())
    for model in ("whisper-base", "whisper-tiny.en"):
        dump(model, whisper(model))
