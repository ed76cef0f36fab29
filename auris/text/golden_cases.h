#pragma once
// For tests: compares a tokenizer with a golden file of tests/golden/text.

#include <string>

#include "auris/text/golden_path.h"
#include "auris/text/tokenizer.h"

namespace auris::text {

// Ids of trusted and of untrusted text, decoded text, and text decoded token by token.
void check_golden(const Tokenizer& tokenizer, const std::string& name);

std::string bytes_from_hex(const std::string& hex);

}  // namespace auris::text
