#pragma once
// Tokens into words, as openai-whisper's tokenizer does it: at spaces and punctuation, or at every complete
// character in languages written without spaces. Then signs are joined to the words they belong to.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auris/generate/whisper/vocabulary.h"

namespace auris::generate {

struct TokenWord {
  std::string text;
  std::vector<TokenId> tokens;
};

// Every token ends up in exactly one word. `language` is a code.
std::vector<TokenWord> split_words(const WhisperVocabulary& vocabulary, std::span<const TokenId> tokens,
                                   std::string_view language);

struct TimedWord {
  std::string text;  // empty once it was joined to a neighbour
  std::vector<TokenId> tokens;
  double start = 0;  // seconds from the beginning of the window
  double end = 0;
  double probability = 0;
};

// Joins opening signs to the word behind and closing signs to the word before them.
void join_punctuation(std::vector<TimedWord>& words, std::string_view prepended, std::string_view appended);

}  // namespace auris::generate
