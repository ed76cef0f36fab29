#pragma once
// How far a system's probabilities can be trusted: of the answers that it gives 80 %, are 80 % right?

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace auris::eval {

// What items add up to.
struct CalibrationSums {
  // Equal widths, each with its upper end (Guo and others 2017, arXiv 1706.04599).
  static constexpr size_t kBins = 15;
  std::array<double, kBins> confidence{};  // sums of the likeliest label's probability
  std::array<int64_t, kBins> right{};      // how often that label was the true one
  std::array<int64_t, kBins> items{};
  double squares = 0;  // sums of squared differences to the truth, over all labels

  CalibrationSums& operator+=(const CalibrationSums& other);
  int64_t count() const;
  // Expected calibration error: the mean distance of confidence and accuracy over the bins, weighted by their
  // items. Nothing without items.
  std::optional<double> expected_error() const;
  // Brier score over all labels (Brier 1950): 0 is best, 2 worst.
  std::optional<double> brier() const;
};

// One item: a probability of each label and the number of the true one; of equal ones the first label counts
// as the likeliest. kUsage without labels or for a number that is none of theirs.
CalibrationSums calibration_sums(std::span<const double> probabilities, size_t truth);

}  // namespace auris::eval
