#include <vector>

#include <gtest/gtest.h>

#include "auris/engine/serving/clip_key.h"
#include "auris/engine/serving/hearing_cache.h"
#include "auris/engine/serving/sequence_cache.h"

namespace auris::engine {
namespace {

using Ids = std::vector<int32_t>;

class SequenceCacheTest : public ::testing::Test {
 protected:
  // A sequence that holds all of `ids`.
  SequenceId filled(const Ids& ids, std::span<const SequenceCache::Held> live = {}) {
    const SequenceId sequence = sequences_.begin(ids, live);
    const int64_t held = cache_.length(sequence), rows = static_cast<int64_t>(ids.size());
    cache_.extend(RowLayout::single(rows - held, held, sequence));
    return sequence;
  }
  // How much of `ids` is there already.
  int64_t found(const Ids& ids, std::span<const SequenceCache::Held> live = {}) {
    const SequenceId sequence = sequences_.begin(ids, live);
    const int64_t length = cache_.length(sequence);
    cache_.release(sequence);
    return length;
  }
  static Ids numbers(int32_t count, int32_t first = 0) {
    Ids ids;
    for (int32_t i = 0; i < count; ++i) ids.push_back(first + i);
    return ids;
  }

  KvCache cache_{{.layers = 1, .kv_heads = 1, .head_dim = 4}};
  SequenceCache sequences_{cache_, 3};
};

TEST_F(SequenceCacheTest, FindsTheLongestBeginning) {
  sequences_.keep(filled({1, 2, 3, 4}), {1, 2, 3, 4});
  sequences_.keep(filled({1, 2, 7}), {1, 2, 7});
  EXPECT_EQ(found({1, 2, 3, 9}), 3);
  EXPECT_EQ(found({1, 2, 7, 8, 9}), 3);
  EXPECT_EQ(found({1, 5}), 1);
  EXPECT_EQ(found({6, 2}), 0);
  EXPECT_EQ(found({1, 2, 3, 4}), 3) << "the last row is run for its logits";
}

TEST_F(SequenceCacheTest, WhatGoesOnReplacesItsBeginning) {
  sequences_.keep(filled({1, 2, 3}), {1, 2, 3});
  sequences_.keep(filled({1, 2, 3, 4, 5}), {1, 2, 3, 4, 5});
  EXPECT_EQ(sequences_.size(), 1u);
  sequences_.keep(filled({1, 2, 4}), {1, 2, 4});
  EXPECT_EQ(sequences_.size(), 2u);
}

TEST_F(SequenceCacheTest, TheOneUsedLongestAgoIsForgottenWithItsPages) {
  for (int32_t i = 0; i < 3; ++i) sequences_.keep(filled(numbers(40, 100 * i)), numbers(40, 100 * i));
  EXPECT_EQ(cache_.pages_in_use(), 6);
  EXPECT_EQ(found(numbers(41)), 40);  // the first is the one used last now
  sequences_.keep(filled(numbers(40, 300)), numbers(40, 300));
  EXPECT_EQ(sequences_.size(), 3u);
  EXPECT_EQ(found(numbers(40, 100)), 0);
  EXPECT_EQ(found(numbers(40)), 39);
  while (sequences_.forget_oldest()) {
  }
  EXPECT_EQ(cache_.pages_in_use(), 0);
}

TEST_F(SequenceCacheTest, SequencesThatAreStillWrittenAreSharedToo) {
  const Ids ids = numbers(50);
  const SequenceId running = filled(ids);
  const std::vector<SequenceCache::Held> live{{.sequence = running, .ids = ids}};
  EXPECT_EQ(found(numbers(60), live), 50);
  EXPECT_EQ(found(numbers(60)), 0);
  // It was asked to hold more than it does yet.
  const Ids longer = numbers(70);
  EXPECT_EQ(found(numbers(80), std::vector<SequenceCache::Held>{{.sequence = running, .ids = longer}}), 50);
}

TEST_F(SequenceCacheTest, WhatWasNotRunIsNotRemembered) {
  const SequenceId sequence = filled({1, 2, 3});
  sequences_.keep(sequence, {1, 2, 3, 4, 5});
  EXPECT_EQ(found({1, 2, 3, 4, 5, 6}), 3);
}

TEST(ClipKey, TellsSamplesAndRates) {
  const audio::AudioClip clip{.samples = {0.1f, 0.2f}};
  EXPECT_EQ(key_of(clip), key_of({.samples = {0.1f, 0.2f}}));
  EXPECT_NE(key_of(clip), key_of({.samples = {0.1f, 0.3f}}));
  EXPECT_NE(key_of(clip), key_of({.samples = {0.1f, 0.2f}, .sample_rate_hz = 8000}));
  EXPECT_NE(key_of(clip), key_of({.samples = {0.1f, 0.2f, 0.0f}}));
}

TEST(ClipNumbers, AreNegativeStableAndNeverGivenTwice) {
  ClipNumbers numbers(2);
  const int32_t a = numbers.of("a"), b = numbers.of("b");
  EXPECT_LT(a, 0);
  EXPECT_LT(b, 0);
  EXPECT_NE(a, b);
  EXPECT_EQ(numbers.of("a"), a);
  const int32_t c = numbers.of("c");  // in the place of b
  EXPECT_EQ(numbers.of("a"), a);
  const int32_t again = numbers.of("b");
  EXPECT_NE(again, a);
  EXPECT_NE(again, b);
  EXPECT_NE(again, c);
}

TEST(HearingCache, ForgetsWhatWasUsedLongestAgo) {
  const auto heard = [](int64_t rows) {
    return std::make_shared<const HeardClip>(HeardClip{.rows = Tensor::zeros({rows, 256})});
  };
  HearingCache cache(3 * heard(1)->bytes());
  for (const char* key : {"a", "b", "c"}) cache.add(key, heard(1));
  EXPECT_NE(cache.find("a"), nullptr);
  cache.add("d", heard(1));
  EXPECT_EQ(cache.find("b"), nullptr);
  EXPECT_NE(cache.find("a"), nullptr);
  cache.add("a", heard(1));  // in the place of what was there
  EXPECT_NE(cache.find("d"), nullptr);
  EXPECT_EQ(cache.counts().hits, 3u);
  EXPECT_EQ(cache.counts().misses, 1u);
  cache.add("large", heard(100));  // larger than all: it stays as long as it is the only one
  EXPECT_EQ(cache.find("a"), nullptr);
  EXPECT_NE(cache.find("large"), nullptr);
}

}  // namespace
}  // namespace auris::engine
