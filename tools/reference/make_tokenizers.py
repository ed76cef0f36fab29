#!/usr/bin/env python3
"""Writes tests/golden/text/NAME.tokenizer.json and NAME.json: small vocabularies in the structure of published
tokenizer.json files (normalizer, pre-tokenizer, decoder, post-processor, added tokens of GPT-2, Llama 3.2, Qwen2.5,
Gemma, Mistral, Tekken, T5, XLM-R), trained here on the test strings, with ids and decoded text by the tokenizers library.
Also NAME.model and NAME.json for SentencePiece itself.

Needs: pip install tokenizers sentencepiece protobuf. Run it from anywhere; it writes the same files each time.
"""
import base64
import io
import json
import pathlib
import unicodedata

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

import dump_tokenizers
from text_cases import HAND, generated

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests/golden/text"
CORPUS = [t for t in HAND + generated() if t.strip() and "\0" not in t and len(t) < 2000 and "<|" not in t] * 2

LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
TEKKEN = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+"
          r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def split(regex):
    return {"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated", "invert": False}


def byte_level(use_regex):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": use_regex}


def sequence(kind, *parts):
    return {"type": "Sequence", kind: list(parts)}


def template(token, token_id):
    return {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": token, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {token: {"id": token, "ids": [token_id], "tokens": [token]}}}


def added(content, token_id, special=True, **flags):
    token = {"id": token_id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": special}
    token.update(flags)
    return token


def trained_bytes(regex, size):
    """Vocabulary and merges of a byte-level BPE."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(regex), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], model["merges"]


def trained_characters(first, size):
    """Vocabulary and merges of a character BPE with U+2581 for spaces; `first` tokens and 256 byte tokens come first."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=first + [f"<0x{b:02X}>" for b in range(256)], limit_alphabet=220, show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], model["merges"]


def tree(model, **parts):
    out = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "pre_tokenizer": None,
           "post_processor": None, "decoder": None, "model": model}
    out.update(parts)
    return out


def bpe(vocab, merges, **options):
    model = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None,
             "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": vocab, "merges": merges}
    model.update(options)
    return model


def gpt2():
    vocab, merges = trained_bytes(r" ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", 700)
    vocab["<|endoftext|>"] = len(vocab)
    return tree(bpe(vocab, [" ".join(m) for m in merges], continuing_subword_prefix="", end_of_word_suffix=""), decoder=byte_level(True),
                pre_tokenizer=byte_level(True), post_processor=byte_level(False), added_tokens=[added("<|endoftext|>", len(vocab) - 1)])


def llama3():
    vocab, merges = trained_bytes(LLAMA3, 800)
    # A token that no merge reaches: ignore_merges must find it as a whole word.
    vocab["Ġsupercalifragilisticexpialidocious"] = len(vocab)
    vocab["supercalifragilisticexpialidocious"] = len(vocab)
    n = len(vocab)
    names = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|im_end|>", "<|audio|>"]
    return tree(bpe(vocab, merges, ignore_merges=True), pre_tokenizer=sequence("pretokenizers", split(LLAMA3), byte_level(False)),
                post_processor=sequence("processors", byte_level(True), template("<|begin_of_text|>", n)), decoder=byte_level(True),
                added_tokens=[added(t, n + i) for i, t in enumerate(names)])


def qwen2():
    vocab, merges = trained_bytes(QWEN2, 800)
    n = len(vocab)
    names = [("<|endoftext|>", True), ("<|im_start|>", True), ("<|im_end|>", True), ("<tool_call>", False), ("</tool_call>", False)]
    return tree(bpe(vocab, merges), normalizer={"type": "NFC"}, pre_tokenizer=sequence("pretokenizers", split(QWEN2), byte_level(False)),
                post_processor=byte_level(False), decoder=byte_level(False), added_tokens=[added(t, n + i, special) for i, (t, special) in enumerate(names)])


def tekken():
    vocab, merges = trained_bytes(TEKKEN, 800)
    n = len(vocab)
    return tree(bpe(vocab, merges, ignore_merges=True), pre_tokenizer=sequence("pretokenizers", split(TEKKEN), byte_level(False)),
                post_processor=template("<s>", n), decoder=byte_level(True), added_tokens=[added(t, n + i) for i, t in enumerate(["<s>", "</s>", "[INST]", "[/INST]"])])


def gemma():
    first = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "<start_of_turn>", "<end_of_turn>", "\n\n", "\n\n\n", "▁▁", "▁▁▁", "<table>"]
    vocab, merges = trained_characters(first, 1100)
    merges = [m for m in merges if m[0] + m[1] not in first]
    tokens = [added(t, i, special=i < 7) for i, t in enumerate(first)]
    space = {"String": " "}
    return tree(bpe(vocab, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True),
                normalizer={"type": "Replace", "pattern": space, "content": "▁"},
                pre_tokenizer={"type": "Split", "pattern": space, "behavior": "MergedWithPrevious", "invert": False},
                post_processor=template("<bos>", 2), added_tokens=tokens,
                decoder=sequence("decoders", {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}))


def mistral(metaspace):
    first = ["<unk>", "<s>", "</s>", "[INST]", "[/INST]"]
    vocab, merges = trained_characters(first, 1000)
    space = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
    return tree(bpe(vocab, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True),
                normalizer=None if metaspace else sequence("normalizers", {"type": "Prepend", "prepend": "▁"}, space),
                pre_tokenizer={"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": False} if metaspace else None,
                post_processor=template("<s>", 1), added_tokens=[added(t, i) for i, t in enumerate(first)],
                decoder=sequence("decoders", {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
                                 {"type": "Strip", "content": " ", "start": 1, "stop": 0}))


def trained_sentencepiece(**options):
    out = io.BytesIO()
    lines = [line for t in CORPUS for line in t.split("\n") if line.strip()]
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(lines), model_writer=out, hard_vocab_limit=False, character_coverage=0.98, minloglevel=2, num_threads=1, **options)
    return out.getvalue()


def unigram(style, proto):
    """T5 (WhitespaceSplit first) and XLM-R (a mask token that swallows the space before it)."""
    pieces = [[p.piece, p.score] for p in proto.pieces]
    names = {"t5": ["<pad>", "</s>", "<unk>"], "xlm-r": ["<s>", "<pad>", "</s>", "<unk>"]}[style]
    vocab = [[t, 0.0] for t in names] + [p for p in pieces if p[0] not in ("<unk>", "<s>", "</s>")]
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    tokens = [added(t, i) for i, t in enumerate(names)]
    if style == "xlm-r":
        vocab.append(["<mask>", 0.0])
        tokens.append(added("<mask>", len(vocab) - 1, lstrip=True, normalized=True))
    charsmap = base64.b64encode(proto.normalizer_spec.precompiled_charsmap).decode()
    extra = [] if style == "t5" else [{"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]
    return tree({"type": "Unigram", "unk_id": names.index("<unk>"), "vocab": vocab, "byte_fallback": False},
                normalizer=sequence("normalizers", {"type": "Precompiled", "precompiled_charsmap": charsmap}, *extra),
                pre_tokenizer=sequence("pretokenizers", {"type": "WhitespaceSplit"}, metaspace), decoder=metaspace, added_tokens=tokens)


def parts():
    """Pre-tokenizers, normalizers and flags that the others leave out."""
    vocab, merges = trained_bytes(QWEN2, 500)
    n = len(vocab)
    tokens = [added("<left>", n, lstrip=True), added("<right>", n + 1, rstrip=True), added("<both>", n + 2, lstrip=True, rstrip=True),
              added("fox", n + 3, special=False, single_word=True), added("LAZY", n + 4, special=False, normalized=True), added("<|im_end|>", n + 5)]
    return tree(bpe(vocab, merges), added_tokens=tokens, decoder=byte_level(True),
                normalizer=sequence("normalizers", {"type": "NFKC"}, {"type": "Lowercase"}, {"type": "Strip", "strip_left": False, "strip_right": True}),
                pre_tokenizer=sequence("pretokenizers", {"type": "Punctuation", "behavior": "Contiguous"}, {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
                                       {"type": "Digits", "individual_digits": False},
                                       {"type": "Split", "pattern": {"Regex": "[0-9][0-9][0-9]"}, "behavior": "Isolated", "invert": False}))


def sentencepiece_cases(name, blob):
    """SentencePiece has no trusted text: control pieces are cut out first, each stretch between them is a text of its own."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=blob)
    size = processor.get_piece_size()
    marks = {processor.id_to_piece(i): i for i in range(size) if processor.is_control(i)}
    cases = []
    for raw in dump_tokenizers.all_cases():
        text = raw.decode("utf-8", errors="replace")
        if any(len(word) > 2 and len(set(word)) < len(word) / 2 for word in unicodedata.normalize("NFKC", text).split()):
            continue  # cuts of equal score; which one wins differs between versions of the library
        ids, rest = [], text
        while rest:
            found = min(((rest.find(m), -len(m), m) for m in marks if m in rest), default=(len(rest), 0, ""))
            ids += processor.encode(rest[:found[0]]) + ([marks[found[2]]] if found[2] else [])
            rest = rest[found[0] + len(found[2]):]
        user = processor.encode(text)
        case = {"text": raw.hex(), "ids": ids, "decoded": processor.decode([i for i in ids if i not in marks.values()])}
        if any(i in marks.values() for i in ids):
            case["decoded_with_special"] = None
        if user != ids:
            case["untrusted"] = user
            case["untrusted_decoded"] = processor.decode(user)
        cases.append(case)
    out = {"vocab_size": size, "frame": [], "cases": cases, "runs": []}
    (FOLDER / f"{name}.json").write_text(json.dumps(out, ensure_ascii=True, separators=(",", ":")).replace('{"text"', '\n{"text"') + "\n")
    (FOLDER / f"{name}.model").write_bytes(blob)
    print(name, len(cases), "cases")


if __name__ == "__main__":
    uni = trained_sentencepiece(vocab_size=1400, model_type="unigram", control_symbols=["<|im_end|>", "<|audio|>"])
    characters = trained_sentencepiece(vocab_size=1400, model_type="bpe", byte_fallback=True, normalization_rule_name="identity",
                                       remove_extra_whitespaces=False, split_digits=True, control_symbols=["<|im_end|>"])
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(uni)
    for name, made in [("gpt2", gpt2()), ("llama-3", llama3()), ("qwen2", qwen2()), ("tekken", tekken()), ("gemma", gemma()), ("mistral-prepend", mistral(False)),
                       ("mistral-metaspace", mistral(True)), ("t5", unigram("t5", proto)), ("xlm-r", unigram("xlm-r", proto)), ("parts", parts())]:
        text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
        (FOLDER / f"{name}.tokenizer.json").write_text(text + "\n")
        dump_tokenizers.dump(name, Tokenizer.from_str(text), FOLDER)
    sentencepiece_cases("sentencepiece-unigram", uni)
    sentencepiece_cases("sentencepiece-bpe", characters)
