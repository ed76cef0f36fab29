#include "auris/base/line_file.h"

#include <gtest/gtest.h>

#include <vector>

#include "auris/base/test_folder.h"

namespace auris {
namespace {

std::vector<std::string> lines_in(const std::filesystem::path& path, const std::string& more = "") {
  std::vector<std::string> lines;
  LineFile file(path, "lines", ErrorCode::kInput, [&](std::string_view line) { lines.emplace_back(line); });
  if (!more.empty()) file.add(more);
  return lines;
}

TEST(LineFile, AKillLosesTheLastLineAtMost) {
  TestFolder folder;
  EXPECT_TRUE(lines_in(folder / "new" / "x", "one").empty());
  EXPECT_EQ(lines_in(folder / "new" / "x", "two"), (std::vector<std::string>{"one"}));
  folder.write("x", "one\n\ntw");
  EXPECT_EQ(lines_in(folder / "x", "three"), (std::vector<std::string>{"one", ""}));
  EXPECT_EQ(folder.read("x"), "one\n\nthree\n");
}

TEST(LineFile, IsOnePersonsAtATime) {
  TestFolder folder;
  LineFile file(folder / "x", "lines", ErrorCode::kInput, [](std::string_view) {});
  EXPECT_THROW(lines_in(folder / "x"), Error);
  EXPECT_THROW(lines_in("/proc/none/x"), Error);
  EXPECT_THROW(lines_in(folder.path()), Error);
}

}  // namespace
}  // namespace auris
