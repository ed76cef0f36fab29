#include "auris/train/features/feature_cache.h"

#include <gtest/gtest.h>

#include <fstream>

#include "auris/base/rng.h"
#include "auris/base/test_folder.h"
#include "auris/tensor/ops/random_tensors.h"

namespace auris::train {
namespace {

namespace fs = std::filesystem;

models::EncodedAudio heard_rows(Rng& rng) {
  models::EncodedAudio heard;
  heard.layout.add(5);
  heard.layout.add(0);
  heard.layout.add(2);
  heard.hidden = test::random_f32(rng, {7, 6});
  return heard;
}

fs::path only_file(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) return entry.path();
  }
  return {};
}

TEST(FeatureCache, GivesBackTheSameBits) {
  TestFolder folder;
  Rng rng(1);
  FeatureCache cache(folder.path(), "whisper-base 0123");
  models::EncodedAudio heard = heard_rows(rng);
  std::vector<models::AudioWindow> windows = {{.mel = test::random_f32(rng, {20, 8}), .frames = 18}};
  std::string key = cache.key_of(windows);
  EXPECT_FALSE(cache.find(key));
  cache.add(key, heard);
  auto found = cache.find(key);
  ASSERT_TRUE(found);
  EXPECT_TRUE(test::same_bits(found->hidden, heard.hidden));
  ASSERT_EQ(found->layout.spans.size(), 3u);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(found->layout.spans[i].row_count, heard.layout.spans[i].row_count);
  EXPECT_EQ(cache.damaged(), 0);
}

TEST(FeatureCache, EverythingThatDecidesIsInTheKey) {
  TestFolder folder;
  Rng rng(2);
  FeatureCache cache(folder.path(), "a"), other(folder.path(), "b");
  std::vector<models::AudioWindow> windows = {{.mel = test::random_f32(rng, {20, 8}), .frames = 18}};
  std::string key = cache.key_of(windows);
  EXPECT_NE(key, other.key_of(windows));
  windows[0].frames = 17;
  EXPECT_NE(key, cache.key_of(windows));
  windows[0].frames = 18;
  EXPECT_EQ(key, cache.key_of(windows));
  windows[0].mel.data<float>()[159] += 1e-6f;
  EXPECT_NE(key, cache.key_of(windows));
}

// Every byte that is changed and every length that is cut makes the file as good as absent.
TEST(FeatureCache, DamagedFilesCountAsAbsent) {
  TestFolder folder;
  Rng rng(3);
  FeatureCache cache(folder.path(), "a");
  const std::string key(64, '3');
  cache.add(key, heard_rows(rng));
  fs::path path = only_file(folder.path());
  std::ifstream stream(path, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(stream), {}};
  int64_t damaged = 0;
  auto expect_absent = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    EXPECT_FALSE(cache.find(key));
    EXPECT_EQ(cache.damaged(), ++damaged);
  };
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    expect_absent(bytes);
  }
  for (size_t size = 0; size < whole.size(); ++size) expect_absent(whole.substr(0, size));
  cache.add(key, heard_rows(rng));
  EXPECT_TRUE(cache.find(key));
}

}  // namespace
}  // namespace auris::train
