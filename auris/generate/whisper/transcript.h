#pragma once
// What was said, when, and how sure the model is.

#include <cstdint>
#include <string>
#include <vector>

#include "auris/tensor/tensor.h"

namespace auris::generate {

struct TranscriptWord {
  std::string word;  // with its leading space, as the model wrote it
  double start = 0;  // seconds from the beginning of the recording
  double end = 0;
  double probability = 0;  // mean over the word's tokens
};

struct TranscriptSegment {
  double start = 0;  // seconds from the beginning of the recording
  double end = 0;
  std::string text;  // with its leading space, as the model wrote it
  std::vector<int32_t> tokens;
  double avg_logprob = 0;  // of the window that the segment belongs to, as the three below
  double compression_ratio = 0;
  double no_speech_prob = 0;
  double temperature = 0;
  std::vector<TranscriptWord> words;  // with word_timestamps
  // With token_states: [text tokens, d_model], the decoder's row behind its last norm that predicts each of
  // `tokens` that is no timestamp. On the host.
  Tensor states = {};
  bool truncated = false;        // the window's text hit the token limit and may lack its end
  bool repetition_loop = false;  // the model got stuck repeating itself here; the repeats were cut off
};

struct LanguageProbability {
  std::string code;
  double probability = 0;
};

struct TranscriptTimings {
  double features_s = 0;
  double encode_s = 0;
  double decode_s = 0;  // language detection, search and word alignment
};

struct Transcript {
  std::string language;  // code; empty if there was nothing to hear
  double language_probability = 0;
  std::vector<LanguageProbability> languages;  // all, best first, when the language was detected
  double duration_s = 0;
  std::string text;
  std::vector<TranscriptSegment> segments;
  bool truncated = false;        // any segment's
  bool repetition_loop = false;  // any segment's
  TranscriptTimings timings;
};

}  // namespace auris::generate
