#pragma once
// From an item in its shards to rows for a model: what varies recordings, the processor and the tokenizer
// that evaluation and serving use, too.

#include <memory>

#include "auris/engine/language_model.h"
#include "auris/train/augment/augmenter.h"
#include "auris/train/examples/prepared_example.h"
#include "auris/train/features/recognition_cache.h"
#include "auris/train/feed/length_table.h"
#include "auris/train/feed/training_example.h"

namespace auris::train {

struct MakerOptions {
  std::shared_ptr<const Augmenter> augmenter = {};            // null for recordings as they are
  std::shared_ptr<const RecognitionCache> recognitions = {};  // null: a model that hears words listens anew
};

struct MakeRequest {
  uint64_t seed = 0;
  // For a model that hears words: the words of recordings that are known stand in for what it would hear.
  bool read = false;
};

class ExampleMaker {
 public:
  // `model`: for its processor, tokenizer and listener; one that hears.
  explicit ExampleMaker(std::shared_ptr<const engine::LanguageModel> model, MakerOptions options = {});

  // From any thread; the same for the same request. kInput for what cannot be learnt from: a recording of
  // samples that are no numbers, an answer that the template does not tell from the prompt, a teacher's
  // logits of another tokenizer.
  PreparedExample make(const TrainingExample& example, const MakeRequest& request = {}) const;

  // How long an item becomes, from its texts and durations alone; where a model hears words, their number is
  // that of the transcript or, without one, a guess. kInput as make().
  TokenCounts count(const data::Item& item) const;

 private:
  void listen(const data::Item& item, bool read, std::vector<processor::Message>& turns) const;
  int64_t rows_of_sound(const std::string& words, double duration_s) const;

  std::shared_ptr<const engine::LanguageModel> model_;
  MakerOptions options_;
};

}  // namespace auris::train
