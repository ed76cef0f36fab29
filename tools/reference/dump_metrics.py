#!/usr/bin/env python3
"""Writes tests/golden/metrics/: what rapidfuzz and jiwer make of pairs of a reference and a hypothesis.

alignments.json: runs of edits of random sequences (rapidfuzz, Levenshtein opcodes).
error_rates.json: hits, substitutions, deletions and insertions of words and characters (jiwer), pair by pair and over all.

Needs: pip install jiwer (4.0).
"""
import json
import pathlib
import random

import jiwer
from rapidfuzz.distance import Levenshtein

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "metrics"

WORDS = """the a of to and in is it you that he was for on are with as his they be at one have this from or had by hot but some
what there we can out other were all your when up use word how said an each she gehört façade naïve Zürich 東京 привет мир
don't well-known 3.14 étude Übung señor αβγ""".split()

TEXTS = [
    ("the cat sat on the mat", "the cat sat on the mat"),
    ("the cat sat on the mat", "a cat sat in the mat"),
    ("the cat sat on the mat", ""),
    ("the", "the the the the"),
    ("one two three four", "four three two one"),
    ("  blanks   at both ends ", "blanks at both  ends"),
    ("été déjà vu", "ete deja vu"),
    ("東京 は 晴れ", "東京 晴れ です"),
    ("a b c d e f", "b c d e f g"),
    ("no no no no yes", "no no yes yes"),
]


def damaged(rng, symbols, any_symbol, damage):
    out = []
    for symbol in symbols:
        u = rng.random() / damage
        if u > 0.3:
            out.append(any_symbol() if u < 0.6 else symbol)
        if 0.6 < u < 1:
            out.append(any_symbol())
    return out


def alignments(rng):
    cases = []
    for index in range(150):
        length = rng.choice([0, 1, 2, 5, 10, 20, 40, 63, 64, 65, 80, 127, 128, 129, 150])
        count = max(1, min(length, rng.choice([2, 4, 10, 30, 150])))  # numbers below the length
        reference = [rng.randrange(count) for _ in range(length)]
        hypothesis = damaged(rng, reference, lambda: rng.randrange(-1, count + 2), rng.choice([0.1, 0.3, 0.6, 1]))
        if index % 20 == 0:
            hypothesis = [rng.randrange(count) for _ in range(rng.randrange(30))]
        runs = [list(run) for run in Levenshtein.opcodes(reference, hypothesis)]
        cases.append({"reference": reference, "hypothesis": hypothesis, "runs": runs})
    return cases


def counts(result):
    return [result.hits, result.substitutions, result.deletions, result.insertions]


def error_rates(rng):
    pairs = list(TEXTS)
    for _ in range(120):
        words = [rng.choice(WORDS) for _ in range(rng.choice([1, 3, 8, 15, 30, 70, 100]))]
        pairs.append((" ".join(words), " ".join(damaged(rng, words, lambda: rng.choice(WORDS), rng.choice([0.1, 0.4, 1])))))
    references, hypotheses = map(list, zip(*pairs))
    return {
        "pairs": [{"reference": r, "hypothesis": h, "words": counts(jiwer.process_words(r, h)),
                   "characters": counts(jiwer.process_characters(r, h))} for r, h in pairs],
        "wer": jiwer.wer(references, hypotheses),
        "cer": jiwer.cer(references, hypotheses),
    }


def main():
    rng = random.Random(7)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, value in (("alignments", alignments(rng)), ("error_rates", error_rates(rng))):
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        (FOLDER / f"{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
