#pragma once
// An example of training data as it lies in its shards: the item, its recordings, and what a language model
// thought when it wrote the answer.

#include <optional>

#include "auris/data/items/loaded_item.h"
#include "auris/data/responses/answer_logits.h"

namespace auris::train {

struct TrainingExample {
  data::LoadedItem loaded;
  std::optional<data::AnswerLogits> logits;  // of items whose answer a language model wrote
};

// kInput if it is damaged.
TrainingExample load_example(const data::ShardReader& data, uint64_t row);

}  // namespace auris::train
