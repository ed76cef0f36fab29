#pragma once
// Samples in [-1, 1] as 16-bit integers.

#include <span>

namespace auris::audio {

// out gets 2 * samples.size() bytes, little-endian: 32768 times each sample, halves rounded away from zero,
// what does not fit set to the nearest that does; 0 for what is no number. `out` is aligned to 2 bytes.
void to_pcm16(std::span<const float> samples, char* out);

}  // namespace auris::audio
