#include "auris/eval/statistics/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/rng.h"
#include "auris/base/thread_pool.h"

namespace auris::eval {
namespace {

constexpr int kLeastResamples = 100;

void require(bool holds, std::string expected, std::string got) {
  if (holds) return;
  throw Error(ErrorCode::kUsage,
              {.where = "bootstrap", .expected = std::move(expected), .got = std::move(got), .hint = ""});
}

// Between the two values that the rank lies between, in proportion (numpy's default).
double percentile(const std::vector<double>& sorted, double share) {
  const double rank = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(rank);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (rank - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

Interval interval_of(std::vector<double> values, double confidence) {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  if (values.empty()) return {kUnknown, kUnknown};
  std::sort(values.begin(), values.end());
  return {percentile(values, 0.5 * (1 - confidence)), percentile(values, 0.5 * (1 + confidence))};
}

}  // namespace

// Each resample has a generator of its own, so threads do not matter. One without any denominator says
// nothing.
std::vector<double> resample(int64_t blocks, const BootstrapOptions& options,
                             const std::function<double(std::span<const size_t>)>& statistic) {
  require(options.resamples >= kLeastResamples, fmt::format("at least {} resamples", kLeastResamples),
          fmt::format("{}", options.resamples));
  require(options.confidence > 0 && options.confidence < 1, "a confidence between 0 and 1",
          fmt::format("{}", options.confidence));
  if (blocks < 2) return {};
  std::vector<double> values(static_cast<size_t>(options.resamples));
  std::vector<uint64_t> seeds(values.size());
  Rng seed(options.seed);
  for (uint64_t& s : seeds) s = seed.next();
  parallel_for(std::ssize(values), [&](int64_t index) {
    Rng rng(seeds[static_cast<size_t>(index)]);
    std::vector<size_t> draws(static_cast<size_t>(blocks));
    for (size_t& draw : draws) draw = static_cast<size_t>(rng.below(static_cast<uint64_t>(blocks)));
    values[static_cast<size_t>(index)] = statistic(draws);
  });
  std::erase_if(values, [](double value) { return std::isnan(value); });
  return values;
}

BootstrapEstimate estimate_of(double value, int64_t blocks, std::vector<double> resampled,
                              double confidence) {
  return {.value = value, .interval = interval_of(std::move(resampled), confidence), .blocks = blocks};
}

PairedEstimate paired_of(double difference, int64_t blocks, std::vector<double> resampled,
                         double confidence) {
  double lower = 0;
  for (double value : resampled) lower += value < 0 ? 1.0 : value == 0 ? 0.5 : 0.0;
  const double share = resampled.empty() ? 0.5 : lower / static_cast<double>(resampled.size());
  return {.difference = difference,
          .interval = interval_of(std::move(resampled), confidence),
          .probability_lower = share,
          .blocks = blocks};
}

BootstrapEstimate bootstrap(std::span<const CorpusItem> items, std::span<const int64_t> blocks,
                            const BootstrapOptions& options) {
  return bootstrap(items, ratio, blocks, options);
}

PairedEstimate paired_bootstrap(std::span<const CorpusItem> first, std::span<const CorpusItem> second,
                                std::span<const int64_t> blocks, const BootstrapOptions& options) {
  return paired_bootstrap(first, second, ratio, blocks, options);
}

}  // namespace auris::eval
