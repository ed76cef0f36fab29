#include "auris/eval/statistics/agreement.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::eval {
namespace {

[[noreturn]] void fail(const std::string& expected, const std::string& got) {
  throw Error(ErrorCode::kUsage, {.where = "agreement", .expected = expected, .got = got, .hint = ""});
}

size_t checked(int64_t vote, int64_t categories) {
  if (vote < 0 || vote >= categories) {
    fail(fmt::format("votes from 0 to {}", categories - 1), std::to_string(vote));
  }
  return static_cast<size_t>(vote);
}

double weight_of(size_t a, size_t b, KappaWeights weights) {
  const double distance = std::abs(static_cast<double>(a) - static_cast<double>(b));
  if (weights == KappaWeights::kNone) return a == b ? 0 : 1;
  return weights == KappaWeights::kLinear ? distance : distance * distance;
}

}  // namespace

double cohen_kappa(std::span<const int64_t> first, std::span<const int64_t> second, int64_t categories,
                   KappaWeights weights) {
  if (first.size() != second.size()) {
    fail(fmt::format("{} votes of the second rater", first.size()), std::to_string(second.size()));
  }
  std::vector<double> of_first(static_cast<size_t>(std::max<int64_t>(categories, 0))), of_second = of_first;
  double observed = 0;
  for (size_t i = 0; i < first.size(); ++i) {
    const size_t a = checked(first[i], categories), b = checked(second[i], categories);
    observed += weight_of(a, b, weights);
    of_first[a] += 1;
    of_second[b] += 1;
  }
  double expected = 0;
  for (size_t a = 0; a < of_first.size(); ++a) {
    for (size_t b = 0; b < of_second.size(); ++b) {
      expected += weight_of(a, b, weights) * of_first[a] * of_second[b];
    }
  }
  expected /= static_cast<double>(first.size());
  return expected > 0 ? 1 - observed / expected : std::numeric_limits<double>::quiet_NaN();
}

double fleiss_kappa(std::span<const std::vector<int64_t>> votes, int64_t categories) {
  if (votes.empty()) return std::numeric_limits<double>::quiet_NaN();
  const size_t raters = votes.front().size();
  if (raters < 2) fail("at least two votes", std::to_string(raters));
  std::vector<double> totals(static_cast<size_t>(std::max<int64_t>(categories, 0)));
  double agreeing = 0;  // pairs of votes
  for (const std::vector<int64_t>& item : votes) {
    if (item.size() != raters)
      fail(fmt::format("{} votes for each item", raters), std::to_string(item.size()));
    std::vector<double> counts(totals.size());
    for (int64_t vote : item) counts[checked(vote, categories)] += 1;
    for (size_t c = 0; c < counts.size(); ++c) {
      totals[c] += counts[c];
      agreeing += counts[c] * (counts[c] - 1);
    }
  }
  const auto items = static_cast<double>(votes.size()), n = static_cast<double>(raters);
  const double observed = agreeing / (items * n * (n - 1));
  double expected = 0;
  for (double total : totals) expected += (total / (items * n)) * (total / (items * n));
  return expected < 1 ? (observed - expected) / (1 - expected) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace auris::eval
