#include "auris/base/error.h"

#include <gtest/gtest.h>

namespace auris {
namespace {

TEST(Error, MessageHasAllParts) {
  Error error(
      ErrorCode::kModel,
      {.where = "gguf", .expected = "version 3", .got = "version 9", .hint = "convert the file again"});
  EXPECT_STREQ(error.what(), "[gguf] expected version 3, got version 9. Hint: convert the file again.");
  EXPECT_EQ(error.code(), ErrorCode::kModel);
  EXPECT_EQ(error.where(), "gguf");
}

TEST(Error, HintIsOptional) {
  Error error(ErrorCode::kInput, {.where = "wav", .expected = "a header", .got = "nothing", .hint = ""});
  EXPECT_STREQ(error.what(), "[wav] expected a header, got nothing.");
}

TEST(Error, QuotedEscapesAndCuts) {
  EXPECT_EQ(quoted("a\nb"), "'a\\x0ab'");
  EXPECT_EQ(quoted("abcdef", 3), "'abc...'");
  EXPECT_EQ(quoted(""), "''");
}

TEST(Error, CheckThrowsInternal) {
  try {
    AURIS_CHECK(1 + 1 == 3);
    FAIL() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInternal);
    EXPECT_NE(std::string(error.what()).find("1 + 1 == 3"), std::string::npos);
  }
}

}  // namespace
}  // namespace auris
