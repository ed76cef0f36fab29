#include "auris/server/realtime/turn_finder.h"

#include <algorithm>
#include <utility>

namespace auris::server {
namespace {

constexpr int kFewestVoicedMs = 90;  // a click is no speech
// Who wants to answer at the end of a turn needs about so long to hear it; but speech has short pauses.
constexpr int kHearingMs = 400, kShortestPauseMs = 64;
// Speech goes on until it is clearly none, as in Silero's own rules.
constexpr float kHysteresis = 0.15f, kLeastThreshold = 0.01f;

}  // namespace

TurnFinder::TurnFinder(std::unique_ptr<audio::VoiceDetector> detector, const TurnOptions& options)
    : detector_(std::move(detector)), options_(options) {
  detector_->reset();
}

int64_t TurnFinder::samples_of(int ms) const {
  return int64_t{ms} * audio::VoiceDetector::kSampleRateHz / 1000;
}

std::vector<TurnFinder::Event> TurnFinder::push(std::span<const float> samples) {
  std::vector<float> probabilities;
  detector_->push(samples, probabilities);
  std::vector<Event> events;
  for (const float probability : probabilities) hear(probability, events);
  return events;
}

int TurnFinder::pause_ms() const {
  return std::max(kShortestPauseMs, options_.silence_duration_ms - kHearingMs);
}

void TurnFinder::end_turn() {
  speaking_ = silent_ = paused_ = false;
  voiced_hops_ = 0;
  turn_end_ = heard_;
}

void TurnFinder::hear(float probability, std::vector<Event>& events) {
  const int64_t hop = detector_->hop_samples();
  const int64_t here = heard_;
  heard_ += hop;
  const bool is_voiced = probability >= options_.threshold;
  voiced_hops_ = is_voiced ? voiced_hops_ + 1 : 0;
  if (!speaking_) {
    if (voiced_hops_ * hop < samples_of(kFewestVoicedMs)) return;
    speaking_ = true;
    const int64_t begin = here - (voiced_hops_ - 1) * hop - samples_of(options_.prefix_padding_ms);
    events.push_back({.kind = Kind::kStarted, .at = std::max(begin, turn_end_)});
    return;
  }
  if (is_voiced) {
    silent_ = false;
    if (std::exchange(paused_, false)) events.push_back({.kind = Kind::kResumed, .at = here});
  } else if (!silent_ && probability < std::max(options_.threshold - kHysteresis, kLeastThreshold)) {
    silent_ = true;
    silent_since_ = here;
  }
  if (!silent_) return;
  const int64_t silence = heard_ - silent_since_;
  if (!paused_ && silence >= samples_of(pause_ms())) {
    paused_ = true;
    events.push_back({.kind = Kind::kPaused, .at = heard_});
  }
  if (silence < samples_of(options_.silence_duration_ms)) return;
  end_turn();
  events.push_back({.kind = Kind::kStopped, .at = heard_});
}

}  // namespace auris::server
