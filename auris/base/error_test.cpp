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

TEST(Error, AMessageWithinAMessageHasItsOwnFullStop) {
  Error inner(ErrorCode::kInput, {.where = "wav", .expected = "a header", .got = "nothing", .hint = ""});
  Error outer(ErrorCode::kInput, {.where = "data", .expected = "a clip", .got = inner.what(), .hint = ""});
  EXPECT_STREQ(outer.what(), "[data] expected a clip, got [wav] expected a header, got nothing.");
}

TEST(Error, QuotedEscapesAndCuts) {
  EXPECT_EQ(quoted("a\nb"), "'a\\x0ab'");
  EXPECT_EQ(quoted("abcdef", 3), "'abc...'");
  EXPECT_EQ(quoted(""), "''");
  EXPECT_EQ(quoted("a\u00e9\u4e2d"), "'a\u00e9\u4e2d'");
  EXPECT_EQ(quoted("\u00e9\u00e9", 3), "'\u00e9\u00e9'");
  EXPECT_EQ(quoted("\u00e9\u00e9", 2), "'\u00e9...'");
}

TEST(Error, QuotedEscapesWhatATerminalWouldObey) {
  EXPECT_EQ(quoted("\x1b[31m"), "'\\x1b[31m'");
  EXPECT_EQ(quoted("\u009b31m"), "'\\xc2\\x9b31m'");  // the same escape in one character
  EXPECT_EQ(quoted("\u202egnp.exe"), "'\\xe2\\x80\\xaegnp.exe'");
  EXPECT_EQ(quoted("\xfd\xe4p\xed"), "'\\xfd\\xe4p\\xed'");
  EXPECT_EQ(quoted("\xe4\xb8"), "'\\xe4\\xb8'");  // ends within a character
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
