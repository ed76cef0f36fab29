#pragma once
// The tables of a recipe, each read by a function of its own. For train_recipe.cpp.

#include "auris/base/toml_table.h"
#include "auris/train/recipe/train_recipe.h"

namespace auris::train {

ModelRecipe model_of(const TomlTable& table, const std::filesystem::path& folder);
std::vector<Objective> objectives_of(const TomlTable& recipe, const std::filesystem::path& folder);
AugmentOptions augmentation_of(const TomlTable& table, const std::filesystem::path& folder);

// Fields that may be left out: `value` stays as it is.
inline void take(const TomlTable& table, std::string_view key, int64_t min, int64_t max, int64_t& value) {
  if (table.has(key)) value = table.integer(key, min, max);
}
inline void take(const TomlTable& table, std::string_view key, double min, double max, double& value) {
  if (table.has(key)) value = table.number(key, min, max);
}
template <class Value, size_t kCount>
void take(const TomlTable& table, std::string_view key, const NameTable<Value, kCount>& names, Value& value) {
  if (table.has(key)) value = table.choice(key, names);
}

}  // namespace auris::train
