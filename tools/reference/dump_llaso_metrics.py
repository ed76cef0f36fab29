#!/usr/bin/env python3
"""Writes tests/golden/metrics/llaso.json: what the scripts released with LLaSO (arXiv 2508.15418) make of truths and answers.

The rules are restated here from reading those scripts (github.com/EIT-NLP/LLaSO, llaso/evaluation/metrics); no code of theirs is used.
Truths and answers are made up: some by hand, for the defects, most by chance.

Needs: pip install jiwer (4.0) rapidfuzz.
"""
import json
import pathlib
import random
import re

import jiwer
from rapidfuzz.distance import Levenshtein

FILE = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "metrics" / "llaso.json"

LABEL_SETS = [
    ["Female", "Male"],
    ["Irish.", "Northern Irish.", "South Africa.", "Scottish.", "English."],
    ["15-19", "20-24", "25-29", "30+"],
    ["25", "50", "75", "100", "127"],
    ["Anger.", "Disgust", "Fear.", "Happy", "Neutral state", "Sad."],
    ["U.S.", "US English", "Straße", "Été", "İzmir"],
]
LABEL_ANSWERS = [
    "", " ", "female", "The speaker is female.", "male.", "It is a man, so male", "male or female", "males", "2male", "male_", "éMALE",
    "northern irish", "I think northern Irish, not scottish", "Irish", "South African", "South Africa", "south  africa", "scottiſh", "ıriſh",
    "30+", "30", "20-24", "aged 20-24 years", "120-24", "25-29 or 30+", "25.", "2.5", "127 or 100", "12.7", "angry", "ANGER", "neutral state",
    "u.s", "us english", "STRASSE", "STRAßE", "σοφος", "σοφοσ", "i̇zmir", "İZMİR", "\u00a0female\u2003", "fe.male", "I cannot tell.",
]
NUMBERS = [
    "", " ", "24", " 24 ", "+24", "-24", "--24", "2_4", "2__4", "_24", "24.", "24.5", "25.5", ".5", "5.", "1e2", "1e", "1e999", "1e-999", "inf",
    "nan", "-inf", "infinity", "0x10", "٢٤", "２４", "𝟚𝟜", "२४-२६", "The speaker is 24 years old.", "24-year-old", "24-26", "24 - 27", "21-22",
    "22-23", "between 20 and 30", "20 to 30", "20, 30 - or 40", "well-known: 30", "adult", "An ADULT voice", "adolescent", "twenty-four",
    "60.5-61.5", "60.5 to 61.5-", "60.5", "61.5", "MIDI 60 (261.63 Hz)", "440 Hz", "128", "127.4", "127.5", "-0.4", "-0.5", "-1", "C4", "1.2.3",
    "1,234", "12\u00a034", "\x1c24\x1f", "2\u00d74", "½", "²", "0", "007", "9" * 25, "1" + "0" * 40,
]
SENTENCES = [
    "For the sentence: accuracy is 9, prosodic is 8, fluency is 10 total score is 9.", "Accuracy: 9\nProsody: 8\nFluency: 007",
    "accuracy=9 prosodic=8", "accuracy 9, prosodic 8, fluency 7", "9 for accuracy, 8for prosody and 7 for fluency",
    "accuracy as high as 9, prosodic is\n8, fluency is 7", "accuracy is 9.9-10.0 prosody is 8.5 fluency: 9.0",
    "accuracy accuracy is 3 accuracy is 4, proso: 5, fluency fluency = 6", "accuracy is good. prosodic is 9. fluency is 8. 7",
    "9 for accuracy 8 for prosody 7 for fluency accuracy is 1", "", "accuracy is ٩, prosodic is ８, fluency is 𝟟",
    "this is accuracy, this is 5: prosodic is 6, fluency is 8", "1\u00a0for\u2003accuracy 2for prosodic 3 forfluency",
    "accuracy:1 proso:2 fluency:3 accuracy:4 proso: fluency:", "ACCURACY IS 9, PROSODIC IS 9, FLUENCY IS 9",
]
WORDS = "the a of to in it you that he was for on are with his they be at one have this from Had by HOT. but, some what don't été 東京 naïve".split()
IPA = "ɪ n ɐ v ɛ ɹ i l ɾ ə w aɪ d m oʊ s t æ ŋ ʃ h p b k g f ð θ z ʒ uː ɑː ʌ j e ß ſ ı ﬁ ŉ ẗ".split()
# The phone that the script gives to each letter from A to Z.
PHONES = [3, 1, 5, 3, 4, 5, 5, 22, 8, 9, 27, 11, 12, 27, 14, 15, 16, 36, 37, 38, 39, 27, 22, 23, 24, 25]


def accuracy(truths, answers):
    plain = [t.replace(".", "").lower() for t in truths]
    labels = set(plain)
    out = []
    for truth, answer in zip(plain, answers):
        answer = answer.replace(".", "").lower()
        alone = truth in answer and not [other for other in labels if other != truth and other in answer]
        out.append(truth == answer or alone)
    return out


def abstention(truths, answers):
    labels = {t.strip().lower().rstrip(". ").strip() for t in truths}
    expressions = [re.compile("(?<![a-z0-9])" + re.escape(label) + "(?![a-z0-9])", re.I) for label in labels]
    return [sum(bool(e.search(a.strip().lower())) for e in expressions) != 1 for a in answers]


def first_numbers(text, expression, number):
    found = re.findall(expression, text)
    if not found:
        return None
    if "-" in text and len(found) > 1:
        return int(round((number(found[0]) + number(found[1])) / 2.0))
    return int(round(number(found[0])))


def age(text):
    text = text.strip()
    try:
        return int(text)
    except ValueError:
        pass
    value = first_numbers(text, r"\d+", int)
    return 22 if value is None and "adult" in text.lower() else value


def pitch(text):
    text = text.strip()
    for number in (int, float):
        try:
            return int(round(number(text)))
        except ValueError:
            pass
        except OverflowError:  # the script ends here
            return None
    return first_numbers(text, r"\d+\.?\d*", float)


def mean_error(truths, answers, read):
    errors = [abs(read(t) - read(a)) for t, a in zip(truths, answers) if read(t) is not None and read(a) is not None]
    return {"read": len(errors), "mae": sum(errors) / len(errors) if errors else None}


def midi(text):
    value = pitch(text)
    return value if value is not None and 0 <= value <= 127 else None


def error_rate(truths, answers, process, transform):
    wrong = length = 0
    for truth, answer in zip(truths, answers):
        measured = process(answer, truth, transform, transform)  # the answer as reference
        wrong += measured.substitutions + measured.deletions + measured.insertions
        length += measured.substitutions + measured.deletions + measured.hits
    return wrong / length


def word_error_rate(truths, answers):
    cut = jiwer.Compose([jiwer.RemoveMultipleSpaces(), jiwer.Strip(), jiwer.ReduceToListOfListOfWords()])
    return error_rate(truths, answers, jiwer.process_words, cut)


def character_error_rate(truths, answers):
    cut = jiwer.Compose([jiwer.RemoveMultipleSpaces(), jiwer.Strip(), jiwer.ReduceToListOfListOfChars()])
    return error_rate(truths, answers, jiwer.process_characters, cut)


def phones(text):
    return [PHONES[ord(c) - ord("A")] for c in text.upper() if "A" <= c <= "Z"]


def phone_error_rate(truths, answers):
    predicted, wanted = [[phones(t) for t in texts] for texts in (truths, answers)]
    for sequences in (predicted, wanted):
        while sequences and not sequences[-1]:
            sequences.pop()
    if not wanted or len(predicted) != len(wanted):
        return None
    distances = [Levenshtein.distance(p, w) / len(w) if w else float(bool(p)) for p, w in zip(predicted, wanted)]
    return sum(distances) / len(distances)


def sentence_scores(text):
    found = {}
    for name, value in re.findall(r"(accuracy|proso|fluency).*?(?:is|:|=|as).*?(\d+)", text.lower()):
        found[name] = int(value)
    if len(found) < 3:
        found = {}
        for value, name in re.findall(r"(\d+)\s*?(?:for)\s*?(accuracy|proso|fluency)", text.lower()):
            found[name] = int(value)
    return [str(found[name]) for name in ("accuracy", "proso", "fluency")] if len(found) == 3 else None


def label_cases(rng):
    fillers = ["the", "speaker", "is", "clearly", ".", "-", "or", "(", ")", "_", "non", "I think", "\n", "fe", "x", "5", "é"]
    for labels in LABEL_SETS:
        answers = list(LABEL_ANSWERS)
        for _ in range(120):
            parts = [rng.choice(labels if rng.random() < 0.35 else fillers) for _ in range(rng.randrange(1, 6))]
            text = rng.choice(["", " ", " "]).join(parts)
            answers.append(rng.choice([str, str.lower, str.upper])(text))
        truths = [rng.choice(labels) for _ in answers]
        yield {"truths": truths, "answers": answers, "correct": accuracy(truths, answers), "abstains": abstention(truths, answers)}


def random_text(rng, parts, most):
    return rng.choice(["", " "]).join(rng.choice(parts) for _ in range(rng.randrange(most)))


def number_texts(rng):
    parts = ["1", "23", "7.5", ".", "-", "_", " ", "e", "+", "adult", "age", "٣", "\u2003", "\n", ",", "0"]
    return NUMBERS + [random_text(rng, parts, 7) for _ in range(250)]


def sentence_texts(rng):
    parts = ["accuracy", "proso", "prosodic", "fluency", "is", ":", "=", "as", "for", "10", "9", "7", "\n", ",", "score", "."]
    texts = SENTENCES + [random_text(rng, parts, 24) for _ in range(150)]
    for _ in range(150):
        names = rng.sample(["accuracy", "Prosodic", "prosody", "FLUENCY", "fluency", "total"], 5)
        joint = rng.choice([" is {}", ": {}", "={}\n", " is\n{}", " {}", " score is {},", " as is {}/10"])
        before = rng.random() < 0.2
        texts.append(" ".join(f"{rng.randrange(12)} for {n}" if before else n + joint.format(rng.randrange(12)) for n in names))
    return texts


def rate_cases(rng):
    for _ in range(12):
        truths, answers = [], []
        for _ in range(rng.randrange(1, 12)):
            words = [rng.choice(WORDS) for _ in range(rng.randrange(1, 12))]
            truths.append(rng.choice([" ", "  ", " ", "\n", "\t \u00a0"]).join(words))
            kept = [w if rng.random() < 0.7 else rng.choice(WORDS) for w in words if rng.random() < 0.9]
            answers.append(rng.choice(["", " ", "\n"]) + rng.choice([" ", "  ", " ", "\x1c"]).join(kept) + rng.choice(["", " "]))
        answers[0] = answers[0] or "x"
        yield {"truths": truths, "answers": answers, "wer": word_error_rate(truths, answers), "cer": character_error_rate(truths, answers)}


def phone_cases(rng):
    for i in range(20):
        truths, answers = [], []
        for _ in range(rng.randrange(1, 10)):
            symbols = [rng.choice(IPA + [" "]) for _ in range(rng.randrange(0, 30))]
            truths.append("".join(symbols))
            answers.append("".join(s if rng.random() < 0.7 else rng.choice(IPA) for s in symbols if rng.random() < 0.9).upper())
        if i % 4 == 0:
            answers[-1] = rng.choice(["", "ɪɐ", "x"])
        if i % 8 == 0:
            truths[-1] = ""
        yield {"truths": truths, "answers": answers, "per": phone_error_rate(truths, answers)}


def number_cases(rng, texts):
    for _ in range(8):
        truths = [str(rng.randrange(128)) for _ in range(40)]
        answers = [text for text in rng.sample(texts, 40) if not re.fullmatch(r"\D*\d{20,}\D*", text)]
        truths = truths[: len(answers)]
        yield {"truths": truths, "answers": answers, "age": mean_error(truths, answers, age), "pitch": mean_error(truths, answers, midi)}


def main():
    rng = random.Random(2508)
    texts = number_texts(rng)
    golden = {
        "labels": list(label_cases(rng)),
        "numbers": [{"text": t, "age": age(t), "pitch": pitch(t)} for t in texts],
        "number_sets": list(number_cases(rng, texts)),
        "sentences": [{"text": t, "scores": sentence_scores(t)} for t in sentence_texts(rng)],
        "rates": list(rate_cases(rng)),
        "phones": list(phone_cases(rng)),
    }
    FILE.write_text(json.dumps(golden, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    read = [n for n in golden["numbers"] if n["age"] is not None]
    scored = [s for s in golden["sentences"] if s["scores"]]
    print(f"{FILE.name}: {FILE.stat().st_size} bytes, {len(read)} ages, {len(scored)} sentences with scores,",
          sum(p["per"] is None for p in golden["phones"]), "phone cases without a score")


if __name__ == "__main__":
    main()
