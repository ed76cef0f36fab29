"""Writes tests/golden/whisper/words.json: tokens of sentences in several languages, split into words by openai-whisper.

Requirements: see whisper_reference.py (tokenizer.json of whisper-base).

    python3 tools/reference/whisper_words.py
"""

import json

from whisper.tokenizer import get_tokenizer

import whisper_reference as reference

SENTENCES = {
    "en": " \"Well,\" he said, \"it's 3.50 — isn't it?\" (Maybe.) Dr. O'Neil re-read it...",
    "fr": " Appuyez sur l'étoile, s'il vous plaît : où êtes-vous ?",
    "es": " ¿Cómo está usted? ¡Muy bien! Año 1999.",
    "ru": " Пожалуйста, введите номер. Спасибо!",
    "de": " Straße, Übermut und Größe: 1.000 Stück.",
    "zh": "你好，世界。今天天气很好！",
    "ja": "こんにちは、世界。駅はどこですか？",
    "th": "สวัสดีครับ",
    "ko": " 안녕하세요, 반갑습니다. 🙂 네!",
}


def main():
    entries = []
    for language, text in SENTENCES.items():
        tokenizer = get_tokenizer(True, num_languages=99, language=language, task="transcribe")
        tokens = tokenizer.encode(text)
        words, word_tokens = tokenizer.split_to_word_tokens(tokens + [tokenizer.eot])
        assert word_tokens[-1] == [tokenizer.eot]
        entries.append({"language": language, "tokens": tokens, "words": words[:-1], "word_tokens": word_tokens[:-1]})
    reference.GOLDEN.mkdir(parents=True, exist_ok=True)
    (reference.GOLDEN / "words.json").write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
