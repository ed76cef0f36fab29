#pragma once
// A tokenizer put together from parts, in the order of the Hugging Face tokenizers library: added tokens,
// normalizers, pre-tokenizers, model, and decoders for the way back.

#include <memory>
#include <optional>
#include <vector>

#include "auris/text/added_tokens.h"
#include "auris/text/decoder.h"
#include "auris/text/model.h"
#include "auris/text/normalizer.h"
#include "auris/text/pre_tokenizer.h"
#include "auris/text/tokenizer.h"
#include "auris/text/vocabulary.h"

namespace auris::text {

struct PipelineParts {
  std::shared_ptr<const Vocabulary> vocabulary;  // with the added tokens
  std::vector<AddedToken> added_tokens;
  Normalizers normalizers;
  PreTokenizers pre_tokenizers;
  std::unique_ptr<const Model> model;
  Decoders decoders;
  std::string joined_by;        // put between tokens when there are no decoders
  std::vector<TokenId> prefix;  // what add_bos puts first
  std::optional<TokenId> bos;
  std::optional<TokenId> eos;
};

std::shared_ptr<const Tokenizer> make_pipeline_tokenizer(PipelineParts parts);

}  // namespace auris::text
