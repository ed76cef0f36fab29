#pragma once
// A data set with a system's answers to it: what is scored and compared.

#include <filesystem>
#include <optional>
#include <vector>

#include "auris/data/manifest/rejections.h"
#include "auris/data/shards/shard_reader.h"
#include "auris/eval/run/prediction_store.h"
#include "auris/eval/run/runner.h"
#include "auris/eval/score/scorer.h"

namespace auris::eval {

struct AnswerSet {
  std::vector<AnsweredItem> items;  // in the order of the data set, with the noise of their recordings
  std::vector<data::Rejection>
      damaged;                // items of the data set that cannot be read: all others are in `items`
  int64_t damaged_lines = 0;  // of the predictions
};

// The noise of an item's clip in its recording, behind a spoken instruction; nothing if it cannot be
// measured.
std::optional<double> snr_db_of(const LoadedItem& loaded);

// With the answers that the store's last settings gave.
AnswerSet answers_in(const data::ShardReader& data, const PredictionStore& store);
// From a file of predictions; kInput if there is none.
AnswerSet read_answers(const data::ShardReader& data, const std::filesystem::path& predictions);

}  // namespace auris::eval
