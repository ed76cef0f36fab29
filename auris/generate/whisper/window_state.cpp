#include "auris/generate/whisper/window_state.h"

#include <utility>

#include "auris/tensor/ops/rows.h"
#include "auris/tensor/transfer.h"

namespace auris::generate {

WindowState::WindowState(const models::WhisperModel& model, std::shared_ptr<DecodingGroup> group)
    : model_(model), group_(group ? std::move(group) : std::make_shared<DecodingGroup>(model)) {
  group_->enter();
  const DecodingGroup::Caches caches = group_->caches();
  window_ = caches.audio.create();
  prompt_ = caches.past.create();
}

// A search that was called off has left its texts.
WindowState::~WindowState() {
  {
    const DecodingGroup::Caches caches = group_->caches();
    for (const SequenceId text : texts_) caches.past.release(text);
    caches.past.release(prompt_);
    caches.audio.release(window_);
  }
  group_->leave();
}

void WindowState::listen(const models::EncodedAudio& encoded) {
  const DecodingGroup::Caches caches = group_->caches();
  caches.past.truncate(prompt_, 0);
  caches.audio.truncate(window_, 0);
  model_.decoder.store_audio(encoded, window_, caches.audio);
}

Tensor WindowState::read_prompt(std::span<const TokenId> prompt, std::span<const int32_t> wanted) {
  const auto rows = static_cast<int64_t>(prompt.size());
  AURIS_CHECK(rows > 0 && rows <= model_.config.max_target_positions);
  const models::WhisperRows layout = {RowLayout::single(rows, 0, prompt_),
                                      RowLayout::single(rows, 0, window_)};
  const DecodingGroup::Caches caches = group_->caches();
  caches.past.truncate(prompt_, 0);
  Tensor hidden = model_.decoder.forward(prompt, layout, caches.past, caches.audio);
  return to_host(model_.decoder.logits(ops::gather_rows(hidden, wanted)));
}

SequenceId WindowState::fork(SequenceId text) {
  const DecodingGroup::Caches caches = group_->caches();
  const SequenceId child = caches.past.fork(text);
  texts_.insert(child);
  return child;
}

void WindowState::drop(SequenceId text) {
  const DecodingGroup::Caches caches = group_->caches();
  caches.past.release(text);
  texts_.erase(text);
}

Tensor WindowState::step(std::span<const SequenceId> texts, std::span<const TokenId> tokens) {
  return group_->step(window_, texts, tokens);
}

Tensor WindowState::read_text(std::span<const TokenId> tokens, models::WhisperAttentionTap* tap) {
  const auto rows = static_cast<int64_t>(tokens.size());
  const DecodingGroup::Caches caches = group_->caches();
  const SequenceId text = caches.past.create();
  const models::WhisperRows layout = {RowLayout::single(rows, 0, text), RowLayout::single(rows, 0, window_)};
  Tensor hidden = model_.decoder.forward(tokens, layout, caches.past, caches.audio, tap);
  caches.past.release(text);
  return hidden;
}

int64_t WindowState::audio_rows() const { return group_->caches().audio.length(window_); }

}  // namespace auris::generate
