#include "auris/data/audit/fingerprint.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "auris/audio/frontend/whisper_frontend.h"
#include "auris/base/error.h"

namespace auris::data {
namespace {

constexpr int kBands = 33, kFirstMel = 6, kMelsPerBand = 2;  // about 200 to 6000 Hz of 80 mels
constexpr int64_t kHopFrames = 2, kWindowFrames = 32;        // 20 and 320 ms
constexpr double kWordS = 0.02;
constexpr size_t kMostPlaces = 64;  // of a word: more often it says nothing (silence, hum)

// Energies of the bands, [frames][kBands]. The front end gives (log10(power) + 4) / 4.
std::vector<std::array<double, kBands>> band_energies(const audio::AudioClip& clip) {
  static const audio::WhisperFrontend frontend(80);
  const Tensor features = frontend.features(clip.samples, 0);
  std::vector<std::array<double, kBands>> energies(static_cast<size_t>(features.rows()));
  for (int64_t frame = 0; frame < features.rows(); ++frame) {
    const float* row = features.data<float>() + frame * features.cols();
    for (int band = 0; band < kBands; ++band) {
      for (int mel = 0; mel < kMelsPerBand; ++mel) {
        energies[static_cast<size_t>(frame)][static_cast<size_t>(band)] +=
            std::pow(10.0, 4 * static_cast<double>(row[kFirstMel + kMelsPerBand * band + mel]) - 4);
      }
    }
  }
  return energies;
}

// Places of words that are common to everything: nothing is told by bits that are all the same.
bool says_something(uint32_t word) {
  const int ones = std::popcount(word);
  return ones >= 6 && ones <= 26;
}

}  // namespace

Fingerprint fingerprint_of(const audio::AudioClip& clip) {
  if (clip.sample_rate_hz != audio::WhisperFrontend::kSampleRateHz) {
    throw Error(ErrorCode::kUsage, {.where = "fingerprint",
                                    .expected = "a clip with 16000 Hz",
                                    .got = fmt::format("{} Hz", clip.sample_rate_hz),
                                    .hint = ""});
  }
  if (clip.duration_s() < 0.5) return {};
  const auto energies = band_energies(clip);
  const auto frames = std::ssize(energies);
  Fingerprint words;
  std::array<double, kBands> before{};
  for (int64_t begin = 0; begin + kWindowFrames <= frames; begin += kHopFrames) {
    std::array<double, kBands> sums{};
    for (int64_t frame = begin; frame < begin + kWindowFrames; ++frame) {
      for (size_t band = 0; band < kBands; ++band) sums[band] += energies[static_cast<size_t>(frame)][band];
    }
    uint32_t word = 0;
    for (size_t band = 0; band + 1 < kBands; ++band) {
      const double change = (sums[band] - sums[band + 1]) - (before[band] - before[band + 1]);
      word = (word << 1) | (change > 0 ? 1u : 0u);
    }
    if (begin > 0) words.push_back(word);
    before = sums;
  }
  return words;
}

std::optional<double> bit_error_rate(std::span<const uint32_t> a, std::span<const uint32_t> b, int64_t offset,
                                     int64_t least) {
  const int64_t begin = std::max<int64_t>(0, offset);
  const int64_t end = std::min(std::ssize(a), offset + std::ssize(b));
  if (end - begin < std::max<int64_t>(1, least)) return std::nullopt;
  int64_t errors = 0;
  for (int64_t i = begin; i < end; ++i) {
    errors += std::popcount(a[static_cast<size_t>(i)] ^ b[static_cast<size_t>(i - offset)]);
  }
  return static_cast<double>(errors) / static_cast<double>(32 * (end - begin));
}

std::optional<NearDuplicate> FingerprintIndex::add(Fingerprint fingerprint) {
  std::set<std::pair<uint32_t, int64_t>> candidates;  // fingerprint and offset
  for (size_t i = 0; i < fingerprint.size(); ++i) {
    const auto found = places_.find(fingerprint[i]);
    if (found == places_.end()) continue;
    for (const Place& place : found->second) {
      candidates.emplace(place.fingerprint, static_cast<int64_t>(place.word) - static_cast<int64_t>(i));
    }
  }
  std::optional<NearDuplicate> best;
  for (const auto& [number, offset] : candidates) {
    const Fingerprint& other = fingerprints_[number];
    const int64_t shorter = std::min(std::ssize(other), std::ssize(fingerprint));
    const auto errors = bit_error_rate(other, fingerprint, offset, std::min(kLeastWords, shorter));
    if (!errors || *errors > kMostErrors || (best && *errors >= best->bit_error_rate)) continue;
    best = {.first = number,
            .second = fingerprints_.size(),
            .bit_error_rate = *errors,
            .offset_s = kWordS * static_cast<double>(offset)};
  }
  for (size_t i = 0; i < fingerprint.size(); ++i) {
    if (!says_something(fingerprint[i])) continue;
    std::vector<Place>& places = places_[fingerprint[i]];
    if (places.size() < kMostPlaces) {
      places.push_back({static_cast<uint32_t>(fingerprints_.size()), static_cast<uint32_t>(i)});
    }
  }
  fingerprints_.push_back(std::move(fingerprint));
  return best;
}

}  // namespace auris::data
