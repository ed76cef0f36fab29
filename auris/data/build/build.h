#pragma once
// Data sets from recipes: items of the clips in manifests go into shards. Rules with a count want the
// manifests read twice, once to choose, once to make the items. The same recipe, manifests, seed and part
// give the same bytes, and what was interrupted goes on where it ended. Each item is KEY.json and KEY.wav,
// and KEY.logits where a language model wrote its answer. Of conversations, KEY.0.wav, KEY.2.wav, ... are the
// recordings of earlier turns, and KEY.wav is there if the last one has a recording.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "auris/base/share.h"
#include "auris/data/build/recipe.h"
#include "auris/data/shards/shard_writer.h"

namespace auris::data {

struct BuildOptions {
  Share share = {};  // of the items
  ShardOptions shards = {};
  // (lines of the manifests done, lines in all), after each item; false stops with kCancelled.
  std::function<bool(int64_t, int64_t)> progress = {};
};

struct BuildReport {
  int64_t clips = 0;           // read from the manifests
  int64_t rejected_lines = 0;  // of the manifests
  int64_t questions = 0;       // that rules and clips give
  int64_t planned = 0;         // items: as many, unless several questions about a clip make one
  int64_t written = 0;         // in this part, resumed ones included
  int64_t resumed = 0;
  double duration_s = 0;  // of what was written in this run
  // Items that could not be made, by reason; of this part those whose sound could not be read ("unreadable").
  std::map<std::string, int64_t> rejected;
};

// Writes shards, index.bin, and rejected.jsonl with every item or line that was rejected and why, into
// `folder`. kInput for manifests that cannot be read, kUsage for a part that does not exist, and what
// ShardWriter throws.
BuildReport build_data(const Recipe& recipe, const std::filesystem::path& folder,
                       const BuildOptions& options = {});

}  // namespace auris::data
