#include "auris/generate/whisper/text_reading.h"

namespace auris::generate {

TextReading reading_of(const WhisperVocabulary& vocabulary, std::span<const TokenId> text,
                       const ReadingTask& task) {
  TextReading reading;
  reading.tokens.reserve(text.size() + 5);
  reading.tokens.push_back(vocabulary.start);
  if (vocabulary.multilingual()) {
    reading.tokens.push_back(task.language);
    reading.tokens.push_back(task.translate ? vocabulary.translate : vocabulary.transcribe);
  }
  reading.predicting = static_cast<int64_t>(reading.tokens.size());
  reading.tokens.push_back(vocabulary.no_timestamps);
  reading.tokens.insert(reading.tokens.end(), text.begin(), text.end());
  reading.tokens.push_back(vocabulary.end_of_text);
  return reading;
}

}  // namespace auris::generate
