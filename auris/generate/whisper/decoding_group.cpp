#include "auris/generate/whisper/decoding_group.h"

#include <chrono>
#include <utility>

#include "auris/base/error.h"
#include "auris/tensor/transfer.h"

namespace auris::generate {
namespace {

// A search that does something else meanwhile is not waited for much longer than a step takes.
constexpr std::chrono::milliseconds kPatience{5};

// Up to so many rows a product gives each of them the same bits, whatever the others are
// (tensor/backend/cpu/product.h): only so many share a forward.
constexpr size_t kMostRows = 12;

}  // namespace

DecodingGroup::DecodingGroup(const models::WhisperModel& model)
    : model_(model), past_(model.decoder.past_options()), audio_(model.decoder.audio_options()) {}

DecodingGroup::Caches DecodingGroup::caches() {
  return {.lock = std::unique_lock(mutex_), .past = past_, .audio = audio_};
}

void DecodingGroup::enter() {
  const std::lock_guard lock(mutex_);
  ++windows_;
}

void DecodingGroup::leave() {
  const std::lock_guard lock(mutex_);
  if (--windows_ > 0) return;
  past_ = KvCache(past_.options());
  audio_ = KvCache(audio_.options());
}

void DecodingGroup::begin_search() {
  const std::lock_guard lock(mutex_);
  ++searching_;
}

void DecodingGroup::end_search() {
  {
    const std::lock_guard lock(mutex_);
    --searching_;
  }
  changed_.notify_all();
}

Tensor DecodingGroup::step(SequenceId window, std::span<const SequenceId> texts,
                           std::span<const int32_t> tokens) {
  AURIS_CHECK(!texts.empty() && texts.size() == tokens.size());
  Step step{.window = window, .texts = texts, .tokens = tokens};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&step);
  changed_.wait_for(lock, kPatience, [&] { return step.is_done || waiting_.size() >= searching_; });
  if (!step.is_done) run_waiting();
  if (step.error) std::rethrow_exception(step.error);
  return std::move(step.logits);
}

void DecodingGroup::run_waiting() {
  std::vector<Step*> waiting = std::exchange(waiting_, {});
  for (auto begin = waiting.begin(); begin != waiting.end();) {
    auto end = begin + 1;
    size_t rows = (*begin)->texts.size();
    while (end != waiting.end() && rows + (*end)->texts.size() <= kMostRows) rows += (*end++)->texts.size();
    run({begin, end});
    begin = end;
  }
  changed_.notify_all();
}

void DecodingGroup::run(std::span<Step* const> steps) {
  std::exception_ptr error;
  Tensor logits;
  try {
    logits = logits_of(steps);
  } catch (...) {
    error = std::current_exception();
  }
  int64_t row = 0;
  for (Step* step : steps) {
    const auto rows = static_cast<int64_t>(step->texts.size());
    if (!error) step->logits = logits.slice_rows(row, rows);
    step->error = error;
    step->is_done = true;
    row += rows;
  }
}

Tensor DecodingGroup::logits_of(std::span<Step* const> steps) {
  models::WhisperRows layout;
  std::vector<int32_t> tokens;
  for (const Step* step : steps) {
    for (const SequenceId text : step->texts) layout.text.add(1, past_.length(text), text);
    layout.audio.add(static_cast<int64_t>(step->texts.size()), 0, step->window);
    tokens.insert(tokens.end(), step->tokens.begin(), step->tokens.end());
  }
  return to_host(model_.decoder.logits(model_.decoder.forward(tokens, layout, past_, audio_)));
}

}  // namespace auris::generate
