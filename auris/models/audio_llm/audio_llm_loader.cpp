#include "auris/models/audio_llm/audio_llm.h"

// Finds the parts of an audio language model in its checkpoint, or in the folders that were named beside it.

namespace auris::models {
namespace {

using CheckpointPtr = std::shared_ptr<const weights::Checkpoint>;

// What stands before "conv1.weight": "audio_tower.", "model.encoder.", ... nullopt if there is no encoder.
std::optional<std::string> encoder_prefix(const weights::Checkpoint& checkpoint) {
  constexpr std::string_view kFirst = "conv1.weight";
  for (const weights::TensorInfo& info : checkpoint.tensors()) {
    if (!info.name.ends_with(kFirst)) continue;
    std::string prefix = info.name.substr(0, info.name.size() - kFirst.size());
    if (checkpoint.contains(prefix + "layers.0.self_attn.q_proj.weight")) return prefix;
  }
  return std::nullopt;
}

bool has_language_model(const weights::Checkpoint& checkpoint) {
  for (const weights::TensorInfo& info : checkpoint.tensors()) {
    if (info.name.ends_with("embed_tokens.weight")) return true;
  }
  return false;
}

[[noreturn]] void fail_missing(const weights::Checkpoint& checkpoint, const std::string& part, const std::string& hint) {
  throw Error(ErrorCode::kModel,
              {.where = checkpoint.path().string(), .expected = part, .got = "none", .hint = hint});
}

LlamaConfig language_config(const weights::Checkpoint& checkpoint) {
  if (checkpoint.format() != weights::Format::kGguf) return llama_config_from_hf(checkpoint.metadata());
  return llama_config_from_gguf(checkpoint.metadata(), checkpoint.contains("output.weight"));
}

}  // namespace

std::shared_ptr<const AudioLlm> load_audio_llm(const AudioLlmSources& sources) {
  CheckpointPtr model = weights::open_checkpoint(sources.model);
  std::optional<AudioLlmFamily> family = audio_llm_family_of(*model);
  if (!family) {
    fail_missing(*model, "an audio language model (LLaSO, Ultravox or Qwen2-Audio)",
                 "`auris inspect` says what the checkpoint is");
  }
  CheckpointPtr encoder = sources.encoder ? weights::open_checkpoint(*sources.encoder) : model;
  CheckpointPtr language = sources.language ? weights::open_checkpoint(*sources.language) : model;
  if (language->format() != weights::Format::kGguf && !has_language_model(*language)) {
    fail_missing(*language, "a language model", "name the folder or file of the model it was trained with");
  }
  std::optional<WhisperConfig> encoder_config;
  std::optional<LlamaConfig> llama_config;
  if (sources.encoder) encoder_config = whisper_config_of(*encoder);
  if (sources.language) llama_config = language_config(*language);
  AudioLlmConfig config = audio_llm_config(*family, model->metadata(), encoder_config, llama_config);

  std::string prefix;
  if (encoder->format() != weights::Format::kCTranslate2) {
    std::optional<std::string> found = encoder_prefix(*encoder);
    if (!found) fail_missing(*encoder, "a Whisper encoder", "name the encoder's folder too");
    prefix = *found;
  }
  WhisperEncoder whisper(whisper_encoder_weights(*encoder, config.encoder, prefix), config.encoder);
  Projector projector(config.projector, nn::Parameters(model).under(config.projector_prefix));
  return std::make_shared<const AudioLlm>(config, std::move(whisper), std::move(projector),
                                          load_llama(language, config.language));
}

}  // namespace auris::models
