#include "auris/train/checkpoint/checkpoint_store.h"

#include <sys/resource.h>

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/test_folder.h"
#include "auris/weights/checkpoint.h"

namespace auris::train {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

// A checkpoint whose numbers are its step.
void save(CheckpointStore& store, int64_t step) {
  std::vector<float> numbers(3, static_cast<float>(step));
  std::vector<weights::NamedTensor> parameters = {{"projector.weight", Tensor::from(numbers, {3})}};
  std::vector<weights::NamedTensor> moments = {{"first.projector.weight", Tensor::from(numbers, {3})}};
  store.save({.step = step, .parameters = parameters, .optimizer = moments, .state = {{"step", step}}});
}

float number_in(const CheckpointStore& store, int64_t step) {
  return weights::open_checkpoint(store.path_of(step) / CheckpointStore::kParametersName)
      ->tensor("projector.weight")
      .data<float>()[0];
}

TEST(CheckpointStore, KeepsTheNewestWholeOnes) {
  TestFolder folder;
  CheckpointStore store(folder / "checkpoints", 2);
  EXPECT_EQ(store.newest(), std::nullopt);
  for (int64_t step : {10, 20, 30}) save(store, step);
  EXPECT_THAT(store.steps(), ElementsAre(20, 30));
  EXPECT_EQ(store.newest(), 30);
  EXPECT_EQ(number_in(store, 30), 30.0f);
  EXPECT_EQ(store.state_of(20).at("step"), 20);
}

TEST(CheckpointStore, AStepCanBeSavedAgain) {
  TestFolder folder;
  CheckpointStore store(folder.path(), 3);
  for (int64_t step : {10, 20, 10}) save(store, step);
  EXPECT_THAT(store.steps(), ElementsAre(10, 20));
  EXPECT_EQ(number_in(store, 10), 10.0f);
}

TEST(CheckpointStore, WhatAKillLeftIsNoCheckpoint) {
  TestFolder folder;
  CheckpointStore store(folder.path(), 2);
  save(store, 10);
  fs::copy(store.path_of(10), folder / "step-00000020.unfinished", fs::copy_options::recursive);
  fs::create_directory(folder / "step-x");
  fs::create_directory(folder / "step-000000300");
  EXPECT_THAT(store.steps(), ElementsAre(10));
  save(store, 30);
  EXPECT_FALSE(fs::exists(folder / "step-00000020.unfinished"));
  EXPECT_TRUE(fs::exists(folder / "step-x"));  // not ours to remove
}

// A limit on the size of files stands for a full disk: what was saved before stays.
TEST(CheckpointStore, AFullDiskLosesNothing) {
  TestFolder folder;
  CheckpointStore store(folder.path(), 1);
  save(store, 10);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 64;
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_THROW(save(store, 20), Error);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(store.steps(), ElementsAre(10));
  EXPECT_EQ(number_in(store, 10), 10.0f);
  save(store, 20);
  EXPECT_THAT(store.steps(), ElementsAre(20));
}

TEST(CheckpointStore, ADamagedStateIsAnError) {
  TestFolder folder;
  CheckpointStore store(folder.path(), 1);
  save(store, 10);
  folder.write("step-00000010/state.json", "{\"step\": 1");
  EXPECT_THROW(store.state_of(10), Error);
}

}  // namespace
}  // namespace auris::train
