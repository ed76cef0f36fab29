"""Whole audio language models, from a recording and a prompt to log-probabilities and greedy answers.

    python3 tools/reference/dump_audio_scores.py tests/golden/audio_llm

Small random-weight checkpoints in the published layouts with everything a user's folder has (config.json, weights,
tokenizer.json, tokenizer_config.json with the chat template), for windows of 30 s as the real ones have. Qwen2-Audio is
computed by transformers' own processor and model; Ultravox and LLaSO-Base, which are not in transformers, as in
dump_processor.py and dump_audio_language_models.py. Also a model composed of the real whisper-base and SmolLM2 with a
projector whose weights are a formula (projector_weight), so that the tests make the same one.

Writes OUT/NAME/... and OUT/NAME/scores.json: cases {prompt, continuation, audio, template, prompt_tokens, tokens,
logprobs} and asks {question, audio, tokens, text}. Recordings: "short" is a LibriVox sentence, "tone" and "long" are
formulas (recording). Needs torch, transformers, tokenizers, safetensors, soundfile, gguf and the models of `auris pull`
(see whisper_reference.py)."""

import json
import pathlib
import sys

import gguf
import numpy as np
import soundfile
import torch
import torch.nn.functional as F
import transformers
from transformers.models.whisper.modeling_whisper import WhisperEncoder

import dump_smollm2
from dump_audio_language_models import LLAMA3, encode, join, language_state, linear, rms_norm
from dump_processor import LLAMA3_TEMPLATE, RATE, llaso_case, make_tokenizer, ultravox_windows
from tiny_models import randomize, save_checkpoint
from whisper_reference import LIBRIVOX, transformers_model

MELS, HIDDEN, D_MODEL = 128, 32, 16
AUDIO = {"num_mel_bins": MELS, "encoder_layers": 2, "encoder_attention_heads": 2, "encoder_ffn_dim": 32,
         "d_model": D_MODEL, "max_source_positions": 1500, "activation_function": "gelu", "scale_embedding": False}
TEXT = {"hidden_size": HIDDEN, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "max_position_embeddings": 4096, "rms_norm_eps": 1e-5, "hidden_act": "silu"}
QUESTION = "What is the sound?"
ANSWER_TOKENS = 12


def recording(name):
    if name == "short":
        samples, rate = soundfile.read(LIBRIVOX / "sense_and_sensibility_01_austen_64kb-0880.wav", dtype="float32")
        assert rate == RATE
        return samples
    n = np.arange({"tone": 12345, "long": 533333}[name], dtype=np.int64)
    return ((n * 7919 % 16001 - 8000) * (1 + n // 4000 % 3) / 3 // 1 / 32768).astype(np.float32)


def logprobs(logits, first, continuation):
    rows = torch.log_softmax(logits.double(), -1)
    return [float(rows[first - 1 + i, token]) for i, token in enumerate(continuation)]


class Model:
    """An audio language model as its processor (prompts to ids, -1 at rows of sound) and its forward pass."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        self.extractor = transformers.WhisperFeatureExtractor(feature_size=MELS)

    def text_ids(self, text):
        return self.tokenizer(text, add_special_tokens=False).input_ids

    def fill(self, pieces, names):
        ids = list(pieces[0])
        for name, piece in zip(names, pieces[1:], strict=True):
            ids += [-1] * self.sound(name).shape[0] + piece
        return ids

    def raw(self, prompt, names):
        pieces = [self.text_ids(piece) for piece in prompt.split("<audio>")]
        bos = self.tokenizer.bos_token_id
        return self.fill([([] if bos is None else [bos]) + pieces[0]] + pieces[1:], names)

    def templated(self, prompt, names):
        content = prompt.replace("<audio>", "<|audio|>")
        text = self.tokenizer.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True,
                                                  chat_template=self.template, tokenize=False)
        return self.fill([self.text_ids(piece) for piece in text.split("<|audio|>")], names)

    def logits(self, ids, names):
        sound = [self.sound(name) for name in names]
        rows = join(self.language, ids, torch.cat(sound) if sound else torch.zeros(0, self.language.config.hidden_size))
        return self.language(inputs_embeds=rows[None], use_cache=False).logits[0]

    def case(self, prompt, continuation, names, template):
        ids = self.templated(prompt, names) if template else self.raw(prompt, names)
        tokens = self.text_ids(continuation)
        values = logprobs(self.logits(ids + tokens[:-1], names), len(ids), tokens)
        return {"prompt": prompt, "continuation": continuation, "audio": names, "template": template,
                "prompt_tokens": ids, "tokens": tokens, "logprobs": values}

    def ask(self, name):
        ids = self.templated(self.question_turn, [name])
        ends = {self.tokenizer.convert_tokens_to_ids(t) for t in ("<|eot_id|>", "<|im_end|>")} | {self.tokenizer.eos_token_id}
        tokens = []
        while len(tokens) < ANSWER_TOKENS:
            token = int(self.logits(ids + tokens, [name])[-1].argmax())
            if token in ends:
                break
            tokens.append(token)
        return {"question": QUESTION, "audio": name, "tokens": tokens, "text": self.tokenizer.decode(tokens)}

    def save(self, folder, cases):
        scores = {"cases": [self.case(*case) for case in cases], "asks": [self.ask(name) for name in self.asked]}
        folder.mkdir(parents=True, exist_ok=True)
        for case in scores["cases"]:  # 1,500 times -1 is long: [count, id] instead
            runs = []
            for token in case["prompt_tokens"]:
                if runs and runs[-1][1] == token:
                    runs[-1][0] += 1
                else:
                    runs.append([1, token])
            case["prompt_tokens"] = runs
        (folder / "scores.json").write_text(json.dumps(scores) + "\n")

    def save_text(self, folder, vocabulary):
        (folder / "tokenizer.json").write_bytes(vocabulary.read_bytes())
        config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"}
        if getattr(self, "template", None):
            config["chat_template"] = self.template
        (folder / "tokenizer_config.json").write_text(json.dumps(config) + "\n")


def tiny_encoder(seed):
    config = transformers.WhisperConfig(**AUDIO)
    config._attn_implementation = "eager"
    return randomize(WhisperEncoder(config), seed)


def tiny_llama(seed, vocab):
    rest = {k: v for k, v in LLAMA3.items() if k != "model_type"}
    config = transformers.LlamaConfig(vocab_size=vocab, **TEXT, **rest)
    config._attn_implementation = "eager"
    model = randomize(transformers.LlamaForCausalLM(config), seed)
    with torch.no_grad():  # a tied table of large values would make the model repeat its last token
        model.model.embed_tokens.weight.mul_(2.0 ** -4)
    return model


class Llaso(Model):
    question_turn, asked = QUESTION + "<audio>", ["short", "long"]

    def __init__(self, tokenizer):
        super().__init__(tokenizer)
        generator = torch.Generator().manual_seed(141)
        self.encoder, self.language = tiny_encoder(142), tiny_llama(143, len(tokenizer))
        self.first, self.second = linear(generator, HIDDEN, D_MODEL, True), linear(generator, HIDDEN, HIDDEN, True)

    def sound(self, name):
        samples, rows = recording(name), []
        for begin in range(0, len(samples), 30 * RATE + 1):
            mel = self.extractor(samples[begin:begin + 30 * RATE], sampling_rate=RATE, return_tensors="pt").input_features
            rows.append(self.second(F.gelu(self.first(encode(self.encoder, mel[0].T)))))
        return torch.cat(rows)

    def templated(self, prompt, names):
        assert len(names) == 1
        text = llaso_case(self.tokenizer, prompt)["prompt"]
        pieces = [self.text_ids(piece) for piece in text.split("<audio>")]
        return self.fill([[self.tokenizer.bos_token_id] + pieces[0]] + pieces[1:], names)

    def save_weights(self, out):
        prefix = "model.mm_audio_aligner.projector."
        state = language_state(self.language, "") | {
            prefix + "0.weight": self.first.weight, prefix + "0.bias": self.first.bias,
            prefix + "2.weight": self.second.weight, prefix + "2.bias": self.second.bias}
        config = {"vocab_size": len(self.tokenizer), **TEXT, **LLAMA3, "model_type": "llava_llama",
                  "architectures": ["LlavaLlamaForCausalLM"], "audio_projector_type": "mlp2x_gelu",
                  "mm_audio_hidden_size": D_MODEL, "mm_audio_tower": "whisper-large-v3", "mm_audio_select_layer": -1}
        save_checkpoint(out, config, state)
        save_checkpoint(out / "encoder", {**AUDIO, "model_type": "whisper", "architectures": ["WhisperModel"]},
                        {"model.encoder." + k: v for k, v in self.encoder.state_dict().items()})


class Ultravox(Model):
    question_turn, asked, template = QUESTION + " <audio>", ["short", "long"], LLAMA3_TEMPLATE

    def __init__(self, tokenizer):
        super().__init__(tokenizer)
        generator = torch.Generator().manual_seed(151)
        self.encoder, self.language = tiny_encoder(152), tiny_llama(153, len(tokenizer))
        self.stack, self.inner = 8, 20
        self.ln_pre = (0.4 + 0.1 * torch.randn(D_MODEL * self.stack, generator=generator)).bfloat16().float()
        self.linear_1 = linear(generator, self.inner, D_MODEL * self.stack, False)
        self.linear_2 = linear(generator, HIDDEN, self.inner // 2, False)
        self.ln_mid = (0.4 + 0.1 * torch.randn(self.inner // 2, generator=generator)).bfloat16().float()

    def sound(self, name):
        mel, lengths, counts = ultravox_windows(self.extractor, recording(name))
        out = []
        for index, (valid, count) in enumerate(zip(lengths, counts)):
            window = mel[3000 * index:3000 * index + valid]
            if index > 0:
                window = F.pad(window, (0, 0, 0, 3000 - valid))
            rows = encode(self.encoder, window, valid)
            rows = F.pad(rows, (0, 0, 0, -rows.shape[0] % self.stack)).view(-1, D_MODEL * self.stack)
            x, gate = self.linear_1(rms_norm(rows, self.ln_pre)).chunk(2, dim=-1)
            out.append(self.linear_2(rms_norm(F.silu(gate) * x, self.ln_mid))[:count])
        return torch.cat(out)

    def save_weights(self, out):
        state = language_state(self.language, "language_model.") | {
            **{"audio_tower." + k: v for k, v in self.encoder.state_dict().items()},
            "multi_modal_projector.ln_pre.weight": self.ln_pre,
            "multi_modal_projector.linear_1.weight": self.linear_1.weight,
            "multi_modal_projector.linear_2.weight": self.linear_2.weight,
            "multi_modal_projector.ln_mid.weight": self.ln_mid}
        config = {"model_type": "ultravox", "architectures": ["UltravoxModel"],
                  "audio_config": {**AUDIO, "model_type": "whisper"},
                  "text_config": {"vocab_size": len(self.tokenizer), **TEXT, **LLAMA3}, "hidden_size": self.inner,
                  "stack_factor": self.stack, "projector_act": "swiglu", "projector_ln_mid": True, "norm_init": 0.4,
                  "vocab_size": len(self.tokenizer)}
        save_checkpoint(out, config, state)


class Qwen2Audio(Model):
    question_turn, asked = "<audio>" + QUESTION, ["short", "tone"]

    def __init__(self, tokenizer):
        super().__init__(tokenizer)
        self.token = tokenizer.convert_tokens_to_ids("<|AUDIO|>")
        self.config = {"model_type": "qwen2_audio", "architectures": ["Qwen2AudioForConditionalGeneration"],
                       "audio_config": {**AUDIO, "model_type": "qwen2_audio_encoder"},
                       "text_config": {"vocab_size": len(tokenizer), **TEXT, "model_type": "qwen2", "rope_theta": 10000.0,
                                       "use_sliding_window": False},
                       "audio_token_index": self.token, "vocab_size": len(tokenizer)}
        config = transformers.Qwen2AudioConfig(**json.loads(json.dumps(self.config)))
        config._attn_implementation = "eager"
        self.model = randomize(transformers.Qwen2AudioForConditionalGeneration(config), 172)
        self.processor = transformers.Qwen2AudioProcessor(feature_extractor=self.extractor, tokenizer=tokenizer)
        self.template = self.processor.chat_template

    def features(self, names):
        return self.extractor([recording(name) for name in names], sampling_rate=RATE, return_attention_mask=True,
                              padding="max_length", return_tensors="pt")

    def sound(self, name):  # only its length counts
        frames = int(self.features([name]).attention_mask.sum())
        return torch.zeros(((frames - 1) // 2 + 1 - 2) // 2 + 1, 0)

    def templated(self, prompt, names):
        content = []
        for index, text in enumerate(prompt.split("<audio>")):
            content += [{"type": "audio"}] if index > 0 else []
            content += [{"type": "text", "text": text}] if text else []
        text = self.processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True,
                                                  tokenize=False)
        inputs = self.processor(text=[text], audio=[recording(n) for n in names], sampling_rate=RATE, return_tensors="pt")
        # The processor's tokenizer would add the beginning-of-text mark, which Qwen's own has not.
        ids = [i for i in inputs["input_ids"][0].tolist() if i != self.tokenizer.bos_token_id]
        return [-1 if i == self.token else i for i in ids]

    def logits(self, ids, names):
        features = self.features(names)
        return self.model(input_ids=torch.tensor([[self.token if i < 0 else i for i in ids]]),
                          attention_mask=torch.ones(1, len(ids)), input_features=features.input_features,
                          feature_attention_mask=features.attention_mask, use_cache=False).logits[0]

    def save_weights(self, out):
        state = {}
        for name, value in self.model.state_dict().items():
            name = name.replace("model.language_model.", "language_model.model.").removeprefix("model.")
            state["language_model." + name if name.startswith("lm_head") else name] = value
        save_checkpoint(out, self.config, state)


def projector_weight(rows, columns, salt):
    """Values that are exact in bf16 and f32: multiples of 2^-10 below 2^-3."""
    n = np.arange(rows * columns, dtype=np.uint64)
    mixed = ((n + np.uint64(salt)) * np.uint64(2654435761) % np.uint64(1 << 32)) >> np.uint64(24)
    return torch.from_numpy(((mixed.astype(np.float32) - 128) / 1024).reshape(rows, columns))


class Composed(Model):
    """whisper-base (f16 weights), stacks of 5 rows, mlp_gelu with 64 inner columns, SmolLM2 (Q4_1, dequantized)."""
    question_turn, asked = "<audio>\n" + QUESTION, ["short"]
    stack, inner = 5, 64

    def __init__(self):
        reader = gguf.GGUFReader(dump_smollm2.default_model())
        self.language = dump_smollm2.load_model(reader)
        self.template = dump_smollm2.field(reader, "tokenizer.chat_template")
        words = dump_smollm2.field(reader, "tokenizer.ggml.tokens")
        assert not dump_smollm2.field(reader, "tokenizer.ggml.add_bos_token")
        super().__init__(transformers.PreTrainedTokenizerFast(
            tokenizer_object=dump_smollm2.load_tokenizer(reader), clean_up_tokenization_spaces=False,
            eos_token=words[dump_smollm2.field(reader, "tokenizer.ggml.eos_token_id")]))
        self.extractor = transformers.WhisperFeatureExtractor(feature_size=80)
        self.encoder = transformers_model("whisper-base").model.encoder
        self.w0, self.w2 = projector_weight(self.inner, 512 * self.stack, 1), projector_weight(576, self.inner, 2)
        self.b0, self.b2 = projector_weight(1, self.inner, 3)[0], projector_weight(1, 576, 4)[0]

    def sound(self, name):
        samples, out = recording(name), []
        for begin in range(0, len(samples), 30 * RATE):
            part = samples[begin:begin + 30 * RATE]
            mel = self.extractor(part, sampling_rate=RATE, return_tensors="pt").input_features[0].T
            frames = -(-len(part) // 160)
            # Rows behind the recording are masked; the convolutions see two frames of silence.
            rows = encode(self.encoder, mel[:frames + 2], frames)[:(frames + 1) // 2]
            rows = F.pad(rows, (0, 0, 0, -rows.shape[0] % self.stack)).view(-1, 512 * self.stack)
            out.append(F.gelu(rows @ self.w0.T + self.b0) @ self.w2.T + self.b2)
        return torch.cat(out)


def main():
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/golden/audio_llm")
    out.mkdir(parents=True, exist_ok=True)
    vocabulary = pathlib.Path(out / "tokenizer.json")
    tokenizer = make_tokenizer(vocabulary)
    cases = [("The sound <audio> is", " the bell.", ["short"], False), ("<audio>", "This is it", ["tone"], False),
             ("A <audio> and <audio>: ", "the same", ["tone", "short"], False), ("No sound at all", " is", [], False)]
    asked = [("Is the sound loud?<audio>", "Yes, this is.", ["short"], True), ("<audio>Who?", "the", ["tone"], True)]
    long = [("Then <audio>", "the end", ["long"], False), (" Listen.\n <audio>", "Is it?", ["long"], True)]
    with torch.no_grad():
        for name, make, own in (("llaso", Llaso, cases + asked + long), ("ultravox", Ultravox, cases + asked + long),
                                ("qwen2-audio", Qwen2Audio, cases[:3] + asked)):
            model = make(tokenizer)
            model.save_weights(out / name)
            model.save_text(out / name, vocabulary)
            model.save(out / name, own)
        vocabulary.unlink()
        Composed().save(out / "composed", cases[:3] + [("<audio>\nWho?", "A young man.", ["short"], True)] + long[:1])


if __name__ == "__main__":
    main()
