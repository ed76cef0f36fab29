"""Writes tests/golden/audio/silero_vad.safetensors and silero_spans.json: speech probabilities and time spans by Silero VAD.

Requires: numpy, torch, soundfile, safetensors, silero-vad 6.2.3, and the Debian package pocketsphinx-testdata
(real speech, 16 kHz).

The weights are the package's silero_vad_16k.safetensors. The package's TorchScript and ONNX files hold other weights of
the same network (probabilities differ by up to 0.7 on the speech below), and its forward pass for the safetensors file
needs tinygrad, which takes seconds for each hop. So the forward pass is written here in PyTorch, and checked first: with
the weights of the TorchScript model it must give what that model gives.

    python3 tools/reference/voice_activity.py [output folder]

Probabilities for
  speech   the LibriVox sentences 0870, 0880, 0890, 0920, 0930 with a second of silence behind each
  noise    3 s of white noise of the generator below, amplitude 0.1
  mixed    speech + 0.2 times that noise, repeated
  short    the first 600 samples of 0870
Spans, in samples, of get_speech_timestamps_from_probs for the probabilities of `speech` and for a random walk, with
several options.
"""

import json
import pathlib
import sys

import numpy
import silero_vad
import soundfile
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file
from safetensors.torch import load_file
from silero_vad.utils_vad import get_speech_timestamps_from_probs

SPEECH = pathlib.Path("/usr/share/pocketsphinx/test/data/librivox")
OPTIONS = [
    {},
    {"threshold": 0.3, "speech_pad_ms": 100},
    {"min_speech_duration_ms": 0, "min_silence_duration_ms": 500},
    {"min_speech_duration_ms": 1000, "min_silence_duration_ms": 30, "speech_pad_ms": 0},
    {"max_speech_duration_s": 2.0},
    {"max_speech_duration_s": 4.0, "min_silence_duration_ms": 2000, "speech_pad_ms": 400},
    {"max_speech_duration_s": 1.0, "threshold": 0.8, "neg_threshold": 0.1, "min_silence_at_max_speech": 40},
]


def generator(count):
    """Uniform noise in [-1, 1) by the 32-bit linear congruential generator of Numerical Recipes, seed 1."""
    state, out = 1, numpy.empty(count, dtype=numpy.float32)
    for i in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out[i] = ((state >> 16) - 32768) / 32768
    return out


def read(sentence):
    samples, rate = soundfile.read(SPEECH / f"sense_and_sensibility_01_austen_64kb-{sentence}.wav", dtype="float32")
    assert rate == 16000 and samples.ndim == 1
    return samples


@torch.no_grad()
def probabilities(w, samples):
    """TinySileroVAD.__call__ for each hop of 512 samples with the 64 before it."""
    padded = torch.from_numpy(numpy.concatenate(
        [numpy.zeros(64, numpy.float32), samples, numpy.zeros(-len(samples) % 512, numpy.float32)]))
    h = c = torch.zeros(1, 128)
    out = []
    for begin in range(64, len(padded), 512):
        x = F.pad(padded[None, None, begin - 64:begin + 512], (0, 64), "reflect")
        x = F.conv1d(x, w["stft_conv.weight"], stride=128)
        x = (x[:, :129] ** 2 + x[:, 129:] ** 2).sqrt()
        for layer, stride in (("conv1", 1), ("conv2", 2), ("conv3", 2), ("conv4", 1)):
            x = F.conv1d(x, w[layer + ".weight"], w[layer + ".bias"], stride=stride, padding=1).relu()
        h, c = torch.lstm_cell(x[:, :, 0], (h, c), w["lstm_cell.weight_ih"], w["lstm_cell.weight_hh"],
                               w["lstm_cell.bias_ih"], w["lstm_cell.bias_hh"])
        out.append(F.conv1d(h[:, :, None].relu(), w["final_conv.weight"], w["final_conv.bias"]).sigmoid().item())
    return numpy.array(out, dtype=numpy.float32)


def check_forward(samples):
    jit = silero_vad.load_silero_vad()
    old = {"stft_conv.weight": "stft.forward_basis_buffer", "final_conv": "decoder.decoder.2", "lstm_cell": "decoder.rnn",
           "conv1": "encoder.0.reparam_conv", "conv2": "encoder.1.reparam_conv", "conv3": "encoder.2.reparam_conv",
           "conv4": "encoder.3.reparam_conv"}
    state = jit.state_dict()
    weights = {new + key[len("_model." + name):]: value for new, name in old.items() for key, value in state.items()
               if key.startswith("_model." + name)}
    ours = probabilities(weights, samples)
    theirs = jit.audio_forward(torch.from_numpy(samples)[None], 16000).numpy()[0]
    difference = numpy.abs(ours - theirs).max()
    assert difference < 1e-5, difference


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "tests/golden/audio"
    check_forward(read("0870"))
    model = load_file(pathlib.Path(silero_vad.__file__).parent / "data/silero_vad_16k.safetensors")
    silence = numpy.zeros(16000, dtype=numpy.float32)
    speech = numpy.concatenate([part for s in ["0870", "0880", "0890", "0920", "0930"] for part in (read(s), silence)])
    noise = numpy.float32(0.1) * generator(48000)
    mixed = speech + numpy.float32(0.2) * numpy.resize(noise, len(speech))
    golden = {name: probabilities(model, samples) for name, samples in
              {"speech": speech, "noise": noise, "mixed": mixed, "short": read("0870")[:600]}.items()}
    save_file(golden, target / "silero_vad.safetensors", metadata={"silero-vad": "6.2.3"})

    walk, level = [], 0.5
    for step in generator(3000):
        level = min(1.0, max(0.0, level + 0.35 * float(step)))
        walk.append(round(level, 3))
    sources = {"speech": ([round(float(p), 4) for p in golden["speech"]], len(speech)), "walk": (walk, 3000 * 512 - 100)}
    spans = []
    for name, (probs, length) in sources.items():
        for options in OPTIONS:
            found = get_speech_timestamps_from_probs(probs, audio_length_samples=length, **options)
            spans.append({"source": name, "options": options, "spans": [[s["start"], s["end"]] for s in found]})
    with open(target / "silero_spans.json", "w") as file:
        json.dump({"sources": {name: {"probabilities": p, "samples": n} for name, (p, n) in sources.items()},
                   "cases": spans}, file, separators=(",", ":"))
    print({name: (len(p), float(p.mean())) for name, p in golden.items()}, [len(s["spans"]) for s in spans])


if __name__ == "__main__":
    main()
