#pragma once
// The audio language models Auris knows, as data: which parts they have, where a checkpoint keeps them, and
// how much of a window of sound becomes rows. One class (audio_llm.h) computes them all.

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "auris/models/encoders/whisper/whisper_config.h"
#include "auris/models/language/llama/llama_config.h"
#include "auris/models/projectors/projector.h"
#include "auris/nn/adapter.h"
#include "auris/weights/checkpoint.h"

namespace auris::models {

enum class AudioLlmFamily {
  kLlaso,
  kUltravox,
  kQwen2Audio,
  kComposed,  // Auris' own: a projector, the names of an encoder and a language model, and adapters for these
              // if it was trained with some (docs/audio_models.md)
};
std::string_view name_of(AudioLlmFamily family);

// What happens to the part of a window that lies behind the recording.
enum class WindowRows {
  kWhole,    // nothing is masked: a window is padded to its full length and all of its rows are used (LLaSO)
  kTrimmed,  // rows behind the recording are masked in the reference, so they are not computed at all
};

struct AudioLlmConfig {
  AudioLlmFamily family = AudioLlmFamily::kLlaso;
  WindowRows window_rows = WindowRows::kTrimmed;
  // Mel frames behind the recording that the encoder's convolutions look at: 2 where the reference computes
  // features of the padded window (Qwen2-Audio), 0 where it pads with nothing (Ultravox). The processor
  // appends them.
  int context_frames = 0;
  // Ultravox fills an incomplete last stack of a padded window with the encoder's rows of the padding; false:
  // with zeros.
  bool stacks_padding = false;
  WhisperConfig encoder;
  ProjectorConfig projector;
  LlamaConfig language;
  // kComposed only: of the language model and of the encoder.
  std::optional<nn::AdapterConfig> adapter = {}, encoder_adapter = {};
  // Where the parts lie in the checkpoint.
  std::string projector_prefix;
  std::optional<int32_t> audio_token;  // the id the config names for audio rows, if any

  // Recordings become words first, by the whole speech model that the encoder belongs to.
  bool hears_words() const { return projector.kind == ProjectorKind::kWords; }
};

// nullopt if the checkpoint is none of them.
std::optional<AudioLlmFamily> audio_llm_family_of(const weights::Checkpoint& checkpoint);

// Rows of embeddings that a window with `frames` mel frames of sound becomes. Not of a model that hears
// words.
int64_t audio_rows(const AudioLlmConfig& config, int64_t frames);

// From config.json; `encoder` and `language` replace its parts where these come from elsewhere, as both
// always do in a composed model. Throws kModel.
AudioLlmConfig audio_llm_config(AudioLlmFamily family, const nlohmann::json& config,
                                const std::optional<WhisperConfig>& encoder,
                                const std::optional<LlamaConfig>& language);

}  // namespace auris::models
