#include "auris/engine/serving/transcription_scheduler.h"

#include <algorithm>
#include <utility>

namespace auris::engine {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

struct TranscriptionScheduler::Job {
  TranscriptionRequest request;
  TranscriptionCallbacks callbacks;
  std::shared_ptr<Ticket> ticket = std::make_shared<Ticket>();
  Clock::time_point begin = Clock::now();

  std::exception_ptr interruption() const { return interruption_of(*ticket, request.deadline); }
};

TranscriptionScheduler::TranscriptionScheduler(std::shared_ptr<const models::WhisperModel> model,
                                               const TranscriptionLimits& limits)
    : transcriber_(std::move(model)), limits_(limits) {
  for (size_t i = 0; i < std::max<size_t>(1, limits_.threads); ++i) threads_.emplace_back([this] { work(); });
}

TranscriptionScheduler::~TranscriptionScheduler() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const std::shared_ptr<Job>& job : waiting_) job->ticket->cancel();
    for (const std::shared_ptr<Job>& job : running_) job->ticket->cancel();
  }
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

std::shared_ptr<Ticket> TranscriptionScheduler::submit(TranscriptionRequest request,
                                                       TranscriptionCallbacks callbacks) {
  AURIS_CHECK(callbacks.on_end != nullptr && request.clip != nullptr);
  auto job = std::make_shared<Job>();
  job->request = std::move(request);
  job->callbacks = std::move(callbacks);
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= limits_.most_waiting) return nullptr;
  waiting_.push_back(job);
  work_.notify_one();
  return job->ticket;
}

TranscriptionCounts TranscriptionScheduler::counts() const {
  const std::lock_guard lock(mutex_);
  TranscriptionCounts counts = counts_;
  counts.waiting = waiting_.size();
  counts.running = running_.size();
  return counts;
}

void TranscriptionScheduler::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const std::shared_ptr<Job> job = std::move(waiting_.front());
    waiting_.pop_front();
    running_.push_back(job);
    lock.unlock();
    TranscriptionOutcome outcome = outcome_of(*job);
    lock.lock();
    std::erase(running_, job);
    ++(outcome.error ? counts_.failed : counts_.done);
    if (!outcome.error) counts_.audio_s += outcome.transcript.duration_s;
    lock.unlock();
    job->callbacks.on_end(std::move(outcome));
    lock.lock();
  }
}

TranscriptionOutcome TranscriptionScheduler::outcome_of(Job& job) const {
  TranscriptionOutcome outcome;
  outcome.queued_s = seconds_since(job.begin);
  try {
    if (std::exception_ptr why = job.interruption()) std::rethrow_exception(why);
    TranscriptionRequest& request = job.request;
    bool is_silent = false;
    if (request.find_speech) {
      request.options.speech = request.find_speech(*request.clip);
      is_silent = request.options.speech.empty();
    }
    if (is_silent) {
      outcome.transcript.duration_s = request.clip->duration_s();
    } else {
      outcome.transcript = transcriber_.transcribe(
          *request.clip, request.options, {.on_segment = job.callbacks.on_segment, .cancelled = [&job] {
                                             return job.interruption() != nullptr;
                                           }});
    }
  } catch (...) {
    // What stopped it says more than that it was stopped.
    const std::exception_ptr why = job.interruption();
    outcome.error = why ? why : std::current_exception();
  }
  outcome.total_s = seconds_since(job.begin);
  return outcome;
}

}  // namespace auris::engine
