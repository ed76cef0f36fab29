#pragma once
// A text that is already known, as the decoder reads it again: behind the tokens that ask for its language
// and task, without timestamps.

#include <span>
#include <vector>

#include "auris/generate/whisper/vocabulary.h"

namespace auris::generate {

struct TextReading {
  std::vector<TokenId> tokens;  // start, language, task, no-timestamps, text, end of text
  int64_t predicting = 0;       // the row that predicts the text's first token; that of the others follow it
};

struct ReadingTask {
  TokenId language = 0;  // English-only models ignore it, and the task
  bool translate = false;
};

// `text`: text tokens only.
TextReading reading_of(const WhisperVocabulary& vocabulary, std::span<const TokenId> text,
                       const ReadingTask& task);

}  // namespace auris::generate
