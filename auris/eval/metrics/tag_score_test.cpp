#include "auris/eval/metrics/tag_score.h"

#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris::eval {
namespace {

using Tags = std::vector<size_t>;

// The worked example, by hand. Label 0: 1 hit, 1 missed. 1: 1 hit. 2: 1 invented. 3: nothing at all.
TEST(TagScore, MicroAndMacro) {
  TagSums sums(4);
  EXPECT_EQ(sums.add(Tags{0, 1}, Tags{1, 0, 1}), (SetCounts{2, 0, 0}));
  EXPECT_EQ(sums.add(Tags{0}, Tags{2}), (SetCounts{0, 1, 1}));
  EXPECT_EQ(sums.add(Tags{}, Tags{}), (SetCounts{}));
  EXPECT_EQ(sums.items(), 3);
  EXPECT_EQ(sums.exact_items(), 2);
  EXPECT_DOUBLE_EQ(*sums.micro_f1(), 4.0 / 6);
  EXPECT_DOUBLE_EQ(*sums.macro_f1(), (2.0 / 3 + 1 + 0) / 3);
  EXPECT_DOUBLE_EQ(*sums.all_labels().precision(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(*sums.all_labels().recall(), 2.0 / 3);
}

TEST(TagScore, ItemsAddUp) {
  TagSums whole(3), first(3), second(3);
  CorpusItem items;
  for (size_t i = 0; i < 60; ++i) {
    const Tags truth = i % 5 == 0 ? Tags{} : Tags{i % 3, (i / 2) % 3};
    const Tags answer = {(i * 7) % 3, (i * 5 + 1) % 3};
    items += whole.add(truth, answer).f1_item();
    (i < 20 ? first : second).add(truth, answer);
  }
  TagSums sum;
  sum += first;
  sum += second;
  EXPECT_EQ(sum, whole);
  EXPECT_DOUBLE_EQ(ratio(items), *whole.micro_f1());
}

TEST(TagScore, Errors) {
  TagSums sums(2);
  EXPECT_EQ(sums.micro_f1(), std::nullopt);
  EXPECT_EQ(sums.macro_f1(), std::nullopt);
  EXPECT_THROW(sums.add(Tags{2}, Tags{}), Error);
  EXPECT_THROW(sums += TagSums(3), Error);
}

}  // namespace
}  // namespace auris::eval
