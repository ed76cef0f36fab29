#pragma once
// Asks a system all items of a data set, and keeps the answers.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "auris/base/share.h"
#include "auris/data/items/item.h"
#include "auris/data/shards/shard_reader.h"
#include "auris/eval/run/prediction_store.h"
#include "auris/eval/run/run_power.h"
#include "auris/eval/run/system.h"

namespace auris::eval {

struct RunOptions {
  std::vector<std::string> tasks = {};  // ids; empty = all
  std::optional<int64_t> limit = {};    // of each task, variant and configuration
  // Of the items that the options above leave. All items of a clip are in one share, so that a system which
  // keeps what it heard hears a clip once. run/merge.h joins the answers of all.
  Share share = {};
  bool retry_failed = false;  // ask again what ended in an error
  // Before the first item is asked: what the answers of all parts will be able to show.
  std::function<void(const RunPower&)> power = {};
  std::function<bool(int64_t, int64_t)> progress = {};  // (done, all); false stops with kCancelled
};

// Items are asked, reused or damaged.
struct RunReport {
  int64_t items =
      0;  // of this part: that were to be asked, and those that cannot be read, whatever their task
  int64_t asked = 0;        // in this run
  int64_t reused = 0;       // answered before
  int64_t damaged = 0;      // item or recording cannot be read
  int64_t failed = 0;       // of those asked or reused: without an answer
  int64_t unreachable = 0;  // of the failed: the system was out of reach, so that nothing is kept of them
  double seconds = 0;
};

// Errors of single items become predictions with an error; errors of the store stop the run. An item for
// which the system was out of reach (kNetwork) is asked again in the next run; three of them in a row stop
// this one. kUsage for a part that does not exist.
RunReport run_system(const data::ShardReader& data, System& system, PredictionStore& store,
                     const RunOptions& options = {});

}  // namespace auris::eval
