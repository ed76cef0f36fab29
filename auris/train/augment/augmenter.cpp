#include "auris/train/augment/augmenter.h"

#include "auris/audio/decode.h"
#include "auris/base/error.h"
#include "auris/base/rng.h"
#include "auris/base/stable_hash.h"
#include "auris/train/augment/level.h"
#include "auris/train/augment/noise.h"
#include "auris/train/augment/reverberation.h"
#include "auris/train/augment/spec_augment.h"
#include "auris/train/augment/speed.h"

namespace auris::train {
namespace {

// What is drawn for one variation does not change with what another one draws.
Rng rng_of(std::string_view variation, uint64_t seed) { return Rng(stable_hash(variation, seed)); }

double between(Rng& rng, double low, double high) { return low + (high - low) * rng.uniform(); }

}  // namespace

Augmenter::Augmenter(const AugmentOptions& options) : options_(options) {
  for (const std::filesystem::path& path : options.noise.recordings) {
    audio::AudioClip noise = audio::decode_audio(path);
    if (mean_power(noise.samples) == 0) {
      throw Error(ErrorCode::kInput, {.where = path.filename().string(),
                                      .expected = "a recording of noise",
                                      .got = "silence",
                                      .hint = ""});
    }
    noises_.push_back(std::move(noise.samples));
  }
}

audio::AudioClip Augmenter::varied(const audio::AudioClip& clip, uint64_t seed) const {
  audio::AudioClip out = clip;
  if (const auto& factors = options_.speed.factors; !factors.empty()) {
    Rng rng = rng_of("speed", seed);
    out = with_speed(out, factors[rng.below(factors.size())]);
  }
  const ReverberationOptions& room = options_.reverberation;
  if (Rng rng = rng_of("room", seed); rng.uniform() < room.probability) {
    const double decay_s = between(rng, room.min_decay_s, room.max_decay_s);
    const double direct_db = between(rng, room.min_direct_to_tail_db, room.max_direct_to_tail_db);
    out = reverberated(out, {.decay_s = decay_s, .direct_to_tail_db = direct_db, .seed = rng.next()});
  }
  const NoiseOptions& noise = options_.noise;
  const size_t noises = noise.colours.size() + noises_.size();
  if (Rng rng = rng_of("noise", seed); noises > 0 && rng.uniform() < noise.probability) {
    const double snr_db = between(rng, noise.min_snr_db, noise.max_snr_db);
    const size_t chosen = rng.below(noises);
    if (chosen < noises_.size()) {
      out = with_noise(out, noises_[chosen], snr_db, rng.next());
    } else {
      const NoiseColour colour = noise.colours[chosen - noises_.size()];
      const auto made = coloured_noise(colour, out.samples.size(), out.sample_rate_hz, rng.next());
      out = with_noise(out, made, snr_db, rng.next());
    }
  }
  return out;
}

Tensor Augmenter::masked(const Tensor& mel, int64_t sound_frames, uint64_t seed) const {
  return spec_augmented(mel, sound_frames, options_.spec, stable_hash("masks", seed));
}

}  // namespace auris::train
