#include "auris/audio/resampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "auris/base/error.h"

namespace auris::audio {
namespace {

std::vector<float> sine(double hz, double rate_hz, size_t count) {
  std::vector<float> out(count);
  for (size_t i = 0; i < count; ++i) {
    out[i] = static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rate_hz));
  }
  return out;
}

struct Difference {
  double snr_db;  // after the gain is taken out
  double gain_db;
};

// The result against the same sine sampled at the new rate: any delay counts as noise. Edges are left out.
Difference compare(double hz, double in_rate, double out_rate, ResampleQuality quality) {
  auto in = sine(hz, in_rate, static_cast<size_t>(in_rate));
  auto out = resample(in, {.in_rate_hz = in_rate, .out_rate_hz = out_rate, .quality = quality});
  auto ideal = sine(hz, out_rate, out.size());
  double energy = 0, shared = 0, wanted = 0;
  size_t edge = out.size() / 10;
  for (size_t i = edge; i < out.size() - edge; ++i) {
    double x = out[i], y = ideal[i];
    energy += x * x, shared += x * y, wanted += y * y;
  }
  double gain = shared / wanted;
  double noise = energy - gain * shared;
  return {10 * std::log10(gain * shared / std::max(noise, 1e-30)), 20 * std::log10(std::fabs(gain))};
}

// Level of what comes out for a sine that should not, against full scale 0.5.
double leak_db(double hz, double in_rate) {
  auto out = resample(sine(hz, in_rate, static_cast<size_t>(in_rate)), {.in_rate_hz = in_rate});
  double energy = 0;
  size_t edge = out.size() / 10;
  for (size_t i = edge; i < out.size() - edge; ++i) energy += static_cast<double>(out[i]) * out[i];
  return 10 * std::log10(energy / (0.125 * static_cast<double>(out.size() - 2 * edge)));
}

TEST(Resampler, SweepThroughThePassBand) {
  for (double rate : {8000.0, 11025.0, 22050.0, 44100.0, 48000.0, 96000.0, 192000.0}) {
    double nyquist = std::min(rate, 16000.0) / 2;
    for (double share : {0.01, 0.1, 0.35, 0.7, 0.9}) {
      Difference high = compare(share * nyquist, rate, 16000, ResampleQuality::kHigh);
      EXPECT_GT(high.snr_db, 100) << rate << " Hz, tone " << share * nyquist;
      EXPECT_NEAR(high.gain_db, 0, 0.011)
          << rate << " Hz, tone " << share * nyquist;  // soxr's small roll-off
      Difference very = compare(share * nyquist, rate, 16000, ResampleQuality::kVeryHigh);
      EXPECT_GT(very.snr_db, 115) << rate << " Hz, tone " << share * nyquist;
    }
  }
}

TEST(Resampler, NothingFoldsBack) {
  for (double rate : {22050.0, 44100.0, 48000.0, 192000.0}) {
    for (double hz : {8100.0, 9000.0, 10500.0}) {
      EXPECT_LT(leak_db(hz, rate), -100) << rate << " " << hz;
    }
  }
}

TEST(Resampler, LengthIsExactAndStreamingGivesTheSame) {
  for (double rate : {1000.0, 7999.0, 8000.0, 11025.0, 44100.0, 48000.0, 768000.0}) {
    for (size_t count : {0u, 1u, 2u, 159u, 1000u, 44101u}) {
      auto in = sine(100, rate, count);
      ResampleOptions options{.in_rate_hz = rate};
      auto whole = resample(in, options);
      EXPECT_EQ(whole.size(), static_cast<size_t>(std::llround(static_cast<double>(count) * 16000 / rate)))
          << rate << " " << count;
      Resampler resampler(options);
      std::vector<float> pieces;
      std::span<const float> rest = in;
      for (size_t step = 1; !rest.empty(); step = step * 3 % 4099) {
        size_t take = std::min(step, rest.size());
        resampler.push(rest.first(take), pieces);
        rest = rest.subspan(take);
      }
      resampler.finish(pieces);
      EXPECT_EQ(pieces, whole) << rate << " " << count;
    }
  }
}

TEST(Resampler, RefusesImpossibleRates) {
  for (double rate : {0.0, -1.0, 1e9, std::nan("")})
    EXPECT_THROW(Resampler({.in_rate_hz = rate}), Error) << rate;
}

}  // namespace
}  // namespace auris::audio
