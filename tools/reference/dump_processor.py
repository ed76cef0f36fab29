"""What the published processors of audio language models make of a conversation.

    python3 tools/reference/dump_processor.py tests/golden/processor

Qwen2-Audio: transformers' own Qwen2AudioProcessor. Ultravox and LLaSO-Base: their processors are not in transformers;
what they do is written here from their published code over transformers' WhisperFeatureExtractor and tokenizer. All
with a small byte-level tokenizer that has their special tokens. Writes OUT/tokenizer.json, OUT/cases.json (ids; -1 for
audio rows; prompts; rows for many lengths) and OUT/features.safetensors. Needs torch, transformers, tokenizers."""

import json
import pathlib
import sys

import numpy as np
import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

SPECIAL = ["<|begin_of_text|>", "<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>", "<|im_start|>", "<|im_end|>",
           "<|audio_bos|>", "<|audio_eos|>", "<|AUDIO|>", "<unk>", "<Audio>", "</Audio>", "<audio_start>", "<audio_end>"]
SYSTEM = ("A chat between a curious user and an artificial intelligence assistant. The assistant is able to understand "
          "the audio content that the user provides, and assist the user with a variety of tasks using natural language."
          "The audio content will be provided with the following format: <Audio>audio content</Audio>.")
LLAMA3_TEMPLATE = ("{{ bos_token }}{% for message in messages %}<|start_header_id|>{{ message['role'] }}"
                   "<|end_header_id|>\n\n{{ message['content'] | trim }}<|eot_id|>{% endfor %}"
                   "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}")
LENGTHS = [320, 400, 1600, 4321, 16000, 47999, 48000, 48001, 160000, 479999, 480000]
LONG = [480001, 500000, 960000, 1000001]
RATE = 16000


def make_tokenizer(path):
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [("t", "h"), ("th", "e"), ("\u0120", "s"), ("i", "s"), ("a", "u"), ("au", "d"), ("aud", "i"), ("\u010a", "\u010a")]
    vocab = {token: index for index, token in enumerate(alphabet + [a + b for a, b in merges])}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(SPECIAL)
    bos = tokenizer.token_to_id(SPECIAL[0])
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{SPECIAL[0]} $A", pair=None,
                                                             special_tokens=[(SPECIAL[0], bos)])
    tokenizer.save(str(path), pretty=False)
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=SPECIAL[0], eos_token="<|eot_id|>",
                                                pad_token="<|eot_id|>", clean_up_tokenization_spaces=False)


def clip(samples):
    time = np.arange(samples) / RATE
    return (0.3 * np.sin(2 * np.pi * 440 * time) + 0.1 * np.sin(2 * np.pi * 1234.5 * time)).astype(np.float32)


def qwen2_audio(tokenizer, extractor):
    processor = transformers.Qwen2AudioProcessor(feature_extractor=extractor, tokenizer=tokenizer)
    conversation = [
        {"role": "user", "content": [{"type": "audio"}, {"type": "text", "text": "What is the sound?"}]},
        {"role": "assistant", "content": "A bell."},
        {"role": "user", "content": [{"type": "text", "text": "And this? "}, {"type": "audio"}]}]
    prompt = processor.apply_chat_template(conversation, add_generation_prompt=True, tokenize=False)
    inputs = processor(text=[prompt], audio=[clip(4321), clip(16000)], sampling_rate=RATE, return_tensors="pt")
    token = tokenizer.convert_tokens_to_ids("<|AUDIO|>")
    # The processor's tokenizer would add the beginning-of-text mark, which Qwen's own has not.
    ids = [i for i in inputs["input_ids"][0].tolist() if i != tokenizer.bos_token_id]
    rows = {}
    for n in LENGTHS:
        mask = extractor(clip(n), sampling_rate=RATE, return_attention_mask=True).attention_mask
        rows[n] = int((((mask.sum() - 1) // 2 + 1) - 2) // 2 + 1)
    features = {"qwen2_audio.mel": inputs["input_features"][0].T[:30].contiguous()}
    return {"prompt": prompt, "template": processor.chat_template, "ids": [-1 if i == token else i for i in ids],
            "rows": rows}, features


def ultravox_windows(extractor, samples):
    """Mel frames of each window and the rows they become."""
    samples = np.pad(samples, (0, max(0, 320 - len(samples))))
    out = extractor(samples, sampling_rate=RATE, padding="longest", pad_to_multiple_of=160, truncation=False,
                    return_attention_mask=True, return_tensors="pt")
    length = int(out.attention_mask.sum())
    lengths = [min(length - offset, 3000) for offset in range(0, length, 3000)]
    return out.input_features[0].T, lengths, [int(np.ceil(n / 16)) for n in lengths]


def ultravox(tokenizer, extractor):
    conversation = [{"role": "system", "content": "Be brief."},
                    {"role": "user", "content": "What is the sound? <|audio|>\nAnd <|audio|>"}]
    prompt = tokenizer.apply_chat_template(conversation, chat_template=LLAMA3_TEMPLATE, add_generation_prompt=True,
                                           tokenize=False)
    pieces = [tokenizer(piece, add_special_tokens=False).input_ids for piece in prompt.split("<|audio|>")]
    ids = list(pieces[0])
    for samples, piece in zip((4321, 500000), pieces[1:]):
        ids += [-1] * sum(ultravox_windows(extractor, clip(samples))[2]) + piece
    rows = {n: ultravox_windows(extractor, np.zeros(n, np.float32))[2] for n in LENGTHS + LONG}
    mel, _, _ = ultravox_windows(extractor, clip(4321))
    return {"prompt": prompt, "template": LLAMA3_TEMPLATE, "ids": ids, "rows": rows}, {"ultravox.mel": mel.contiguous()}


def llaso_case(tokenizer, value):
    turns = f"<|start_header_id|>system<|end_header_id|>\n\n{SYSTEM}<|eot_id|>"
    turns += f"<|start_header_id|>user<|end_header_id|>\n\n{value.strip()}<|eot_id|>"
    turns += "<|start_header_id|>assistant<|end_header_id|>\n\n"
    header = "<|start_header_id|>user<|end_header_id|>"
    before = turns[turns.find(header) + len(header):turns.find("<audio>")].strip()
    tags = "<Audio><audio_start><audio><audio_end></Audio>"
    prompt = turns.replace("<audio>", f"\n{tags}\n\n" if before else f"{tags}\n")
    pieces = [tokenizer(piece).input_ids for piece in prompt.split("<audio>")]
    ids = list(pieces[0])
    for piece in pieces[1:]:
        ids += [-1] * 1500 + piece[1:]
    return {"value": value, "prompt": prompt, "ids": ids}


def main():
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/golden/processor")
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = make_tokenizer(out / "tokenizer.json")
    extractor = transformers.WhisperFeatureExtractor(feature_size=128)
    qwen, qwen_features = qwen2_audio(tokenizer, extractor)
    ultra, ultra_features = ultravox(tokenizer, extractor)
    llaso = [llaso_case(tokenizer, value) for value in
             ("Is the sound loud?<audio>", "<audio>Is the sound loud?", " Listen.\n <audio>", "<audio>")]
    cases = {"qwen2_audio": qwen, "ultravox": ultra, "llaso": llaso}
    (out / "cases.json").write_text(json.dumps(cases) + "\n")
    save_file(qwen_features | ultra_features | {"clip": torch.from_numpy(clip(4321))}, out / "features.safetensors")


if __name__ == "__main__":
    main()
