#pragma once
// How recordings are varied while a model trains. Nothing is varied unless a recipe says so.

#include <cstdint>
#include <filesystem>
#include <vector>

#include "auris/base/name_table.h"

namespace auris::train {

// Park and others 2019 (arXiv 1904.08779), with masks along time limited to a share of the recording.
struct SpecAugmentOptions {
  int64_t time_masks = 0;
  double max_time_share = 0.05;  // of the frames, for each mask
  int64_t frequency_masks = 0;
  int64_t max_frequency_bins = 20;  // for each mask
};

struct SpeedOptions {
  std::vector<double> factors = {};  // one is drawn for each recording; 1.1 is faster, and higher
};

enum class NoiseColour { kWhite, kPink, kBrown };
inline constexpr NameTable<NoiseColour, 3> kNoiseColours{
    {{NoiseColour::kWhite, "white"}, {NoiseColour::kPink, "pink"}, {NoiseColour::kBrown, "brown"}}};

struct NoiseOptions {
  double probability = 0;
  double min_snr_db = 5, max_snr_db = 30;
  std::vector<NoiseColour> colours = {};
  std::vector<std::filesystem::path> recordings = {};  // sound files; a list of both draws evenly from all
};

struct ReverberationOptions {
  double probability = 0;
  double min_decay_s = 0.1, max_decay_s = 0.8;  // by 60 dB
  double min_direct_to_tail_db = 0, max_direct_to_tail_db = 15;
};

struct AugmentOptions {
  SpeedOptions speed = {};
  ReverberationOptions reverberation = {};
  NoiseOptions noise = {};
  SpecAugmentOptions spec = {};
};

}  // namespace auris::train
