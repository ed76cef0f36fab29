#pragma once
// Decoded frames of any sample format to one channel of f32. Internal to the decoder.

#include <cstdint>
#include <vector>

struct AVFrame;

namespace auris::audio {

struct MixCounts {
  int64_t samples = 0;     // of all channels
  int64_t clipped = 0;     // at or beyond 0.9999 of full scale
  int64_t non_finite = 0;  // NaN or infinite, set to 0
};

// Appends the mean of all channels (channel < 0) or one channel. False if the sample format is none of
// libav's u8, s16, s32, s64, flt, dbl (interleaved or planar).
bool mix_down(const AVFrame& frame, int channel, std::vector<float>& out, MixCounts& counts);

}  // namespace auris::audio
