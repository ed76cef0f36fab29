#pragma once
// Finds output that goes in circles: small models and long silences end in loops such as "thank you. thank
// you. ...". The guard flags a loop and says where to cut; it never cuts by itself.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "auris/generate/sampling_options.h"

namespace auris::generate {

struct RepetitionOptions {
  // A loop is a stretch of tokens at the end that repeats itself with some period, at least min_repeats times
  // and over at least min_tokens tokens: with the defaults 32 times one token, or 4 times a phrase of 8 or
  // more.
  size_t max_period = 64;
  size_t min_repeats = 4;
  size_t min_tokens = 32;
};

struct RepetitionLoop {
  size_t begin = 0;    // the first token of the loop
  size_t period = 0;   // tokens of one round
  size_t repeats = 0;  // whole rounds so far
  // Where to cut so that one round stays.
  size_t cut() const { return begin + period; }
  bool operator==(const RepetitionLoop&) const = default;
};

class RepetitionGuard {
 public:
  // Throws kUsage if max_period is not in 1..1024, or min_repeats < 2.
  explicit RepetitionGuard(RepetitionOptions options = {});

  // Takes the next token. A loop is reported from the token on that completes it, for as long as it goes on;
  // of several periods the shortest. Costs max_period steps.
  std::optional<RepetitionLoop> add(TokenId token);

 private:
  RepetitionOptions options_;
  std::vector<TokenId> recent_;  // the last max_period tokens, as a ring
  std::vector<size_t> matches_;  // [period - 1]: how many last tokens equal the token one period before them
  size_t count_ = 0;
};

// The first loop in a whole sequence.
std::optional<RepetitionLoop> find_loop(std::span<const TokenId> tokens, RepetitionOptions options = {});

// Bytes of `text` divided by its bytes under zlib (level 6), as Whisper measures it; above 2.4 Whisper takes
// a text for a loop. 0 for an empty text.
double compression_ratio(std::string_view text);

}  // namespace auris::generate
