#pragma once
// Answers many conversations at once with one model. Every step runs one batch of ragged rows: a row for each
// answer that is being written, and stretches of the prompts that are being read. What an answer says does
// not depend on what else is in the batch.
//
//   ChatScheduler scheduler(model);
//   auto ticket = scheduler.submit({.turns = turns}, {.on_text = ..., .on_end = ...});
//   if (!ticket) ...;      // the queue is full: try again later
//   ticket->cancel();      // on_end comes soon
//
// Recordings are heard by a thread of their own, so that answers flow on meanwhile, and once only: what was
// heard is kept under the hash of the samples, and keys and values under what they were computed from.

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "auris/engine/language_model.h"
#include "auris/engine/serving/clip_key.h"
#include "auris/engine/serving/hearing_cache.h"
#include "auris/engine/serving/prepared_chat.h"
#include "auris/engine/serving/sequence_cache.h"
#include "auris/engine/serving/ticket.h"
#include "auris/generate/text/answer_writer.h"

namespace auris::engine {

struct SchedulerOptions {
  size_t most_running = 16;          // conversations in a batch
  size_t most_waiting = 256;         // behind them; more are turned away
  size_t most_kept = 64;             // sequences kept for later prompts
  int64_t step_rows = 256;           // rows of prompts in a step while others write
  int64_t context_tokens = 0;        // prompt and answer of a conversation; 0 = what the model was made for
  size_t cache_bytes = 1 << 30;      // keys and values
  size_t hearing_bytes = 128 << 20;  // what was heard
  DType kv_cache = DType::kF32;
  WriteDown write_down = {};  // for models that do not hear; without it they are given no recordings
};

struct ChatRequest {
  std::vector<processor::Message> turns;
  generate::GenerationOptions options = {};
  Deadline deadline = {};
};

struct ChatOutcome {
  generate::Generation answer;    // what was written, also before an error
  int64_t sound_tokens = 0;       // rows of sound in the prompt
  double queued_s = 0;            // from the call to the first step
  std::exception_ptr error = {};  // an Error: the answer is not whole, its reason kCancelled
};

// Called from the scheduler's threads, in order. They must neither throw nor wait for anything.
struct ChatCallbacks {
  std::function<void(const std::string& text)> on_text = {};  // whole characters
  // Every token that is chosen, the end of the turn included, with the logits it was chosen from.
  std::function<void(const generate::Choice& choice, std::span<const float> logits)> on_choice = {};
  std::function<void(ChatOutcome outcome)> on_end;  // once, last
};

struct SchedulerCounts {
  size_t waiting = 0, running = 0, kept = 0;
  uint64_t steps = 0, prompt_tokens = 0, cached_tokens = 0, answer_tokens = 0;
  size_t cache_bytes = 0;  // keys and values in use
  HearingCache::Counts hearing = {};
};

// A conversation that does not fit the model's context, or the cache.
class TooLong final : public Error {
 public:
  using Error::Error;
};

class ChatScheduler {
 public:
  // Throws kUsage for options that make no sense.
  explicit ChatScheduler(std::shared_ptr<const LanguageModel> model, const SchedulerOptions& options = {});
  // Ends what runs and waits with kCancelled.
  ~ChatScheduler();

  // Null if the queue is full. All other refusals come through on_end.
  std::shared_ptr<Ticket> submit(ChatRequest request, ChatCallbacks callbacks);

  SchedulerCounts counts() const;
  const LanguageModel& model() const { return *model_; }
  int64_t context_tokens() const { return context_tokens_; }

 private:
  struct Job;
  using Jobs = std::vector<std::shared_ptr<Job>>;
  struct Batch;

  void hear();  // the hearing thread
  void run();   // the thread that runs the model
  void take_waiting();
  bool admit(const std::shared_ptr<Job>& job);
  void drop_ended();
  Batch next_batch();
  void step();
  void write(Job& job, std::span<const float> logits);
  void end(Job& job, std::exception_ptr error = {});
  void end_all(const std::exception_ptr& error);
  void tell(Job& job, std::exception_ptr error);
  int64_t pages_for(const Job& job) const;

  std::shared_ptr<const LanguageModel> model_;
  SchedulerOptions options_;
  int64_t context_tokens_;
  int64_t most_pages_;

  mutable std::mutex mutex_;  // guards what follows up to the blank line
  std::condition_variable work_, sound_;
  bool stopping_ = false;
  std::deque<std::shared_ptr<Job>> unheard_;  // recordings to hear first
  std::deque<std::shared_ptr<Job>> waiting_;
  size_t hearing_ = 0;  // jobs in the hands of the hearing thread
  SchedulerCounts counts_;

  // Of the running thread alone.
  HearingCache heard_;  // this one has a lock of its own
  KvCache cache_;
  SequenceCache sequences_;
  ClipNumbers numbers_;
  Jobs running_;

  std::thread hearing_thread_, running_thread_;
};

}  // namespace auris::engine
