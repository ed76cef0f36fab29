#pragma once
// Transcribes recordings for many users: a bounded queue, first come first served, and a few threads that
// take turns at it.
//
//   TranscriptionScheduler scheduler(models::load_whisper(folder));
//   auto ticket = scheduler.submit({.clip = clip}, {.on_segment = ..., .on_end = ...});
//   if (!ticket) ...;      // the queue is full: try again later
//   ticket->cancel();      // on_end comes soon

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "auris/engine/message.h"
#include "auris/engine/serving/ticket.h"
#include "auris/generate/whisper/transcriber.h"

namespace auris::engine {

struct TranscriptionLimits {
  size_t threads = 2;        // recordings heard at once
  size_t most_waiting = 64;  // behind them; more are turned away
};

struct TranscriptionRequest {
  Clip clip;  // 16 kHz
  generate::TranscribeOptions options = {};
  // Finds options.speech before it listens: what a recording without speech contains is then left out.
  std::function<std::vector<generate::TimeSpan>(const audio::AudioClip& clip)> find_speech = {};
  Deadline deadline = {};
};

struct TranscriptionOutcome {
  generate::Transcript transcript;
  double queued_s = 0;
  double total_s = 0;             // from the call
  std::exception_ptr error = {};  // an Error: there is no transcript
};

// Called from one of the scheduler's threads, in order. They must neither throw nor wait for anything.
struct TranscriptionCallbacks {
  std::function<void(const generate::TranscriptSegment& segment)> on_segment = {};
  std::function<void(TranscriptionOutcome outcome)> on_end;  // once, last
};

struct TranscriptionCounts {
  size_t waiting = 0, running = 0;
  uint64_t done = 0, failed = 0;
  double audio_s = 0;  // of recordings that were transcribed
};

class TranscriptionScheduler {
 public:
  explicit TranscriptionScheduler(std::shared_ptr<const models::WhisperModel> model,
                                  const TranscriptionLimits& limits = {});
  // Ends what runs and waits with kCancelled.
  ~TranscriptionScheduler();

  // Null if the queue is full. All other refusals come through on_end.
  std::shared_ptr<Ticket> submit(TranscriptionRequest request, TranscriptionCallbacks callbacks);

  // At once, on the caller's thread, beside those that wait. Throws as Transcriber::transcribe does.
  generate::Transcript transcribe(const audio::AudioClip& clip, const generate::TranscribeOptions& options,
                                  const generate::TranscribeCallbacks& callbacks = {}) const {
    return transcriber_.transcribe(clip, options, callbacks);
  }

  TranscriptionCounts counts() const;

 private:
  struct Job;

  void work();
  TranscriptionOutcome outcome_of(Job& job) const;

  generate::Transcriber transcriber_;
  TranscriptionLimits limits_;

  mutable std::mutex mutex_;
  std::condition_variable work_;
  bool stopping_ = false;
  std::deque<std::shared_ptr<Job>> waiting_;
  std::vector<std::shared_ptr<Job>> running_;
  TranscriptionCounts counts_;

  std::vector<std::thread> threads_;
};

}  // namespace auris::engine
