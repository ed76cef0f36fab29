#pragma once
// The model card of a run: what the model is made of, on which data and how it was trained, how well that
// went, and under which licences everything stands. README.md beside the model, with its picture loss.svg:
// hubs show it, and `auris inspect` reads the licence in it.

#include <filesystem>
#include <string>
#include <vector>

#include "auris/train/card/data_summary.h"
#include "auris/train/card/run_summary.h"
#include "auris/train/recipe/train_recipe.h"

namespace auris::train {

// A model of the recipe, as far as this machine knows it.
struct CardPart {
  std::string what;              // "encoder"
  std::string name;              // as the recipe has it
  std::string licence = {};      // of the catalog or of its files; empty if neither says
  std::string fingerprint = {};  // weights/fingerprint.h
};

struct ModelCard {
  std::string name;
  std::vector<CardPart> parts = {};
  std::vector<DataSummary> data = {}, evaluation_data = {};  // in the recipe's order
  RunSummary run = {};
  std::vector<std::string> results = {};  // Markdown (card_results.h)
  bool has_chart = false;
};

// The text of README.md. The same run, data and models give the same bytes.
std::string markdown_of(const ModelCard& card, const TrainRecipe& recipe);

// Writes README.md and loss.svg into OUTPUT/model of the recipe's run, from its records in
// OUTPUT/steps.jsonl, the items of its data, and the reports in OUTPUT/results/*.json. kInput for data,
// records or reports that cannot be read; kUsage if the system refuses to write.
void write_model_card(const TrainRecipe& recipe);

inline constexpr const char* kCardResultsFolder = "results";

}  // namespace auris::train
