"""Writes tests/golden/whisper/texts_MODEL.json: what the references write down for real recordings.

Requirements: see whisper_reference.py.

    python3 tools/reference/whisper_texts.py

For every recording: language detection, greedy decoding and word times by openai-whisper in f32, and beam search with 5
beams by faster-whisper with compute_type float32, all with the same weights and the same features.
"""

import json
import sys

import numpy
import torch

import whisper_reference as reference


def greedy(model, mel, language):
    import whisper
    options = whisper.DecodingOptions(language=language, temperature=0.0, fp16=False)
    result = whisper.decode(model, mel, options)
    return {"tokens": result.tokens, "text": result.text, "avg_logprob": round(result.avg_logprob, 5),
            "no_speech_prob": round(result.no_speech_prob, 6), "compression_ratio": round(result.compression_ratio, 5)}


def word_times(model, tokenizer, mel, tokens, frames):
    from whisper.timing import find_alignment
    text = [token for token in tokens if token < tokenizer.eot]
    return [{"word": w.word, "start": round(float(w.start), 2), "end": round(float(w.end), 2),
             "probability": round(float(w.probability), 5)} for w in find_alignment(model, tokenizer, text, mel, frames)]


def dump(name, recordings):
    import faster_whisper
    from whisper.tokenizer import get_tokenizer
    model = reference.openai_model(name)
    beams = faster_whisper.WhisperModel(str(reference.model_folder() / name), compute_type="float32", cpu_threads=2)
    entries = []
    for language, path in recordings:
        samples = reference.read_audio(path)
        mel = torch.from_numpy(reference.window_features(samples))
        tokenizer = get_tokenizer(model.is_multilingual, num_languages=model.num_languages, language=language,
                                  task="transcribe")
        entry = {"file": str(path), "language": language}
        with torch.no_grad():
            encoded = model.encoder(mel[None])[0]
            if model.is_multilingual:
                _, probs = model.detect_language(encoded, tokenizer)
                best = max(probs, key=probs.get)
                entry["detected"] = {"language": best, "probability": round(probs[best], 6)}
            entry["greedy"] = greedy(model, encoded, language)
        entry["words"] = word_times(model, tokenizer, mel, entry["greedy"]["tokens"], len(samples) // 160)
        segments, _ = beams.transcribe(samples, language=language)
        segments = list(segments)
        entry["beam"] = {"text": "".join(s.text for s in segments),
                         "tokens": [token for s in segments for token in s.tokens],
                         "avg_logprob": round(float(segments[0].avg_logprob), 5) if segments else None,
                         "temperature": segments[0].temperature if segments else None}
        entries.append(entry)
        print(path.name, entry["greedy"]["text"], flush=True)
    target = reference.GOLDEN / f"texts_{name}.json"
    target.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    torch.manual_seed(0)
    numpy.random.seed(0)
    reference.GOLDEN.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[1:] or ["whisper-base", "whisper-tiny.en"]
    if "whisper-base" in wanted:
        dump("whisper-base", reference.recordings())
    if "whisper-tiny.en" in wanted:
        dump("whisper-tiny.en", reference.recordings(voices=("en",), per_voice=18))
