#pragma once
// Cutting the tokens of a window into segments at their timestamps, and where the next window begins.

#include <span>
#include <vector>

#include "auris/generate/whisper/vocabulary.h"

namespace auris::generate {

struct TokenSegment {
  double start = 0;  // seconds in the recording
  double end = 0;
  std::vector<TokenId> tokens;  // timestamps included
};

struct WindowSegments {
  std::vector<TokenSegment> segments;
  int64_t next_frame = 0;   // where to go on, in mel frames
  bool silent_end = false;  // one closing timestamp: nothing is said behind it
};

struct WindowPlace {
  int64_t frame = 0;   // first mel frame of the window
  int64_t frames = 0;  // frames of the recording in it
};

// A mel frame is 0.01 s, a timestamp 0.02 s.
WindowSegments split_by_timestamps(const WhisperVocabulary& vocabulary, std::span<const TokenId> tokens,
                                   const WindowPlace& place);

}  // namespace auris::generate
