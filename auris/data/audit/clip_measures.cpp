#include "auris/data/audit/clip_measures.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "auris/base/sha256.h"

namespace auris::data {
namespace {

constexpr double kFrameS = 0.02;
constexpr double kSilenceBelowLevelDb = 40, kSilenceDb = -70, kFloorDb = -120;
constexpr float kClipped = 0.999f;

double in_db(double power) { return power > 0 ? std::max(kFloorDb, 10 * std::log10(power)) : kFloorDb; }

std::vector<double> frame_powers(const audio::AudioClip& clip) {
  const auto length = std::max<size_t>(1, static_cast<size_t>(kFrameS * clip.sample_rate_hz));
  std::vector<double> powers;
  for (size_t begin = 0; begin < clip.samples.size(); begin += length) {
    const auto frame = std::span(clip.samples).subspan(begin, std::min(length, clip.samples.size() - begin));
    const double sum = std::transform_reduce(frame.begin(), frame.end(), 0.0, std::plus<>(),
                                             [](float x) { return static_cast<double>(x) * x; });
    powers.push_back(sum / static_cast<double>(frame.size()));
  }
  return powers;
}

double mean(std::span<const double> values) {
  return values.empty()
             ? 0
             : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double clipped_share(const std::vector<float>& samples) {
  int64_t clipped = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    const auto is_clipped = [&](size_t at) {
      return at < samples.size() && std::fabs(samples[at]) >= kClipped;
    };
    clipped += is_clipped(i) && (is_clipped(i + 1) || (i > 0 && is_clipped(i - 1))) ? 1 : 0;
  }
  return static_cast<double>(clipped) / static_cast<double>(samples.size());
}

}  // namespace

ClipMeasures measure(const audio::AudioClip& clip) {
  ClipMeasures measures{
      .duration_s = clip.duration_s(), .level_db = kFloorDb, .noise_db = kFloorDb, .content = {}};
  Sha256 hash;
  hash.update(std::as_bytes(std::span(clip.samples)));
  measures.content = hash.hex_digest();
  if (clip.samples.empty()) return measures;
  for (float x : clip.samples) measures.peak = std::max(measures.peak, static_cast<double>(std::fabs(x)));
  measures.offset = std::accumulate(clip.samples.begin(), clip.samples.end(), 0.0) /
                    static_cast<double>(clip.samples.size());
  measures.clipped_share = clipped_share(clip.samples);
  std::vector<double> powers = frame_powers(clip);
  std::sort(powers.begin(), powers.end());
  const size_t tenth = std::max<size_t>(1, powers.size() / 10);
  measures.level_db = in_db(mean(std::span(powers).last(tenth)));
  const auto sounding = std::span(powers).subspan(
      static_cast<size_t>(std::upper_bound(powers.begin(), powers.end(), 1e-12) - powers.begin()));
  if (!sounding.empty()) {
    const size_t quiet = std::max<size_t>(1, sounding.size() / 10);
    measures.noise_db = in_db(mean(sounding.first(quiet)));
    measures.snr_db = measures.level_db - measures.noise_db;
  }
  const double silence_db = std::max(kSilenceDb, measures.level_db - kSilenceBelowLevelDb);
  const auto silent =
      std::count_if(powers.begin(), powers.end(), [&](double power) { return in_db(power) <= silence_db; });
  measures.silence_share = static_cast<double>(silent) / static_cast<double>(powers.size());
  return measures;
}

}  // namespace auris::data
