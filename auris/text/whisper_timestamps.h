#pragma once
// Whisper's timestamp tokens <|0.00|>, <|0.02|>, ..., <|30.00|>. Some tokenizer.json files (those beside
// CTranslate2 models) end at <|notimestamps|> and leave them out; then they follow it. Source:
// openai/whisper, tokenizer.py.

#include <vector>

#include "auris/text/added_tokens.h"
#include "auris/text/vocabulary.h"

namespace auris::text {

// Adds them as special tokens if this is a Whisper vocabulary without them.
void add_whisper_timestamps(Vocabulary& vocabulary, std::vector<AddedToken>& added);

}  // namespace auris::text
