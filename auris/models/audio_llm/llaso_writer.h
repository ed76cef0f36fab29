#pragma once
// Writes an audio language model in the layout of LLaSO-Base's checkpoint, which LLaSO's code and
// load_audio_llm read: the language model with its config.json, the projector among its tensors, and the
// tags that stand around a recording in its vocabulary. The encoder stays where it is, or lies in encoder/.
//
//   write_llaso_model("runs/align/initial", {.language = weights::open_checkpoint(llama_folder),
//                                            .projector = tensors, .encoder = "openai/whisper-large-v3"});

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "auris/models/audio_llm/audio_llm_config.h"
#include "auris/models/language/llama/merged_weights.h"

namespace auris::models {

// In the order in which LLaSO appends them to a vocabulary.
inline constexpr std::array<const char*, 5> kLlasoTokens{"<unk>", "<Audio>", "</Audio>", "<audio_start>",
                                                         "<audio_end>"};

struct LlasoModel {
  // A Hugging Face folder of a llama with a tokenizer.json, or a checkpoint of this layout.
  std::shared_ptr<const weights::Checkpoint> language;
  TrainedTensors trained = {};  // of the language model
  // "projector.0.weight", "projector.0.bias", "projector.2.weight", "projector.2.bias": host, f32.
  std::map<std::string, Tensor> projector = {};
  std::string encoder;        // mm_audio_tower: a repository of the hub, a name of the catalog, or "encoder"
  int64_t encoder_width = 0;  // mm_audio_hidden_size
  DType dtype = DType::kF32;  // of the language model's tensors: f32, f16 or bf16; the projector is f32
};

// Tags that the tokenizer does not have are appended; their embeddings (and rows of an output matrix of its
// own) are the mean of those before them, as LLaSO begins. config.json appears last. Throws kUsage for a
// language model that is no llama with a tokenizer.json, for other projectors, and if the system refuses to
// write.
void write_llaso_model(const std::filesystem::path& folder, const LlasoModel& model);

}  // namespace auris::models
