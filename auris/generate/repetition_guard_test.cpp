#include "auris/generate/repetition_guard.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "auris/base/rng.h"
#include "tests/source_folder.h"

namespace auris::generate {
namespace {

std::vector<TokenId> repeat(std::vector<TokenId> head, const std::vector<TokenId>& phrase, int times) {
  for (int i = 0; i < times; ++i) head.insert(head.end(), phrase.begin(), phrase.end());
  return head;
}

TEST(RepetitionGuard, FindsLoopsAndSaysWhereToCut) {
  auto one = find_loop(repeat({5, 6, 7}, {9}, 40));
  EXPECT_EQ(one, (RepetitionLoop{3, 1, 32}));
  EXPECT_EQ(one->cut(), 4u);
  EXPECT_EQ(find_loop(repeat({5, 6}, {1, 2, 3}, 20)),
            (RepetitionLoop{2, 3, 10}));  // 32 tokens reached in round 11
  std::vector<TokenId> phrase(20);
  for (size_t i = 0; i < phrase.size(); ++i) phrase[i] = static_cast<TokenId>(i);
  EXPECT_EQ(find_loop(repeat({99}, phrase, 6)), (RepetitionLoop{1, 20, 4}));
}

TEST(RepetitionGuard, LetsOrdinaryRepetitionPass) {
  EXPECT_EQ(find_loop(repeat({1}, {9}, 31)), std::nullopt);
  EXPECT_EQ(find_loop(repeat({1}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 3)), std::nullopt);
  EXPECT_EQ(find_loop({}), std::nullopt);
  std::vector<TokenId> counting(500);
  for (size_t i = 0; i < counting.size(); ++i)
    counting[i] = static_cast<TokenId>(i % 100);  // period beyond max_period
  EXPECT_EQ(find_loop(counting), std::nullopt);
}

TEST(RepetitionGuard, GoesOnReportingUntilTheLoopEnds) {
  RepetitionGuard guard({.max_period = 4, .min_repeats = 3, .min_tokens = 6});
  std::vector<bool> flags;
  for (TokenId token : {1, 2, 1, 2, 1, 2, 1, 7, 7}) flags.push_back(guard.add(token).has_value());
  EXPECT_EQ(flags, (std::vector<bool>{false, false, false, false, false, true, true, false, false}));
}

// The counters give what the definition gives: the last n tokens repeat with period p.
TEST(RepetitionGuard, AgreesWithItsDefinition) {
  Rng rng(2);
  RepetitionOptions options{.max_period = 5, .min_repeats = 2, .min_tokens = 6};
  RepetitionGuard guard(options);
  std::vector<TokenId> tokens;
  for (int i = 0; i < 3000; ++i) {
    tokens.push_back(static_cast<TokenId>(rng.below(2)));
    std::optional<RepetitionLoop> want;
    for (size_t period = 1; period <= 5 && !want; ++period) {
      size_t n = period;
      while (n < tokens.size() && tokens[tokens.size() - n - 1] == tokens[tokens.size() - n - 1 + period])
        ++n;
      if (n > tokens.size() || n < 6 || n / period < 2) continue;
      want = RepetitionLoop{tokens.size() - n, period, n / period};
    }
    ASSERT_EQ(guard.add(tokens.back()), want) << i;
  }
}

TEST(RepetitionGuard, CompressionRatioIsThatOfWhisper) {
  std::ifstream file(std::string(AURIS_SOURCE_DIR) + "/tests/golden/generate/sampling.json");
  nlohmann::json golden = nlohmann::json::parse(file);
  ASSERT_GT(golden["compression_ratio"].size(), 4u);
  for (const auto& [text, ratio] :
       golden["compression_ratio"].get<std::vector<std::pair<std::string, double>>>()) {
    EXPECT_NEAR(compression_ratio(text), ratio, 1e-12) << text;
  }
  EXPECT_EQ(compression_ratio(""), 0);
}

TEST(RepetitionGuard, RefusesBadOptions) {
  EXPECT_THROW(RepetitionGuard({.max_period = 0}), Error);
  EXPECT_THROW(RepetitionGuard({.max_period = 5000}), Error);
  EXPECT_THROW(RepetitionGuard({.min_repeats = 1}), Error);
}

}  // namespace
}  // namespace auris::generate
