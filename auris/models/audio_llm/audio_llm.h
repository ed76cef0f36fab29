#pragma once
// An audio language model: an encoder hears, a projector translates, a language model reads sound and text as
// rows of one sequence. LLaSO-Base, Ultravox and Qwen2-Audio are configs of this class.
//
//   auto model = models::load_audio_llm({.model = folder});
//   ProjectedRows sound = model->encode(windows);         // hear() and project() in one
//   Tensor rows = model->embed(ids, sound.rows);          // ids hold kAudioRow where sound goes
//   Tensor hidden = model->language().forward(rows, layout, {.cache = &cache});

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <variant>

#include "auris/models/audio_llm/audio_llm_config.h"
#include "auris/models/audio_llm/heard_speech.h"
#include "auris/models/encoders/whisper/whisper_encoder.h"
#include "auris/models/language/llama/llama.h"
#include "auris/models/projectors/word_projector.h"

namespace auris::models {

// Stands in a list of token ids where a row of sound goes. No tokenizer makes it.
inline constexpr int32_t kAudioRow = -1;

// A piece of a recording, at most as long as the encoder's window.
struct AudioWindow {
  Tensor mel;          // [frames, n_mels]; may hold padding frames behind the sound
  int64_t frames = 0;  // frames of sound; with WindowRows::kWhole the padding counts too
};

// What an audio language model hears by: an encoder and a projector of its rows, or, where recordings become
// words first, a projector of these.
struct RowEars {
  WhisperEncoder encoder;
  Projector projector;
};
using Ears = std::variant<RowEars, WordProjector>;

class AudioLlm {
 public:
  AudioLlm(const AudioLlmConfig& config, Ears ears, std::shared_ptr<const Llama> language,
           Device device = Device::kCpu);

  const AudioLlmConfig& config() const { return config_; }
  const Llama& language() const { return *language_; }

  // What the encoder makes of all windows, one span per window: all that the projector needs to know, so that
  // rows of an encoder that is not trained can be kept and used again. The observer sees "encoder.layers.N"
  // and "encoder.norm".
  EncodedAudio hear(std::span<const AudioWindow> windows, const Observer& observer = {}) const;
  // These as embeddings; each span has audio_rows(config, window.frames) rows. The observer sees "projector".
  ProjectedRows project(const EncodedAudio& heard, const Observer& observer = {}) const;
  // project(hear(windows)).
  ProjectedRows encode(std::span<const AudioWindow> windows, const Observer& observer = {}) const;
  // Of a model that hears words (config().hears_words()), which has none of the three above: a span for each
  // recording, its rows of sound before its words.
  ProjectedRows project(std::span<const std::shared_ptr<const HeardSpeech>> recordings,
                        const Observer& observer = {}) const;

  // Embeddings of a sequence whose kAudioRow ids take the audio rows, in order. Throws kUsage if their
  // numbers differ.
  Tensor embed(std::span<const int32_t> ids, const Tensor& audio) const;

 private:
  const RowEars& row_ears() const;

  AudioLlmConfig config_;
  Ears ears_;
  std::shared_ptr<const Llama> language_;
  Device device_;
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

// Names for the hooks, in every family as a composed checkpoint spells them: "encoder.layers.0.fc1.weight",
// "projector.0.weight", "language_model.layers.0.self_attn.q_proj" (a linear layer). A composed checkpoint's
// own adapter comes first; options.adapter is asked for the layers that it leaves out.
using AudioLlmOptions = nn::LoadOptions;

// Throw kModel. Parts are opened in any format Auris reads.
AudioLlmParts open_audio_llm_parts(const AudioLlmSources& sources);
std::shared_ptr<const AudioLlm> load_audio_llm(const AudioLlmParts& parts,
                                               const AudioLlmOptions& options = {});
std::shared_ptr<const AudioLlm> load_audio_llm(const AudioLlmSources& sources,
                                               const AudioLlmOptions& options = {});

// The adapter of a composed checkpoint for its language model, with that model's own names ("layers.0..."):
// for load_llama or write_merged_llama. Empty if it has none. Throws kModel.
nn::AdapterSource language_adapter(const AudioLlmParts& parts);

}  // namespace auris::models
