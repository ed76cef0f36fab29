#include "auris/train/examples/batch.h"

namespace auris::train {

double Batch::audio_s() const {
  double sum = 0.0;
  for (const auto& example : examples) sum += example->audio_s;
  return sum;
}

Batch pack(std::span<const std::shared_ptr<const PreparedExample>> examples) {
  Batch batch;
  for (const auto& example : examples) {
    const processor::ModelInput& input = example->input;
    AURIS_CHECK(example->answer_begin > 0 && example->answer_tokens() > 0);
    auto first_row = static_cast<int32_t>(batch.ids.size());
    batch.examples.push_back(example);
    batch.ids.insert(batch.ids.end(), input.ids.begin(), input.ids.end());
    batch.layout.add(input.rows());
    batch.windows.insert(batch.windows.end(), input.windows.begin(), input.windows.end());
    batch.heard.insert(batch.heard.end(), input.heard.begin(), input.heard.end());
    for (int64_t row = example->answer_begin; row < input.rows(); ++row) {
      int32_t id = input.ids[static_cast<size_t>(row)];
      AURIS_CHECK(id != models::kAudioRow);
      batch.target_rows.push_back(first_row + static_cast<int32_t>(row) - 1);
      batch.targets.push_back(id);
    }
  }
  return batch;
}

}  // namespace auris::train
