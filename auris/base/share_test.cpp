#include "auris/base/share.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris {
namespace {

TEST(Shares, HoldEachPieceOnce) {
  for (int64_t number = 0; number < 20; ++number) {
    int holders = 0;
    for (int64_t index = 0; index < 3; ++index) holders += Share{index, 3}.holds(number) ? 1 : 0;
    EXPECT_EQ(holders, 1) << number;
  }
  EXPECT_TRUE(Share{}.is_whole() && Share{}.holds(7));
  EXPECT_FALSE((Share{0, 2}.is_whole()));
}

TEST(Shares, AreRead) {
  const Share share = share_of("2/8", "here");
  EXPECT_EQ(share.index, 2);
  EXPECT_EQ(share.count, 8);
}

TEST(Shares, RefuseWhatIsNone) {
  for (const char* text : {"", "/", "1", "1/", "/2", "2/2", "-1/2", "0/0", "1/2/3", " 0/2", "0/2 ", "0x0/2",
                           "0/99999999999999999999"}) {
    try {
      share_of(text, "here");
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      EXPECT_THAT(error.what(), testing::HasSubstr("[here] expected a part i/n with 0 <= i < n"));
    }
  }
}

}  // namespace
}  // namespace auris
