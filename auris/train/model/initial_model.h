#pragma once
// What a run begins with: a composed model (docs/audio_models.md) whose projector is new, or that of an
// earlier run.

#include <cstdint>
#include <filesystem>

#include "auris/models/audio_llm/composed_model_writer.h"
#include "auris/train/recipe/train_recipe.h"

namespace auris::train {

// The composed model that a recipe describes, its adapter included.
models::ComposedModel composed_model_of(const ModelRecipe& recipe);

inline constexpr float kProjectorNorm = 0.4f;  // weights of the norms of a new swiglu: Ultravox' norm_init

// Writes it without its adapter, which begins when the model is loaded (nn::fresh_adapter). A new projector's
// linear layers are uniform in +-1/sqrt(in), as torch's nn.Linear begins; each tensor's numbers depend on its
// name and the seed alone; the map of the states of a projector of words begins at zero, its rows of sound at
// the strength of the language model's embeddings. Throws kModel for parts that cannot be opened.
void write_initial_model(const std::filesystem::path& folder, const ModelRecipe& recipe, uint64_t seed);

// The folder of a run's initial model, written first if it is not there.
std::filesystem::path initial_model_of(const TrainRecipe& recipe);

}  // namespace auris::train
