"""Small random checkpoints of the audio language models in their published layouts, with the reference's results.

    python3 tools/reference/dump_audio_language_models.py tests/golden/models

Qwen2-Audio is computed by transformers. Ultravox and LLaSO-Base are not in transformers: their forward passes are
written here from the published code's facts over transformers' Whisper encoder and Llama. Writes OUT/NAME/
{config.json, model.safetensors, golden.safetensors}, and OUT/llaso/encoder/ with the separate Whisper encoder.

golden.safetensors holds: windows.N.mel [frames, mels], windows.valid, ids (-1 at audio rows), encoder.* and projector
(rows of all windows one below the other), then the language model's rows and the logits.
Needs torch, transformers, safetensors (see tiny_models.py)."""

import json
import pathlib
import sys

import torch
import torch.nn.functional as F
import transformers
from transformers.models.whisper.modeling_whisper import WhisperEncoder

from tiny_models import randomize, save_checkpoint, save_golden

MELS, POSITIONS = 12, 30
AUDIO = {"num_mel_bins": MELS, "encoder_layers": 2, "encoder_attention_heads": 2, "encoder_ffn_dim": 32, "d_model": 24,
         "max_source_positions": POSITIONS, "activation_function": "gelu", "scale_embedding": False}
TEXT = {"vocab_size": 160, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 4096, "rms_norm_eps": 1e-5,
        "hidden_act": "silu"}
LLAMA3 = {"model_type": "llama", "rope_theta": 500000.0, "tie_word_embeddings": True,
          "rope_scaling": {"factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                           "original_max_position_embeddings": 64, "rope_type": "llama3"}}


def make_mel(generator, valid, padded):
    """Noise, then what the log-mel of silence looks like."""
    mel = 0.5 * torch.randn(valid, MELS, generator=generator)
    return torch.cat([mel, torch.full((padded - valid, MELS), -0.6)])


def make_ids(generator, counts, vocab):
    """Text around every audio segment; -1 marks audio rows."""
    ids = torch.randint(0, vocab, (4,), generator=generator).tolist()
    for count in counts:
        ids += [-1] * count + torch.randint(0, vocab, (3,), generator=generator).tolist()
    return ids


class Recorder:
    """Keeps the outputs of an encoder's layers, cut to the rows that are real."""

    def __init__(self, encoder):
        self.seen = {}
        for index, layer in enumerate(encoder.layers):
            layer.register_forward_hook(lambda m, i, o, n=index: self.note(f"encoder.layers.{n}", o))
        encoder.layer_norm.register_forward_hook(lambda m, i, o: self.note("encoder.norm", o))

    def note(self, name, output):
        output = output[0] if isinstance(output, tuple) else output
        self.seen.setdefault(name, []).extend(output.detach())

    def rows(self, keep, keep_normed):
        return {name: torch.cat([rows[:n] for rows, n in zip(windows, keep_normed if name.endswith("norm") else keep)])
                for name, windows in self.seen.items()}


def encode(encoder, mel, valid=None):
    """Whisper's encoder on a window of any length; with `valid`, rows behind it are masked as keys."""
    x = F.gelu(encoder.conv1(mel.T[None]))
    x = F.gelu(encoder.conv2(x)).permute(0, 2, 1)
    x = x + encoder.embed_positions.weight[: x.shape[1]]
    mask = None
    if valid is not None:
        mask = torch.zeros(1, 1, x.shape[1], x.shape[1])
        mask[..., (valid + 1) // 2:] = torch.finfo(torch.float32).min
    for layer in encoder.layers:
        x = layer(x, mask)
        x = x[0] if isinstance(x, tuple) else x
    return encoder.layer_norm(x)[0]


def language_model_rows(model, embeddings):
    seen = {"embeddings": embeddings}
    decoder = model.model
    hooks = [layer.register_forward_hook(
        lambda m, i, o, n=n: seen.__setitem__(f"layers.{n}", (o[0] if isinstance(o, tuple) else o)[0]))
        for n, layer in enumerate(decoder.layers)]
    hooks.append(decoder.norm.register_forward_hook(lambda m, i, o: seen.__setitem__("norm", o[0])))
    seen["logits"] = model(inputs_embeds=embeddings[None], use_cache=False).logits[0]
    for hook in hooks:
        hook.remove()
    return seen


def join(model, ids, audio_rows):
    embeddings = model.get_input_embeddings()(torch.tensor([max(i, 0) for i in ids])).clone()
    embeddings[torch.tensor([i < 0 for i in ids])] = audio_rows
    return embeddings


def whisper_encoder(seed):
    config = transformers.WhisperConfig(**AUDIO)
    config._attn_implementation = "eager"
    return randomize(WhisperEncoder(config), seed)


def llama(seed):
    config = transformers.LlamaConfig(**TEXT, **{k: v for k, v in LLAMA3.items() if k != "model_type"})
    config._attn_implementation = "eager"
    return randomize(transformers.LlamaForCausalLM(config), seed)


def linear(generator, out, inputs, bias):
    layer = torch.nn.Linear(inputs, out, bias=bias)
    with torch.no_grad():
        layer.weight.copy_((torch.randn(out, inputs, generator=generator) * inputs ** -0.5).bfloat16().float())
        if bias:
            layer.bias.copy_((0.3 * torch.randn(out, generator=generator)).bfloat16().float())
    return layer


def rms_norm(x, weight, eps=1e-6):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * weight


def language_state(model, prefix):
    return {prefix + name: value for name, value in model.state_dict().items() if not name.startswith("lm_head")}


def golden_of(windows, valid, ids, rest):
    out = {f"windows.{n}.mel": mel for n, mel in enumerate(windows)}
    return out | {"windows.valid": torch.tensor(valid), "ids": torch.tensor(ids)} | rest


def dump_llaso(out):
    """llaso.md 1.4 and 4: full windows, mlp2x_gelu, embedding table with added tokens, encoder in its own folder."""
    generator = torch.Generator().manual_seed(41)
    encoder, model = whisper_encoder(42), llama(43)
    recorder = Recorder(encoder)
    first, second = linear(generator, 32, 24, True), linear(generator, 32, 32, True)
    windows = [make_mel(generator, 2 * POSITIONS, 2 * POSITIONS), make_mel(generator, 21, 2 * POSITIONS)]
    rows = torch.cat([encode(encoder, mel) for mel in windows])
    projected = second(F.gelu(first(rows)))
    ids = make_ids(generator, [2 * POSITIONS], TEXT["vocab_size"])
    state = language_state(model, "") | {
        "model.mm_audio_aligner.projector.0.weight": first.weight, "model.mm_audio_aligner.projector.0.bias": first.bias,
        "model.mm_audio_aligner.projector.2.weight": second.weight,
        "model.mm_audio_aligner.projector.2.bias": second.bias}
    config = {**TEXT, **LLAMA3, "model_type": "llava_llama", "architectures": ["LlavaLlamaForCausalLM"],
              "audio_projector_type": "mlp2x_gelu", "mm_audio_hidden_size": 24, "mm_audio_tower": "whisper-large-v3", "mm_audio_select_layer": -1}
    save_checkpoint(out / "llaso", config, state)
    save_checkpoint(out / "llaso" / "encoder", {**AUDIO, "model_type": "whisper", "architectures": ["WhisperModel"]},
                    {"model.encoder." + k: v for k, v in encoder.state_dict().items()})
    full = [POSITIONS] * 2
    save_golden(out / "llaso" / "golden.safetensors", golden_of(windows, [60, 60], ids, {
        **recorder.rows(full, full), "projector": projected, **language_model_rows(model, join(model, ids, projected))}))


def dump_ultravox(out, name, ln_mid, seed):
    """Every clip on its own, as its processor pads to the longest of a batch of one: no padding behind the clip. The last
    window is the end of a longer recording: empty frames up to the window's end, masked as keys, but their rows are in
    the last stack."""
    generator = torch.Generator().manual_seed(seed)
    encoder, model = whisper_encoder(seed + 1), llama(seed + 2)
    recorder = Recorder(encoder)
    stack, inner = 8, 20
    ln_pre = (0.4 + 0.1 * torch.randn(24 * stack, generator=generator)).bfloat16().float()
    linear_1 = linear(generator, inner, 24 * stack, False)
    linear_2 = linear(generator, 32, inner // 2, False)
    ln_late = (0.4 + 0.1 * torch.randn(inner // 2 if ln_mid else 32, generator=generator)).bfloat16().float()
    valid = [60, 37, 2, 37]
    windows = [make_mel(generator, n, n) for n in valid]
    windows[-1] = F.pad(windows[-1], (0, 0, 0, 2 * POSITIONS - valid[-1]))
    projected, keep = [], []
    for mel, n in zip(windows, valid):
        rows = encode(encoder, mel, n)
        stacks = -(-n // 16)
        keep.append(min(rows.shape[0], stacks * stack))
        rows = F.pad(rows, (0, 0, 0, -rows.shape[0] % stack)).view(-1, 24 * stack)
        x, gate = linear_1(rms_norm(rows, ln_pre)).chunk(2, dim=-1)
        x = F.silu(gate) * x
        x = linear_2(rms_norm(x, ln_late)) if ln_mid else rms_norm(linear_2(x), ln_late)
        projected.append(x[:stacks])
    ids = make_ids(generator, [rows.shape[0] for rows in projected], TEXT["vocab_size"])
    assert [rows.shape[0] for rows in projected] == [-(-n // 16) for n in valid]
    projected = torch.cat(projected)
    state = language_state(model, "language_model.") | {
        **{"audio_tower." + k: v for k, v in encoder.state_dict().items()},
        "multi_modal_projector.ln_pre.weight": ln_pre, "multi_modal_projector.linear_1.weight": linear_1.weight,
        "multi_modal_projector.linear_2.weight": linear_2.weight,
        f"multi_modal_projector.{'ln_mid' if ln_mid else 'ln_post'}.weight": ln_late}
    config = {"model_type": "ultravox", "architectures": ["UltravoxModel"], "audio_config": {**AUDIO, "model_type": "whisper"},
              "text_config": {**TEXT, **LLAMA3}, "hidden_size": inner, "stack_factor": stack, "projector_act": "swiglu",
              "projector_ln_mid": ln_mid, "norm_init": 0.4, "audio_token_index": 150, "vocab_size": TEXT["vocab_size"]}
    save_checkpoint(out / name, config, state)
    save_golden(out / name / "golden.safetensors", golden_of(windows, valid, ids, {
        **recorder.rows(keep, keep), "projector": projected, **language_model_rows(model, join(model, ids, projected))}))


def dump_qwen2_audio(out):
    """transformers' own class; the state dict is renamed to the published names."""
    generator = torch.Generator().manual_seed(71)
    audio_token = 150
    config = {"model_type": "qwen2_audio", "architectures": ["Qwen2AudioForConditionalGeneration"],
              "audio_config": {**AUDIO, "model_type": "qwen2_audio_encoder"},
              "text_config": {**TEXT, "model_type": "qwen2", "rope_theta": 10000.0, "use_sliding_window": False},
              "audio_token_index": audio_token, "vocab_size": TEXT["vocab_size"]}
    hf_config = transformers.Qwen2AudioConfig(**json.loads(json.dumps(config)))
    hf_config._attn_implementation = "eager"
    model = randomize(transformers.Qwen2AudioForConditionalGeneration(hf_config), 72)
    tower, decoder = model.model.audio_tower, model.model.language_model
    recorder = Recorder(tower)
    seen = {}
    model.model.multi_modal_projector.register_forward_hook(lambda m, i, o: seen.__setitem__("projector", o))
    decoder.layers[0].register_forward_pre_hook(lambda m, i: seen.__setitem__("embeddings", i[0][0]))
    for n, layer in enumerate(decoder.layers):
        layer.register_forward_hook(
            lambda m, i, o, n=n: seen.__setitem__(f"layers.{n}", (o[0] if isinstance(o, tuple) else o)[0]))
    decoder.norm.register_forward_hook(lambda m, i, o: seen.__setitem__("norm", o[0]))
    valid = [60, 37, 14]
    windows = [make_mel(generator, n, 2 * POSITIONS) for n in valid]
    keep = [(n - 1) // 2 + 1 for n in valid]
    counts = [(n - 2) // 2 + 1 for n in keep]
    ids = [i if i != audio_token else 1 for i in make_ids(generator, counts, audio_token)]
    mask = torch.tensor([[1] * n + [0] * (2 * POSITIONS - n) for n in valid])
    result = model(input_ids=torch.tensor([[audio_token if i < 0 else i for i in ids]]),
                   attention_mask=torch.ones(1, len(ids)),
                   input_features=torch.stack(windows).permute(0, 2, 1), feature_attention_mask=mask, use_cache=False)
    seen["projector"] = torch.cat([rows[:n] for rows, n in zip(seen["projector"], counts)])
    state = {}
    for name, value in model.state_dict().items():
        name = name.replace("model.language_model.", "language_model.model.").removeprefix("model.")
        state["language_model." + name if name.startswith("lm_head") else name] = value
    save_checkpoint(out / "qwen2-audio", config, state)
    save_golden(out / "qwen2-audio" / "golden.safetensors", golden_of(windows, valid, ids, {
        **recorder.rows(keep, counts), **seen, "logits": result.logits[0]}))


def main():
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/golden/models")
    with torch.no_grad():
        dump_llaso(out)
        dump_ultravox(out, "ultravox", True, 51)
        dump_ultravox(out, "ultravox-0.4", False, 61)
        dump_qwen2_audio(out)


if __name__ == "__main__":
    main()
