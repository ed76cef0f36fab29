#pragma once
// The caches of all windows whose texts one model searches at the same time. Steps of several searches, each
// in a thread of its own, run as rows of one forward: the weights are read once for all of them. What a
// search finds does not depend on the others.
//
//   auto group = std::make_shared<DecodingGroup>(model);
//   WindowState state(model, group);   // in each thread

#include <condition_variable>
#include <exception>
#include <mutex>
#include <span>
#include <vector>

#include "auris/models/speech/whisper/whisper_model.h"
#include "auris/tensor/kv_cache.h"

namespace auris::generate {

class DecodingGroup {
 public:
  // `model` must outlive the group.
  explicit DecodingGroup(const models::WhisperModel& model);

  // Whoever holds it may use the caches.
  struct Caches {
    std::unique_lock<std::mutex> lock;
    KvCache& past;
    KvCache& audio;
  };
  Caches caches();

  // Between these a window has sequences in the caches. Behind the last window they are given back to the
  // system.
  void enter();
  void leave();

  // Between these others wait a moment for the next step of this search before they run theirs.
  void begin_search();
  void end_search();

  // Feeds tokens[i] to texts[i], which hear `window` -> [texts, vocab] logits on the host, which nobody else
  // reads: they may be overwritten.
  Tensor step(SequenceId window, std::span<const SequenceId> texts, std::span<const int32_t> tokens);

 private:
  struct Step {
    SequenceId window;
    std::span<const SequenceId> texts;
    std::span<const int32_t> tokens;
    Tensor logits = {};
    std::exception_ptr error = {};
    bool is_done = false;
  };

  void run_waiting();
  void run(std::span<Step* const> steps);
  Tensor logits_of(std::span<Step* const> steps);

  const models::WhisperModel& model_;
  std::mutex mutex_;
  std::condition_variable changed_;
  KvCache past_;
  KvCache audio_;
  size_t windows_ = 0, searching_ = 0;
  std::vector<Step*> waiting_;
};

}  // namespace auris::generate
