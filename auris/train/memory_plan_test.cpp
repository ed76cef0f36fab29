#include "auris/train/memory_plan.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris::train {
namespace {

using testing::HasSubstr;

std::map<std::string, int64_t> lines_of(const MemoryPlan& plan) {
  std::map<std::string, int64_t> lines;
  for (const PlannedBytes& line : plan.lines) lines[line.name] = line.bytes;
  return lines;
}

// The header's formula by hand: hidden 8, 2 columns of keys, inner 20, 3 layers, 10 rows; in f32, frozen and
// learning.
constexpr int64_t kLayer = (8 * 8 + 4 * (2 * 8 + 2 * 2) + 12 * 20) * 10;
constexpr int64_t kLearningLayer = kLayer + (4 * 20 + 8 * 8 + 8 * 8) * 10;

PlanOptions small() {
  return {.parts = {{.name = "encoder", .parameters = 1000, .bytes_per_parameter = 2},
                    {.name = "projector", .parameters = 50, .bytes_per_parameter = 2, .trained = true}},
          .stacks = {{.name = "lm", .layers = 3, .hidden = 8, .key_columns = 2, .inner = 20, .rows = 10}},
          .logit_rows = 4,
          .vocab = 100};
}

TEST(MemoryPlan, FollowsItsFormula) {
  const MemoryPlan plan = plan_memory(small());
  const std::map<std::string, int64_t> wanted{{"encoder: weights", 2000},      {"projector: weights", 200},
                                              {"projector: gradients", 200},   {"projector: moments", 400},
                                              {"lm: activations", 3 * kLayer}, {"logits", 4 * 100 * 4 * 3}};
  EXPECT_EQ(lines_of(plan), wanted);
  EXPECT_EQ(plan.fixed_bytes, 2800);
  EXPECT_EQ(plan.total_bytes(), 2800 + 3 * kLayer + 4800);
  EXPECT_EQ(plan.trained_parameters, 50);
  EXPECT_EQ(plan.frozen_parameters, 1000);
}

TEST(MemoryPlan, CountsWhatIsNotKept) {
  PlanOptions options = small();
  options.recompute_activations = true;
  EXPECT_EQ(lines_of(plan_memory(options))["lm: activations"], 3 * 8 * 10 * 4 + kLayer);
  options.stacks[0].learns = true;
  EXPECT_EQ(lines_of(plan_memory(options))["lm: activations"], 3 * 8 * 10 * 4 + kLearningLayer);
  options.stacks[0].learns = options.stacks[0].backward = false;
  EXPECT_EQ(lines_of(plan_memory(options))["lm: activations"], kLayer);
  options.stacks[0].gated = false;
  options.factor_bytes = 2;
  EXPECT_EQ(lines_of(plan_memory(options))["lm: activations"], (8 * 8 + 2 * (2 * 8 + 2 * 2) + 4 * 20) * 10);
  options.shards = 4;
  EXPECT_EQ(lines_of(plan_memory(options))["projector: moments"], 100);
}

// bf16: f32 where it matters, and weights that are rounded for the products: of all layers, or one at a time.
TEST(MemoryPlan, CountsRoundedCopies) {
  PlanOptions options = small();
  options.factor_bytes = 2;
  options.stacks[0].learns = true;
  std::map<std::string, int64_t> lines = lines_of(plan_memory(options));
  constexpr int64_t kRow = 8 * 8 + 2 * (2 * 8 + 2 * 2) + 12 * 20 + 2 * 20 + 12 * 8 + 8 * 8;
  constexpr int64_t kWeights = 2 * (2 * 8 * 8 + 2 * 8 * 2 + 3 * 8 * 20);
  EXPECT_EQ(lines["lm: activations"], 3 * 10 * kRow);
  EXPECT_EQ(lines["lm: rounded weights"], 3 * kWeights);
  options.recompute_activations = true;
  EXPECT_EQ(lines_of(plan_memory(options))["lm: rounded weights"], kWeights);
}

// LLaSO-Base's second stage: 3,212,749,824 + 13,375,488 parameters with weights, gradients and two moments in
// f32 are 16 bytes each, 48.07 GiB; the encoder's 636,968,960 in bf16 are 1.19 GiB.
TEST(MemoryPlan, KnowsWhatLlasoNeeds) {
  PlanOptions options{.parts = {{.name = "encoder", .parameters = 636'968'960, .bytes_per_parameter = 2},
                                {.name = "projector", .parameters = 13'375'488, .trained = true},
                                {.name = "language_model", .parameters = 3'212'749'824, .trained = true}},
                      .stacks = {}};
  EXPECT_EQ(plan_memory(options).total_bytes(), 16 * (3'212'749'824 + 13'375'488) + 2 * 636'968'960);
  options.shards = 8;  // moments divided: 8 + 8 / 8 bytes
  EXPECT_EQ(plan_memory(options).total_bytes(), 9 * (3'212'749'824 + 13'375'488) + 2 * 636'968'960);
}

std::string problem(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    return error.what();
  }
  return "none";
}

TEST(MemoryPlan, RefusesWhatWillNotFit) {
  const MemoryPlan plan{.lines = {}, .fixed_bytes = int64_t{1} << 30, .activation_bytes = int64_t{4} << 30};
  EXPECT_EQ(problem([&] { check_fits(plan, int64_t{5} << 30, "this machine"); }), "none");
  EXPECT_EQ(
      problem([&] { check_fits(plan, int64_t{3} << 30, "this machine"); }),
      "[memory plan] expected at most 3.0 GiB of memory on this machine, got 5.0 GiB. Hint: micro-batches of "
      "50 % of the size fit: lower batch.tokens and raise batch.accumulation.");
  EXPECT_THAT(problem([&] { check_fits(plan, int64_t{1} << 30, "this machine"); }), HasSubstr("adapter"));
}

TEST(MemoryPlan, RefusesSizesThatCannotBe) {
  EXPECT_THAT(problem([] { plan_memory({.parts = {{.name = "a", .parameters = -1}}, .stacks = {}}); }),
              HasSubstr("sizes from 0"));
  EXPECT_THAT(problem([] { plan_memory({.parts = {{.name = "a", .parameters = INT64_MAX}}, .stacks = {}}); }),
              HasSubstr("sizes that a machine"));
  EXPECT_THAT(problem([] { plan_memory({.parts = {}, .stacks = {}, .shards = 0}); }), HasSubstr("one shard"));
}

TEST(AvailableMemory, IsTheSmallestThatTheSystemSays) {
  const std::string meminfo = "MemTotal:  9000 kB\nMemAvailable:   2048 kB\nBuffers: 1 kB\n";
  EXPECT_EQ(available_memory_bytes({.meminfo = meminfo, .limit = "max\n", .current = "5\n"}), 2048 * 1024);
  EXPECT_EQ(available_memory_bytes({.meminfo = meminfo, .limit = "1000\n", .current = "400\n"}), 600);
  EXPECT_EQ(available_memory_bytes({.meminfo = "", .limit = "1000\n", .current = "1400\n"}), 0);
  EXPECT_EQ(available_memory_bytes({.meminfo = meminfo, .limit = "", .current = ""}), 2048 * 1024);
  EXPECT_THROW(available_memory_bytes({.meminfo = "MemAvailable: much", .limit = "", .current = ""}), Error);
  EXPECT_GT(available_memory_bytes(), 1 << 20);  // of this machine
}

TEST(TimePlan, MultipliesThePace) {
  const TimePlan plan = plan_time(0.002, 4096, 1000);
  EXPECT_DOUBLE_EQ(plan.step_s, 8.192);
  EXPECT_DOUBLE_EQ(plan.total_s, 8192);
}

TEST(MemoryPlan, IsWrittenInColumns) {
  const std::string text = text_of(plan_memory(small()));
  EXPECT_THAT(text, HasSubstr("encoder: weights"));
  EXPECT_THAT(text, HasSubstr("in all"));
  EXPECT_EQ(bytes_text(int64_t{3} << 29), "1.5 GiB");
  EXPECT_EQ(bytes_text(12 << 20), "12 MiB");
}

}  // namespace
}  // namespace auris::train
