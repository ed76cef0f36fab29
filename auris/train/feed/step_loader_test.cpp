#include "auris/train/feed/step_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/test_folder.h"

namespace auris::train {
namespace {

using testing::HasSubstr;

BatchPlan plan_in(const TestFolder& folder) {
  const std::vector<ExampleLength> rows(100, ExampleLength{.tokens = {.audio = 5, .text = 5}, .audio_s = 1});
  write_lengths(folder / "lengths", rows, {"a"}, "key");
  const FeedSet set{.name = "a",
                    .lengths = std::make_shared<const LengthTable>(LengthTable::open(folder / "lengths"))};
  return BatchPlan({set}, {.seed = 1, .batch = {.examples = 3, .accumulation = 2}});
}

// Slower for some, so that threads overtake each other.
uint64_t slow_row(const ExamplePlace& place) {
  if (place.row % 7 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  return place.row;
}

TEST(StepLoader, GivesThePlansStepsInOrder) {
  TestFolder folder;
  BatchPlan plan = plan_in(folder);
  StepLoader<uint64_t> loader(plan_in(folder), slow_row, {.threads = 4, .steps_ahead = 3});
  EXPECT_EQ(loader.position(), plan.position());
  for (int i = 0; i < 60; ++i) {
    const StepPlan wanted = plan.next();
    const auto step = loader.next();
    EXPECT_EQ(step.plan.step, i);
    EXPECT_EQ(loader.position(), plan.position());
    ASSERT_EQ(step.batches.size(), 2u);
    for (size_t b = 0; b < 2; ++b) {
      ASSERT_EQ(step.batches[b].size(), 3u);
      for (size_t e = 0; e < 3; ++e) EXPECT_EQ(step.batches[b][e], wanted.batches[b][e].row);
    }
  }
}

TEST(StepLoader, LeavesOutWhatCannotBeLoadedAndTells) {
  TestFolder folder;
  StepLoader<uint64_t> loader(plan_in(folder), [](const ExamplePlace& place) {
    if (place.row < 20)
      throw Error(ErrorCode::kInput, {.where = "row", .expected = "more", .got = "less", .hint = ""});
    return place.row;
  });
  size_t lost = 0, kept = 0;
  for (int i = 0; i < 50; ++i) {  // three epochs
    const auto step = loader.next();
    for (const LostExample& example : step.lost) {
      EXPECT_LT(example.place.row, 20u);
      EXPECT_THAT(example.message, HasSubstr("got less"));
    }
    lost += step.lost.size();
    for (const auto& batch : step.batches) kept += batch.size();
  }
  EXPECT_EQ(lost, 60u);
  EXPECT_EQ(kept, 240u);
}

TEST(StepLoader, OtherErrorsEndIt) {
  TestFolder folder;
  StepLoader<uint64_t> loader(plan_in(folder), [](const ExamplePlace& place) -> uint64_t {
    if (place.row == 50)
      throw Error(ErrorCode::kModel, {.where = "row", .expected = "a", .got = "b", .hint = ""});
    return place.row;
  });
  EXPECT_THROW(
      {
        for (int i = 0; i < 100; ++i) loader.next();
      },
      Error);
}

TEST(StepLoader, MeasuresHowLongTrainingWaits) {
  TestFolder folder;
  StepLoader<uint64_t> loader(plan_in(folder),
                              [](const ExamplePlace& place) {
                                std::this_thread::sleep_for(std::chrono::milliseconds(20));
                                return place.row;
                              },
                              {.threads = 1, .steps_ahead = 1});
  EXPECT_GT(loader.next().waited_s, 0.05);  // six examples, 20 ms each
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  EXPECT_LT(loader.next().waited_s, 0.05);
}

}  // namespace
}  // namespace auris::train
