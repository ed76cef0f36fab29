#include "auris/eval/statistics/bootstrap.h"

#include <cmath>
#include <fstream>
#include <functional>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "auris/base/rng.h"
#include "auris/eval/metrics/bleu.h"
#include "tests/source_folder.h"

namespace auris::eval {
namespace {

using nlohmann::json;

std::vector<CorpusItem> items_of(const json& numerators, const json& denominators) {
  std::vector<CorpusItem> items;
  for (size_t i = 0; i < numerators.size(); ++i) items.push_back({numerators[i], denominators[i]});
  return items;
}

// Both draw at random: ends of 20,000 resamples vary by about 1 % of the interval.
void expect_near(const Interval& interval, const json& golden) {
  const double low = golden[0], high = golden[1], tolerance = 0.04 * (high - low);
  EXPECT_NEAR(interval.low, low, tolerance);
  EXPECT_NEAR(interval.high, high, tolerance);
}

// tools/reference/dump_statistics.py
TEST(Bootstrap, EqualsScipy) {
  std::ifstream file(AURIS_SOURCE_DIR "/tests/golden/statistics/bootstrap.json");
  for (const json& golden : json::parse(file)) {
    const auto first = items_of(golden["first"], golden["words"]);
    const auto second = items_of(golden["second"], golden["words"]);
    const BootstrapOptions options{.resamples = 20'000, .seed = 5};
    const BootstrapEstimate alone = bootstrap(first, {}, options);
    EXPECT_DOUBLE_EQ(alone.value, golden["rate"].get<double>());
    EXPECT_EQ(alone.blocks, std::ssize(first));
    expect_near(alone.interval, golden["interval"]);
    const PairedEstimate paired = paired_bootstrap(first, second, {}, options);
    EXPECT_NEAR(paired.difference, golden["difference"].get<double>(), 1e-15);
    expect_near(paired.interval, golden["difference_interval"]);
  }
}

// Items of one speaker, in any order, are drawn together: as if each speaker were one item.
TEST(Bootstrap, DrawsWholeBlocks) {
  Rng rng(1);
  std::vector<CorpusItem> items, speakers(9);
  std::vector<int64_t> blocks;
  for (int i = 0; i < 200; ++i) {
    const auto speaker = static_cast<size_t>(i < 9 ? i : rng.below(9));
    items.push_back({static_cast<double>(rng.below(4)), 10});
    blocks.push_back(1000 - 7 * static_cast<int64_t>(speaker));
    speakers[speaker] += items.back();
  }
  const BootstrapEstimate by_speaker = bootstrap(items, blocks), whole = bootstrap(speakers);
  EXPECT_EQ(by_speaker.blocks, 9);
  EXPECT_EQ(by_speaker.value, whole.value);
  EXPECT_EQ(by_speaker.interval.low, whole.interval.low);
  EXPECT_EQ(by_speaker.interval.high, whole.interval.high);
}

TEST(Bootstrap, ASeedGivesOneInterval) {
  std::vector<CorpusItem> items(50);
  for (int i = 0; i < 50; ++i) items[static_cast<size_t>(i)] = {std::sqrt(i), 2};
  const Interval first = bootstrap(items, {}, {.seed = 1}).interval;
  const Interval again = bootstrap(items, {}, {.seed = 1}).interval;
  const Interval other = bootstrap(items, {}, {.resamples = 2001, .seed = 2}).interval;
  EXPECT_EQ(first.low, again.low);
  EXPECT_EQ(first.high, again.high);
  EXPECT_NE(first.low, other.low);
  EXPECT_LT(bootstrap(items, {}, {.confidence = 0.5, .seed = 1}).interval.high, first.high);
}

// An interval that ignores that both systems fail on the same items would hold 0 here.
TEST(Bootstrap, PairsSeeSmallDifferences) {
  std::vector<CorpusItem> first, second;
  for (int i = 0; i < 100; ++i) {
    const double hard = i % 10;
    first.push_back({hard + 1, 20});
    second.push_back({hard + (i % 4 == 0 ? 1 : 0), 20});
  }
  const PairedEstimate better = paired_bootstrap(first, second);
  EXPECT_LT(better.interval.high, 0);
  EXPECT_EQ(better.probability_lower, 1);
  EXPECT_EQ(paired_bootstrap(second, first).probability_lower, 0);
  EXPECT_GT(bootstrap(first).interval.high, bootstrap(second).interval.low);
  const PairedEstimate same = paired_bootstrap(first, first);
  EXPECT_EQ(same.probability_lower, 0.5);
  EXPECT_EQ(same.interval.low, 0);
  EXPECT_EQ(same.interval.high, 0);
}

// Metrics that are no ratio: BLEU's interval lies around BLEU, not around the mean of its sentences' scores.
TEST(Bootstrap, AnyCorpusMetric) {
  Rng rng(6);
  std::vector<BleuSums> items;
  for (int i = 0; i < 60; ++i) {
    std::string reference, hypothesis;
    for (int word = 0; word < 3 + i % 9; ++word) {
      const std::string text(1, static_cast<char>('a' + rng.below(20)));
      reference += text + ' ';
      hypothesis += (rng.below(5) == 0 ? "x" : text) + ' ';
    }
    items.push_back(bleu_sums(hypothesis, std::vector<std::string_view>{reference}));
  }
  const auto score = [](const BleuSums& sum) { return sum.score(); };
  const BootstrapEstimate bleu = bootstrap<BleuSums>(items, score);
  EXPECT_EQ(bleu.value, sum_of<BleuSums>(items).score());
  EXPECT_LT(bleu.interval.low, bleu.value);
  EXPECT_GT(bleu.interval.high, bleu.value);
  EXPECT_EQ(paired_bootstrap<BleuSums>(items, items, score).difference, 0);
}

TEST(Bootstrap, TooLittleHasNoInterval) {
  EXPECT_TRUE(std::isnan(bootstrap({}).value));
  EXPECT_TRUE(std::isnan(bootstrap({}).interval.low));
  const CorpusItem one[] = {{1, 4}, {1, 4}};
  const int64_t speaker[] = {3, 3};
  EXPECT_EQ(bootstrap(one, speaker).value, 0.25);
  EXPECT_TRUE(std::isnan(bootstrap(one, speaker).interval.high));
  const CorpusItem empty[] = {{0, 0}, {0, 0}, {1, 2}};
  EXPECT_EQ(bootstrap(empty).interval.low, 0.5);  // resamples without a word say nothing
}

TEST(Bootstrap, RefusesWhatMakesNoSense) {
  const CorpusItem items[] = {{1, 4}, {1, 4}};
  const int64_t blocks[] = {1, 2, 3};
  const std::function<void()> calls[] = {
      [&] { bootstrap(items, blocks); },
      [&] { bootstrap(items, {}, {.resamples = 99}); },
      [&] { bootstrap(items, {}, {.confidence = 1}); },
      [&] { bootstrap(items, {}, {.confidence = std::nan("")}); },
      [&] { paired_bootstrap(items, std::span(items).first(1)); },
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
