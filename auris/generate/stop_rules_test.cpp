#include "auris/generate/stop_rules.h"

#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/rng.h"

namespace auris::generate {
namespace {

TEST(StopRules, HoldsBackWhatMayBeginAStopString) {
  StopRules rules({.stop_strings = {"\nUser:", "END"}});
  EXPECT_EQ(rules.add(1, "Hello"), "Hello");
  EXPECT_EQ(rules.add(2, " there\nUs"), " there");
  EXPECT_EQ(rules.add(3, "ual E"), "\nUsual ");
  EXPECT_EQ(rules.add(4, "N"), "");
  EXPECT_EQ(rules.add(5, "D and more"), "");
  EXPECT_EQ(rules.reason(), StopReason::kString);
  EXPECT_EQ(rules.stop_string(), "END");
  EXPECT_EQ(rules.finish(), "");
  EXPECT_EQ(rules.tokens(), 5);
}

TEST(StopRules, FinishGivesTheRest) {
  StopRules rules({.stop_strings = {"abc"}});
  EXPECT_EQ(rules.add(1, "xxab"), "xx");
  EXPECT_EQ(rules.finish(), "ab");
}

TEST(StopRules, StopTokensAndLimits) {
  StopRules rules({.stop_tokens = {2, 7}, .stop_strings = {"<x>"}});
  EXPECT_EQ(rules.add(1, "a<"), "a");
  EXPECT_EQ(rules.add(7, "</s>"), "<");
  EXPECT_EQ(rules.reason(), StopReason::kToken);

  StopRules limited({.stop_strings = {"<x>"}, .max_tokens = 2});
  EXPECT_EQ(limited.add(1, "a"), "a");
  EXPECT_EQ(limited.add(1, "b<x"), "b<x");
  EXPECT_EQ(limited.reason(), StopReason::kMaxTokens);
  EXPECT_THROW(limited.add(1, "c"), Error);
}

TEST(StopRules, TheEarliestCompleteStopStringWins) {
  StopRules rules({.stop_strings = {"abcd", "bc", "xbc"}});
  EXPECT_EQ(rules.add(1, "1xbcd"), "1");
  EXPECT_EQ(rules.stop_string(), "xbc");
}

// However the text is cut, the shown text and the end are the same.
TEST(StopRules, ChunksDoNotMatter) {
  Rng rng(1);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int i = 0; i < 40; ++i) text += static_cast<char>('a' + rng.below(2));
    StopOptions options;
    for (uint64_t i = 0; i < 1 + rng.below(3); ++i) {
      std::string stop;
      for (uint64_t j = 0; j < 4 + rng.below(4); ++j) stop += static_cast<char>('a' + rng.below(2));
      options.stop_strings.push_back(stop);
    }
    StopRules whole(options), cut(options);
    std::string got, want = whole.add(0, text);
    want += whole.finish();
    for (size_t i = 0; i < text.size() && !cut.stopped();) {
      size_t size = rng.below(6);
      got += cut.add(0, std::string_view(text).substr(i, size));
      i += size;
    }
    got += cut.finish();
    EXPECT_EQ(got, want) << text;
    EXPECT_EQ(cut.reason(), whole.reason());
    EXPECT_EQ(cut.stop_string(), whole.stop_string());
  }
}

TEST(StopRules, RefusesBadOptions) {
  EXPECT_THROW(StopRules({.stop_strings = {""}}), Error);
  EXPECT_THROW(StopRules({.stop_strings = {std::string(2000, 'x')}}), Error);
  EXPECT_THROW(StopRules({.stop_strings = std::vector<std::string>(65, "x")}), Error);
  EXPECT_THROW(StopRules({.max_tokens = -1}), Error);
}

}  // namespace
}  // namespace auris::generate
