#pragma once
// When each word of a window was said, and the tidying that openai-whisper applies to such times.

#include <vector>

#include "auris/generate/whisper/segmenting.h"
#include "auris/generate/whisper/transcript.h"
#include "auris/generate/whisper/window_state.h"
#include "auris/generate/whisper/word_split.h"

namespace auris::generate {

struct AlignmentRequest {
  TokenId language = 0;  // token and code; English-only models ignore the token
  std::string language_code = "en";
  bool translate = false;
  int64_t frames = 0;  // mel frames of the recording in the window
};

// Words with times inside the window for text tokens (no timestamps, no end of text). Empty if the window is
// too short to align with (fewer than two frames).
std::vector<TimedWord> align_words(WindowState& state, const WhisperVocabulary& vocabulary,
                                   std::span<const TokenId> text, const AlignmentRequest& request);

struct SegmentWords {
  TokenSegment segment;  // its times now follow its words
  std::vector<TranscriptWord> words;
  Tensor states = {};  // TranscriptSegment's
};

struct WordRules {
  std::string_view prepended;
  std::string_view appended;
  double window_start_s = 0;
  double last_speech_s = 0;  // end of the last word before this window
};

// Deals the words out to the segments, shortens words that swallowed a pause, and moves segment borders to
// the words. `last_speech_s` in the result is the end of the last segment with words.
struct TimedSegments {
  std::vector<SegmentWords> segments;
  double last_speech_s = 0;
};
TimedSegments place_words(const WhisperVocabulary& vocabulary, std::vector<TokenSegment> segments,
                          std::vector<TimedWord> words, const WordRules& rules);

}  // namespace auris::generate
