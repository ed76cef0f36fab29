#pragma once
// The caches of one window of audio while its text is searched, and the one step that every search takes:
// feed a token to each of some texts, get the log-probabilities of what comes next.

#include <functional>
#include <span>
#include <vector>

#include "auris/generate/whisper/token_rules.h"
#include "auris/models/speech/whisper/whisper_model.h"
#include "auris/tensor/kv_cache.h"

namespace auris::generate {

class WindowState {
 public:
  explicit WindowState(const models::WhisperModel& model);

  // Another window: forgets the audio and every text.
  void listen(const models::EncodedAudio& encoded);

  // Reads the prompt (at most the model's context, at least one token) and keeps it as the beginning of all
  // texts until the next call. Returns the logits behind the tokens at `wanted` places of it, [wanted,
  // vocab], on the host.
  Tensor read_prompt(std::span<const TokenId> prompt, std::span<const int32_t> wanted);
  int64_t prompt_length() const;

  // A new text that continues the prompt, or another text; give each back with drop().
  SequenceId begin_text() { return past_.fork(prompt_); }
  SequenceId fork(SequenceId text) { return past_.fork(text); }
  void drop(SequenceId text) { past_.release(text); }

  // Feeds tokens[i] to texts[i], all as rows of one forward -> [texts, vocab] logits on the host, which
  // nobody else reads: they may be overwritten.
  Tensor step(std::span<const SequenceId> texts, std::span<const TokenId> tokens);

  // Hidden rows for a whole text that was not searched here, where the model computes, with the attention of
  // chosen heads.
  Tensor read_text(std::span<const TokenId> tokens, models::WhisperAttentionTap* tap);

  const models::WhisperModel& model() const { return model_; }
  int64_t audio_rows() const { return audio_.length(window_); }

 private:
  const models::WhisperModel& model_;
  KvCache past_;
  KvCache audio_;
  SequenceId window_;
  SequenceId prompt_;
};

}  // namespace auris::generate
