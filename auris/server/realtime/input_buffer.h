#pragma once
// The sound of a realtime session that belongs to no turn yet, and the turns that are found in it. Not
// thread-safe.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "auris/audio/vad.h"
#include "auris/server/realtime/pcm_input.h"
#include "auris/server/realtime/turn_finder.h"

namespace auris::server {

class InputBuffer {
 public:
  using MakeDetector = std::function<std::unique_ptr<audio::VoiceDetector>()>;

  // `most_seconds` of sound are held: a turn that grows longer ends there.
  InputBuffer(MakeDetector make_detector, double most_seconds);

  struct Event {
    TurnFinder::Kind kind;
    int64_t ms = 0;  // since the first sample
    // 16 kHz. Of kPaused the turn up to there; of kStopped the turn, which are the same ones if it has paused
    // last: silence behind it is no part of it.
    std::vector<float> samples = {};
  };

  // How the bytes that follow are to be read, and by which rules turns are found in them; none = the client
  // ends them by take().
  void set(const PcmFormat& format, const std::optional<TurnOptions>& turns);
  // Throws ApiError 400 if the buffer would hold more than it may, where the client ends the turns.
  std::vector<Event> append(std::string_view bytes);
  // All that is there: of the turn that goes on, else of what has come since the last one.
  std::vector<float> take();
  void clear() { take(); }

 private:
  void hear(std::span<const float> samples, std::vector<Event>& events);
  std::vector<float> from(int64_t begin, int64_t end) const;
  void drop_before(int64_t at);

  MakeDetector make_detector_;
  int64_t most_samples_;
  PcmFormat format_;
  PcmInput input_;
  std::optional<TurnOptions> turns_;
  std::optional<TurnFinder> finder_;
  int64_t finder_begin_ = 0;   // what the finder counts from
  std::vector<float> buffer_;  // [samples]
  int64_t buffer_begin_ = 0;   // in samples since the first
  int64_t turn_begin_ = 0;     // while somebody speaks
  int64_t pause_ = 0;          // where the turn has paused; 0: it has not
};

}  // namespace auris::server
