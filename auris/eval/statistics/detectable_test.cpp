#include "auris/eval/statistics/detectable.h"

#include <cmath>
#include <fstream>
#include <functional>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "auris/base/rng.h"
#include "auris/eval/statistics/bootstrap.h"
#include "tests/source_folder.h"

namespace auris::eval {
namespace {

// tools/reference/dump_statistics.py: statsmodels also counts differences found in the wrong direction.
TEST(Detectable, EqualsStatsmodels) {
  std::ifstream file(AURIS_SOURCE_DIR "/tests/golden/statistics/normal.json");
  const auto effects = nlohmann::json::parse(file)["effects"];
  for (const auto& golden : effects) {
    const int64_t blocks = golden[0];
    const double effect = golden[3];
    const PowerOptions options{.significance = golden[1], .power = golden[2]};
    EXPECT_NEAR(detectable_difference(1, blocks, options), effect, 1e-4 * effect);
    EXPECT_NEAR(detectable_difference(7, blocks, options), 7 * effect, 7e-4 * effect);
    EXPECT_EQ(blocks_to_detect(detectable_difference(1, blocks, options) * (1 + 1e-9), 1, options), blocks);
  }
}

// What is promised is kept: so large a difference is found about as often as was asked for.
TEST(Detectable, SuchADifferenceIsFound) {
  constexpr int kItems = 200, kRuns = 300;
  Rng rng(3);
  std::vector<CorpusItem> first(kItems), second(kItems);
  const double deviation = 0.5;
  const double shift = detectable_difference(deviation, kItems);
  int found = 0;
  for (int run = 0; run < kRuns; ++run) {
    for (size_t i = 0; i < first.size(); ++i) {
      const double shared = rng.normal();
      first[i] = {shared, 1};
      second[i] = {shared + shift + deviation * rng.normal(), 1};
    }
    const Interval interval = paired_bootstrap(first, second, {}, {.resamples = 200}).interval;
    found += interval.low > 0 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(found) / kRuns, 0.8, 0.08);  // three standard errors
}

TEST(Detectable, DeviationsAreThoseOfTheSamples) {
  EXPECT_DOUBLE_EQ(accuracy_deviation(0.5, 0), std::sqrt(0.5));
  EXPECT_EQ(accuracy_deviation(0.5, 1), 0);
  Rng rng(4);
  std::vector<CorpusItem> first, second;
  std::vector<int64_t> blocks;
  for (int i = 0; i < 4000; ++i) {
    const double words = static_cast<double>(1 + rng.below(30));
    const double errors = std::floor(0.3 * words * rng.uniform());
    first.push_back({errors, words});
    second.push_back({std::max(0.0, errors - static_cast<double>(rng.below(3))), words});
    blocks.push_back(i / 10);
  }
  for (std::span<const int64_t> by : {std::span<const int64_t>(), std::span<const int64_t>(blocks)}) {
    const PairedEstimate paired = paired_bootstrap(first, second, by, {.resamples = 4000});
    const double error = (paired.interval.high - paired.interval.low) / (2 * 1.959964);
    const double seen = seen_deviation(first, second, by) / std::sqrt(static_cast<double>(paired.blocks));
    EXPECT_NEAR(seen / error, 1, 0.06);
  }
}

TEST(Detectable, RefusesWhatMakesNoSense) {
  EXPECT_TRUE(std::isinf(detectable_difference(1, 0)));
  EXPECT_TRUE(std::isnan(seen_deviation({}, {})));
  const std::function<void()> calls[] = {
      [] { detectable_difference(-1, 10); },
      [] { detectable_difference(1, 10, {.significance = 0}); },
      [] { detectable_difference(1, 10, {.power = 1}); },
      [] { blocks_to_detect(0, 1); },
      [] { blocks_to_detect(1e-300, 1); },
      [] { accuracy_deviation(1.5); },
  };
  for (const auto& call : calls) {
    try {
      call();
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
    }
  }
}

}  // namespace
}  // namespace auris::eval
