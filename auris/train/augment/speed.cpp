#include "auris/train/augment/speed.h"

#include <fmt/format.h>

#include "auris/audio/resampler.h"
#include "auris/base/error.h"

namespace auris::train {

audio::AudioClip with_speed(const audio::AudioClip& clip, double factor) {
  if (!(factor >= 0.1 && factor <= 10)) {
    throw Error(ErrorCode::kUsage, {.where = "speed",
                                    .expected = "a factor of 0.1 to 10",
                                    .got = fmt::format("{}", factor),
                                    .hint = ""});
  }
  if (factor == 1) return clip;
  const double rate_hz = clip.sample_rate_hz;
  return {.samples = audio::resample(clip.samples, {.in_rate_hz = rate_hz * factor, .out_rate_hz = rate_hz}),
          .sample_rate_hz = clip.sample_rate_hz};
}

}  // namespace auris::train
