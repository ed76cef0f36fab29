#include "auris/eval/statistics/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/rng.h"
#include "auris/base/thread_pool.h"
#include "auris/eval/statistics/blocks.h"

namespace auris::eval {
namespace {

constexpr int kLeastResamples = 100;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr Interval kUnknown{.low = kNaN, .high = kNaN};

void require(bool holds, std::string expected, std::string got) {
  if (holds) return;
  throw Error(ErrorCode::kUsage,
              {.where = "bootstrap", .expected = std::move(expected), .got = std::move(got), .hint = ""});
}

void check(const BootstrapOptions& options) {
  require(options.resamples >= kLeastResamples, fmt::format("at least {} resamples", kLeastResamples),
          fmt::format("{}", options.resamples));
  require(options.confidence > 0 && options.confidence < 1, "a confidence between 0 and 1",
          fmt::format("{}", options.confidence));
}

// statistic(draws) for every resample, in order: each has a generator of its own, so threads do not matter.
std::vector<double> resample(size_t blocks, const BootstrapOptions& options,
                             const std::function<double(const std::vector<size_t>&)>& statistic) {
  std::vector<double> values(static_cast<size_t>(options.resamples));
  Rng seeds(options.seed);
  std::vector<uint64_t> seed(values.size());
  for (uint64_t& s : seed) s = seeds.next();
  parallel_for(std::ssize(values), [&](int64_t index) {
    Rng rng(seed[static_cast<size_t>(index)]);
    std::vector<size_t> draws(blocks);
    for (size_t& draw : draws) draw = static_cast<size_t>(rng.below(blocks));
    values[static_cast<size_t>(index)] = statistic(draws);
  });
  return values;
}

CorpusItem sum_of(const std::vector<CorpusItem>& blocks, const std::vector<size_t>& draws) {
  CorpusItem sum;
  for (size_t draw : draws) sum += blocks[draw];
  return sum;
}

// Between the two values that the rank lies between, in proportion (numpy's default).
double percentile(const std::vector<double>& sorted, double share) {
  const double rank = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(rank);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (rank - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

// Resamples without any denominator say nothing.
Interval interval_of(std::vector<double> values, double confidence) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty()) return kUnknown;
  std::sort(values.begin(), values.end());
  return {percentile(values, 0.5 * (1 - confidence)), percentile(values, 0.5 * (1 + confidence))};
}

}  // namespace

CorpusItem& CorpusItem::operator+=(const CorpusItem& other) {
  numerator += other.numerator;
  denominator += other.denominator;
  return *this;
}

BootstrapEstimate bootstrap(std::span<const CorpusItem> items, std::span<const int64_t> blocks,
                            const BootstrapOptions& options) {
  check(options);
  const std::vector<CorpusItem> sums = block_sums(items, blocks);
  BootstrapEstimate estimate{.value = ratio(sum_of(items)), .interval = kUnknown, .blocks = std::ssize(sums)};
  if (sums.size() < 2) return estimate;
  auto statistic = [&](const std::vector<size_t>& draws) { return ratio(sum_of(sums, draws)); };
  estimate.interval = interval_of(resample(sums.size(), options, statistic), options.confidence);
  return estimate;
}

PairedEstimate paired_bootstrap(std::span<const CorpusItem> first, std::span<const CorpusItem> second,
                                std::span<const int64_t> blocks, const BootstrapOptions& options) {
  check(options);
  check_paired(first, second);
  const std::vector<CorpusItem> a = block_sums(first, blocks), b = block_sums(second, blocks);
  PairedEstimate estimate{.difference = ratio(sum_of(second)) - ratio(sum_of(first)),
                          .interval = kUnknown,
                          .probability_lower = 0.5,
                          .blocks = std::ssize(a)};
  if (a.size() < 2) return estimate;
  std::vector<double> values = resample(a.size(), options, [&](const std::vector<size_t>& draws) {
    return ratio(sum_of(b, draws)) - ratio(sum_of(a, draws));
  });
  std::erase_if(values, [](double value) { return std::isnan(value); });
  double lower = 0;
  for (double value : values) lower += value < 0 ? 1.0 : value == 0 ? 0.5 : 0.0;
  if (!values.empty()) estimate.probability_lower = lower / static_cast<double>(values.size());
  estimate.interval = interval_of(std::move(values), options.confidence);
  return estimate;
}

}  // namespace auris::eval
