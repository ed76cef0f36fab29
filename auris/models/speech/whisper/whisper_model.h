#pragma once
// A complete Whisper: encoder, decoder, tokenizer and what its folder says about decoding.
//
//   auto model = models::load_whisper(model_folder() / "whisper-base");

#include <filesystem>
#include <memory>

#include "auris/models/encoders/whisper/whisper_encoder.h"
#include "auris/models/speech/whisper/whisper_decoder.h"
#include "auris/models/speech/whisper/whisper_facts.h"
#include "auris/text/tokenizer.h"

namespace auris::models {

struct WhisperModel {
  WhisperConfig config;
  WhisperEncoder encoder;
  WhisperDecoder decoder;
  WhisperFacts facts;
  std::shared_ptr<const text::Tokenizer> tokenizer;
};

// From a CTranslate2 folder (model.bin, tokenizer.json) or a Hugging Face folder (config.json,
// model.safetensors, tokenizer.json). Weights are used in place, except on devices with memory of
// their own. Throws kModel.
std::shared_ptr<const WhisperModel> load_whisper(const std::filesystem::path& folder,
                                                 Device device = Device::kCpu);

}  // namespace auris::models
