#pragma once
// Convolution of long signals by Fourier transforms (libavutil's), block by block.

#include <span>
#include <vector>

namespace auris::train {

// out[n] = sum over k of signal[n - k] * response[k], for n < signal.size(): what rings on behind the
// signal's end is cut. In f32; kUsage for an empty response.
std::vector<float> convolved(std::span<const float> signal, std::span<const float> response);

}  // namespace auris::train
