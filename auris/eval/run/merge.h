#pragma once
// Joins the predictions of several processes that each asked a part of the items (RunOptions::part).

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/data/shards/shard_reader.h"

namespace auris::eval {

struct MergeOptions {
  bool partial = false;  // items without a prediction are allowed, as runs with a limit leave them
};

struct MergeReport {
  nlohmann::ordered_json settings;  // of the system
  // Items of the data set: answered, failed (the system gave an error), missing or damaged.
  int64_t items = 0, answered = 0, failed = 0, damaged = 0;
  std::vector<std::string> missing = {};  // ids
  // Predictions in the parts: written, repeated (an item was asked in several parts, with one outcome), or
  // unused (of other settings than the last ones, or of no item of the data set).
  int64_t predictions = 0, written = 0, repeated = 0, unused = 0;
  int64_t damaged_lines = 0;
};

// Writes one prediction for each item, in the order of the data set, to a new file; the parts stay as they
// are. Where one part has an answer and another an error, the answer counts. kInput, before anything is
// written, if a part is missing or of another system or other settings, if two parts answer an item
// differently, if items have no prediction (unless `partial`), or if the file is there already; kUsage
// without parts.
MergeReport merge_predictions(const data::ShardReader& data, const std::vector<std::filesystem::path>& parts,
                              const std::filesystem::path& output, const MergeOptions& options = {});

}  // namespace auris::eval
