#include "auris/text/markdown_text.h"

#include <gtest/gtest.h>

namespace auris::text {
namespace {

TEST(MarkdownText, IsReadAsItIsWritten) {
  EXPECT_EQ(markdown_text("a|b\n# <b>*c*</b> [d](e) `f` g_h &amp; \\"),
            "a\\|b \\# \\<b\\>\\*c\\*\\</b\\> \\[d\\](e) \\`f\\` g\\_h \\&amp; \\\\");
  EXPECT_EQ(markdown_text("caf\xc3\xa9 \xff"), "caf\xc3\xa9 \xef\xbf\xbd");
}

TEST(MarkdownText, NothingEndsABlockBeforeItsEnd) {
  EXPECT_EQ(markdown_block("a = 1", "toml"), "```toml\na = 1\n```\n");
  EXPECT_EQ(markdown_block("a\n````\nb\n", ""), "`````\na\n````\nb\n`````\n");
}

}  // namespace
}  // namespace auris::text
