#include "auris/base/child_process.h"

#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/test_folder.h"

namespace auris {
namespace {

TEST(ChildProcess, StatusErrorsAndCancelling) {
  EXPECT_EQ(run_child({"true"}, {}).status, 0);
  EXPECT_EQ(run_child({"no-such-program-anywhere"}, {}).status, 127);
  TestFolder folder;
  EXPECT_EQ(run_child({"echo", "one"}, {}, folder / "out.txt").status, 0);
  EXPECT_EQ(folder.read("out.txt"), "one\n");
  ChildResult failed = run_child({"sh", "-c", "echo one >&2; echo 'two three' >&2; exit 3"}, {});
  EXPECT_EQ(failed.status, 3);
  EXPECT_EQ(failed.last_error_line(), "two three");
  EXPECT_THROW(run_child({"sleep", "60"}, [] { return false; }), Error);
}

}  // namespace
}  // namespace auris
