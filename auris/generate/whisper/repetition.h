#pragma once
// Finds a decoder that got stuck: the same few words over and over until the token limit.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace auris::generate {

struct RepetitionLoop {
  size_t period = 0;  // tokens of the repeated unit; 0 = no loop
  size_t begin = 0;   // where the first of the repeats begins
};

// A loop at the end of `tokens`: a unit of at most 40 tokens, repeated so often that the repeats fill at least 48 tokens
// and are at least six. Real speech ("no, no, no") stays far below that.
RepetitionLoop find_repetition(std::span<const int32_t> tokens);

// Bytes of text / bytes of its zlib compression: above 2.4 Whisper's text repeats itself. 0 for empty text.
double compression_ratio(std::string_view text);

}  // namespace auris::generate
