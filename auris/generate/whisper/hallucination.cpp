#include "auris/generate/whisper/hallucination.h"

#include <algorithm>
#include <string_view>

namespace auris::generate {
namespace {

constexpr std::string_view kSigns = "\"'“¿([{-\"'.。,，!！?？:：”)]}、";

double anomaly(const TranscriptWord& word) {
  const double duration = word.end - word.start;
  double score = word.probability < 0.15 ? 1.0 : 0.0;
  if (duration < 0.133) score += (0.133 - duration) * 15;
  if (duration > 2.0) score += duration - 2.0;
  return score;
}

bool anomalous(const SegmentWords* segment) {
  if (segment == nullptr || segment->words.empty()) return false;
  double score = 0;
  int counted = 0;
  for (const TranscriptWord& word : segment->words) {
    if (kSigns.find(word.word) != std::string_view::npos) continue;
    score += anomaly(word);
    if (++counted == 8) break;
  }
  return score >= 3 || score + 0.01 >= counted;
}

const SegmentWords* first_with_words(std::span<const SegmentWords> segments) {
  auto found =
      std::find_if(segments.begin(), segments.end(), [](const SegmentWords& s) { return !s.words.empty(); });
  return found == segments.end() ? nullptr : &*found;
}

}  // namespace

SilenceVerdict judge_silence(std::span<const SegmentWords> segments, const SilenceRules& rules) {
  const SegmentWords* first = first_with_words(segments);
  if (anomalous(first)) {
    const double gap = first->segment.start - rules.window_start_s;
    if (gap > rules.threshold_s) return {0, rules.window_start_s + gap, true};
  }
  double last_end = rules.last_speech_s;
  for (size_t i = 0; i < segments.size(); ++i) {
    const SegmentWords& here = segments[i];
    if (here.words.empty()) continue;
    if (anomalous(&here)) {
      const SegmentWords* next = first_with_words(segments.subspan(i + 1));
      const double next_start = next != nullptr ? next->words.front().start : rules.audio_end_s;
      const bool silence_before = here.segment.start - last_end > rules.threshold_s ||
                                  here.segment.start < rules.threshold_s ||
                                  here.segment.start - rules.window_start_s < 2.0;
      const bool silence_after = next_start - here.segment.end > rules.threshold_s || anomalous(next) ||
                                 rules.window_end_s - here.segment.end < 2.0;
      if (silence_before && silence_after) {
        double go_on = std::max(rules.window_start_s + 1, here.segment.start);
        if (rules.recording_end_s - here.segment.end < rules.threshold_s) go_on = rules.recording_end_s;
        return {i, go_on, false};
      }
    }
    last_end = here.segment.end;
  }
  return {segments.size(), std::nullopt, false};
}

}  // namespace auris::generate
