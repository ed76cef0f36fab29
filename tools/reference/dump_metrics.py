#!/usr/bin/env python3
"""Writes tests/golden/metrics/: what rapidfuzz, jiwer, sacrebleu and rouge_score make of references and hypotheses.

alignments.json: runs of edits of random sequences (rapidfuzz, Levenshtein opcodes).
error_rates.json: hits, substitutions, deletions and insertions of words and characters (jiwer), pair by pair and over all.
text_scores.json: tokens, BLEU, chrF, chrF++ (sacrebleu) and ROUGE-L (rouge_score) of texts with one and two references.

Needs: pip install jiwer (4.0) sacrebleu (2.6) rouge_score (0.1.2).
"""
import json
import pathlib
import random

import jiwer
import sacrebleu
from rapidfuzz.distance import Levenshtein
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF

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

SENTENCES = [  # with all that tokenizers take apart
    "The train from Zürich leaves at 10:45, doesn't it?", 'He said: "Pay $1,234.50 (or 3.14%) - now!"',
    "Well-known e-mail addresses, e.g. a.b@c.org, cost 20-30 euros.", "&quot;Tom &amp; Jerry&quot; &lt;1940&gt; <skipped> began.",
    "A hyphen-\nated line\nbreak", "«Где ты был?» — спросил он в 1999-м.", "Il coûte 3,50 €… n'est-ce pas ?",
    "今天天气很好,我们去公园吧。", "東京タワーは333メートルです！", "हिन्दी में ३ वाक्य।", "x", ".", "2.", "5-", "-", "",
    "one two three", "no no no no yes", "the the the the the", "  blanks\u00a0and\ttabs  ", "emoji 😀 and 𠀋 beyond", "İstanbul’da ΣΟΦΟΣ",
    "…and then—silence…", "(hi) 'quoted' [so] {be} it_ ~x^2|y", "C++20 & C#7 @home #1",
]
TOKENS = ["13a", "intl", "zh", "char", "none"]


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


def text_scores(rng):
    references = SENTENCES + [" ".join(rng.choice(SENTENCES) for _ in range(rng.choice([1, 2, 3]))) for _ in range(30)]
    pieces = " ".join(SENTENCES).split()

    def said(text):
        return " ".join(damaged(rng, text.split(" "), lambda: rng.choice(pieces), rng.choice([0.1, 0.4, 0.8])))

    hypotheses, seconds = [said(text) for text in references], [said(text) for text in references]
    hypotheses[:3] = references[0].upper(), references[1], ""
    wide = [references, seconds]
    scorer = rouge_scorer.RougeScorer(["rougeL"])
    bleu, chrf, plus = BLEU(effective_order=True), CHRF(), CHRF(word_order=2)
    return {
        "items": [{"hypothesis": h, "references": [r, s],
                   "tokens": {name: BLEU(tokenize=name).tokenizer(r.rstrip()).split() for name in TOKENS},
                   "bleu": bleu.sentence_score(h, [r, s]).score, "chrf": chrf.sentence_score(h, [r, s]).score,
                   "chrf++": plus.sentence_score(h, [r]).score,
                   "rouge": list(scorer.score(r, h)["rougeL"])} for h, r, s in zip(hypotheses, references, seconds)],
        "bleu": {name: sacrebleu.corpus_bleu(hypotheses, wide, tokenize=name).score for name in TOKENS},
        "bleu_lower": sacrebleu.corpus_bleu(hypotheses, [references], lowercase=True).score,
        "chrf": sacrebleu.corpus_chrf(hypotheses, wide).score,
        "chrf++": sacrebleu.corpus_chrf(hypotheses, wide, word_order=2).score,
        "chrf_lower": CHRF(lowercase=True).corpus_score(hypotheses, [references]).score,
    }


def main():
    rng = random.Random(7)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, value in (("alignments", alignments(rng)), ("error_rates", error_rates(rng)), ("text_scores", text_scores(rng))):
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        (FOLDER / f"{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
