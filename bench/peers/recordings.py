"""Real recordings of chosen lengths: spoken prompts of the Debian package asterisk-core-sounds-en-g722.

A single prompt below 15 s; several prompts, 0.3 s apart, for longer ones. They are spread over the alphabetical list: its
neighbours repeat one another, which Whisper's compression rule takes for a loop.
"""

import gzip
import pathlib
import re
import wave

import av
import numpy as np

SOUNDS = pathlib.Path("/usr/share/asterisk/sounds/en")
TRANSCRIPTS = pathlib.Path("/usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz")
RATE_HZ = 16000
LONGEST_SINGLE_PROMPT_S = 15
STEP = 37  # prime to every likely number of prompts
GAP = np.zeros(int(0.3 * RATE_HZ), np.float32)


def decode_g722(path):
    """Samples in [-1, 1], f32, 16 kHz mono."""
    with av.open(str(path), format="g722") as container:
        pieces = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    return np.concatenate(pieces).astype(np.float32) / 32768.0


def prompts():
    """(name, transcript, samples) of every prompt with a plain transcript of at least three words."""
    for line in gzip.open(TRANSCRIPTS, "rt", encoding="utf-8"):
        match = re.fullmatch(r"([\w/-]+):\s*(.+)", line.strip())
        if not match or re.search(r"[\[\]<>()]", match[2]) or len(match[2].split()) < 3:
            continue
        path = SOUNDS / (match[1] + ".g722")
        if path.is_file():
            yield match[1], match[2], decode_g722(path)


def build(seconds):
    """(samples, transcript): a recording whose length is the nearest to `seconds` that whole prompts give."""
    everything = list(prompts())
    name, text, samples = min(everything, key=lambda item: abs(len(item[2]) / RATE_HZ - seconds))
    if seconds < LONGEST_SINGLE_PROMPT_S and abs(len(samples) / RATE_HZ - seconds) < 0.15 * seconds:
        return samples, text
    pieces, texts, length = [], [], 0
    for index in range(len(everything)):
        name, text, samples = everything[index * STEP % len(everything)]
        if length + len(samples) > seconds * RATE_HZ:
            continue
        pieces += [samples, GAP]
        texts.append(text)
        length += len(samples) + len(GAP)
        if length > (seconds - 1.5) * RATE_HZ:
            break
    return np.concatenate(pieces), " ".join(texts)


def write_wav(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
