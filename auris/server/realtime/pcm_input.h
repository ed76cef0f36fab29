#pragma once
// Sound that comes in pieces, as bytes of a telephone's or a sound card's samples, as samples of 16 kHz.
//
//   PcmInput input({.encoding = PcmEncoding::kPcm16, .rate_hz = 24000});
//   input.push(bytes, samples);   // appends what is ready

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auris/audio/resampler.h"

namespace auris::server {

enum class PcmEncoding {
  kPcm16,  // 16 bits, little endian
  kMulaw,  // ITU-T G.711, 8 kHz
  kAlaw,
};

struct PcmFormat {
  PcmEncoding encoding = PcmEncoding::kPcm16;
  int rate_hz = 24000;

  bool operator==(const PcmFormat&) const = default;
};

constexpr int kListeningRateHz = 16000;

class PcmInput {
 public:
  explicit PcmInput(const PcmFormat& format);

  // A sample may be cut in two by the end of a piece.
  void push(std::string_view bytes, std::vector<float>& samples);
  // The stream ends: appends what resampling has held back. The next push begins another stream.
  void finish(std::vector<float>& samples);

 private:
  std::vector<float> decoded(std::string_view bytes);

  PcmFormat format_;
  std::optional<audio::Resampler> resampler_;
  std::optional<char> half_;  // of a sample whose other byte is still to come
};

// Samples of 16 kHz as bytes of that format.
std::string pcm_bytes(std::span<const float> samples, const PcmFormat& format);

}  // namespace auris::server
