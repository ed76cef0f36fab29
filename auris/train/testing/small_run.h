#pragma once
// For tests: a data set of tones that tell words, and a recipe that learns them with the small random models
// of tests/golden/audio_llm.

#include <cstdint>
#include <filesystem>
#include <string>

#include "auris/train/recipe/train_recipe.h"

namespace auris::train::testing {

// A word of a few letters for a tone of its own, half a second to a second long. `broken`: that many
// recordings, the first ones, are of no sound file.
struct SmallDataOptions {
  int64_t items = 12;
  int64_t broken = 0;
  bool spoken = false;  // instead of tones: people say numbers, which a real speech model hears at once
};
void write_small_data(const std::filesystem::path& folder, const SmallDataOptions& options = {});

struct SmallRunOptions {
  std::filesystem::path data, output;
  int64_t steps = 12;
  int64_t accumulation = 2;
  double learning_rate = 1e-2;
  bool words = false;     // heard by words, with Whisper tiny.en
  bool read = false;      // and read instead of heard
  std::string more = {};  // tables behind the others
};
// A projector and a low-rank adapter, two examples in a micro-batch, a checkpoint every fourth step.
TrainRecipe small_recipe(const SmallRunOptions& options);

}  // namespace auris::train::testing
