#pragma once
// Text that Whisper made up over silence betrays itself by its words: improbable, very short or very long
// ones between pauses (openai-whisper's hallucination_silence_threshold). Needs word times.

#include <optional>
#include <span>
#include <vector>

#include "auris/generate/whisper/word_timing.h"

namespace auris::generate {

struct SilenceRules {
  double threshold_s = 0;  // a pause longer than this is silence
  double window_start_s = 0;
  double window_end_s = 0;  // of the full 30 s, beyond the recording's end too
  double audio_end_s = 0;   // end of the recording's part of the window
  double recording_end_s = 0;
  double last_speech_s = 0;
};

struct SilenceVerdict {
  size_t keep = 0;                   // segments to keep from the front
  std::optional<double> go_on_at_s;  // where to go on instead
  bool repeat_window = false;        // drop everything and start again at go_on_at_s
};

SilenceVerdict judge_silence(std::span<const SegmentWords> segments, const SilenceRules& rules);

}  // namespace auris::generate
