#pragma once
// Helpers of the tokenizers for the trusted ranges of a text.

#include <string>
#include <vector>

#include "auris/text/tokenizer.h"

namespace auris::text {

// The same text as valid UTF-8, with its ranges moved along. A replaced part is trusted if all of it was.
// Throws kUsage if the ranges are not sorted, disjoint and inside the text.
MarkedText valid_marked_text(const MarkedText& text);

// One byte, 0 or 1, for each byte of [begin, end): whether it lies in a range; and the ranges of such bytes.
std::string trust_bytes(const std::vector<MarkedText::Range>& ranges, size_t begin, size_t end);
std::vector<MarkedText::Range> trust_ranges(const std::string& bytes);

}  // namespace auris::text
