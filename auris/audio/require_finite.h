#pragma once
// Samples that a caller made himself may hold anything; transforms and recurrent models would spread one NaN
// over all.

#include <span>
#include <string_view>

namespace auris::audio {

constexpr float kLargestSample = 1e12f;  // squares of sums of some hundred such samples are far from overflow

// Throws kInput naming the first sample that is NaN, infinite or beyond +-kLargestSample.
void require_finite(std::span<const float> samples, std::string_view where);

}  // namespace auris::audio
