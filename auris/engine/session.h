#pragma once
// A conversation: turns in any order, history kept. The cache of keys and values lives as long as the
// session; a new turn runs only what the model has not seen yet.

#include <memory>
#include <string>
#include <vector>

#include "auris/engine/language_model.h"
#include "auris/generate/text/text_generator.h"
#include "auris/tensor/kv_cache.h"

namespace auris::engine {

struct Turn {
  std::string text;
  std::vector<Clip> audio = {};  // heard beside the text; only for models that hear
};

struct SessionOptions {
  std::string system = {};  // empty = the model's own default
  std::vector<Message> history =
      {};  // turns of "user" and "assistant" that were before; clear() forgets them
  DType kv_cache = DType::kF32;
};

class Session {
 public:
  Session(std::shared_ptr<const LanguageModel> model, const SessionOptions& options, int64_t context_tokens);

  // Adds a user turn and answers it. A turn that ends by an error leaves the history as it was. Throws kUsage
  // when the conversation does not fit the context, or for a recording if the model does not hear; kInput for
  // one that is too short.
  generate::Generation send(const Turn& turn, const generate::GenerationOptions& options = {},
                            const generate::GenerationCallbacks& callbacks = {});
  generate::Generation send(const std::string& text, const generate::GenerationOptions& options = {},
                            const generate::GenerationCallbacks& callbacks = {});

  const std::vector<Message>& history() const { return history_; }
  const LanguageModel& model() const { return *model_; }
  // Forgets all turns; the system message stays.
  void clear();

 private:
  std::shared_ptr<const LanguageModel> model_;
  SessionOptions options_;
  int64_t context_tokens_;
  std::vector<Message> history_;
  KvCache cache_;
  SequenceId sequence_;
  // What the cache holds: token ids, and for a row of sound the negative number of its recording.
  std::vector<text::TokenId> seen_;
  std::vector<Clip> clips_;  // the recordings by number: row -1 - i is sound of clips_[i]
};

}  // namespace auris::engine
