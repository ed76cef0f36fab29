#pragma once
// An audio language model: an encoder hears, a projector translates, a language model reads sound and text as
// rows of one sequence. LLaSO-Base, Ultravox and Qwen2-Audio are configs of this class.
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

  // Embeddings of a sequence whose kAudioRow ids take the audio rows, in order. Throws kUsage if their
  // numbers differ.
  Tensor embed(std::span<const int32_t> ids, const Tensor& audio) const;

 private:
  AudioLlmConfig config_;
  WhisperEncoder encoder_;
  Projector projector_;
  std::shared_ptr<const Llama> language_;
};

// Where the parts are. A checkpoint may leave out the encoder (LLaSO), the language model (Ultravox) or both
// (a composed model). What is left open here is looked for
//   in the checkpoint itself,
//   in its sub-folder encoder/ or language_model/,
//   by the name that config.json gives (LLaSO's mm_audio_tower, Ultravox' audio_model_id and text_model_id, a
//   composed model's encoder and language_model): of the catalog, of the hub cache, or for a composed model a
//   path from its folder.
struct AudioLlmSources {
  std::filesystem::path model;
  std::optional<std::filesystem::path> encoder = {};
  std::optional<std::filesystem::path> language = {};
};

// The opened checkpoints; a part that lies in the model's own is the same pointer.
struct AudioLlmParts {
  AudioLlmFamily family = AudioLlmFamily::kLlaso;
  std::shared_ptr<const weights::Checkpoint> model, encoder, language;

  AudioLlmConfig config() const;  // throws kModel
};

// Throw kModel. Parts are opened in any format Auris reads.
AudioLlmParts open_audio_llm_parts(const AudioLlmSources& sources);
std::shared_ptr<const AudioLlm> load_audio_llm(const AudioLlmParts& parts, Device device = Device::kCpu);
std::shared_ptr<const AudioLlm> load_audio_llm(const AudioLlmSources& sources, Device device = Device::kCpu);

}  // namespace auris::models
