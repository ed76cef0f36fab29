#include "auris/engine/serving/chat_scheduler.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "auris/base/error.h"
#include "auris/engine/serving/prepared_chat.h"
#include "auris/tensor/ops/rows.h"
#include "auris/tensor/transfer.h"

namespace auris::engine {
namespace {

using Clock = std::chrono::steady_clock;

// So many rows that somebody else is about to read are worth waiting for.
constexpr int64_t kWorthWaitingRows = 64;
// A prompt that shares a step with others is read by at least so many rows of it.
constexpr int64_t kLeastRows = 32;
// Rows of prompts in a step while nobody waits for a token.
constexpr int64_t kPromptRows = 512;

double seconds_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double>(end - begin).count();
}

// The end of what never ran.
ChatOutcome unbegun(std::exception_ptr error) {
  ChatOutcome outcome;
  outcome.answer.finish_reason = generate::FinishReason::kCancelled;
  outcome.error = std::move(error);
  return outcome;
}

int64_t pages_of(size_t bytes, const KvCacheOptions& options, size_t panel_bytes) {
  const size_t page = panel_bytes * 2 * static_cast<size_t>(options.layers * options.kv_heads);
  return static_cast<int64_t>(bytes / page);
}

bool has_sound(const ChatRequest& request) {
  return std::ranges::any_of(request.turns, [](const processor::Message& turn) {
    return std::ranges::any_of(turn.parts, [](const processor::Part& part) {
      return std::holds_alternative<processor::AudioPart>(part);
    });
  });
}

}  // namespace

struct ChatScheduler::Job {
  ChatRequest request;
  ChatCallbacks callbacks;
  std::shared_ptr<Ticket> ticket = std::make_shared<Ticket>();
  Clock::time_point begin = Clock::now();

  bool is_prepared = false;
  PreparedChat chat = {};

  // While it runs.
  std::vector<int32_t> ids = {};  // of all rows that are run or to be run, numbered
  SequenceId sequence = kNoSequence;
  generate::GenerationCallbacks writing = {};
  std::optional<generate::AnswerWriter> writer = {};
  int64_t prompt_rows = 0, cached_rows = 0;
  Clock::time_point admitted = {}, read = {}, first_token = {};
  bool is_over = false;

  // Why it ends before its answer does; null while it goes on.
  std::exception_ptr interruption() const { return interruption_of(*ticket, request.deadline); }
};

// The rows of a step.
struct ChatScheduler::Batch {
  RowLayout layout = {};
  std::vector<int32_t> ids = {};
  Tensor sound = {};
  std::vector<int32_t> wanted = {};  // rows whose logits are wanted
  Jobs writers = {};                 // whose they are
};

ChatScheduler::ChatScheduler(std::shared_ptr<const LanguageModel> model, const SchedulerOptions& options)
    : model_(std::move(model)),
      options_(options),
      context_tokens_(model_->llama->config().context_length),
      heard_(options.hearing_bytes),
      cache_(model_->llama->cache_options(options.kv_cache)),
      sequences_(cache_, options.most_kept) {
  if (options.context_tokens > 0) context_tokens_ = std::min(context_tokens_, options.context_tokens);
  most_pages_ = pages_of(options.cache_bytes, cache_.options(), cache_.panel_bytes());
  if (most_pages_ < 1 || options.most_running < 1 || options.step_rows < 1) {
    throw Error(ErrorCode::kUsage, {.where = "scheduler",
                                    .expected = "room for a conversation and a row in a step",
                                    .got = std::to_string(options.cache_bytes) + " bytes of cache, " +
                                           std::to_string(options.most_running) + " conversations, " +
                                           std::to_string(options.step_rows) + " rows",
                                    .hint = ""});
  }
  hearing_thread_ = std::thread([this] { hear(); });
  running_thread_ = std::thread([this] { run(); });
}

ChatScheduler::~ChatScheduler() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  sound_.notify_all();
  hearing_thread_.join();
  running_thread_.join();
}

std::shared_ptr<Ticket> ChatScheduler::submit(ChatRequest request, ChatCallbacks callbacks) {
  AURIS_CHECK(callbacks.on_end != nullptr);
  auto job = std::make_shared<Job>();
  job->request = std::move(request);
  job->callbacks = std::move(callbacks);
  const std::lock_guard lock(mutex_);
  if (unheard_.size() + hearing_ + waiting_.size() >= options_.most_waiting) return nullptr;
  if (has_sound(job->request)) {
    unheard_.push_back(job);
    sound_.notify_one();
  } else {
    waiting_.push_back(job);
    work_.notify_one();
  }
  return job->ticket;
}

SchedulerCounts ChatScheduler::counts() const {
  const std::lock_guard lock(mutex_);
  SchedulerCounts counts = counts_;
  counts.waiting = unheard_.size() + hearing_ + waiting_.size();
  counts.hearing = heard_.counts();
  return counts;
}

void ChatScheduler::hear() {
  std::unique_lock lock(mutex_);
  while (true) {
    sound_.wait(lock, [this] { return stopping_ || !unheard_.empty(); });
    if (unheard_.empty()) return;
    const std::shared_ptr<Job> job = std::move(unheard_.front());
    unheard_.pop_front();
    ++hearing_;
    const bool stopping = stopping_;
    lock.unlock();
    std::exception_ptr error = stopping ? cancelled_by("the end of the server") : job->interruption();
    try {
      if (!error) {
        job->chat = prepare_chat(*model_, std::move(job->request.turns), heard_,
                                 {.write_down = options_.write_down,
                                  .cancelled = [&job] { return job->interruption() != nullptr; }});
      }
      job->is_prepared = true;
    } catch (...) {
      const std::exception_ptr why = job->interruption();  // says more than that it was stopped
      error = why ? why : std::current_exception();
    }
    if (error) job->callbacks.on_end(unbegun(error));
    lock.lock();
    --hearing_;
    if (!error) waiting_.push_back(job);
    work_.notify_one();
  }
}

void ChatScheduler::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      // Who waits for room in the cache waits for those who run.
      work_.wait(lock, [this] {
        return !running_.empty() || !waiting_.empty() || (stopping_ && unheard_.empty() && hearing_ == 0);
      });
      if (stopping_) {
        for (const std::shared_ptr<Job>& job : running_) job->ticket->cancel();
        for (const std::shared_ptr<Job>& job : waiting_) job->ticket->cancel();
        if (running_.empty() && waiting_.empty() && unheard_.empty() && hearing_ == 0) return;
      }
    }
    drop_ended();
    take_waiting();
    if (running_.empty()) continue;
    try {
      step();
    } catch (...) {
      end_all(std::current_exception());
    }
  }
}

// Those who waited longest come first; one who finds no room, or whose prompt is being read by another, keeps
// the rest waiting, or it might wait for ever.
void ChatScheduler::take_waiting() {
  while (running_.size() < options_.most_running) {
    std::shared_ptr<Job> job;
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.empty()) return;
      job = waiting_.front();
    }
    bool is_taken = true;
    std::exception_ptr error = job->interruption();
    try {
      if (!error) is_taken = admit(job);
    } catch (...) {
      error = std::current_exception();
    }
    if (error) job->callbacks.on_end(unbegun(error));
    if (!is_taken) return;
    const std::lock_guard lock(mutex_);
    waiting_.pop_front();
    counts_.running = running_.size();
  }
}

int64_t ChatScheduler::pages_for(const Job& job) const {
  const int64_t most = std::min(context_tokens_, job.prompt_rows + job.request.options.max_tokens);
  return (most + kPageTokens - 1) / kPageTokens + 1;  // and a page that is copied because others share it
}

// False if there is no room now, or if another reads what this one begins with. Throws if there never is
// room.
bool ChatScheduler::admit(const std::shared_ptr<Job>& job) {
  if (!job->is_prepared) {
    job->chat = prepare_chat(*model_, std::move(job->request.turns), heard_);
    job->is_prepared = true;
  }
  job->prompt_rows = static_cast<int64_t>(job->chat.ids.size());
  if (job->prompt_rows >= context_tokens_ || pages_for(*job) > most_pages_) {
    const int64_t room = std::min(context_tokens_, most_pages_ * kPageTokens);
    throw TooLong(ErrorCode::kUsage,
                  {.where = "chat",
                   .expected = "a conversation that fits " + std::to_string(room) + " tokens",
                   .got = std::to_string(job->prompt_rows) + " tokens and an answer of up to " +
                          std::to_string(job->request.options.max_tokens),
                   .hint = "shorten the conversation or max_tokens"});
  }
  int64_t pages = pages_for(*job);
  for (const std::shared_ptr<Job>& other : running_) pages += pages_for(*other);
  if (pages > most_pages_) return false;

  job->ids = job->chat.numbered(numbers_);
  std::vector<SequenceCache::Held> live;
  int64_t coming = 0;
  for (const std::shared_ptr<Job>& other : running_) {
    live.push_back({.sequence = other->sequence, .ids = other->ids});
    const auto prompt = std::span(std::as_const(other->ids)).first(static_cast<size_t>(other->prompt_rows));
    coming = std::max(coming, std::min(common_beginning(prompt, job->ids), job->prompt_rows - 1));
  }
  if (coming - sequences_.known(job->ids, live) >= kWorthWaitingRows) return false;

  job->writing.on_text = job->callbacks.on_text;
  job->writing.on_choice = job->callbacks.on_choice;
  job->writer.emplace(
      *model_->tokenizer, model_->end_of_turn,
      generate::WriterPrompt{.vocab_size = model_->llama->config().vocab_size, .tokens = job->chat.ids},
      job->request.options, job->writing);
  job->sequence = sequences_.begin(job->ids, live);
  job->cached_rows = cache_.length(job->sequence);
  job->admitted = Clock::now();
  running_.push_back(job);
  return true;
}

void ChatScheduler::drop_ended() {
  for (const std::shared_ptr<Job>& job : running_) {
    if (job->is_over) continue;
    if (std::exception_ptr why = job->interruption()) end(*job, why);
  }
  std::erase_if(running_, [](const std::shared_ptr<Job>& job) { return job->is_over; });
  const std::lock_guard lock(mutex_);
  counts_.running = running_.size();
  counts_.kept = sequences_.size();
  counts_.cache_bytes = cache_.bytes_in_use();
}

// A row for each who writes; what is left of the step goes to those who read, in equal parts.
ChatScheduler::Batch ChatScheduler::next_batch() {
  int64_t readers = 0, writers = 0;
  for (const std::shared_ptr<Job>& job : running_)
    ++(cache_.length(job->sequence) < job->prompt_rows ? readers : writers);
  int64_t left = writers == 0 ? std::max(options_.step_rows, kPromptRows) : options_.step_rows;
  const int64_t share = std::max(kLeastRows, left / std::max<int64_t>(1, readers));

  Batch batch;
  for (const std::shared_ptr<Job>& job : running_) {
    const int64_t begin = cache_.length(job->sequence);
    const auto all = static_cast<int64_t>(job->ids.size());
    const bool reads = begin < job->prompt_rows;
    const int64_t count = reads ? std::min({job->prompt_rows - begin, share, left}) : 1;
    if (count <= 0) continue;
    if (reads) left -= count;
    AURIS_CHECK(begin + count <= all);
    batch.layout.add(count, begin, job->sequence);
    const auto first = job->ids.begin() + begin;
    // How much sound lies before these rows and among them.
    const auto is_sound = [](int32_t id) { return id < 0; };
    const int64_t heard = std::count_if(job->ids.begin(), first, is_sound);
    const int64_t sounding = std::count_if(first, first + count, is_sound);
    std::transform(first, first + count, std::back_inserter(batch.ids),
                   [&](int32_t id) { return is_sound(id) ? models::kAudioRow : id; });
    if (sounding > 0) {
      const Tensor rows = job->chat.sound.slice_rows(heard, sounding);
      batch.sound = batch.sound.defined() ? ops::concat_rows(batch.sound, rows) : rows;
    }
    if (begin + count < all) continue;
    batch.wanted.push_back(static_cast<int32_t>(batch.layout.rows()) - 1);
    batch.writers.push_back(job);
  }
  return batch;
}

void ChatScheduler::step() {
  Batch batch = next_batch();
  AURIS_CHECK(batch.layout.rows() > 0);
  // Kept sequences make room for those that run; what these may need was set aside when they were admitted.
  const auto growth = static_cast<int64_t>(batch.layout.spans.size()) * 2 + batch.layout.rows() / kPageTokens;
  while (cache_.pages_in_use() + growth > most_pages_ && sequences_.forget_oldest()) {
  }
  const Tensor rows =
      model_->hears() ? model_->ears->embed(batch.ids, batch.sound) : model_->llama->embed(batch.ids);
  std::vector<int32_t> computed = batch.wanted;
  if (computed.empty()) computed.push_back(0);
  const Tensor hidden = model_->llama->forward(
      rows, batch.layout, {.cache = &cache_, .rows = std::span(std::as_const(computed))});
  {
    const std::lock_guard lock(mutex_);
    ++counts_.steps;
  }
  if (batch.wanted.empty()) return;
  const Tensor logits = to_host(model_->llama->logits(hidden));
  for (size_t i = 0; i < batch.writers.size(); ++i)
    write(*batch.writers[i], logits.slice_rows(static_cast<int64_t>(i), 1).span<float>());
}

void ChatScheduler::write(Job& job, std::span<const float> logits) {
  generate::AnswerWriter& writer = *job.writer;
  if (!writer.has_begun()) job.read = Clock::now();
  try {
    const bool goes_on = writer.write(logits);
    if (job.first_token == Clock::time_point{}) job.first_token = Clock::now();
    if (!goes_on) return end(job);
  } catch (...) {
    return end(job, std::current_exception());
  }
  if (cache_.length(job.sequence) >= context_tokens_) {
    writer.end(generate::FinishReason::kContextFull);
    return end(job);
  }
  job.ids.push_back(writer.last());
}

void ChatScheduler::end(Job& job, std::exception_ptr error) {
  sequences_.keep(job.sequence, std::move(job.ids));
  tell(job, std::move(error));
}

// A step has failed: what its sequences hold is not known.
void ChatScheduler::end_all(const std::exception_ptr& error) {
  for (const std::shared_ptr<Job>& job : running_) {
    if (job->is_over) continue;
    cache_.release(job->sequence);
    tell(*job, error);
  }
}

void ChatScheduler::tell(Job& job, std::exception_ptr error) {
  job.is_over = true;
  if (error) job.writer->end(generate::FinishReason::kCancelled);
  ChatOutcome outcome{.answer = job.writer->finish(),
                      .sound_tokens = job.chat.sound_rows(),
                      .queued_s = seconds_between(job.begin, job.admitted),
                      .error = std::move(error)};
  generate::Generation& answer = outcome.answer;
  answer.prompt_tokens = job.prompt_rows;
  answer.cached_tokens = job.cached_rows;
  if (job.writer->has_begun()) {
    answer.prefill_s = seconds_between(job.admitted, job.read);
    answer.decode_s = seconds_between(job.read, Clock::now());
    answer.first_token_s = seconds_between(job.begin, job.first_token);
  }
  {
    const std::lock_guard lock(mutex_);
    counts_.prompt_tokens += static_cast<uint64_t>(job.prompt_rows);
    counts_.cached_tokens += static_cast<uint64_t>(job.cached_rows);
    counts_.answer_tokens += answer.tokens.size();
  }
  job.callbacks.on_end(std::move(outcome));
}

}  // namespace auris::engine
