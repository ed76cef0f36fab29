#!/usr/bin/env python3
"""Texts that auris-nano learns from, out of Debian's packages (tools/nano/packages.txt): lists for `auris data speak` and plain
text for the guard of what the language model can do. The same packages and seed give the same lists.

  texts.py FOLDER [--seed N]

  phrases.jsonl     what people write in five languages: to be spoken, and to be written down
  copies/           more of that, to be written down without being spoken: clips.jsonl, whose clips are all the same moment of silence
  questions.jsonl   what people ask, in English: to be spoken, and to be answered
  plain.txt         paragraphs of English, one a line: what the model must not forget
  held_out.txt      others, for measuring that
"""

import argparse
import glob
import gzip
import hashlib
import html
import json
import random
import re
import wave
from pathlib import Path

FORTUNES = Path("/usr/share/games/fortunes")
WORDNET = Path("/usr/share/wordnet")
# Fortunes in English that are fit for everybody.
ENGLISH = ["art", "computers", "cookie", "definitions", "education", "food", "fortunes", "goedel", "kids", "linuxcookie", "literature",
           "magic", "medicine", "miscellaneous", "news", "paradoxum", "people", "pets", "platitudes", "riddles", "science", "sports",
           "startrek", "tao", "wisdom", "work"]
SPANISH = ["amistad", "arte", "asimov", "ciencia", "familia", "famosos", "filosofia", "humanos", "informatica", "lao-tse", "leydemurphy",
           "libertad", "proverbios", "refranes", "sabiduria", "sentimientos", "verdad", "vida"]
ITALIAN = ["computer", "definizioni", "formiche", "italia", "itatrek", "leggi", "luttazzi"]
RUSSIAN = ["adv", "art", "book", "citates", "computer", "conscience", "education", "freewill", "friendship", "future", "genious", "happy",
           "knowledge", "life", "programming", "success", "sympathy", "time", "truth", "wealth", "work"]
COUNTS = {"en": 2600, "es": 500, "fr": 500, "it": 500, "ru": 500}
QUESTIONS = 1000
COPIES = {"en": 16000, "es": 2500, "fr": 2500, "it": 2500, "ru": 2500}

# What may stand in a text that is to be spoken.
PLAIN = re.compile(r"[\w\s.,;:!?'’\"«»()\-–—%&¿¡]+", re.UNICODE)
# Some paragraphs of the French pages are not translated.
FRENCH = re.compile(r"\b(le|la|les|des|du|une|est|sont|vous|pour|dans|avec|que)\b")


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def cookies(path):
    """Fortunes of a file, without who said them, as one line each."""
    for cookie in path.read_text(encoding="utf-8", errors="ignore").split("\n%\n"):
        lines = [line for line in cookie.splitlines() if not line.lstrip().startswith(("--", "%", "(c)"))]
        yield re.sub(r"\s+", " ", " ".join(lines)).strip()


def sentences(text):
    return [part.strip() for part in re.split(r"(?<=[.!?])\s+(?=[A-ZÀ-ÝА-Я¿¡\"«])", text)]


def is_sayable(text, low=3, high=170):
    letters = sum(c.isalpha() or c == " " for c in text)
    return low <= len(text) <= high and PLAIN.fullmatch(text) is not None and letters > 0.8 * len(text) and not text.isupper()


def from_fortunes(folder, names, suffix=""):
    for name in names:
        for cookie in cookies(folder / (name + suffix)):
            for sentence in sentences(cookie):
                yield sentence


def from_pages(pattern):
    for path in sorted(glob.glob(pattern)):
        page = Path(path).read_text(encoding="utf-8", errors="ignore")
        for paragraph in re.findall(r"<p>(.*?)</p>", page, re.S):
            if "<code" in paragraph or "<tt" in paragraph or "<span" in paragraph:
                continue
            yield re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", "", paragraph))).strip()


def wordnet_examples():
    for part in ("adj", "adv", "noun", "verb"):
        for line in (WORDNET / f"data.{part}").open(encoding="utf-8", errors="ignore"):
            if " | " in line:
                yield from (example.strip() for example in re.findall(r'"([^"]+)"', line.split(" | ", 1)[1]))


def wordnet_glosses():
    for line in (WORDNET / "data.noun").open(encoding="utf-8", errors="ignore"):
        if " | " in line and not line.startswith("  "):
            word = line.split()[4].replace("_", " ")
            gloss = line.split(" | ", 1)[1].split(";")[0].strip()
            yield f"{word[0].upper()}{word[1:]}: {gloss}."


def wordnet_words(part, least=8):
    """Words that were met at least so often in WordNet's tagged texts."""
    for line in (WORDNET / f"index.{part}").open(encoding="utf-8"):
        fields = line.split()
        if line.startswith(" ") or "_" in fields[0] or not fields[0].isalpha():
            continue
        pointers = int(fields[3])
        if int(fields[5 + pointers]) >= 2 and len(fields[0]) > 2:
            yield fields[0]


def numbers(rng):
    """Phrases with numbers, times and sums, as people write them."""
    hour, minute, n = rng.randint(1, 12), rng.choice(["00", "05", "10", "15", "20", "30", "40", "45", "50"]), rng.randint
    places = ["Leeds", "Berlin", "Lagos", "Osaka", "Lima", "Cardiff", "Denver", "Turin", "Malmö", "Perth"]
    names = ["Maria", "Ahmed", "Ingrid", "Tom", "Yuki", "Olga", "Pedro", "Chloe", "Ravi", "Nina"]
    return rng.choice([
        lambda: f"The train to {rng.choice(places)} leaves at {hour}:{minute} from platform {n(1, 19)}.",
        lambda: f"Room {n(100, 999)}, please.",
        lambda: f"{n(2, 99)} plus {n(2, 99)} is not {n(2, 200)}.",
        lambda: f"Call me back at {n(200, 999)} {n(1000, 9999)}.",
        lambda: f"It costs {n(2, 90)} dollars and {n(1, 99)} cents.",
        lambda: f"{rng.choice(names)} was born in {n(1920, 2010)}.",
        lambda: f"Set a timer for {n(2, 59)} minutes.",
        lambda: f"Chapter {n(1, 40)}, page {n(1, 600)}.",
        lambda: f"About {n(2, 98)}% of them agree.",
        lambda: f"{rng.choice(names)} and {rng.choice(names)} arrive on the {n(1, 28)}th at {hour} o'clock.",
        lambda: f"We sold {n(1, 99)},{n(100, 999)} tickets in {rng.choice(places)}.",
        lambda: f"Extension {n(10, 99)} is busy.",
    ])()


ASKS = [
    "What is {a} {n}?", "What is the difference between {a} {n} and {a2} {m}?", "Why do people {v}?", "How do I {v} better?",
    "Tell me something about {ns}.", "Can you explain what {a} {n} is for?", "Who invented the {n}?", "Give me three ideas for {a} {n}.",
    "Write a short poem about {a} {n}.", "What should I know before I {v}?", "Is it healthy to {v} every day?", "Describe {a} {n} to a child.",
    "I need {a} {n}. Where can I find one?", "Please explain the word {n}.", "Could you tell me a story about {a} {n} and {a2} {m}?",
    "How long does it take to learn to {v}?", "What do you think about {ns}?", "Name a famous {n}.", "What is the opposite of {v}?",
    "How would you {v} in a small town?", "My {n} is broken. What can I do?", "Do you like {ns}?", "What makes a good {n}?",
    "How can I help somebody who wants to {v}?", "Which is older, the {n} or the {m}?", "Give me some advice about {ns}.",
    "I would like to {v} tomorrow. What do I need?", "Summarize what you know about {ns}.", "What colour is {a} {n}?",
    "Make a list of things that go with {a} {n}.", "Suggest a name for my {n}.", "When did people begin to {v}?",
    "How is {a} {n} made?", "Translate the word {n} into Spanish.", "What rhymes with {n}?", "Tell me a joke about {a} {n}.",
    "Why is the {n} important for the {m}?", "What would happen without {ns}?", "How much does {a} {n} cost?", "Help me plan {a} {n}.",
]


def question(rng, nouns, verbs):
    n, m, v = rng.choice(nouns), rng.choice(nouns), rng.choice(verbs)
    article = lambda word: "an" if word[0] in "aeiou" else "a"
    plural = n[:-1] + "ies" if n.endswith("y") and n[-2] not in "aeiou" else n + ("es" if n.endswith(("s", "x", "ch", "sh")) else "s")
    return rng.choice(ASKS).format(n=n, m=m, v=v, a=article(n), a2=article(m), ns=plural)


COMMANDS = [
    "Please {v} the {n}.", "{V} the {n}, then {w} the {m}.", "Do not {v} here.", "To {v} the {n}, say {d}.", "Please {v} again.",
    "The {n} you have asked for is not a valid {m}.", "If you want to {v}, wait for the {n}.", "{V} or {w} before you {x}.",
    "You have {d} new {ns}.", "Enter the {n} of your {m}, followed by the {k}.", "Thank you for the {n}.", "The {n} is now {d}.",
    "For {ns}, take {d}. For {ms}, take {e}. For anything else, {v} the {k}.", "The {n} could not {v} the {m}. Please {w} it later.",
    "{d} {ns}, {e} {ms} and one {k}.", "{V} {d} to {e}.", "This {n} is about to {v}.", "Write down the {n}.", "Translate the {n}.",
    "Answer the {n} with a {m}.", "Say {d} to {v} the {n}, {e} to {w} the {m}, or {f} to {x}.", "{N}.", "{N}, {m}, {k}.", "{V} now!",
]


def command(rng, nouns, verbs):
    """What machines and signs tell people to do: it is to be written down, not to be done."""
    n, m, k = rng.choice(nouns), rng.choice(nouns), rng.choice(nouns)
    v, w, x = rng.choice(verbs), rng.choice(verbs), rng.choice(verbs)
    numbers = [str(rng.choice([rng.randint(0, 12), rng.randint(0, 99), rng.randint(100, 9999)])) for _ in range(3)]
    return rng.choice(COMMANDS).format(n=n, m=m, k=k, v=v, w=w, x=x, V=v.capitalize(), N=n.capitalize(), ns=n + "s", ms=m + "s",
                                       d=numbers[0], e=numbers[1], f=numbers[2])


def in_pieces(texts, rng):
    """A third of the texts with what follows them, up to a minute of speech; some without their last sign, some in small letters."""
    texts, joined = list(texts), []
    while texts:
        count = 1 if rng.random() < 0.67 else rng.randint(2, 6)
        text = " ".join(texts.pop() for _ in range(min(count, len(texts))))[:700]
        if rng.random() < 0.1:
            text = text.rstrip(".!?")
        joined.append(text.lower() if rng.random() < 0.05 else text)
    return joined


def take(pool, count, rng):
    """So many different ones, in an order that the seed decides."""
    pool = sorted(set(pool), key=digest)
    rng.shuffle(pool)
    return pool[:count]


def other_languages():
    return {
        "es": from_fortunes(FORTUNES / "es", SPANISH, ".fortunes"),
        "it": from_fortunes(FORTUNES / "it", ITALIAN),
        "ru": from_fortunes(FORTUNES / "ru", RUSSIAN),
        "fr": (part for text in from_pages("/usr/share/debian-reference/ch*.fr.html") for part in sentences(text) if FRENCH.search(part)),
    }


def phrases(rng, nouns, verbs):
    fortunes = [text for text in from_fortunes(FORTUNES, ENGLISH) if is_sayable(text)]
    examples = [text for text in wordnet_examples() if is_sayable(text)]
    cased = [text[0].upper() + text[1:] + "." for text in examples]
    count = COUNTS["en"]
    english = (take(fortunes, count * 4 // 10, rng) + take(examples, count * 15 // 100, rng) + take(cased, count * 2 // 10, rng)
               + take((numbers(rng) for _ in range(2000)), count * 15 // 100, rng)
               + take((word.capitalize() + "." for word in nouns), count * 5 // 100, rng)
               + take((question(rng, nouns, verbs) for _ in range(600)), count * 5 // 100, rng))
    yield from (("en", text) for text in english)
    for language, texts in other_languages().items():
        yield from ((language, text) for text in take(filter(is_sayable, texts), COUNTS[language], rng))


def copies(rng, nouns, verbs):
    """Texts of all kinds that a recording may hold, as many as there are."""
    fortunes = [text for text in from_fortunes(FORTUNES, ENGLISH) if is_sayable(text, high=300)]
    examples = [text for text in wordnet_examples() if is_sayable(text)]
    cased = [text[0].upper() + text[1:] + "." for text in examples]
    count = COPIES["en"]
    english = (take(fortunes, count * 25 // 100, rng) + take(examples, count * 10 // 100, rng) + take(cased, count * 20 // 100, rng)
               + take((command(rng, nouns, verbs) for _ in range(2 * count)), count * 25 // 100, rng)
               + take((question(rng, nouns, verbs) for _ in range(count)), count * 10 // 100, rng)
               + take((numbers(rng) for _ in range(count)), count * 7 // 100, rng)
               + take((word.capitalize() + "." for word in nouns + verbs), count * 3 // 100, rng))
    rng.shuffle(english)
    yield from (("en", text) for text in in_pieces(english, rng))
    for language, texts in other_languages().items():
        sayable = (text for text in texts if is_sayable(text, high=300))
        yield from ((language, text) for text in in_pieces(take(sayable, COPIES[language], rng), rng))


def write_copies(folder, texts):
    folder.mkdir(parents=True, exist_ok=True)
    with wave.open(str(folder / "silence.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16000)
        sound.writeframes(bytes(3200))
    known = set()
    with (folder / "clips.jsonl").open("w", encoding="utf-8") as file:
        for language, text in texts:
            name = f"copy-{language}-{digest(text)[:16]}"
            if name in known:
                continue
            known.add(name)
            file.write(json.dumps({"id": name, "audio": "silence.wav", "duration_s": 0.1, "source": "texts", "split": "train",
                                   "language": language, "text": text, "origin": "texts of Debian's packages", "consent": "synthetic",
                                   "synthetic": True}, ensure_ascii=False) + "\n")


def paragraphs():
    for name in ENGLISH:
        yield from cookies(FORTUNES / name)
    yield from from_pages("/usr/share/debian-reference/ch*.en.html")
    yield from wordnet_glosses()


def write_list(path, texts, prefix):
    with path.open("w", encoding="utf-8") as file:
        for language, text in texts:
            file.write(json.dumps({"id": f"{prefix}-{language}-{digest(text)[:12]}", "text": text, "language": language, "split": "train"},
                                  ensure_ascii=False) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(arguments.seed)
    nouns, verbs = list(wordnet_words("noun")), list(wordnet_words("verb"))
    write_list(arguments.folder / "phrases.jsonl", list(phrases(rng, nouns, verbs)), "phrase")
    write_copies(arguments.folder / "copies", copies(random.Random(arguments.seed + 1), nouns, verbs))
    asked = take((question(rng, nouns, verbs) for _ in range(QUESTIONS * 2)), QUESTIONS, rng)
    write_list(arguments.folder / "questions.jsonl", (("en", text) for text in asked), "question")
    pool = [text for text in take(paragraphs(), 9000, rng) if 40 <= len(text) <= 1500]
    held_out = [int(digest(text)[:8], 16) % 20 == 0 for text in pool]
    for name, side in (("held_out.txt", True), ("plain.txt", False)):
        lines = [text for text, held in zip(pool, held_out) if held == side]
        (arguments.folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
