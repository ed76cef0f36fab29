#include "auris/train/augment/reverberation.h"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/rng.h"
#include "auris/train/augment/convolution.h"
#include "auris/train/augment/level.h"

namespace auris::train {

std::vector<float> room_response(const Room& room, int sample_rate_hz) {
  if (!(room.decay_s >= 0.001 && room.decay_s <= 10)) {
    throw Error(ErrorCode::kUsage, {.where = "reverberation",
                                    .expected = "a decay of 0.001 to 10 s",
                                    .got = fmt::format("{}", room.decay_s),
                                    .hint = ""});
  }
  const double decay_samples = room.decay_s * sample_rate_hz;
  const double rate = 3 * std::numbers::ln10 / decay_samples;  // of the amplitude: 10^-3 is -60 dB
  Rng rng(room.seed);
  std::vector<float> response(static_cast<size_t>(std::ceil(decay_samples)) + 1);
  response[0] = 1;
  double energy = 0;
  for (size_t i = 1; i < response.size(); ++i) {
    response[i] = static_cast<float>(rng.normal() * std::exp(-rate * static_cast<double>(i)));
    energy += static_cast<double>(response[i]) * response[i];
  }
  const auto gain = static_cast<float>(std::sqrt(power_ratio(-room.direct_to_tail_db) / energy));
  for (size_t i = 1; i < response.size(); ++i) response[i] *= gain;
  return response;
}

audio::AudioClip reverberated(const audio::AudioClip& clip, const Room& room) {
  audio::AudioClip out{.samples = convolved(clip.samples, room_response(room, clip.sample_rate_hz)),
                       .sample_rate_hz = clip.sample_rate_hz};
  const double before = mean_power(clip.samples), after = mean_power(out.samples);
  if (after == 0) return out;
  const auto gain = static_cast<float>(std::sqrt(before / after));
  for (float& sample : out.samples) sample *= gain;
  return out;
}

}  // namespace auris::train
