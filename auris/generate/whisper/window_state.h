#pragma once
// One window of audio while its text is searched, and the one step that every search takes: feed a token to
// each of some texts, get the log-probabilities of what comes next.

#include <functional>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "auris/generate/whisper/decoding_group.h"
#include "auris/generate/whisper/token_rules.h"

namespace auris::generate {

class WindowState {
 public:
  // Among the windows of `group`, which is of that model; without one, alone.
  explicit WindowState(const models::WhisperModel& model, std::shared_ptr<DecodingGroup> group = nullptr);
  ~WindowState();
  WindowState(const WindowState&) = delete;
  WindowState& operator=(const WindowState&) = delete;

  // Another window: forgets the audio and every text.
  void listen(const models::EncodedAudio& encoded);

  // Reads the prompt (at most the model's context, at least one token) and keeps it as the beginning of all
  // texts until the next call. Returns the logits behind the tokens at `wanted` places of it, [wanted,
  // vocab], on the host.
  Tensor read_prompt(std::span<const TokenId> prompt, std::span<const int32_t> wanted);

  // A new text that continues the prompt, or another text; give each back with drop().
  SequenceId begin_text() { return fork(prompt_); }
  SequenceId fork(SequenceId text);
  void drop(SequenceId text);

  // While it lives the group waits for this window's steps.
  class Search {
   public:
    explicit Search(WindowState& state) : state_(state) { state_.group_->begin_search(); }
    ~Search() { state_.group_->end_search(); }
    Search(const Search&) = delete;
    Search& operator=(const Search&) = delete;

   private:
    WindowState& state_;
  };

  // Feeds tokens[i] to texts[i], all as rows of one forward -> [texts, vocab] logits on the host, which
  // nobody else reads: they may be overwritten.
  Tensor step(std::span<const SequenceId> texts, std::span<const TokenId> tokens);

  // Hidden rows for a whole text that was not searched here, where the model computes, with the attention of
  // chosen heads.
  Tensor read_text(std::span<const TokenId> tokens, models::WhisperAttentionTap* tap);

  const models::WhisperModel& model() const { return model_; }
  int64_t audio_rows() const;

 private:
  const models::WhisperModel& model_;
  std::shared_ptr<DecodingGroup> group_;
  SequenceId window_;
  SequenceId prompt_;
  std::set<SequenceId> texts_;
};

}  // namespace auris::generate
