#pragma once
// Writes what was trained as a composed model (docs/audio_models.md): the tensors of the projector and the
// adapters, and the names of the models around them. load_audio_llm reads it.
//
//   write_composed_model("models/mine",
//                        {.encoder = "whisper-base", .language_model = "smollm2-135m-instruct",
//                         .projector = {.kind = ProjectorKind::kMlpGelu, .inner = 1024, .stack = 5},
//                         .adapter = nn::AdapterConfig{.rank = 16, .alpha = 32, .layers = {"q_proj"}}},
//                        tensors);

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "auris/models/audio_llm/audio_llm_config.h"

namespace auris::models {

struct ComposedModel {
  std::string encoder;  // a path from the folder, or what --model takes: a name of the catalog, hf:ORG/NAME
  std::string language_model;      // the same
  ProjectorConfig projector = {};  // `in` and `out` are those of the models around it and not written
  WindowRows window_rows = WindowRows::kTrimmed;
  std::optional<nn::AdapterConfig> adapter = {}, encoder_adapter = {};  // of the language model, the encoder
};

// The config.json of such a model. Throws kUsage for a projector that composed models cannot have (norm_mid =
// false with kUltravox).
nlohmann::ordered_json composed_model_json(const ComposedModel& model);

// config.json and model.safetensors in `folder`, each whole or not at all; a crash between them leaves a
// folder without config.json, never two files that do not belong together. `tensors` (host memory, f32, f16
// or bf16) have the names that the hooks of load_audio_llm are told: "projector.0.weight",
// "language_model.layers.0.self_attn.q_proj.lora_a", "encoder.layers.0.fc1.lora_b". Throws kUsage for other
// names, for an adapter's tensors that are not those of the config, and if the system refuses to write.
void write_composed_model(const std::filesystem::path& folder, const ComposedModel& model,
                          const std::map<std::string, Tensor>& tensors);

}  // namespace auris::models
