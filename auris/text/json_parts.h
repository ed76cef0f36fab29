#pragma once
// The parts of a tokenizer from their JSON in a tokenizer.json. A null value means none. Throws kModel for a
// part that Auris does not know: a tokenizer must not silently become another one.

#include <nlohmann/json.hpp>

#include "auris/text/decoder.h"
#include "auris/text/normalizer.h"
#include "auris/text/pre_tokenizer.h"
#include "auris/text/tokenizer.h"

namespace auris::text {

Normalizers normalizers_from(const nlohmann::json& json);
Decoders decoders_from(const nlohmann::json& json);

struct PreTokenizerParts {
  PreTokenizers steps;
  bool ends_in_bytes =
      false;  // the words are bytes; the change into the byte alphabet, always last, is left out
};
PreTokenizerParts pre_tokenizers_from(const nlohmann::json& json, bool model_takes_bytes);

// What the post-processor puts before and after a single text.
struct Frame {
  std::vector<TokenId> before;
  std::vector<TokenId> after;
};
Frame frame_from(const nlohmann::json& json);

}  // namespace auris::text
