#pragma once
// What a Whisper model folder says about decoding, besides sizes: which tokens are never sampled and which
// attention heads follow the speech. From CTranslate2's config.json or Hugging Face's generation_config.json.

#include <filesystem>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/models/speech/whisper/whisper_decoder.h"

namespace auris::models {

struct WhisperFacts {
  std::vector<int32_t> suppressed;           // never sampled, as listed by the model; may be empty
  std::vector<int32_t> suppressed_at_begin;  // not sampled as the first token: " " and end of text
  std::vector<WhisperHead> alignment_heads;  // for word timestamps
};

// Unknown ids and heads are dropped. Without alignment heads every head of the last half of the layers is
// taken, as openai-whisper does. Throws kModel for entries of the wrong type.
WhisperFacts whisper_facts_from_json(const nlohmann::json& json, const WhisperConfig& config);

// Reads generation_config.json beside a Hugging Face checkpoint, if there is one, else takes the checkpoint's
// metadata.
WhisperFacts whisper_facts_of(const weights::Checkpoint& checkpoint, const WhisperConfig& config);

}  // namespace auris::models
