#pragma once
// What a run keeps of what its frozen parts hear, and filling it before the run.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "auris/base/share.h"
#include "auris/train/features/feature_cache.h"
#include "auris/train/features/recognition_cache.h"
#include "auris/train/recipe/train_recipe.h"

namespace auris::train {

// The caches of a recipe, in its features folder. Null where recordings sound different each time, so that
// what was heard is of no use again.
std::unique_ptr<const FeatureCache> feature_cache_of(const TrainRecipe& recipe);
std::shared_ptr<const RecognitionCache> recognition_cache_of(const TrainRecipe& recipe);
// For evaluation, whose recordings are never varied.
std::shared_ptr<const RecognitionCache> plain_recognition_cache_of(const TrainRecipe& recipe);

struct HearOptions {
  Share share = {};  // of the examples
  // (recordings heard, in all), now and then; false stops with kCancelled.
  std::function<bool(uint64_t, uint64_t)> progress = {};
  // Of an example that cannot be used.
  std::function<void(const std::string& message)> lost = {};
};

struct HearReport {
  int64_t heard = 0, lost = 0;  // examples
};

// Hears what a run would, example by example, so that its first epoch need not. `initial`: the model that the
// run begins with. kUsage for a recipe that hears nothing that could be kept, and for a part that is none.
HearReport hear_data(const TrainRecipe& recipe, const std::filesystem::path& initial,
                     const HearOptions& options = {});

}  // namespace auris::train
