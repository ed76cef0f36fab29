#pragma once
// Acoustic fingerprints (Haitsma and Kalker 2002, "A highly robust audio fingerprinting system"): 32 bits for
// each 20 ms that say how the energy of neighbouring bands changes over time. They stay nearly the same when
// a recording is made louder, coded, resampled or given some noise, and differ in half of the bits between
// recordings of different things.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "auris/audio/audio_clip.h"

namespace auris::data {

using Fingerprint = std::vector<uint32_t>;

// Of a clip at 16 kHz (kUsage otherwise); empty below 0.5 s.
Fingerprint fingerprint_of(const audio::AudioClip& clip);

// The share of different bits where `b` lies `offset` words behind `a`; nothing if they overlap by less than
// `least` words.
std::optional<double> bit_error_rate(std::span<const uint32_t> a, std::span<const uint32_t> b, int64_t offset,
                                     int64_t least);

struct NearDuplicate {
  size_t first = 0, second = 0;  // numbers of fingerprints, in the order they were added
  double bit_error_rate = 0;
  double offset_s = 0;  // the second begins so much later within the first
};

// Finds recordings that hold the same sound, wherever it begins in them. Candidates share a word; those are
// compared whole.
class FingerprintIndex {
 public:
  static constexpr double kMostErrors = 0.25;  // chance gives 0.5, with a deviation of 0.01 at two seconds
  static constexpr int64_t kLeastWords = 40;   // 0.8 s

  // The best duplicate among those added before, and adds it.
  std::optional<NearDuplicate> add(Fingerprint fingerprint);
  size_t size() const { return fingerprints_.size(); }

 private:
  struct Place {
    uint32_t fingerprint = 0;
    uint32_t word = 0;
  };

  std::vector<Fingerprint> fingerprints_;
  std::unordered_map<uint32_t, std::vector<Place>> places_;  // by word
};

}  // namespace auris::data
