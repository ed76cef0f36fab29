#pragma once
// For tests: hours of sound in a few hundred kilobytes.

#include <string>

namespace auris::audio {

// An Ogg Opus file of silence, 17 bytes a second. With `lie_s` > 0 its last page claims that length.
std::string opus_bomb(double seconds, double lie_s = 0);

}  // namespace auris::audio
