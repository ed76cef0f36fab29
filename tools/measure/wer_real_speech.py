"""Word error rate of Auris and of faster-whisper with the same weights and beam, on real human speech.

    python3 tools/measure/wer_real_speech.py --auris build/release/apps/auris [--limit 60] [--languages en fr] [--json FILE]
                                             [--kept FILE]

Recordings: the Asterisk prompts in five languages (Debian packages asterisk-core-sounds-*; entries that mark a sound with
[..] or <..>, tones and silences are left out) and the LibriVox sentences of pocketsphinx-testdata. With --limit N, N
prompts are spread evenly over each language. Texts are normalised with openai-whisper's normalizers, then counted by jiwer.
The language is given to both. Requires: openai-whisper, faster-whisper, jiwer (see tools/reference/whisper_reference.py) and
the model folder. All prompts take faster-whisper an hour on two cores: --kept writes its texts to a file as they come, and a
second run with the same file begins where the first one ended. Prints a table; exit status 1 if Auris is more than --margin
points worse anywhere or leaves speech without text.
"""

import argparse
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "reference"))
import whisper_reference as reference  # noqa: E402


SIGNALS = ("beep", "beeperr", "confbridge-join", "confbridge-leave")  # tones, whatever their transcripts say


def librivox():
    lines = (reference.LIBRIVOX / "transcription").read_text().splitlines()
    pairs = []
    for line in lines:
        text, _, name = line.rpartition("(")
        path = reference.LIBRIVOX / f"{name.strip(' )')}.wav"
        if path.exists():
            pairs.append((path, text.replace("<s>", "").replace("</s>", "").strip()))
    return pairs


def is_speech(name, text):
    return name not in SIGNALS and not name.startswith("silence/") and not set("[<") & set(text)


def prompts(language, limit):
    pairs = [(reference.SOUNDS / reference.VOICES[language] / f"{name}.g722", text)
             for name, text in reference.transcripts(language).items() if text and is_speech(name, text)]
    if limit and limit < len(pairs):
        pairs = [pairs[index * len(pairs) // limit] for index in range(limit)]
    return pairs


def auris_texts(arguments, language, paths):
    command = [arguments.auris, "transcribe", "--json", "--quiet", "--model", arguments.model, "--language", language,
               "--beam-size", str(arguments.beam), "--padding-step", str(arguments.padding_step), *map(str, paths)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    results = [json.loads(line) for line in lines]
    assert len(results) == len(paths), f"{len(results)} results for {len(paths)} recordings"
    return [result["text"] for result in results]


class FasterWhisper:
    """Texts of faster-whisper; those heard before with the same settings come from the lines of the file `kept`."""

    def __init__(self, arguments):
        self.arguments, self.model = arguments, None
        self.kept, self.settings = {}, [arguments.model, arguments.compute_type, arguments.beam]
        if arguments.kept and pathlib.Path(arguments.kept).exists():
            lines = [json.loads(line) for line in pathlib.Path(arguments.kept).read_text().splitlines()]
            self.kept = {(line["language"], line["file"]): line["text"]
                         for line in lines if line["settings"] == self.settings}

    def texts(self, language, paths):
        return [self.text(language, path) for path in paths]

    def text(self, language, path):
        if (language, str(path)) not in self.kept:
            self.kept[language, str(path)] = text = self.hear(language, path)
            if self.arguments.kept:
                with open(self.arguments.kept, "a") as file:
                    line = {"settings": self.settings, "language": language, "file": str(path), "text": text}
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
        return self.kept[language, str(path)]

    def hear(self, language, path):
        if self.model is None:
            from faster_whisper import WhisperModel
            folder = reference.model_folder() / self.arguments.model
            self.model = WhisperModel(str(folder), compute_type=self.arguments.compute_type)
        samples = reference.read_audio(path)
        segments, _ = self.model.transcribe(samples, language=language, beam_size=self.arguments.beam)
        return "".join(segment.text for segment in segments).strip()


def word_error_rate(normalize, truths, texts):
    import jiwer
    pairs = [(normalize(truth), normalize(text)) for truth, text in zip(truths, texts)]
    pairs = [(truth, text) for truth, text in pairs if truth]
    return 100 * jiwer.wer([truth for truth, _ in pairs], [text for _, text in pairs])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--auris", required=True, help="the auris program")
    parser.add_argument("--model", default="whisper-base")
    parser.add_argument("--languages", nargs="+", default=["en", "es", "fr", "it", "ru"])
    parser.add_argument("--limit", type=int, default=0, help="prompts per language; 0 = all")
    parser.add_argument("--beam", type=int, default=5)
    parser.add_argument("--padding-step", type=int, default=0, help="of auris; 1 = compute all padding, as the reference")
    parser.add_argument("--compute-type", default="float32", help="of faster-whisper")
    parser.add_argument("--margin", type=float, default=0.3, help="points that Auris may be worse")
    parser.add_argument("--kept", help="file of faster-whisper's texts, read and continued")
    parser.add_argument("--json", help="also write the numbers and every pair of differing texts here")
    arguments = parser.parse_args()

    from whisper.normalizers import BasicTextNormalizer, EnglishTextNormalizer
    faster_whisper = FasterWhisper(arguments)
    groups = [(language, language, prompts(language, arguments.limit)) for language in arguments.languages]
    if "en" in arguments.languages:
        groups.append(("librivox", "en", librivox()))
    report, failed = {}, False
    print(f"{'':10} {'recordings':>10} {'auris':>8} {'faster':>8} {'equal':>6} {'empty':>6}")
    for name, language, pairs in groups:
        normalize = EnglishTextNormalizer() if language == "en" else BasicTextNormalizer()
        paths, truths = zip(*pairs)
        ours = auris_texts(arguments, language, paths)
        theirs = faster_whisper.texts(language, paths)
        row = {"recordings": len(pairs), "auris_wer": round(word_error_rate(normalize, truths, ours), 3),
               "faster_whisper_wer": round(word_error_rate(normalize, truths, theirs), 3),
               "equal_texts": sum(a.strip() == b for a, b in zip(ours, theirs)),
               "empty": [str(path) for path, text in zip(paths, ours) if not text.strip()],
               "different": [{"file": str(path), "truth": truth, "auris": a, "faster_whisper": b}
                             for path, truth, a, b in zip(paths, truths, ours, theirs) if a.strip() != b]}
        report[name] = row
        failed |= row["auris_wer"] > row["faster_whisper_wer"] + arguments.margin or bool(row["empty"])
        print(f"{name:10} {len(pairs):10} {row['auris_wer']:8.2f} {row['faster_whisper_wer']:8.2f} "
              f"{row['equal_texts']:6} {len(row['empty']):6}", flush=True)
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
