#pragma once
// The tokenizer of a language model as keys of a GGUF file.

#include <cstdint>

#include <nlohmann/json.hpp>

#include "auris/weights/checkpoint.h"
#include "auris/weights/gguf_metadata.h"

namespace auris::models {

// The "tokenizer.*" keys for the model in `home`: those of a GGUF file as they are; of a folder its
// tokenizer.json (gguf_vocabulary_from_json.h) with the chat template beside it, and beginning and end of
// text by config.json where the tokenizer does not say. Unused tokens are appended up to `vocab_size`. Throws
// kModel for files that are missing or damaged, kUsage for tokenizers that GGUF cannot hold or with more
// tokens.
nlohmann::json gguf_tokenizer_metadata(const weights::Checkpoint& home, int64_t vocab_size);

// Adds such keys in the types that llama.cpp reads.
void add_tokenizer_metadata(const nlohmann::json& tokenizer, weights::GgufMetadata& metadata);

}  // namespace auris::models
