#pragma once
// Leaving silence out: the parts of a recording that a voice activity detector found are joined, transcribed,
// and the times mapped back.

#include <span>
#include <vector>

#include "auris/generate/whisper/transcribe_options.h"

namespace auris::generate {

class SpeechSpans {
 public:
  // Spans in seconds; they are sorted, clipped to the recording and merged where they overlap.
  SpeechSpans(std::vector<TimeSpan> spans, size_t samples, int sample_rate_hz);

  bool empty() const { return spans_.empty(); }
  // The samples inside the spans, joined.
  std::vector<float> join(std::span<const float> samples) const;

  // Which span a time of the joined recording falls into.
  size_t span_of(double joined_s) const;
  // A time of the joined recording in the original one. At a border, `is_end` decides for the span before it.
  double original_time(double joined_s, bool is_end = false) const;
  double original_time_in(double joined_s, size_t span) const;

 private:
  struct Part {
    size_t begin = 0;  // samples of the original
    size_t end = 0;
    double joined_begin_s = 0;
    double joined_end_s = 0;
  };
  std::vector<Part> spans_;
  double rate_;
};

// Moves all times of a segment to the original recording. A word never runs over a border.
void restore_times(const SpeechSpans& spans, TranscriptSegment& segment);

}  // namespace auris::generate
