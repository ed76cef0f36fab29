#pragma once
// Where the parts of a recipe's model lie: what [model] names, or what an earlier run left.

#include <filesystem>
#include <string>

#include "auris/train/recipe/train_recipe.h"

namespace auris::train {

// The model in the folder of a run; the folder itself if it is one.
std::filesystem::path model_of_run(const std::filesystem::path& folder);

// Whether training changed this part, in this run or an earlier one: a written model holds it.
bool is_own(const TrainRecipe& recipe, Part part);

// A file or a folder. Throws kModel if it is not on this machine; kUsage for a run to begin from whose
// encoder or language model is none by itself.
std::filesystem::path encoder_source(const ModelRecipe& model);
std::filesystem::path language_model_source(const ModelRecipe& model);

// What the matrices of an encoder or a language model are stored in, if it is f16 or bf16; f32 for all else.
DType stored_type(const weights::Checkpoint& source, Part part);

// Tells apart what encoders hear, before any training of this run: the encoder, and an adapter of an earlier
// run beside it.
std::string encoder_identity(const ModelRecipe& model);

}  // namespace auris::train
