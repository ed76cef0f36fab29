#include "auris/audio/decode.h"

#include <algorithm>

#include "auris/audio/audio_reader.h"

namespace auris::audio {

AudioClip decode_audio(const AudioSource& source, const DecodeOptions& options, DecodeReport* report) {
  AudioReader reader(source, options);
  AudioClip clip;
  clip.sample_rate_hz = reader.sample_rate_hz();
  // Room for what the container states, but for no more than half an hour on its word alone.
  double expected_s = std::clamp(reader.declared_s(), 0.0, 1800.0);
  clip.samples.reserve(static_cast<size_t>(expected_s * clip.sample_rate_hz) + 4096);
  constexpr size_t kBlock = 1 << 14;
  size_t filled = 0;
  for (;;) {
    clip.samples.resize(filled + kBlock);
    size_t count = reader.read(std::span(clip.samples).subspan(filled));
    filled += count;
    if (count < kBlock) break;
  }
  clip.samples.resize(filled);
  if (report != nullptr) *report = reader.report();
  return clip;
}

}  // namespace auris::audio
