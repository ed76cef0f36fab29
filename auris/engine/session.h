#pragma once
// A conversation: turns in any order, history kept. The cache of keys and values lives as long as the session; a new turn
// runs only what the model has not seen yet.

#include <memory>
#include <string>
#include <vector>

#include "auris/engine/language_model.h"
#include "auris/generate/text/text_generator.h"
#include "auris/tensor/kv_cache.h"

namespace auris::engine {

struct SessionOptions {
  std::string system = {};  // empty = the model's own default
  DType kv_cache = DType::kF32;
};

class Session {
 public:
  Session(std::shared_ptr<const LanguageModel> model, const SessionOptions& options, int64_t context_tokens);

  // Adds a user turn and answers it. A turn that ends by an error leaves the history as it was. Throws kUsage when the
  // conversation does not fit the context.
  generate::Generation send(const std::string& text, const generate::GenerationOptions& options = {},
                            const generate::GenerationCallbacks& callbacks = {});

  const std::vector<Message>& history() const { return history_; }
  // Forgets all turns; the system message stays.
  void clear();

 private:
  std::shared_ptr<const LanguageModel> model_;
  SessionOptions options_;
  int64_t context_tokens_;
  std::vector<Message> history_;
  KvCache cache_;
  SequenceId sequence_;
  std::vector<text::TokenId> seen_;  // token ids whose keys and values the cache holds
};

}  // namespace auris::engine
