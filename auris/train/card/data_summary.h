#pragma once
// What a data set holds and where it comes from, in figures.

#include <cstdint>
#include <map>
#include <string>

#include "auris/train/recipe/train_recipe.h"

namespace auris::train {

struct DataSummary {
  std::string name = {};
  int64_t examples = 0;   // of the tasks that the recipe takes
  int64_t left_out = 0;   // of other tasks
  int64_t damaged = 0;    // items that cannot be read
  double audio_s = 0;     // of all recordings
  int64_t synthetic = 0;  // examples whose clip a program made
  // Examples by each; "" where the items do not say.
  std::map<std::string, int64_t> tasks = {}, languages = {}, licences = {}, origins = {}, consents = {},
                                 responders = {};
  int64_t shards = 0;
  uint64_t bytes = 0;             // of them
  std::string index_sha256 = {};  // of index.bin
  // Of all items' texts, in order, which hold the SHA-256 of their clips' sound files.
  std::string items_sha256 = {};
};

// Reads every item, no sound. kInput if the folder holds no finished data set.
DataSummary summarize_data(const DataSet& set);

}  // namespace auris::train
