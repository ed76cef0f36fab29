#pragma once
// What a run writes: a model that `auris` loads directly, in the layout that its recipe names. What training
// changed, in this run or in one that it begins from, lies in the folder itself:
//
//   layout = "composed"   config.json, model.safetensors: projector and adapters (docs/audio_models.md);
//                         encoder/ and language_model/, if they are no longer as they were published
//   layout = "llaso"      a checkpoint like LLaSO-Base's, the language model always inside; encoder/ likewise

#include <filesystem>
#include <map>
#include <string>

#include "auris/tensor/tensor.h"
#include "auris/train/recipe/train_recipe.h"

namespace auris::train {

// `initial`: the model that the run began with (initial_model.h); `trained`: host, f32, by the names of
// ParameterSet. A whole encoder or language model is written in f32, or bf16 if the recipe computes in bf16;
// one that a GGUF file holds as a GGUF file. The folder appears whole or not at all. Throws kUsage for a
// model that the layout cannot hold, and if the system refuses to write.
void write_trained_model(const std::filesystem::path& folder, const TrainRecipe& recipe,
                         const std::filesystem::path& initial, const std::map<std::string, Tensor>& trained);

// A copy of a written model in the place of `folder`, whole or not at all.
void copy_model(const std::filesystem::path& from, const std::filesystem::path& folder);

}  // namespace auris::train
