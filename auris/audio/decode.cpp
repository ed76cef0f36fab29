#include "auris/audio/decode.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/audio/audio_reader.h"
#include "auris/base/error.h"

namespace auris::audio {
namespace {

void check_density(const AudioReader& reader, const std::string& name, const DecodeOptions& options) {
  double seconds = reader.report().duration_s;
  auto bytes = static_cast<double>(reader.source_bytes());
  if (seconds <= options.max_dense_seconds || bytes >= kDenseBytesPerS * seconds) return;
  throw Error(
      ErrorCode::kInput,
      {.where = "audio",
       .expected = fmt::format("at least {:.0f} bytes per second of a recording beyond {:.0f} seconds "
                               "(max_dense_seconds)",
                               kDenseBytesPerS, options.max_dense_seconds),
       .got = fmt::format("{}: {:.0f} bytes for {:.0f} seconds", name, bytes, seconds),
       .hint = "so little holds only silence; raise the limit or convert the recording first"});
}

}  // namespace

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
    check_density(reader, source.name(), options);
    if (count < kBlock) break;
  }
  clip.samples.resize(filled);
  if (report != nullptr) *report = reader.report();
  return clip;
}

}  // namespace auris::audio
