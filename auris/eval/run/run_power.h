#pragma once
// What an evaluation will be able to find, to be told before it costs anything (statistics/detectable.h).

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "auris/data/items/item.h"
#include "auris/eval/statistics/detectable.h"

namespace auris::eval {

// The smallest difference between two systems that the items of a task, source and configuration show, as far
// as that can be said before anything was answered.
struct GroupPower {
  std::string abbreviation, variant;  // both empty: all groups with accuracies together
  data::Configuration configuration = data::Configuration::kTextAudio;
  int64_t items = 0;
  int64_t blocks = 0;  // speakers; an item whose speaker is not known stands for itself
  int64_t words = 0;   // of the references, for word error rates
  std::string metric;  // "accuracy" or "wer"; for others it is not known
  // Accuracies: both systems right half of the time, which is the worst case, with answers that correlate
  // 0.5. `independent` if the items of a speaker have nothing to do with each other, `alike` if a speaker's
  // answers are all right or all wrong; the truth lies between.
  // Word error rates: 10 % of the words wrong one by one, correlated 0.5; real errors come in groups, so that
  // this is the best case, and there is no `alike`.
  double independent = 0, alike = 0;
};

class RunPower {
 public:
  void add(const data::Item& item);
  // By task, source and configuration, then all accuracies together if there are several groups of them.
  // Groups with other metrics are left out: unknown_items() counts theirs.
  std::vector<GroupPower> groups(const PowerOptions& options = {}) const;
  int64_t unknown_items() const;

 private:
  struct Counts {
    int64_t items = 0, words = 0, unnamed = 0;
    std::set<std::string> speakers = {};
    std::string metric = {};
  };
  static GroupPower power_of(const Counts& counts, const PowerOptions& options);

  std::map<std::tuple<std::string, std::string, data::Configuration>, Counts> counts_;
};

// Lines for people, each with its end; empty without items.
std::string to_text(const RunPower& power);

}  // namespace auris::eval
