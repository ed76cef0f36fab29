#include "auris/train/features/recognition_cache.h"

#include <gtest/gtest.h>

#include <fstream>

#include "auris/base/rng.h"
#include "auris/base/test_folder.h"
#include "auris/tensor/ops/random_tensors.h"

namespace auris::train {
namespace {

namespace fs = std::filesystem;
using processor::Recognition;

// Hears something else each time, and counts.
class CountingListener : public processor::Listener {
 public:
  std::shared_ptr<const Recognition> listen(const processor::Clip&) const override {
    Rng rng(static_cast<uint64_t>(++calls_));
    auto heard = std::make_shared<Recognition>(Recognition{.text = "so it is", .token_ends = {2, 5, 8}});
    heard->states = test::random_f32(rng, {3, 6});
    heard->sound = test::random_f32(rng, {2, 18});
    return heard;
  }
  int calls() const { return calls_; }

 private:
  mutable int calls_ = 0;
};

processor::Clip clip_of(float first) {
  return std::make_shared<const audio::AudioClip>(audio::AudioClip{.samples = {first, 0.25f, -0.5f}});
}

void expect_equal(const Recognition& a, const Recognition& b) {
  EXPECT_EQ(a.text, b.text);
  EXPECT_EQ(a.token_ends, b.token_ends);
  ASSERT_EQ(a.states.defined(), b.states.defined());
  ASSERT_EQ(a.sound.defined(), b.sound.defined());
  EXPECT_TRUE(!a.states.defined() || test::same_bits(a.states, b.states));
  EXPECT_TRUE(!a.sound.defined() || test::same_bits(a.sound, b.sound));
}

TEST(RecognitionCache, ListensOnce) {
  TestFolder folder;
  CountingListener listener;
  const RecognitionCache cache(folder.path(), "whisper 8"), other(folder.path(), "whisper 9");
  const auto first = cache.listen(listener, clip_of(0.5f));
  expect_equal(*cache.listen(listener, clip_of(0.5f)), *first);
  EXPECT_EQ(listener.calls(), 1);
  cache.listen(listener, clip_of(0.75f));
  EXPECT_EQ(listener.calls(), 2);
  other.listen(listener, clip_of(0.5f));
  EXPECT_EQ(listener.calls(), 3);
}

TEST(RecognitionCache, KeepsWhatHasNoWordsOrNoSound) {
  TestFolder folder;
  const RecognitionCache cache(folder.path(), "a");
  Rng rng(1);
  const Recognition cases[] = {{},
                               {.sound = test::random_f32(rng, {4, 3})},
                               {.text = "a", .token_ends = {1}, .states = test::random_f32(rng, {1, 3})}};
  for (const Recognition& heard : cases) {
    const std::string key(64, '7');
    cache.add(key, heard);
    const auto found = cache.find(key);
    ASSERT_NE(found, nullptr);
    expect_equal(*found, heard);
  }
}

// Every byte that is changed and every length that is cut makes the file as good as absent.
TEST(RecognitionCache, DamagedFilesAreHeardAgain) {
  TestFolder folder;
  const RecognitionCache cache(folder.path(), "a");
  CountingListener listener;
  cache.listen(listener, clip_of(0.5f));
  fs::path path;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    if (entry.is_regular_file()) path = entry.path();
  }
  std::ifstream stream(path, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(stream), {}};
  const std::string key = cache.key_of(*clip_of(0.5f));
  const auto expect_absent = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    EXPECT_EQ(cache.find(key), nullptr);
  };
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    expect_absent(bytes);
  }
  for (size_t size = 0; size < whole.size(); ++size) expect_absent(whole.substr(0, size));
  cache.listen(listener, clip_of(0.5f));
  EXPECT_EQ(listener.calls(), 2);
  EXPECT_NE(cache.find(key), nullptr);
}

}  // namespace
}  // namespace auris::train
