#include "auris/base/checked.h"

#include <gtest/gtest.h>

#include <limits>

namespace auris {
namespace {

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

TEST(Checked, AddAndMulReportOverflow) {
  EXPECT_EQ(checked_add(2, 3), 5u);
  EXPECT_EQ(checked_add(kMax, 1), std::nullopt);
  EXPECT_EQ(checked_mul(1u << 20, 1u << 20), uint64_t{1} << 40);
  EXPECT_EQ(checked_mul(kMax / 2, 3), std::nullopt);
}

TEST(Checked, FitsNeverWraps) {
  EXPECT_TRUE(fits(0, 10, 10));
  EXPECT_TRUE(fits(10, 0, 10));
  EXPECT_FALSE(fits(11, 0, 10));
  EXPECT_FALSE(fits(5, kMax, 10));
}

}  // namespace
}  // namespace auris
