#pragma once
// From an item in its shards to rows for a model: what varies recordings, the processor and the tokenizer
// that evaluation and serving use, too.

#include <memory>

#include "auris/engine/language_model.h"
#include "auris/train/augment/augmenter.h"
#include "auris/train/examples/prepared_example.h"
#include "auris/train/feed/length_table.h"
#include "auris/train/feed/training_example.h"

namespace auris::train {

class ExampleMaker {
 public:
  // `model`: for its processor and tokenizer; one that hears. `augmenter`: null for recordings as they are.
  ExampleMaker(std::shared_ptr<const engine::LanguageModel> model,
               std::shared_ptr<const Augmenter> augmenter);

  // From any thread; the same for the same seed. kInput for what cannot be learnt from: a recording of
  // samples that are no numbers, an answer that the template does not tell from the prompt, a teacher's
  // logits of another tokenizer.
  PreparedExample make(const TrainingExample& example, uint64_t seed) const;

  // How long an item becomes, from its texts and durations alone. kInput as make().
  TokenCounts count(const data::Item& item) const;

 private:
  std::shared_ptr<const engine::LanguageModel> model_;
  std::shared_ptr<const Augmenter> augmenter_;
};

}  // namespace auris::train
