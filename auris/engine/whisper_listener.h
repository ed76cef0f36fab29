#pragma once
// The ears of a model that hears words: Whisper writes down what is said, and what its decoder thought at
// each token and what its encoder made of the sound come along.

#include <memory>
#include <mutex>
#include <vector>

#include "auris/generate/whisper/transcriber.h"
#include "auris/processor/listener.h"

namespace auris::engine {

class WhisperListener : public processor::Listener {
 public:
  // `pooled`: rows of sound for each 30 s of a recording, one for each of as many equal stretches.
  WhisperListener(std::shared_ptr<const models::WhisperModel> model, int pooled);

  // Remembers the last recordings, as a conversation comes back to them with every turn.
  std::shared_ptr<const processor::Recognition> listen(const processor::Clip& clip) const override;

 private:
  struct Heard {
    std::weak_ptr<const audio::AudioClip> clip;
    std::shared_ptr<const processor::Recognition> recognition;
  };

  std::shared_ptr<const processor::Recognition> recognized(const audio::AudioClip& clip) const;

  std::shared_ptr<const models::WhisperModel> model_;
  int pooled_;
  mutable std::mutex mutex_;  // recordings are heard one after the other
  mutable std::vector<Heard> heard_;
};

}  // namespace auris::engine
