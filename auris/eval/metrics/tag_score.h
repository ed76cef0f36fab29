#pragma once
// F1 of sets of labels, as sound events have them: micro over all decisions, macro over the labels.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "auris/eval/metrics/corpus_item.h"

namespace auris::eval {

struct SetCounts {
  int64_t hits = 0;
  int64_t missed = 0;    // in the truth only
  int64_t invented = 0;  // in the answer only

  SetCounts& operator+=(const SetCounts& other);
  // Harmonic mean of precision and recall; nothing if both sides are empty.
  std::optional<double> f1() const;
  std::optional<double> precision() const;
  std::optional<double> recall() const;
  // For resampling: f1() is the ratio of the sums.
  CorpusItem f1_item() const;
  bool operator==(const SetCounts&) const = default;
};

class TagSums {
 public:
  explicit TagSums(size_t label_count = 0);

  // Labels in any order, repeated or not. kUsage for labels there are not. Returns this item's counts.
  SetCounts add(std::span<const size_t> truth, std::span<const size_t> answer);
  // kUsage if both have labels and not the same number.
  TagSums& operator+=(const TagSums& other);

  int64_t items() const { return items_; }
  int64_t exact_items() const { return exact_items_; }  // both sets equal
  const std::vector<SetCounts>& labels() const { return labels_; }
  SetCounts all_labels() const;

  std::optional<double> micro_f1() const { return all_labels().f1(); }
  // Over labels that occur in the truth or in answers.
  std::optional<double> macro_f1() const;

  bool operator==(const TagSums&) const = default;

 private:
  std::vector<SetCounts> labels_;
  int64_t items_ = 0;
  int64_t exact_items_ = 0;
};

}  // namespace auris::eval
