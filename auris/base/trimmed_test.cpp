#include "auris/base/trimmed.h"

#include <gtest/gtest.h>

namespace auris {
namespace {

TEST(Trimmed, LosesBlanksAtItsEndsAlone) {
  EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(trimmed("ab"), "ab");
  EXPECT_EQ(trimmed(" \n"), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed("\va\v"), "\va\v");
  EXPECT_EQ(trimmed("\v a\n", " \v"), "a\n");
}

}  // namespace
}  // namespace auris
