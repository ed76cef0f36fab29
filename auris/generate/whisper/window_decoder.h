#pragma once
// The text of one window of audio: the prompt, the search, and the fallback to higher temperatures when the
// text repeats itself or is improbable (section 4.5 of the Whisper paper; the order and the limits are
// faster-whisper's).

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "auris/base/rng.h"
#include "auris/generate/whisper/text_search.h"
#include "auris/generate/whisper/transcribe_options.h"

namespace auris::generate {

struct WindowText {
  std::vector<TokenId> tokens;  // with timestamps, without the prefix and the end of text
  double avg_logprob = 0;
  double compression_ratio = 0;
  double no_speech_prob = 0;
  double temperature = 0;  // the last one tried
  bool truncated = false;
  bool repetition_loop = false;
};

// Which tokens the model is given before it writes.
struct WindowPrompt {
  std::vector<TokenId> tokens;  // previous text, start, language, task, no-timestamps, prefix
  size_t start_index = 0;       // of <|startoftranscript|>
  size_t prefix = 0;            // tokens at the end that belong to the text
};

struct PromptParts {
  std::span<const TokenId> previous;  // text of the windows before
  TokenId language = 0;               // not used by English-only models
  bool with_prefix = false;           // first window
};

WindowPrompt make_prompt(const WhisperVocabulary& vocabulary, const TranscribeOptions& options,
                         const PromptParts& parts, int max_context);

class WindowDecoder {
 public:
  // `check` is called at every decoding step; it may throw to stop.
  WindowDecoder(WindowState& state, const WhisperVocabulary& vocabulary, const TranscribeOptions& options,
                std::function<void()> check);

  // Of the window that the state listens to: at each temperature in turn until a text is good enough.
  WindowText decode(const WindowPrompt& prompt);
  // At the first temperature; nothing unless the model is sure of the text.
  std::optional<WindowText> try_decode(const WindowPrompt& prompt);

  // Probabilities of all languages, best first.
  std::vector<LanguageProbability> detect_language();

 private:
  struct PromptReading {
    Tensor logits;  // [1, vocab] behind the prompt
    double no_speech_prob = 0;
  };

  PromptReading read(const WindowPrompt& prompt);
  WindowText attempt(const WindowPrompt& prompt, const Tensor& logits, double temperature);

  WindowState& state_;
  const WhisperVocabulary& vocabulary_;
  const TranscribeOptions& options_;
  std::function<void()> check_;
  TokenRules rules_;
  Rng rng_;
};

}  // namespace auris::generate
