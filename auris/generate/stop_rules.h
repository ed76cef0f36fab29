#pragma once
// When to stop, over a stream of tokens and their text. Text that may be the beginning of a stop string is
// held back until that is decided, so that no part of a stop string is ever shown. The result does not depend
// on how the text is cut into pieces.
//
//   StopRules rules({.stop_tokens = {eos}, .stop_strings = {"\nUser:"}, .max_tokens = 256});
//   for (...) { show(rules.add(token, stream_decoder.add(token))); if (rules.stopped()) break; }
//   show(rules.finish());   // if the loop ended for another reason

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "auris/generate/sampling_options.h"

namespace auris::generate {

struct StopOptions {
  std::vector<TokenId> stop_tokens = {};       // end of text; their own text is not shown
  std::vector<std::string> stop_strings = {};  // not empty, at most 64 of at most 1024 bytes; not shown
  int64_t max_tokens = 0;                      // generated tokens, stop tokens included; 0 = no limit
};

enum class StopReason { kNone, kToken, kString, kMaxTokens };

class StopRules {
 public:
  // Throws kUsage for stop strings that are empty, too long or too many, and for a negative max_tokens.
  explicit StopRules(StopOptions options);

  // Takes the next token and the text it completed; returns what may be shown now. Throws kInternal once
  // stopped().
  std::string add(TokenId token, std::string_view text);
  // The text still held back: call when generation ends for a reason from outside. Empty after a stop.
  std::string finish();

  bool stopped() const { return reason_ != StopReason::kNone; }
  StopReason reason() const { return reason_; }
  // The stop string that was met (with kString).
  const std::string& stop_string() const { return stop_string_; }
  int64_t tokens() const { return tokens_; }

 private:
  bool meets_stop_string(size_t old_size);
  size_t undecided() const;

  StopOptions options_;
  std::string held_;
  StopReason reason_ = StopReason::kNone;
  std::string stop_string_;
  int64_t tokens_ = 0;
};

}  // namespace auris::generate
