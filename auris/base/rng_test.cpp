#include "auris/base/rng.h"

#include <gtest/gtest.h>

#include <cmath>

namespace auris {
namespace {

TEST(Rng, SameSeedSameNumbers) {
  Rng a(7), b(7), c(8);
  uint64_t first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
}

TEST(Rng, UniformAndBelowStayInRange) {
  Rng rng(1);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    double value = rng.uniform();
    ASSERT_GE(value, 0.0);
    ASSERT_LT(value, 1.0);
    sum += value;
    ASSERT_LT(rng.below(7), 7u);
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.02);
}

TEST(Rng, NormalHasUnitVariance) {
  Rng rng(2);
  double sum = 0, squares = 0;
  for (int i = 0; i < 20000; ++i) {
    double value = rng.normal();
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / 20000, 0.0, 0.03);
  EXPECT_NEAR(squares / 20000, 1.0, 0.05);
}

}  // namespace
}  // namespace auris
