#include "auris/eval/metrics/calibration.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::eval {
namespace {

size_t bin_of(double probability) {
  const double bin = std::ceil(probability * CalibrationSums::kBins) - 1;
  return static_cast<size_t>(std::clamp(bin, 0.0, CalibrationSums::kBins - 1.0));
}

}  // namespace

CalibrationSums& CalibrationSums::operator+=(const CalibrationSums& other) {
  for (size_t i = 0; i < kBins; ++i) {
    confidence[i] += other.confidence[i];
    right[i] += other.right[i];
    items[i] += other.items[i];
  }
  squares += other.squares;
  return *this;
}

int64_t CalibrationSums::count() const { return std::accumulate(items.begin(), items.end(), int64_t{0}); }

std::optional<double> CalibrationSums::expected_error() const {
  const int64_t all = count();
  if (all == 0) return std::nullopt;
  double sum = 0;
  for (size_t i = 0; i < kBins; ++i) sum += std::abs(confidence[i] - static_cast<double>(right[i]));
  return sum / static_cast<double>(all);
}

std::optional<double> CalibrationSums::brier() const {
  const int64_t all = count();
  return all == 0 ? std::nullopt : std::optional(squares / static_cast<double>(all));
}

CalibrationSums calibration_sums(std::span<const double> probabilities, size_t truth) {
  if (truth >= probabilities.size()) {
    throw Error(ErrorCode::kUsage, {.where = "calibration",
                                    .expected = fmt::format("a label below {}", probabilities.size()),
                                    .got = std::to_string(truth),
                                    .hint = ""});
  }
  const auto likeliest = std::max_element(probabilities.begin(), probabilities.end());
  const size_t bin = bin_of(*likeliest);
  CalibrationSums sums;
  sums.confidence[bin] = *likeliest;
  sums.right[bin] = static_cast<size_t>(likeliest - probabilities.begin()) == truth ? 1 : 0;
  sums.items[bin] = 1;
  for (size_t i = 0; i < probabilities.size(); ++i) {
    const double difference = probabilities[i] - (i == truth ? 1 : 0);
    sums.squares += difference * difference;
  }
  return sums;
}

}  // namespace auris::eval
