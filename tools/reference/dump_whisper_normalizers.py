#!/usr/bin/env python3
"""Writes tests/golden/text/whisper-normalizers.json: what openai-whisper's text normalizers make of transcripts and of hard
strings. The English one runs without its spelling table, which Auris does not carry.

Needs: pip install openai-whisper.
"""
import json
import pathlib
import unicodedata

from whisper.normalizers import BasicTextNormalizer, EnglishTextNormalizer

from text_cases import HAND, generated

SENTENCES = """Mr. Smith won't go; he can't, and y'all gonna love it!
Dr. Jones, Prof. Lee & Capt. Kirk met St. John Jr. at 5 p.m.
I'ma do it. Imma go. She woulda, coulda, shoulda. Let's see, ma'am.
He's been there. They'd gone. It's got legs. I'd done it. We've won; you're late; I'm in; he'll come.
Uh, um, hmm, mhm, well (laughter) [music] <noise> okay.
It costs $20 million, or twenty million dollars, or 20,000,000 dollars.
Two dollars and seven cents. $2 and ¢7. $0.07 and fifty cents. Five pounds, 3 euros, six cents.
one oh one, nineteen eighty four, two thousand and twenty four, twenty twenty
twenty one, thirty-five, ninety nine point nine percent, fifty per cent, ten per day
one hundred and one dalmatians; two hundred thousand; three million two hundred thousand and six
the 1960s, the 274th, 32nd, 21 st, 5 s, 1st, 2nd 3rd
first second third fifth twelfth twentieth twenty first ninety-ninth hundredth thousandths millions
sixes and sevens, the nineties, the twenties, two thirds
minus five, plus three, negative ten, positive, minus, plus a lot
double oh seven, triple nine, double five double, double trouble, triple
three point one four, point five, zero point zero one, point, 3 point 5, the point is
two and a half, two hundred and a half, me and a half, and a half, one and a half million
192 point 168 point 0 point 1, 3.14 1.5 million 2.5 hundred 3. 0.5 thousand
one, ones, 1, 1s, 11, 1.1
zero hundred, oh thousand, o million, zero zero seven
five five five one two one two
eleven hundred, twelve thirteen, fifty eleven, one eleven, hundred ten, hundred and twenty five thousand
six hundred sixty six quintillion, one decillion, nine nonillion nine, two septillion
colour, theatre and travelling; centre
1,000,000 and 3,5 and 2,000.50
A.B.C. U.S.A. e.g. i.e. 3 p.m. end.
50% 100 % %5 a% $ 5 5$ £5 €6 ¢7 $5.50 -5 +7 - 3 & * #
co-operate re-do "quoted" 'single' it 's ' s
Ærøskøbing, Straße, Łódź, Þór, naïve café, Ångström, Đorđe, œuvre
The year 2023 two thousand and twenty three, covid19, mp3, b2b, 4x4, h2o
five per, per cent, percent, ten percent off, 10 percent
and and one and two and
hundred hundred, thousand thousand million, two million million
seventy seven seven, forty two forty two, eighty ninety
""".split("\n")


def without_spelling():
    normalizer = EnglishTextNormalizer()
    normalizer.standardize_spellings.mapping = {}
    return normalizer


if __name__ == "__main__":
    basic = BasicTextNormalizer()
    plain = BasicTextNormalizer(remove_diacritics=True)
    letters = BasicTextNormalizer(split_letters=True)
    english = without_spelling()
    cases = []
    for text in SENTENCES + HAND + generated():
        if any(unicodedata.category(c) == "Cn" for c in text):
            continue  # unassigned characters differ between versions of Unicode
        try:
            in_english = english(text)
        except (AssertionError, ValueError):  # the reference itself fails
            in_english = None
        cases.append({"text": text, "basic": basic(text), "without_diacritics": plain(text), "letters": letters(text), "english": in_english})
    path = pathlib.Path(__file__).resolve().parents[2] / "tests/golden/text/whisper-normalizers.json"
    path.write_text(json.dumps(cases, ensure_ascii=True, separators=(",", ":")).replace('{"text"', '\n{"text"') + "\n")
    print(len(cases), "cases,", sum(c["english"] is None for c in cases), "without an English form")
