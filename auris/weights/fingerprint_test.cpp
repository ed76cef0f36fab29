#include "auris/weights/fingerprint.h"

#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/test_folder.h"

namespace auris::weights {
namespace {

TEST(Fingerprint, TellsModelsApart) {
  TestFolder folder;
  folder.write("a/model.bin", "one");
  folder.write("b/model.bin", "two");
  EXPECT_NE(model_fingerprint(folder / "a"), model_fingerprint(folder / "b"));
  EXPECT_EQ(model_fingerprint(folder / "a"), model_fingerprint(folder / "a"));
  std::filesystem::create_directories(folder / "empty");
  EXPECT_THROW(model_fingerprint(folder / "empty"), Error);
}

}  // namespace
}  // namespace auris::weights
