"""Shared by the whisper_*.py dump scripts: reads a CTranslate2 Whisper, puts its weights (as f32) into the reference
implementations, and reads the recordings that the tests use.

Requires: numpy, torch, transformers, openai-whisper, faster-whisper (which brings ctranslate2, tokenizers and PyAV).
Models come from $AURIS_CACHE/models, else $XDG_CACHE_HOME/auris/models, else ~/.cache/auris/models (`auris pull`).
"""

import gzip
import json
import os
import pathlib
import struct

import av
import numpy
import torch

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "tests/golden/whisper"
SOUNDS = pathlib.Path("/usr/share/asterisk/sounds")
LIBRIVOX = pathlib.Path("/usr/share/pocketsphinx/test/data/librivox")
VOICES = {"en": "en_US_f_Allison", "es": "es_MX_f_Allison", "fr": "fr_CA_f_June", "it": "it_IT_m_Carlo",
          "ru": "ru_RU_f_IvrvoiceRU"}
TYPES = {0: numpy.float32, 1: numpy.int8, 2: numpy.int16, 3: numpy.int32, 4: numpy.float16}


def model_folder():
    cache = os.environ.get("AURIS_CACHE")
    if not cache:
        cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "auris"
    return pathlib.Path(cache) / "models"


def read_ctranslate2(path):
    """Variables of a model.bin by name, as f32 (int8 ones divided by their scales)."""
    data = pathlib.Path(path).read_bytes()
    place = 0

    def take(layout):
        nonlocal place
        value = struct.unpack_from("<" + layout, data, place)[0]
        place += struct.calcsize("<" + layout)
        return value

    def text():
        nonlocal place
        size = take("H")
        value = data[place:place + size - 1].decode()
        place += size
        return value

    take("I"), text(), take("I")
    tensors = {}
    for _ in range(take("I")):
        name = text()
        shape = [take("I") for _ in range(take("B"))]
        kind, size = take("B"), take("I")
        tensors[name] = numpy.frombuffer(data, TYPES[kind], size // TYPES[kind]().itemsize, place).reshape(shape)
        place += size
    for name in [n for n in tensors if n.endswith("weight") and tensors[n].dtype == numpy.int8]:
        scale = tensors[name + "_scale"]
        tensors[name] = tensors[name].astype(numpy.float32) / scale.reshape([-1] + [1] * (tensors[name].ndim - 1))
    return {name: value.astype(numpy.float32) for name, value in tensors.items()}


def attention(tensors, source, target, out, cross=False):
    d = tensors[f"{source}/linear_0/weight"].shape[1]
    if cross:
        weights = [tensors[f"{source}/linear_0/weight"], *numpy.split(tensors[f"{source}/linear_1/weight"], 2)]
        biases = [tensors[f"{source}/linear_0/bias"], *numpy.split(tensors[f"{source}/linear_1/bias"], 2)]
    else:
        weights = numpy.split(tensors[f"{source}/linear_0/weight"], 3)
        biases = numpy.split(tensors[f"{source}/linear_0/bias"], 3)
    assert weights[0].shape == (d, d) and not biases[1].any()
    for letter, weight, bias in zip("qkv", weights, biases):
        out[f"{target}.{letter}_proj.weight"] = weight
        if letter != "k":
            out[f"{target}.{letter}_proj.bias"] = bias
    last = "linear_2" if cross else "linear_1"
    out[f"{target}.out_proj.weight"] = tensors[f"{source}/{last}/weight"]
    out[f"{target}.out_proj.bias"] = tensors[f"{source}/{last}/bias"]


def to_hugging_face(tensors):
    """CTranslate2 names to those of transformers' WhisperModel."""
    out = {}

    def norm(source, target):
        out[f"{target}.weight"] = tensors[f"{source}/gamma"]
        out[f"{target}.bias"] = tensors[f"{source}/beta"]

    for conv in ("conv1", "conv2"):
        out[f"encoder.{conv}.weight"] = tensors[f"encoder/{conv}/weight"]
        out[f"encoder.{conv}.bias"] = tensors[f"encoder/{conv}/bias"]
    out["decoder.embed_tokens.weight"] = tensors["decoder/embeddings/weight"]
    for side in ("encoder", "decoder"):
        out[f"{side}.embed_positions.weight"] = tensors[f"{side}/position_encodings/encodings"]
        norm(f"{side}/layer_norm", f"{side}.layer_norm")
        layer = 0
        while f"{side}/layer_{layer}/ffn/linear_0/weight" in tensors:
            source, target = f"{side}/layer_{layer}", f"{side}.layers.{layer}"
            attention(tensors, f"{source}/self_attention", f"{target}.self_attn", out)
            norm(f"{source}/self_attention/layer_norm", f"{target}.self_attn_layer_norm")
            if side == "decoder":
                attention(tensors, f"{source}/attention", f"{target}.encoder_attn", out, cross=True)
                norm(f"{source}/attention/layer_norm", f"{target}.encoder_attn_layer_norm")
            norm(f"{source}/ffn/layer_norm", f"{target}.final_layer_norm")
            for ours, theirs in (("linear_0", "fc1"), ("linear_1", "fc2")):
                out[f"{target}.{theirs}.weight"] = tensors[f"{source}/ffn/{ours}/weight"]
                out[f"{target}.{theirs}.bias"] = tensors[f"{source}/ffn/{ours}/bias"]
            layer += 1
    return {name: torch.from_numpy(numpy.array(value)) for name, value in out.items()}


def sizes(tensors):
    count = lambda side: len([n for n in tensors if n.startswith(side) and n.endswith("ffn/linear_0/weight")])
    d_model, mels, _ = tensors["encoder/conv1/weight"].shape
    return {"mels": mels, "d_model": d_model, "heads": d_model // 64, "encoder_layers": count("encoder"),
            "decoder_layers": count("decoder"), "vocab": tensors["decoder/embeddings/weight"].shape[0]}


def transformers_model(name):
    from transformers import WhisperConfig, WhisperForConditionalGeneration
    tensors = read_ctranslate2(model_folder() / name / "model.bin")
    s = sizes(tensors)
    config = WhisperConfig(
        vocab_size=s["vocab"], num_mel_bins=s["mels"], d_model=s["d_model"], encoder_layers=s["encoder_layers"],
        decoder_layers=s["decoder_layers"], encoder_attention_heads=s["heads"], decoder_attention_heads=s["heads"],
        encoder_ffn_dim=4 * s["d_model"], decoder_ffn_dim=4 * s["d_model"], attn_implementation="eager")
    model = WhisperForConditionalGeneration(config).eval()
    model.model.load_state_dict(to_hugging_face(tensors), strict=True)
    model.proj_out.weight = model.model.decoder.embed_tokens.weight
    return model


def openai_model(name):
    import whisper.model
    folder = model_folder() / name
    tensors = read_ctranslate2(folder / "model.bin")
    s = sizes(tensors)
    model = whisper.model.Whisper(whisper.model.ModelDimensions(
        n_mels=s["mels"], n_audio_ctx=1500, n_audio_state=s["d_model"], n_audio_head=s["heads"],
        n_audio_layer=s["encoder_layers"], n_vocab=s["vocab"], n_text_ctx=448, n_text_state=s["d_model"],
        n_text_head=s["heads"], n_text_layer=s["decoder_layers"])).eval()
    renames = (("layers.", "blocks."), ("self_attn_layer_norm", "attn_ln"), ("encoder_attn_layer_norm", "cross_attn_ln"),
               ("self_attn.", "attn."), ("encoder_attn.", "cross_attn."), ("q_proj", "query"), ("k_proj", "key"),
               ("v_proj", "value"), ("out_proj", "out"), ("final_layer_norm", "mlp_ln"), ("fc1", "mlp.0"),
               ("fc2", "mlp.2"), ("embed_tokens", "token_embedding"), ("embed_positions.weight", "positional_embedding"),
               ("encoder.layer_norm", "encoder.ln_post"), ("decoder.layer_norm", "decoder.ln"))
    state = {}
    for key, value in to_hugging_face(tensors).items():
        for theirs, ours in renames:
            key = key.replace(theirs, ours)
        state[key] = value
    missing, unknown = model.load_state_dict(state, strict=False)
    assert not missing and not unknown, (missing, unknown)
    heads = torch.zeros(s["decoder_layers"], s["heads"], dtype=torch.bool)
    for layer, head in json.loads((folder / "config.json").read_text())["alignment_heads"]:
        heads[layer, head] = True
    model.register_buffer("alignment_heads", heads.to_sparse(), persistent=False)
    return model


def recordings(voices=("en", "es", "fr", "it", "ru"), per_voice=5, shortest_words=3):
    """(language, path) of real recordings: the LibriVox sentences and prompts spread evenly over each voice."""
    chosen = [("en", path) for path in sorted(LIBRIVOX.glob("*.wav"))]
    for language in voices:
        prompts = [(name, text) for name, text in transcripts(language).items()
                   if "[" not in text and len(text.split()) >= shortest_words]
        step = max(1, len(prompts) // per_voice)
        for name, _ in prompts[step // 2::step][:per_voice]:
            chosen.append((language, SOUNDS / VOICES[language] / f"{name}.g722"))
    return chosen


def transcripts(language):
    """Prompt name -> text of a language's Asterisk prompts."""
    listing = pathlib.Path(f"/usr/share/doc/asterisk-core-sounds-{language}/core-sounds-{language}.txt.gz")
    texts = {}
    for line in gzip.decompress(listing.read_bytes()).decode("utf-8").splitlines():
        name, colon, text = line.partition(":")
        if colon and not line.startswith(";") and (SOUNDS / VOICES[language] / f"{name}.g722").exists():
            texts[name] = text.strip()
    return texts


def read_audio(path):
    """f32 samples at 16 kHz of a mono 16 kHz recording."""
    path = pathlib.Path(path)
    kind = {"format": "g722"} if path.suffix == ".g722" else {}
    with av.open(str(path), **kind) as container:
        parts = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
        rate = container.streams.audio[0].rate
    assert rate == 16000, (path, rate)
    return numpy.concatenate(parts).astype(numpy.float32) / 32768.0


def window_features(samples, mels=80):
    """The first window as faster-whisper's transcribe() gives it to the encoder: [mels, 3000]."""
    from faster_whisper.audio import pad_or_trim
    from faster_whisper.feature_extractor import FeatureExtractor
    features = FeatureExtractor(feature_size=mels)(samples)
    return pad_or_trim(features[:, :len(samples) // 160][:, :3000]).astype(numpy.float32)
