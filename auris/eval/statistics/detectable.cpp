#include "auris/eval/statistics/detectable.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/eval/statistics/blocks.h"
#include "auris/eval/statistics/normal.h"

namespace auris::eval {
namespace {

void require(bool holds, const char* expected, double got) {
  if (holds) return;
  throw Error(
      ErrorCode::kUsage,
      {.where = "detectable difference", .expected = expected, .got = fmt::format("{}", got), .hint = ""});
}

// In units of the standard error.
double detectable_z(const PowerOptions& options) {
  return normal_quantile(1 - options.significance / 2) + normal_quantile(options.power);
}

}  // namespace

double detectable_difference(double deviation, int64_t blocks, const PowerOptions& options) {
  require(deviation >= 0, "a deviation of 0 or more", deviation);
  if (blocks <= 0) return std::numeric_limits<double>::infinity();
  return detectable_z(options) * deviation / std::sqrt(static_cast<double>(blocks));
}

int64_t blocks_to_detect(double difference, double deviation, const PowerOptions& options) {
  require(difference > 0, "a difference above 0", difference);
  require(deviation >= 0, "a deviation of 0 or more", deviation);
  const double blocks = std::pow(detectable_z(options) * deviation / difference, 2);
  require(blocks < 9e18, "a difference that can be found", difference);
  return static_cast<int64_t>(std::ceil(blocks));
}

double accuracy_deviation(double accuracy, double correlation) {
  require(accuracy >= 0 && accuracy <= 1, "an accuracy from 0 to 1", accuracy);
  require(correlation >= -1 && correlation <= 1, "a correlation from -1 to 1", correlation);
  return std::sqrt(2 * accuracy * (1 - accuracy) * (1 - correlation));
}

// Delta method: a block moves its system's ratio by (numerator - ratio * denominator) / mean denominator.
double seen_deviation(std::span<const CorpusItem> first, std::span<const CorpusItem> second,
                      std::span<const int64_t> blocks) {
  check_paired(first.size(), second.size());
  const std::vector<CorpusItem> a = block_sums(first, blocks), b = block_sums(second, blocks);
  const CorpusItem all_a = sum_of(first), all_b = sum_of(second);
  const auto count = static_cast<double>(a.size());
  if (a.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  auto moved = [&](const CorpusItem& block, const CorpusItem& all) {
    return (block.numerator - ratio(all) * block.denominator) * count / all.denominator;
  };
  double squares = 0;  // the mean of what is moved is 0
  for (size_t i = 0; i < a.size(); ++i) squares += std::pow(moved(b[i], all_b) - moved(a[i], all_a), 2);
  return std::sqrt(squares / (count - 1));
}

}  // namespace auris::eval
