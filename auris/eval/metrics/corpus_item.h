#pragma once
// One item's part of a corpus metric that is a ratio of sums.

namespace auris::eval {

// A metric that is a sum of numerators over a sum of denominators: errors and words for an error rate; 1 or 0
// and 1 for an accuracy; a score and 1 for a mean. Other metrics have sums of their own (BleuSums, ChrfSums,
// ErrorRateSums).
struct CorpusItem {
  double numerator = 0;
  double denominator = 0;

  CorpusItem& operator+=(const CorpusItem& other);
  bool operator==(const CorpusItem&) const = default;
};

// Numerators over denominators; NaN if those are 0.
double ratio(const CorpusItem& sum);

}  // namespace auris::eval
