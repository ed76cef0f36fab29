#include "auris/generate/whisper/window_state.h"

#include "auris/tensor/ops/rows.h"
#include "auris/tensor/transfer.h"

namespace auris::generate {

WindowState::WindowState(const models::WhisperModel& model)
    : model_(model),
      past_(model.decoder.past_options()),
      audio_(model.decoder.audio_options()),
      window_(audio_.create()),
      prompt_(past_.create()) {}

void WindowState::listen(const models::EncodedAudio& encoded) {
  past_.truncate(prompt_, 0);
  audio_.truncate(window_, 0);
  model_.decoder.store_audio(encoded, window_, audio_);
}

Tensor WindowState::read_prompt(std::span<const TokenId> prompt, std::span<const int32_t> wanted) {
  past_.truncate(prompt_, 0);
  const auto rows = static_cast<int64_t>(prompt.size());
  AURIS_CHECK(rows > 0 && rows <= model_.config.max_target_positions);
  models::WhisperRows layout = {RowLayout::single(rows, 0, prompt_), RowLayout::single(rows, 0, window_)};
  Tensor hidden = model_.decoder.forward(prompt, layout, past_, audio_);
  return to_host(model_.decoder.logits(ops::gather_rows(hidden, wanted)));
}

int64_t WindowState::prompt_length() const { return past_.length(prompt_); }

Tensor WindowState::step(std::span<const SequenceId> texts, std::span<const TokenId> tokens) {
  AURIS_CHECK(!texts.empty() && texts.size() == tokens.size());
  models::WhisperRows layout;
  for (SequenceId text : texts) layout.text.add(1, past_.length(text), text);
  layout.audio = RowLayout::single(static_cast<int64_t>(texts.size()), 0, window_);
  return to_host(model_.decoder.logits(model_.decoder.forward(tokens, layout, past_, audio_)));
}

Tensor WindowState::read_text(std::span<const TokenId> tokens, models::WhisperAttentionTap* tap) {
  const auto rows = static_cast<int64_t>(tokens.size());
  SequenceId text = past_.create();
  models::WhisperRows layout = {RowLayout::single(rows, 0, text), RowLayout::single(rows, 0, window_)};
  Tensor hidden = model_.decoder.forward(tokens, layout, past_, audio_, tap);
  past_.release(text);
  return hidden;
}

}  // namespace auris::generate
