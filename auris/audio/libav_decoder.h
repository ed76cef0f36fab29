#pragma once
// Decodes one recording with FFmpeg's libraries, shut in: only the demuxer that our own sniffing chose, only
// audio codecs of an allow-list, no protocol (all bytes come through SourceBytes), so that no playlist, URL
// or second file can be opened. FFmpeg's logging is silenced for the whole process on first use.

#include <memory>
#include <vector>

#include "auris/audio/audio_format.h"
#include "auris/audio/audio_source.h"
#include "auris/audio/decode_options.h"

namespace auris::audio {

class LibavDecoder {
 public:
  // `bytes` outlives the decoder. Throws kInput.
  LibavDecoder(SourceBytes& bytes, AudioFormat format, const DecodeOptions& options);
  ~LibavDecoder();
  LibavDecoder(const LibavDecoder&) = delete;
  LibavDecoder& operator=(const LibavDecoder&) = delete;

  struct Block {
    std::vector<float> samples;  // one channel
    int sample_rate_hz = 0;      // may change in the middle of a recording
  };
  // Decodes the next piece into `block`. False at the end.
  bool next(Block& block);

  // Grows with next(); complete when it returned false.
  const DecodeReport& report() const;
  // What the container says, 0 if it says nothing: a hint for reserving memory.
  double declared_s() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace auris::audio
