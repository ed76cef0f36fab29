"""Writes tests/golden/whisper/long.json: faster-whisper (float32, 5 beams, word times) over the LibriVox sentences, one
behind the other with a second of silence between, which takes several windows.

Requirements: see whisper_reference.py.

    python3 tools/reference/whisper_long.py
"""

import json

import numpy

import whisper_reference as reference


def main():
    import faster_whisper
    silence = numpy.zeros(16000, dtype=numpy.float32)
    parts = []
    for path in 2 * sorted(reference.LIBRIVOX.glob("*.wav")):
        parts += [reference.read_audio(path), silence]
    samples = numpy.concatenate(parts[:-1])
    golden = {}
    for name in ("whisper-base", "whisper-tiny.en"):
        model = faster_whisper.WhisperModel(str(reference.model_folder() / name), compute_type="float32", cpu_threads=2)
        segments, info = model.transcribe(samples, word_timestamps=True)
        golden[name] = {
            "samples": len(samples), "language": info.language,
            "language_probability": round(float(info.language_probability), 6),
            "segments": [{"start": round(float(s.start), 3), "end": round(float(s.end), 3), "text": s.text,
                          "tokens": s.tokens, "avg_logprob": round(float(s.avg_logprob), 5),
                          "words": [{"word": w.word, "start": round(float(w.start), 2), "end": round(float(w.end), 2),
                                     "probability": round(float(w.probability), 5)} for w in s.words]}
                         for s in segments]}
        for segment in golden[name]["segments"]:
            print(segment["start"], segment["end"], segment["text"], flush=True)
    (reference.GOLDEN / "long.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
