#include <algorithm>

#include <fmt/format.h>

#include "auris/train/recipe/recipe_parts.h"

namespace auris::train {
namespace {

constexpr double kMaxWeight = 1e6;
constexpr double kMaxTemperature = 1e3;
constexpr double kContrastiveTemperature = 0.07;  // CLIP's first value (Radford and others 2021)

Objective objective_of(const TomlTable& table, const std::filesystem::path& folder) {
  Objective objective;
  objective.kind = table.choice("kind", kObjectiveKinds);
  switch (objective.kind) {
    case ObjectiveKind::kAnswer:
      table.allow({"kind", "weight", "label_smoothing"});
      take(table, "label_smoothing", 0.0, 0.9, objective.label_smoothing);
      break;
    case ObjectiveKind::kRespond:
      table.allow({"kind", "weight", "cross_entropy_weight", "divergence_weight", "end_of_turn_weight",
                   "temperature"});
      take(table, "cross_entropy_weight", 0.0, kMaxWeight, objective.cross_entropy_weight);
      take(table, "divergence_weight", 0.0, kMaxWeight, objective.divergence_weight);
      take(table, "end_of_turn_weight", 0.0, kMaxWeight, objective.end_of_turn_weight);
      if (objective.cross_entropy_weight + objective.divergence_weight <= 0)
        table.fail("a weight above 0 for cross-entropy or divergence", "0 and 0");
      break;
    case ObjectiveKind::kContrastive:
      table.allow({"kind", "weight", "temperature"});
      objective.temperature = kContrastiveTemperature;
      break;
    case ObjectiveKind::kCtc: table.allow({"kind", "weight"}); break;
    case ObjectiveKind::kTextGuard:
      table.allow({"kind", "weight", "temperature", "texts", "tokens"});
      for (const std::string& path : table.texts("texts")) objective.texts.push_back(folder / path);
      take(table, "tokens", 1, 1 << 20, objective.tokens);
      objective.temperature = 1;
      break;
  }
  take(table, "weight", 1e-9, kMaxWeight, objective.weight);
  take(table, "temperature", 1e-3, kMaxTemperature, objective.temperature);
  return objective;
}

}  // namespace

std::vector<Objective> objectives_of(const TomlTable& recipe, const std::filesystem::path& folder) {
  std::vector<Objective> objectives;
  for (const TomlTable& table : recipe.tables("objectives")) {
    objectives.push_back(objective_of(table, folder));
    const ObjectiveKind kind = objectives.back().kind;
    const bool twice = std::any_of(objectives.begin(), objectives.end() - 1,
                                   [&](const Objective& other) { return other.kind == kind; });
    if (twice) table.fail("each kind of objective once", quoted(name_in(kObjectiveKinds, kind)));
  }
  return objectives;
}

}  // namespace auris::train
