#pragma once
// Where in a stream of sound somebody begins to speak, and where they have ended.
//
//   TurnFinder finder(models::best_voice_detector(), {});
//   for (const TurnFinder::Event& event : finder.push(samples)) ...

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "auris/audio/vad.h"

namespace auris::server {

struct TurnOptions {
  float threshold = 0.5f;         // of the probability of speech
  int prefix_padding_ms = 300;    // of what came before the speech, which belongs to the turn
  int silence_duration_ms = 500;  // without speech end the turn

  bool operator==(const TurnOptions&) const = default;
};

class TurnFinder {
 public:
  enum class Kind {
    kStarted,  // `at`: where the turn begins, the padding included
    kPaused,   // at `at` nobody has spoken for a moment: the turn may be over
    kResumed,  // it is not
    kStopped,  // `at`: where the turn ends, the silence included
  };
  struct Event {
    Kind kind;
    int64_t at = 0;  // in samples of the whole stream
  };

  TurnFinder(std::unique_ptr<audio::VoiceDetector> detector, const TurnOptions& options);

  void set(const TurnOptions& options) { options_ = options; }
  bool speaking() const { return speaking_; }
  // Samples of 16 kHz. Throws kInput for samples that are not finite.
  std::vector<Event> push(std::span<const float> samples);
  // The turn is over, whoever has ended it: what comes begins another one.
  void end_turn();

 private:
  void hear(float probability, std::vector<Event>& events);
  int64_t samples_of(int ms) const;
  int pause_ms() const;

  std::unique_ptr<audio::VoiceDetector> detector_;
  TurnOptions options_;
  int64_t heard_ = 0;     // samples of the stream that the detector has judged
  int64_t turn_end_ = 0;  // of the last turn: the next one begins behind it
  int voiced_hops_ = 0;   // in a row
  bool speaking_ = false;
  bool silent_ = false;
  int64_t silent_since_ = 0;
  bool paused_ = false;  // and that has been told
};

}  // namespace auris::server
