#pragma once
// Sampling-rate conversion by libsoxr, band-limited, linear phase, without delay: sample n of the result
// stands for the time n / out_rate.
//
//   Resampler resampler({.in_rate_hz = 44100, .out_rate_hz = 16000});
//   resampler.push(block, out);   // appends what is ready
//   resampler.finish(out);        // appends the rest: in all round(in * out_rate / in_rate) samples

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace auris::audio {

enum class ResampleQuality {
  kHigh,      // soxr HQ: 20 bit (aliases and images below -120 dB), pass band to 91 % of the lower Nyquist
              // frequency
  kVeryHigh,  // soxr VHQ: 28 bit
};

struct ResampleOptions {
  double in_rate_hz = 0;
  double out_rate_hz = 16000;
  ResampleQuality quality = ResampleQuality::kHigh;
};

class Resampler {
 public:
  // Throws kUsage unless both rates lie in 1 ... 10^7 Hz.
  explicit Resampler(const ResampleOptions& options);
  ~Resampler();
  Resampler(Resampler&&) noexcept;
  Resampler& operator=(Resampler&&) noexcept;

  void push(std::span<const float> in, std::vector<float>& out);
  void finish(std::vector<float>& out);  // last; the resampler must not be used afterwards

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::vector<float> resample(std::span<const float> in, const ResampleOptions& options);

}  // namespace auris::audio
