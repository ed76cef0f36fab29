#include <fmt/format.h>

#include "auris/train/recipe/recipe_parts.h"

namespace auris::train {
namespace {

// The lowest value first.
void check_order(const TomlTable& table, const char* what, double low, double high) {
  if (low > high)
    table.fail(fmt::format("a least {} that is not above the greatest", what),
               fmt::format("{} and {}", low, high));
}

SpeedOptions speed_of(const TomlTable& table) {
  table.allow({"factors"});
  SpeedOptions speed;
  for (const toml::node& node : table.array("factors")) {
    const auto factor = node.is_number() ? node.value<double>() : std::nullopt;
    if (!factor || !(*factor >= 0.5 && *factor <= 2)) {
      table.fail("factors from 0.5 to 2", factor ? fmt::format("{}", *factor) : "no number");
    }
    speed.factors.push_back(*factor);
  }
  return speed;
}

ReverberationOptions reverberation_of(const TomlTable& table) {
  table.allow(
      {"probability", "min_decay_s", "max_decay_s", "min_direct_to_tail_db", "max_direct_to_tail_db"});
  ReverberationOptions options;
  options.probability = table.number("probability", 0, 1);
  take(table, "min_decay_s", 0.01, 5.0, options.min_decay_s);
  take(table, "max_decay_s", 0.01, 5.0, options.max_decay_s);
  take(table, "min_direct_to_tail_db", -20.0, 60.0, options.min_direct_to_tail_db);
  take(table, "max_direct_to_tail_db", -20.0, 60.0, options.max_direct_to_tail_db);
  check_order(table, "decay", options.min_decay_s, options.max_decay_s);
  check_order(table, "direct_to_tail", options.min_direct_to_tail_db, options.max_direct_to_tail_db);
  return options;
}

NoiseOptions noise_of(const TomlTable& table, const std::filesystem::path& folder) {
  table.allow({"probability", "min_snr_db", "max_snr_db", "colours", "recordings"});
  NoiseOptions noise;
  noise.probability = table.number("probability", 0, 1);
  take(table, "min_snr_db", -30.0, 100.0, noise.min_snr_db);
  take(table, "max_snr_db", -30.0, 100.0, noise.max_snr_db);
  check_order(table, "ratio", noise.min_snr_db, noise.max_snr_db);
  for (const std::string& colour : table.texts_or_none("colours"))
    noise.colours.push_back(table.choice_of("colours", colour, kNoiseColours));
  for (const std::string& path : table.texts_or_none("recordings")) noise.recordings.push_back(folder / path);
  if (noise.colours.empty() && noise.recordings.empty()) table.fail("colours or recordings of noise", "none");
  return noise;
}

SpecAugmentOptions spec_of(const TomlTable& table) {
  table.allow({"time_masks", "max_time_share", "frequency_masks", "max_frequency_bins"});
  SpecAugmentOptions spec;
  take(table, "time_masks", 0, 100, spec.time_masks);
  take(table, "max_time_share", 0.0, 1.0, spec.max_time_share);
  take(table, "frequency_masks", 0, 100, spec.frequency_masks);
  take(table, "max_frequency_bins", 1, 200, spec.max_frequency_bins);
  return spec;
}

}  // namespace

AugmentOptions augmentation_of(const TomlTable& table, const std::filesystem::path& folder) {
  table.allow({"speed", "reverberation", "noise", "spec"});
  AugmentOptions options;
  if (table.has("speed")) options.speed = speed_of(table.table("speed"));
  if (table.has("reverberation")) options.reverberation = reverberation_of(table.table("reverberation"));
  if (table.has("noise")) options.noise = noise_of(table.table("noise"), folder);
  if (table.has("spec")) options.spec = spec_of(table.table("spec"));
  return options;
}

}  // namespace auris::train
