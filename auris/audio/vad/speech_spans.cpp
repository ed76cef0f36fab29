#include <algorithm>
#include <cmath>

#include "auris/audio/vad.h"

namespace auris::audio {
namespace {

struct Pause {
  double begin;
  double length;
};

struct Span {
  double begin;
  double end;
};

// The state machine of get_speech_timestamps_from_probs (silero-vad 6.2.3); all positions and lengths in
// samples.
class SpanFinder {
 public:
  SpanFinder(int hop, double samples, const VadOptions& options)
      : hop_(hop),
        samples_(samples),
        begin_threshold_(options.threshold),
        end_threshold_(
            options.end_threshold >= 0
                ? options.end_threshold
                : static_cast<float>(std::max(static_cast<double>(options.threshold) - 0.15, 0.01))),
        min_speech_(per_ms(options.min_speech_ms)),
        min_silence_(per_ms(options.min_silence_ms)),
        min_split_silence_(per_ms(options.min_split_silence_ms)),
        pad_(per_ms(options.pad_ms)),
        max_speech_(VoiceDetector::kSampleRateHz * options.max_speech_s - hop - 2 * pad_) {}

  void add(float probability) {
    double here = static_cast<double>(index_++) * hop_;
    if (probability >= begin_threshold_) end_pause(here);
    if (probability >= begin_threshold_ && !speaking_) {
      speaking_ = true;
      begin_ = here;
      return;
    }
    if (speaking_ && here - begin_ > max_speech_ && !split(here)) return;
    if (probability < end_threshold_ && speaking_) note_silence(here);
  }

  std::vector<Span> finish() {
    if (speaking_ && samples_ - begin_ > min_speech_) spans_.push_back({begin_, samples_});
    for (size_t i = 0; i < spans_.size(); ++i) pad(i);
    return std::move(spans_);
  }

 private:
  static double per_ms(int ms) { return VoiceDetector::kSampleRateHz * ms / 1000.0; }

  void end_pause(double here) {
    if (pause_begin_ == 0) return;
    double length = here - pause_begin_;
    if (length > min_split_silence_) pauses_.push_back({pause_begin_, length});
    pause_begin_ = 0;
  }

  void forget_pauses() {
    pauses_.clear();
    pause_begin_ = 0;
  }

  // Cuts a span that has become too long. False if it ended here.
  bool split(double here) {
    if (pauses_.empty()) {
      spans_.push_back({begin_, here});
      forget_pauses();
      speaking_ = false;
      return false;
    }
    Pause longest = *std::max_element(pauses_.begin(), pauses_.end(),
                                      [](Pause a, Pause b) { return a.length < b.length; });
    spans_.push_back({begin_, longest.begin});
    begin_ = longest.begin + longest.length;
    forget_pauses();
    return true;
  }

  void note_silence(double here) {
    if (pause_begin_ == 0) pause_begin_ = here;
    if (here - pause_begin_ < min_silence_) return;
    if (pause_begin_ - begin_ > min_speech_) spans_.push_back({begin_, pause_begin_});
    forget_pauses();
    speaking_ = false;
  }

  void pad(size_t i) {
    Span& span = spans_[i];
    if (i == 0) span.begin = std::trunc(std::max(0.0, span.begin - pad_));
    if (i + 1 == spans_.size()) {
      span.end = std::trunc(std::min(samples_, span.end + pad_));
      return;
    }
    Span& next = spans_[i + 1];
    double pause = next.begin - span.end;
    if (pause < 2 * pad_) {
      span.end += std::floor(pause / 2);
      next.begin = std::max(0.0, next.begin - std::floor(pause / 2));
    } else {
      span.end = std::trunc(std::min(samples_, span.end + pad_));
      next.begin = std::trunc(std::max(0.0, next.begin - pad_));
    }
  }

  double hop_;
  double samples_;
  float begin_threshold_;
  float end_threshold_;
  double min_speech_;
  double min_silence_;
  double min_split_silence_;
  double pad_;
  double max_speech_;

  int64_t index_ = 0;
  bool speaking_ = false;
  double begin_ = 0;        // of the span we are in
  double pause_begin_ = 0;  // 0: not in a pause (a span cannot begin with one)
  std::vector<Pause> pauses_;
  std::vector<Span> spans_;
};

}  // namespace

std::vector<SpeechSpan> speech_spans(std::span<const float> probabilities, int hop_samples, int64_t samples,
                                     const VadOptions& options) {
  SpanFinder finder(hop_samples, static_cast<double>(samples), options);
  for (float probability : probabilities) finder.add(probability);
  std::vector<SpeechSpan> spans;
  for (const Span& span : finder.finish()) {
    spans.push_back({span.begin / VoiceDetector::kSampleRateHz, span.end / VoiceDetector::kSampleRateHz});
  }
  return spans;
}

std::vector<SpeechSpan> detect_speech(VoiceDetector& detector, std::span<const float> samples,
                                      const VadOptions& options) {
  std::vector<float> probabilities;
  detector.reset();
  detector.push(samples, probabilities);
  detector.finish(probabilities);
  return speech_spans(probabilities, detector.hop_samples(), static_cast<int64_t>(samples.size()), options);
}

}  // namespace auris::audio
