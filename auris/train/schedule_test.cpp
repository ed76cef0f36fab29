#include "auris/train/schedule.h"

#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/json_text.h"
#include "tests/source_folder.h"

namespace auris::train {
namespace {

// tools/reference/dump_schedules.py
TEST(Schedule, EqualsTransformers) {
  const auto cases = read_json_file(AURIS_SOURCE_DIR "/tests/golden/train/schedules.json", ErrorCode::kInput);
  int compared = 0;
  for (const auto& golden : cases) {
    SCOPED_TRACE(golden["shape"].dump() + golden["steps"].dump() + golden["warmup_steps"].dump());
    const ScheduleOptions options{.shape = *value_in(kScheduleShapes, golden["shape"].get<std::string>()),
                                  .steps = golden["steps"],
                                  .warmup_steps = golden["warmup_steps"],
                                  .min_share = golden["min_share"]};
    int64_t step = 0;
    for (const auto& share : golden["shares"]) {
      EXPECT_NEAR(learning_rate_share(options, step), share.get<double>(), 1e-12) << step;
      ++step;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 5 * (1 + 7 + 40 + 40 + 101));
}

TEST(Schedule, StaysAtItsMinimumBehindTheEnd) {
  const ScheduleOptions cosine{.shape = ScheduleShape::kCosine, .steps = 10, .min_share = 0.25};
  EXPECT_DOUBLE_EQ(learning_rate_share(cosine, 10), 0.25);
  EXPECT_DOUBLE_EQ(learning_rate_share(cosine, 1000), 0.25);
}

TEST(Schedule, RefusesWhatCannotBe) {
  EXPECT_THROW(learning_rate_share({.steps = 0}, 0), Error);
  EXPECT_THROW(learning_rate_share({.steps = 5, .warmup_steps = 6}, 0), Error);
  EXPECT_THROW(learning_rate_share({.steps = 5, .min_share = 1.5}, 0), Error);
  EXPECT_THROW(learning_rate_share({.steps = 5}, -1), Error);
}

}  // namespace
}  // namespace auris::train
