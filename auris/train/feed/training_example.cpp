#include "auris/train/feed/training_example.h"

#include <algorithm>
#include <span>

namespace auris::train {

TrainingExample load_example(const data::ShardReader& data, uint64_t row) {
  const data::Sample sample = data.read(row);
  TrainingExample example{.loaded = data::load_item(sample), .logits = {}};
  const auto logits = std::ranges::find(sample.files, "logits", &data::SampleFile::extension);
  if (logits != sample.files.end())
    example.logits = data::parse_answer_logits(std::as_bytes(std::span(logits->content)), sample.key);
  return example;
}

}  // namespace auris::train
