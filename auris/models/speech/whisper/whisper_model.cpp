#include "auris/models/speech/whisper/whisper_model.h"

namespace auris::models {

std::shared_ptr<const WhisperModel> load_whisper(const std::filesystem::path& folder, Device device) {
  auto checkpoint = weights::open_checkpoint(folder);
  WhisperConfig config = whisper_config_of(*checkpoint);
  if (config.decoder_layers == 0 || config.vocab_size == 0) {
    throw Error(ErrorCode::kModel, {.where = folder.string(),
                                    .expected = "a Whisper model with a text decoder",
                                    .got = "an encoder only",
                                    .hint = "name a speech recognition model"});
  }
  WhisperEncoderWeights encoder = whisper_encoder_weights(*checkpoint, config, "model.encoder.", device);
  WhisperDecoderWeights decoder = whisper_decoder_weights(*checkpoint, config, "model.decoder.", device);
  return std::make_shared<const WhisperModel>(
      WhisperModel{.config = config,
                   .encoder = WhisperEncoder(std::move(encoder), config),
                   .decoder = WhisperDecoder(std::move(decoder), config),
                   .facts = whisper_facts_of(*checkpoint, config),
                   .tokenizer = text::load_tokenizer_json(folder / "tokenizer.json")});
}

}  // namespace auris::models
