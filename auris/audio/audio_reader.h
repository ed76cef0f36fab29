#pragma once
// Reads a recording block by block as mono f32 at the wanted rate, in bounded memory however long it is.
//
// Formats: WAV (PCM of every width, float, A-law, mu-law, ADPCM; RF64; extensible), AIFF, FLAC, MP3 (and
// layers 1, 2), Ogg and WebM/Matroska with Vorbis, Opus or FLAC, MP4/M4A with AAC or ALAC, raw AAC (ADTS),
// raw G.722. The audio track of a video works too. How the format is recognised: audio_format.h.
//
//   AudioReader reader("talk.opus");
//   std::vector<float> block(16000);
//   while (size_t count = reader.read(block)) use(std::span(block).first(count));
//   if (reader.report().truncated) ...
//
// A file and a pipe give the same samples, except that an MP3 from a pipe keeps the encoder's padding at its
// end (at most two frames).
//
// Throws kInput for what cannot be decoded or passes a limit of DecodeOptions, kUsage for a channel that is
// not there.

#include <cstdint>
#include <memory>
#include <span>

#include "auris/audio/audio_source.h"
#include "auris/audio/decode_options.h"

namespace auris::audio {

class AudioReader {
 public:
  explicit AudioReader(const AudioSource& source, const DecodeOptions& options = {});
  ~AudioReader();
  AudioReader(AudioReader&&) noexcept;
  AudioReader& operator=(AudioReader&&) noexcept;

  int sample_rate_hz() const;  // of the blocks
  // Fills `block` as far as the recording reaches and returns how many samples it has now; 0 only at the end.
  size_t read(std::span<float> block);
  // Grows with read(); complete when it returned 0.
  const DecodeReport& report() const;
  // The length that the container states, 0 if none: a hint, not to be trusted.
  double declared_s() const;
  // The size of the file, or what has been taken from a pipe so far.
  uint64_t source_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace auris::audio
