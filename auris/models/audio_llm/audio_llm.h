#pragma once
// An audio language model: an encoder hears, a projector translates, a language model reads sound and text as rows of
// one sequence. LLaSO-Base, Ultravox and Qwen2-Audio are configs of this class.
//
//   auto model = models::load_audio_llm({.model = folder});
//   ProjectedRows sound = model->encode(windows);
//   Tensor rows = model->embed(ids, sound.rows);          // ids hold kAudioRow where sound goes
//   Tensor hidden = model->language().forward(rows, layout, {.cache = &cache});

#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "auris/models/audio_llm/audio_llm_config.h"
#include "auris/models/encoders/whisper/whisper_encoder.h"
#include "auris/models/language/llama/llama.h"

namespace auris::models {

// Stands in a list of token ids where a row of sound goes. No tokenizer makes it.
inline constexpr int32_t kAudioRow = -1;

// A piece of a recording, at most as long as the encoder's window.
struct AudioWindow {
  Tensor mel;          // [frames, n_mels]; may hold padding frames behind the sound
  int64_t frames = 0;  // frames of sound; with WindowRows::kWhole the padding counts too
};

class AudioLlm {
 public:
  AudioLlm(const AudioLlmConfig& config, WhisperEncoder encoder, Projector projector,
           std::shared_ptr<const Llama> language);

  const AudioLlmConfig& config() const { return config_; }
  const Llama& language() const { return *language_; }

  // Rows of all windows, one span per window; each span has audio_rows(config, window.frames) rows.
  // The observer sees "encoder.layers.N", "encoder.norm" and "projector".
  ProjectedRows encode(std::span<const AudioWindow> windows, const Observer& observer = {}) const;

  // Embeddings of a sequence whose kAudioRow ids take the audio rows, in order. Throws kUsage if their numbers differ.
  Tensor embed(std::span<const int32_t> ids, const Tensor& audio) const;

 private:
  AudioLlmConfig config_;
  WhisperEncoder encoder_;
  Projector projector_;
  std::shared_ptr<const Llama> language_;
};

// Where the parts are. Published checkpoints may leave out the encoder (LLaSO) or the language model (Ultravox): then
// they are opened from `encoder` and `language`, in any format Auris reads.
struct AudioLlmSources {
  std::filesystem::path model;
  std::optional<std::filesystem::path> encoder = {};
  std::optional<std::filesystem::path> language = {};
};

// Throws kModel.
std::shared_ptr<const AudioLlm> load_audio_llm(const AudioLlmSources& sources);

}  // namespace auris::models
