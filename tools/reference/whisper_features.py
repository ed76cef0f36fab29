"""Writes tests/golden/audio/whisper_features.safetensors: log-mel features by the reference implementations.

Requires: numpy, torch, transformers, openai-whisper, soundfile, safetensors, and the Debian package
pocketsphinx-testdata (real speech, 16 kHz). Run from anywhere:

    python3 tools/reference/whisper_features.py [output file]

Every `step`-th frame is kept. Names: RECORDING.KIND.BINS, where RECORDING is one LibriVox sentence, "all" (the five, one
after the other, twice) or "N_samples" (the first N samples of the first), and KIND is
  window  transformers WhisperFeatureExtractor, padded or cut to 30 s
  exact   transformers WhisperFeatureExtractor without padding
  tail    openai-whisper log_mel_spectrogram(padding=480000), frames of the recording and 400 more
"""

import pathlib
import sys

import numpy
import soundfile
import torch
import whisper.audio
from safetensors.numpy import save_file
from transformers import WhisperFeatureExtractor

SPEECH = pathlib.Path("/usr/share/pocketsphinx/test/data/librivox")
SENTENCES = ["0870", "0880", "0890", "0920", "0930"]
STEP = 37


def read(sentence):
    samples, rate = soundfile.read(SPEECH / f"sense_and_sensibility_01_austen_64kb-{sentence}.wav", dtype="float32")
    assert rate == 16000 and samples.ndim == 1
    return samples


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "tests/golden/audio/whisper_features.safetensors"
    recordings = {name: read(name) for name in SENTENCES}
    first = recordings["0870"]
    recordings = {"0870": first, "0930": recordings["0930"], "all": numpy.concatenate(2 * list(recordings.values()))}
    golden = {}
    for bins in (80, 128):
        extractor = WhisperFeatureExtractor(feature_size=bins)
        for name, samples in recordings.items():
            window = extractor(samples, sampling_rate=16000, return_tensors="np").input_features[0]
            golden[f"{name}.window.{bins}"] = window.T[::STEP]
            exact = extractor(samples, sampling_rate=16000, padding=False, truncation=False,
                              return_tensors="np").input_features[0]
            golden[f"{name}.exact.{bins}"] = exact.T[::STEP]
            tail = whisper.audio.log_mel_spectrogram(samples, bins, padding=480000).numpy()
            golden[f"{name}.tail.{bins}"] = tail.T[:len(samples) // 160 + 400:STEP]
        for count in (201, 400, 1000):
            exact = extractor(first[20000:20000 + count], sampling_rate=16000, padding=False, truncation=False,
                              return_tensors="np").input_features[0]
            golden[f"{count}_samples.exact.{bins}"] = exact.T
    golden = {name: numpy.ascontiguousarray(value, dtype=numpy.float32) for name, value in golden.items()}
    save_file(golden, target, metadata={
        "step": str(STEP), "torch": torch.__version__.split("+")[0], "transformers": __import__("transformers").__version__,
        "openai-whisper": __import__("whisper").__version__})
    print(f"{target.name}: {len(golden)} tensors, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
