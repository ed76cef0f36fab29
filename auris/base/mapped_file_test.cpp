#include "auris/base/mapped_file.h"

#include <gtest/gtest.h>

#include <fstream>

namespace auris {
namespace {

std::filesystem::path temporary(const std::string& name, const std::string& content) {
  std::filesystem::path path = std::filesystem::path(testing::TempDir()) / name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

TEST(MappedFile, ReadsWholeFile) {
  auto file = MappedFile::open(temporary("mapped_abc", "abc"), ErrorCode::kModel);
  ASSERT_EQ(file->bytes().size(), 3u);
  EXPECT_EQ(file->bytes()[2], std::byte{'c'});
}

TEST(MappedFile, EmptyFileIsAnEmptySpan) {
  EXPECT_TRUE(MappedFile::open(temporary("mapped_empty", ""), ErrorCode::kInput)->bytes().empty());
}

TEST(MappedFile, MissingFileAndFolderThrowTheCallersCode) {
  for (const std::filesystem::path& path : {std::filesystem::path(testing::TempDir()) / "no_such_file",
                                            std::filesystem::path(testing::TempDir())}) {
    try {
      MappedFile::open(path, ErrorCode::kInput);
      FAIL() << path;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInput);
    }
  }
}

}  // namespace
}  // namespace auris
