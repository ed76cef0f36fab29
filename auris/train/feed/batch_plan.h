#pragma once
// Which examples each step learns from, decided by the seed alone: the same on every machine, for any number
// of processes, and after any number of interruptions.
//
//   BatchPlan plan(sets, {.seed = 7, .batch = recipe.batch});
//   plan.seek(position);                     // of a checkpoint
//   StepPlan step = plan.next();             // the micro-batches of this process
//   plan.position();                         // for the next checkpoint
//
// Each draw chooses a set by the weights and takes that set's next example; each epoch of a set has all of
// its examples once, in an order of its own. Examples go into a micro-batch as they are drawn until the next
// one would pass a limit; that one begins the next micro-batch. A step has `accumulation` micro-batches, of
// which process r of n gets those with the numbers r, r + n, ...: what is learned does not depend on n.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "auris/data/shards/permutation.h"
#include "auris/train/feed/feed_position.h"
#include "auris/train/feed/length_table.h"
#include "auris/train/recipe/train_recipe.h"

namespace auris::train {

struct FeedSet {
  std::string name;
  std::shared_ptr<const LengthTable> lengths = {};
  double weight = 1;
  std::vector<std::string> tasks = {};  // ids; empty = all
  double max_audio_s = 30;
};

struct Ranks {  // of the processes that train together
  int64_t rank = 0;
  int64_t world = 1;
};

struct FeedOptions {
  uint64_t seed = 0;
  BatchRecipe batch = {};
  Ranks ranks = {};
};

// An example of a step.
struct ExamplePlace {
  uint32_t set = 0;
  uint64_t row = 0;    // in the set's shards
  uint64_t epoch = 0;  // of the set
  uint64_t seed = 0;   // for what varies it: another one in each epoch
  ExampleLength length;

  bool operator==(const ExamplePlace&) const = default;
};

using MicroBatch = std::vector<ExamplePlace>;

struct BatchTotals {
  int64_t examples = 0;
  int64_t audio_tokens = 0, text_tokens = 0;
  double audio_s = 0;
};

struct StepPlan {
  int64_t step = 0;
  std::vector<MicroBatch> batches;  // of this process
  BatchTotals totals;               // of all processes
};

// What became of a set's examples.
struct SetReport {
  std::string name;
  uint64_t examples = 0;  // that are drawn
  double audio_s = 0;     // of them
  // Left out, by reason: "damaged", "other_task", "long_audio" (longer than the set's max_audio_s),
  // "longer_than_context", "longer_than_batch" (no micro-batch holds it), "empty" (nothing to read).
  std::map<std::string, uint64_t> left_out;
};

class BatchPlan {
 public:
  // kUsage without sets, for ranks that do not exist, or a number of processes that does not divide the
  // accumulation; kInput for a set that has no example left.
  BatchPlan(std::vector<FeedSet> sets, const FeedOptions& options);

  // kUsage for the ranks that the constructor refuses, before anything is read.
  static void check_ranks(const BatchRecipe& batch, const Ranks& ranks);

  const std::vector<SetReport>& reports() const { return reports_; }

  StepPlan next();

  FeedPosition position() const;
  // Goes on there, at once. kInput for the position of another feed: other data, weights, limits or seed. The
  // number of processes may differ.
  void seek(const FeedPosition& position);

 private:
  struct Set {
    FeedSet feed;
    std::vector<bool> usable;  // by row
    double share_below = 0;    // of all draws, in this set and those before
    FeedPosition::InSet at;
    std::unique_ptr<data::Permutation> order;  // of the epoch in order_epoch
    uint64_t order_epoch = 0;
  };

  void check() const;
  void choose_usable(Set& set);
  std::string reason_to_leave_out(const Set& set, const ExampleLength& length) const;
  std::string fingerprint() const;
  // The next example of all; it stays the next one until take() is called.
  ExamplePlace peek();
  void take(const ExamplePlace& place);
  uint64_t settle(Set& set) const;
  bool fits(const BatchTotals& totals, const ExampleLength& length) const;
  MicroBatch next_batch(BatchTotals& step_totals);

  std::vector<Set> sets_;
  FeedOptions options_;
  std::vector<SetReport> reports_;
  std::string fingerprint_;
  int64_t step_ = 0;
  uint64_t draws_ = 0;
};

}  // namespace auris::train
