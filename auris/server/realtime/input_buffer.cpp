#include "auris/server/realtime/input_buffer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "auris/server/api/api_error.h"

namespace auris::server {
namespace {

constexpr int64_t kSamplesPerMs = kListeningRateHz / 1000;
constexpr int64_t kSlackSamples = kListeningRateHz / 4;  // until speech is known to be some
constexpr int64_t kPieceSamples = kListeningRateHz;      // heard at once

}  // namespace

InputBuffer::InputBuffer(MakeDetector make_detector, double most_seconds)
    : make_detector_(std::move(make_detector)),
      most_samples_(static_cast<int64_t>(most_seconds * kListeningRateHz)),
      input_(format_) {}

void InputBuffer::set(const PcmFormat& format, const std::optional<TurnOptions>& turns) {
  if (format != format_) input_ = PcmInput(format);
  format_ = format;
  if (turns && finder_) finder_->set(*turns);
  if (turns && !finder_) {
    finder_.emplace(make_detector_(), *turns);
    finder_begin_ = buffer_begin_ + static_cast<int64_t>(buffer_.size());
  }
  if (!turns) finder_.reset();
  turns_ = turns;
}

std::vector<InputBuffer::Event> InputBuffer::append(std::string_view bytes) {
  std::vector<float> samples;
  input_.push(bytes, samples);
  std::vector<Event> events;
  if (!finder_) {
    if (static_cast<int64_t>(buffer_.size() + samples.size()) > most_samples_) {
      throw ApiError({.message = fmt::format("The buffer holds at most {} seconds: commit or clear it.",
                                             most_samples_ / kListeningRateHz),
                      .param = "audio"});
    }
    buffer_.insert(buffer_.end(), samples.begin(), samples.end());
    return events;
  }
  for (std::span<const float> rest(samples); !rest.empty();) {
    const size_t count = std::min(rest.size(), static_cast<size_t>(kPieceSamples));
    hear(rest.first(count), events);
    rest = rest.subspan(count);
  }
  return events;
}

void InputBuffer::hear(std::span<const float> samples, std::vector<Event>& events) {
  buffer_.insert(buffer_.end(), samples.begin(), samples.end());
  const int64_t end = buffer_begin_ + static_cast<int64_t>(buffer_.size());
  for (const TurnFinder::Event& found : finder_->push(samples)) {
    const int64_t at = std::min(finder_begin_ + found.at, end);
    Event event{.kind = found.kind, .ms = at / kSamplesPerMs};
    switch (found.kind) {
      case TurnFinder::Kind::kStarted: turn_begin_ = std::max(at, buffer_begin_); break;
      case TurnFinder::Kind::kPaused:
        pause_ = at;
        event.samples = from(turn_begin_, at);
        break;
      case TurnFinder::Kind::kResumed: pause_ = 0; break;
      case TurnFinder::Kind::kStopped:
        event.samples = from(turn_begin_, pause_ > 0 ? pause_ : at);
        pause_ = 0;
        drop_before(at);
    }
    events.push_back(std::move(event));
  }
  if (!finder_->speaking()) {
    const int64_t prefix = turns_->prefix_padding_ms * kSamplesPerMs;
    drop_before(end - prefix - kSlackSamples);
  } else if (end - turn_begin_ >= most_samples_) {
    events.push_back({.kind = TurnFinder::Kind::kStopped, .ms = end / kSamplesPerMs, .samples = take()});
  }
}

std::vector<float> InputBuffer::take() {
  if (!finder_) input_.finish(buffer_);
  const int64_t end = buffer_begin_ + static_cast<int64_t>(buffer_.size());
  const bool is_turn = finder_ && finder_->speaking();
  std::vector<float> taken = from(is_turn ? turn_begin_ : buffer_begin_, end);
  drop_before(end);
  pause_ = 0;
  if (finder_) finder_->end_turn();
  return taken;
}

std::vector<float> InputBuffer::from(int64_t begin, int64_t end) const {
  return {buffer_.begin() + (begin - buffer_begin_), buffer_.begin() + (end - buffer_begin_)};
}

void InputBuffer::drop_before(int64_t at) {
  const int64_t count = std::clamp<int64_t>(at - buffer_begin_, 0, static_cast<int64_t>(buffer_.size()));
  buffer_.erase(buffer_.begin(), buffer_.begin() + count);
  buffer_begin_ += count;
}

}  // namespace auris::server
