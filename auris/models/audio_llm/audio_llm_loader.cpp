// Builds an audio language model from the opened checkpoints of its parts.

#include "auris/models/audio_llm/audio_llm.h"
#include "auris/models/audio_llm/audio_llm_names.h"

namespace auris::models {

std::shared_ptr<const AudioLlm> load_audio_llm(const AudioLlmParts& parts, Device device) {
  AudioLlmConfig config = parts.config();
  std::string prefix;
  if (parts.encoder->format() != weights::Format::kCTranslate2) {
    std::optional<std::string> found = encoder_prefix(*parts.encoder);
    if (!found) {
      throw Error(ErrorCode::kModel, {.where = parts.encoder->path().string(),
                                      .expected = "a Whisper encoder",
                                      .got = "none",
                                      .hint = "name the encoder's folder too"});
    }
    prefix = *found;
  }
  WhisperEncoder whisper(whisper_encoder_weights(*parts.encoder, config.encoder, prefix, device),
                         config.encoder);
  Projector projector(config.projector,
                      nn::Parameters(parts.model, {}, device).under(config.projector_prefix));
  return std::make_shared<const AudioLlm>(config, std::move(whisper), std::move(projector),
                                          load_llama(parts.language, config.language, device));
}

std::shared_ptr<const AudioLlm> load_audio_llm(const AudioLlmSources& sources, Device device) {
  return load_audio_llm(open_audio_llm_parts(sources), device);
}

}  // namespace auris::models
