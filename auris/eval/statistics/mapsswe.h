#pragma once
// Matched pairs of sentence segments, word errors (Gillick and Cox 1989), as NIST's sc_stats computes them.
// Errors of the two recognizers are compared over segments that begin and end where both were right for some
// words running, so that one segment's errors say nothing about the next one's.

#include <cstdint>
#include <span>

#include "auris/eval/metrics/edit_alignment.h"

namespace auris::eval {

struct MatchedPairs {
  int64_t segments = 0;  // with an error of either system
  int64_t first_errors = 0, second_errors = 0;
  double mean_difference = 0;  // errors a segment, first minus second
  double deviation = 0;        // of that difference over the segments
  double z = 0;                // 0 while the difference never varies
  double p = 1;                // that equal systems differ so much or more
};

class MatchedPairsTest {
 public:
  // Where both are right for `clean_units` reference units running, a segment ends.
  explicit MatchedPairsTest(int64_t clean_units = 2) : clean_units_(clean_units) {}

  // The alignments of both systems' hypotheses with one reference; kUsage if its lengths differ.
  void add(std::span<const EditSpan> first, std::span<const EditSpan> second);
  // Those of a test over other utterances.
  MatchedPairsTest& operator+=(const MatchedPairsTest& other);

  MatchedPairs result() const;

 private:
  void close(int64_t first_errors, int64_t second_errors);

  int64_t clean_units_;
  int64_t segments_ = 0, first_errors_ = 0, second_errors_ = 0;
  int64_t squares_ = 0;  // of the segments' differences
};

}  // namespace auris::eval
