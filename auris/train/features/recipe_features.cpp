#include "auris/train/features/recipe_features.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "auris/train/examples/example_maker.h"
#include "auris/train/recipe/model_sources.h"

namespace auris::train {
namespace {

bool varies_sound(const AugmentOptions& options) {
  return !options.speed.factors.empty() || options.reverberation.probability > 0 ||
         options.noise.probability > 0;
}
bool varies_features(const AugmentOptions& options) {
  return varies_sound(options) || options.spec.time_masks > 0 || options.spec.frequency_masks > 0;
}

// What is heard of a recipe, set by set.
struct HeardSet {
  std::shared_ptr<const data::ShardReader> shards;
  std::vector<std::string> tasks;
  double max_audio_s = 0;
};

std::vector<HeardSet> heard_sets(const TrainRecipe& recipe) {
  std::vector<HeardSet> sets;
  const auto add = [&](const std::vector<DataSet>& all) {
    for (const DataSet& set : all) {
      if (set.read) continue;
      sets.push_back({std::make_shared<data::ShardReader>(set.shards), set.tasks, set.max_audio_s});
    }
  };
  add(recipe.data);
  if (recipe.evaluation) add(recipe.evaluation->data);
  return sets;
}

bool is_wanted(const data::Item& item, const HeardSet& set) {
  return data::total_duration_s(item) <= set.max_audio_s &&
         (set.tasks.empty() || std::ranges::count(set.tasks, item.task) > 0);
}

}  // namespace

std::unique_ptr<const FeatureCache> feature_cache_of(const TrainRecipe& recipe) {
  if (varies_features(recipe.augmentation)) return nullptr;
  return std::make_unique<const FeatureCache>(
      recipe.features,
      fmt::format("{} {}", encoder_identity(recipe.model), name_in(kWindowRows, recipe.model.window_rows)));
}

std::shared_ptr<const RecognitionCache> recognition_cache_of(const TrainRecipe& recipe) {
  return varies_sound(recipe.augmentation) ? nullptr : plain_recognition_cache_of(recipe);
}

std::shared_ptr<const RecognitionCache> plain_recognition_cache_of(const TrainRecipe& recipe) {
  return std::make_shared<const RecognitionCache>(
      recipe.features,
      fmt::format("{} {} pooled, all stages", encoder_identity(recipe.model), recipe.model.projector.pooled));
}

HearReport hear_data(const TrainRecipe& recipe, const std::filesystem::path& initial,
                     const HearOptions& options) {
  check_share(options.share, "train");
  const auto features = feature_cache_of(recipe);
  const auto recognitions = recognition_cache_of(recipe);
  const auto model = engine::load_language_model(initial, "hearing");
  const bool words = model->listener != nullptr;
  if (recipe.trains_encoder() || (words ? recognitions == nullptr : features == nullptr)) {
    throw Error(ErrorCode::kUsage, {.where = "train",
                                    .expected = "a recipe whose frozen parts hear the same in every epoch",
                                    .got = "one that varies recordings, or trains what hears them",
                                    .hint = "such a run hears as it goes"});
  }
  const ExampleMaker maker(model, {.recognitions = recognitions});
  const std::vector<HeardSet> sets = heard_sets(recipe);
  uint64_t all = 0, done = 0;
  for (const HeardSet& set : sets) all += set.shards->size();
  HearReport report;
  for (const HeardSet& set : sets) {
    for (uint64_t row = 0; row < set.shards->size(); ++row, ++done) {
      if (!options.share.holds(static_cast<int64_t>(done))) continue;
      if (options.progress && !options.progress(done, all)) {
        throw Error(ErrorCode::kCancelled,
                    {.where = "train", .expected = "to finish", .got = "a request to stop", .hint = ""});
      }
      try {
        const TrainingExample example = load_example(*set.shards, row);
        if (!is_wanted(example.loaded.item, set)) continue;
        const std::vector<models::AudioWindow> windows = maker.make(example).input.windows;
        ++report.heard;
        if (!windows.empty()) features->hear(*model->ears, windows);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::kInput) throw;
        ++report.lost;
        if (options.lost) options.lost(error.what());
      }
    }
  }
  return report;
}

}  // namespace auris::train
