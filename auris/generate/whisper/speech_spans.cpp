#include "auris/generate/whisper/speech_spans.h"

#include <algorithm>
#include <cmath>

#include "auris/base/error.h"

namespace auris::generate {
namespace {

double round2(double seconds) { return std::nearbyint(seconds * 100.0) / 100.0; }

}  // namespace

SpeechSpans::SpeechSpans(std::vector<TimeSpan> spans, size_t samples, int sample_rate_hz)
    : rate_(sample_rate_hz) {
  std::sort(spans.begin(), spans.end(),
            [](const TimeSpan& a, const TimeSpan& b) { return a.begin_s < b.begin_s; });
  auto place = [&](double seconds) {
    double at = std::clamp(seconds * rate_, 0.0, static_cast<double>(samples));
    return static_cast<size_t>(std::llround(at));
  };
  for (const TimeSpan& span : spans) {
    if (!std::isfinite(span.begin_s) || !std::isfinite(span.end_s)) {
      throw Error(
          ErrorCode::kUsage,
          {.where = "speech spans", .expected = "finite times", .got = "nan or infinity", .hint = ""});
    }
    size_t begin = place(span.begin_s);
    size_t end = place(span.end_s);
    if (begin >= end) continue;
    if (!spans_.empty() && begin <= spans_.back().end) {
      spans_.back().end = std::max(spans_.back().end, end);
    } else {
      spans_.push_back({begin, end, 0, 0});
    }
  }
  size_t joined = 0;
  for (Part& part : spans_) {
    part.joined_begin_s = static_cast<double>(joined) / rate_;
    joined += part.end - part.begin;
    part.joined_end_s = static_cast<double>(joined) / rate_;
  }
}

std::vector<float> SpeechSpans::join(std::span<const float> samples) const {
  std::vector<float> joined;
  for (const Part& part : spans_) {
    auto piece = samples.subspan(part.begin, part.end - part.begin);
    joined.insert(joined.end(), piece.begin(), piece.end());
  }
  return joined;
}

size_t SpeechSpans::span_of(double joined_s) const {
  auto found = std::upper_bound(spans_.begin(), spans_.end(), joined_s,
                                [](double t, const Part& part) { return t < part.joined_end_s; });
  return std::min(static_cast<size_t>(found - spans_.begin()), spans_.size() - 1);
}

double SpeechSpans::original_time_in(double joined_s, size_t span) const {
  const Part& part = spans_[span];
  return round2(static_cast<double>(part.begin) / rate_ + (joined_s - part.joined_begin_s));
}

double SpeechSpans::original_time(double joined_s, bool is_end) const {
  size_t span = span_of(joined_s);
  if (is_end && span > 0 && joined_s <= spans_[span].joined_begin_s) --span;
  return original_time_in(joined_s, span);
}

void restore_times(const SpeechSpans& spans, TranscriptSegment& segment) {
  for (TranscriptWord& word : segment.words) {
    size_t span = spans.span_of((word.start + word.end) / 2);
    word.start = spans.original_time_in(word.start, span);
    word.end = spans.original_time_in(word.end, span);
  }
  if (segment.words.empty()) {
    segment.start = spans.original_time(segment.start);
    segment.end = spans.original_time(segment.end, /*is_end=*/true);
  } else {
    segment.start = segment.words.front().start;
    segment.end = segment.words.back().end;
  }
}

}  // namespace auris::generate
