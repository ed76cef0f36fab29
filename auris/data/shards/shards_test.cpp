#include <cstring>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/rng.h"
#include "auris/base/test_folder.h"
#include "auris/data/shards/permutation.h"
#include "auris/data/shards/shard_merge.h"
#include "auris/data/shards/shard_reader.h"
#include "auris/data/shards/shard_writer.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

Sample sample_of(uint64_t number) {
  Rng rng(number);
  std::string sound(rng.below(3000), '\0');
  for (char& c : sound) c = static_cast<char>(rng.below(256));
  return {.key = "part/" + std::to_string(1'000'000 + number),
          .files = {{"json", "{\"number\":" + std::to_string(number) + "}"}, {"0.wav", sound}, {"1.wav", ""}},
          .facts = {.duration_s = static_cast<float>(number) / 2,
                    .text_tokens = static_cast<uint32_t>(number),
                    .audio_tokens = static_cast<uint32_t>(3 * number)}};
}

void build(const fs::path& folder, uint64_t begin, uint64_t end, uint64_t stop = UINT64_MAX) {
  ShardWriter writer(folder, {.shard_bytes = 20'000});
  EXPECT_EQ(writer.resumed_key(), writer.resumed() == 0 ? "" : sample_of(begin + writer.resumed() - 1).key);
  for (uint64_t i = begin + writer.resumed(); i < end; ++i) {
    if (i == stop) return;  // as if killed here
    writer.add(sample_of(i));
  }
  writer.finish();
}

void expect_samples(const fs::path& folder, uint64_t begin, uint64_t end) {
  const ShardReader reader(folder);
  ASSERT_EQ(reader.size(), end - begin);
  for (uint64_t i = begin; i < end; ++i) {
    const Sample sample = reader.read(i - begin), wanted = sample_of(i);
    EXPECT_EQ(sample.key, wanted.key);
    EXPECT_EQ(sample.files, wanted.files);
    EXPECT_EQ(sample.facts, wanted.facts);
  }
}

std::string all_bytes(const fs::path& folder) {
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.insert(entry.path());
  std::string all;
  for (const fs::path& file : files) all += file.filename().string() + TestFolder::content_of(file);
  return all;
}

std::string problem(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInput);
    return error.what();
  }
  return "none";
}

TEST(Shards, GiveBackWhatWasWritten) {
  TestFolder folder;
  build(folder / "a", 0, 100);
  expect_samples(folder / "a", 0, 100);
  EXPECT_GT(ShardReader(folder / "a").index().shards().size(), 5u);
  for (const auto& entry : fs::directory_iterator(folder / "a")) EXPECT_NE(entry.path().extension(), ".rows");
}

TEST(Shards, TheSameSamplesGiveTheSameBytes) {
  TestFolder folder;
  build(folder / "a", 0, 60);
  build(folder / "b", 0, 60);
  EXPECT_EQ(all_bytes(folder / "a"), all_bytes(folder / "b"));
}

TEST(Shards, WhatWasInterruptedGoesOn) {
  TestFolder folder;
  build(folder / "whole", 0, 80);
  for (uint64_t stop : {1u, 17u, 40u, 79u}) build(folder / "cut", 0, 80, stop);
  EXPECT_FALSE(fs::exists(folder / "cut" / ShardIndex::kFileName));
  // A kill between a shard and its rows leaves a shard that is not believed.
  std::ofstream(folder / "cut" / "shard-00099.tar") << "x";
  build(folder / "cut", 0, 80);
  fs::remove(folder / "cut" / "shard-00099.tar");
  EXPECT_EQ(all_bytes(folder / "cut"), all_bytes(folder / "whole"));
}

TEST(Shards, FinishedDataIsNotWrittenOver) {
  TestFolder folder;
  build(folder / "a", 0, 5);
  EXPECT_THAT(problem([&] { build(folder / "a", 0, 5); }), HasSubstr("without finished data"));
  build(folder / "b", 0, 60, 50);
  fs::resize_file(folder / "b" / "shard-00000.tar", 1000);
  EXPECT_THAT(problem([&] { build(folder / "b", 0, 60); }), HasSubstr("as long as its rows say"));
}

TEST(Shards, PartsAreMerged) {
  TestFolder folder;
  build(folder / "a", 0, 30);
  build(folder / "b", 30, 31);
  build(folder / "c", 31, 31);
  build(folder / "d", 31, 70);
  merge_shards({folder / "a", folder / "b", folder / "c", folder / "d"}, folder / "all");
  expect_samples(folder / "all", 0, 70);
  expect_samples(folder / "b", 30, 31);
  EXPECT_THAT(problem([&] { merge_shards({folder / "a"}, folder / "all"); }),
              HasSubstr("without finished data"));
  EXPECT_NE(problem([&] { merge_shards({folder / "a", folder / "none"}, folder / "new"); }), "none");
  EXPECT_FALSE(fs::exists(folder / "new"));
  EXPECT_THROW(merge_shards({}, folder / "new"), Error);
}

TEST(Shards, DamageIsNamed) {
  TestFolder folder;
  build(folder / "a", 0, 60);
  const fs::path shard = folder / "a" / "shard-00001.tar";
  const std::string good = TestFolder::content_of(shard);
  fs::resize_file(shard, good.size() - 600);
  EXPECT_THAT(problem([&] { ShardReader reader(folder / "a"); }), HasSubstr("shard-00001.tar"));
  std::string bad = good;
  bad[100] ^= 1;  // the first header's checksum no longer holds
  std::ofstream(shard, std::ios::binary) << bad;
  const ShardReader reader(folder / "a");
  int failures = 0;
  for (uint64_t i = 0; i < reader.size(); ++i) {
    const std::string message = problem([&] { reader.read(i); });
    failures += message != "none" ? 1 : 0;
    EXPECT_THAT(message, testing::AnyOf("none", HasSubstr("shard-00001.tar, sample ")));
  }
  EXPECT_EQ(failures, 1);
  fs::remove(shard);
  EXPECT_THAT(problem([&] { ShardReader again(folder / "a"); }), HasSubstr("shard-00001.tar"));
}

TEST(Shards, KeysAndNamesAreChecked) {
  TestFolder folder;
  ShardWriter writer(folder / "a");
  for (const char* key : {"", "a.b", "/a", "a b", "\xc3\xa9"}) {
    EXPECT_THROW(writer.add({.key = key, .files = {{"json", "{}"}}, .facts = {}}), Error) << key;
  }
  EXPECT_THROW(writer.add({.key = "a", .files = {{std::string(120, 'x'), "{}"}}, .facts = {}}), Error);
}

TEST(ShardIndex, RefusesWhatIsNotOne) {
  TestFolder folder;
  build(folder / "a", 0, 10);
  const std::string good = folder.read("a/index.bin");
  const auto refused = [&](const std::string& bytes) {
    return problem([&] {
      const ShardIndex index = ShardIndex::parse(std::as_bytes(std::span(bytes)), "index.bin");
      for (uint64_t i = 0; i < index.size(); ++i) index[i];
    });
  };
  EXPECT_EQ(refused(good), "none");
  for (size_t size = 0; size < good.size(); size += 7)
    EXPECT_NE(refused(good.substr(0, size)), "none") << size;
  for (size_t at : {0u, 8u, 15u, 16u, 24u, 31u}) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x40);
    EXPECT_NE(refused(bad), "none") << at;
  }
  std::string far = good;
  far[ShardIndex::kHeaderBytes + 4] = 1;  // 4 GiB behind
  EXPECT_THAT(refused(far), HasSubstr("row 0"));
  std::string up = good;
  up.replace(up.find("shard-00000"), 11, "../../../ab");
  EXPECT_THAT(refused(up), HasSubstr("beside the index"));
  EXPECT_THROW(ShardReader(folder / "a").read(10), Error);
}

TEST(Permutation, VisitsEachOnce) {
  for (uint64_t count : {1u, 2u, 3u, 4u, 5u, 64u, 1000u, 4097u}) {
    for (uint64_t seed : {0u, 7u}) {
      const Permutation order(count, seed);
      std::set<uint64_t> seen;
      for (uint64_t i = 0; i < count; ++i) seen.insert(order(i));
      EXPECT_EQ(seen.size(), count);
      EXPECT_EQ(*seen.rbegin(), count - 1);
    }
  }
}

// Neighbours go far apart, every place is equally likely, and another seed is another order.
TEST(Permutation, IsShuffled) {
  constexpr uint64_t kCount = 10'000;
  const Permutation order(kCount, 1), other(kCount, 2);
  double distance = 0;
  int same = 0;
  std::vector<int> buckets(10);
  for (uint64_t i = 0; i + 1 < kCount; ++i) {
    const auto a = static_cast<double>(order(i)), b = static_cast<double>(order(i + 1));
    distance += std::abs(a - b);
    same += order(i) == other(i) ? 1 : 0;
    if (i < kCount / 10) ++buckets[order(i) / (kCount / 10)];
  }
  EXPECT_NEAR(distance / kCount, kCount / 3.0, kCount / 30.0);
  EXPECT_LT(same, 10);
  for (int count : buckets) EXPECT_NEAR(count, 100, 45);
}

}  // namespace
}  // namespace auris::data
