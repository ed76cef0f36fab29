#pragma once
// What a run begins with: a model in the layout of its recipe (written_model.h) whose projector is new, or
// that of an earlier run.

#include <filesystem>
#include <map>
#include <string>

#include "auris/models/audio_llm/composed_model_writer.h"
#include "auris/train/recipe/train_recipe.h"

namespace auris::train {

// The composed model that a recipe describes, its adapters included.
models::ComposedModel composed_model_of(const ModelRecipe& recipe);

// The projector of a run's model, or of any other audio language model: "projector.0.weight".
std::map<std::string, Tensor> projector_in(const std::filesystem::path& run);

inline constexpr float kProjectorNorm = 0.4f;  // weights of the norms of a new swiglu: Ultravox' norm_init

// Writes it without the adapters that are trained, which begin when the model is loaded (nn::fresh_adapter).
// A new projector's linear layers are uniform in +-1/sqrt(in), as torch's nn.Linear begins; each tensor's
// numbers depend on its name and the seed alone; the map of the states of a projector of words begins at
// zero, its rows of sound at the strength of the language model's embeddings. With layout = "llaso" the
// language model is copied, with rows for LLaSO's tags (llaso_writer.h). Throws kModel for parts that cannot
// be opened, kUsage for those that the layout cannot hold.
void write_initial_model(const std::filesystem::path& folder, const TrainRecipe& recipe);

// The folder of a run's initial model, written first if it is not there.
std::filesystem::path initial_model_of(const TrainRecipe& recipe);

}  // namespace auris::train
