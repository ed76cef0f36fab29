// What processes do together. Started by mpirun every process runs all of these tests, in the same order;
// each test is also one of a process alone.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/equal.h>

#include "auris/base/rng.h"
#include "auris/base/test_folder.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/tensor/ops/random_tensors.h"
#include "auris/tensor/transfer.h"
#include "auris/train/loop/step_sums.h"
#include "auris/train/optimizer/adamw.h"
#include "auris/train/parallel/agreement.h"
#include "auris/train/parallel/gradient_exchange.h"
#include "auris/train/parallel/join_processes.h"
#include "auris/train/parallel/mpi_group.h"

namespace auris::train {
namespace {

std::unique_ptr<ProcessGroup> g_group;

class Processes : public testing::Environment {
 public:
  void SetUp() override {
    register_torch_backends();
    g_group = join_processes(Device::kTorch);
  }
  void TearDown() override { g_group.reset(); }
};
const auto* const kProcesses = testing::AddGlobalTestEnvironment(new Processes);

ProcessGroup& group() { return *g_group; }
double size() { return static_cast<double>(group().size()); }
double rank() { return static_cast<double>(group().rank()); }

// Parameters of the language model and a projector, as a model would ask for them: f32, all processes the
// same.
struct Model {
  explicit Model(const std::vector<std::pair<std::string, Shape>>& shapes) {
    Rng rng(3);
    for (const auto& [name, shape] : shapes) parameters.adopt()(name, test::random_f32(rng, shape));
  }
  const at::Tensor& operator[](size_t i) const { return parameters.parameters()[i].value; }

  ParameterSet parameters{{{.part = Part::kProjector, .learning_rate = 1e-2},
                           {.part = Part::kLanguageModel, .learning_rate = 1e-2, .weight_decay = 0.1}},
                          Device::kTorch};
};

TEST(ProcessGroup, AddsAndPassesOn) {
  const double ranks = size() * (size() + 1) / 2;  // 1 + 2 + ... + n
  std::vector<double> numbers = {1.0, rank() + 1.0, 0.5 * (rank() + 1.0)};
  group().sum(numbers);
  EXPECT_EQ(numbers, (std::vector<double>{size(), ranks, 0.5 * ranks}));
  for (int64_t from = 0; from < group().size(); ++from) {
    int64_t value = 100 + group().rank();
    group().broadcast(std::as_writable_bytes(std::span(&value, 1)), from);
    EXPECT_EQ(value, 100 + from);
  }
  group().barrier();
}

// More of them than are under way at once, of sizes for which MPI has different ways; whole numbers, so that
// the sum is exact in any order.
TEST(ProcessGroup, AddsMuchAtOnce) {
  std::vector<std::vector<float>> values;
  for (size_t n = 0; n < 3 * kMostInFlight; ++n) {
    values.emplace_back(n % 2 == 0 ? 100'000 + n : n + 1);
    for (size_t i = 0; i < values.back().size(); ++i)
      values.back()[i] = static_cast<float>((i + n) % 1000 + static_cast<size_t>(group().rank()));
  }
  for (std::vector<float>& all : values) {
    group().begin_sum(all);
    group().progress();
  }
  group().wait();
  const float ranks = static_cast<float>(size() * (size() - 1) / 2);  // 0 + 1 + ...
  for (size_t n = 0; n < values.size(); ++n) {
    for (size_t i = 0; i < values[n].size(); ++i)
      ASSERT_EQ(values[n][i], static_cast<float>(size()) * static_cast<float>((i + n) % 1000) + ranks);
  }
}

TEST(Agreement, IsTheSameEverywhere) {
  EXPECT_TRUE(any_of(group(), group().rank() == group().size() - 1));
  EXPECT_FALSE(any_of(group(), false));
  EXPECT_EQ(sum_of(group(), group().rank() + 1), group().size() * (group().size() + 1) / 2);
  EXPECT_EQ(largest_of(group(), -1.5 * rank()), 0.0);
  EXPECT_EQ(largest_of(group(), 1.5 * rank()), 1.5 * (size() - 1));
  EXPECT_EQ(first_of(group(), rank() + 0.25), 0.25);
  EXPECT_NO_THROW(check_same(group(), "recipe", "one"));
}

TEST(Agreement, NamesTheProcessThatDiffers) {
  if (group().alone()) GTEST_SKIP() << "a process alone differs from nobody";
  const std::string last = std::to_string(group().size() - 1);
  try {
    check_same(group(), "recipe", group().rank() == group().size() - 1 ? "another" : "one");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_NE(std::string(error.what()).find("process " + last), std::string::npos) << error.what();
  }
}

TEST(Agreement, TheFirstGoesFirst) {
  TestFolder folder;
  std::string path = (folder / "made").string();
  path.resize(4096);
  group().broadcast(std::as_writable_bytes(std::span(path)), 0);
  path.resize(path.find('\0'));
  bool found = false;
  first_then_others(group(), [&] {
    found = std::filesystem::exists(path);
    if (group().first()) std::ofstream(path) << "made";
  });
  EXPECT_EQ(found, !group().first());
  group().barrier();  // the folder goes away
}

// Objectives that only some processes have are not lost, and those that none has stay away.
TEST(StepSums, AddWhatEachProcessHas) {
  StepSums sums{.record = {.loss = 1.0, .examples = 2, .tokens = 10, .audio_s = 0.5}, .correct = 3};
  sums.record.losses["answer"] = 0.25;
  if (group().rank() == group().size() - 1) sums.record.losses["ctc"] = 4.0;
  sum_over(group(), sums);
  const auto n = group().size();
  EXPECT_EQ(sums.record.loss, size());
  EXPECT_EQ(sums.record.losses, (std::map<std::string, double>{{"answer", 0.25 * size()}, {"ctc", 4.0}}));
  EXPECT_EQ(sums.record.examples, 2 * n);
  EXPECT_EQ(sums.record.tokens, 10 * n);
  EXPECT_EQ(sums.record.audio_s, 0.5 * size());
  EXPECT_EQ(sums.correct, 3 * n);
  StepCounts counts{.tokens = 5, .spoken_clips = group().rank()};
  sum_over(group(), counts);
  EXPECT_EQ(counts.tokens, 5 * n);
  EXPECT_EQ(counts.spoken_clips, n * (n - 1) / 2);
}

// Loss: sum of (r + 1) * parameter, over two micro-batches; the last process alone learns the third
// parameter, and none the fourth. So gradients are known.
TEST(GradientExchange, AddsOverBatchesAndProcesses) {
  const Model model({{"language_model.a", {4, 3}},
                     {"language_model.b", {5}},
                     {"language_model.c", {40}},
                     {"language_model.unused", {2, 2}},
                     {"projector.d", {7}}});
  ParameterSet parameters = model.parameters;
  GradientExchange exchange(parameters, group(), 64);  // 16 numbers: c alone is larger
  EXPECT_GE(exchange.buckets(), 3u);
  const bool last = group().rank() == group().size() - 1;
  const double ranks = size() * (size() + 1) / 2;
  for (int step = 0; step < 2; ++step) {
    exchange.begin();
    for (const bool final_batch : {false, true}) {
      at::Tensor loss = (model[0].sum() + model[1].sum() + model[4].sum()) * (rank() + 1.0);
      if (last) loss = loss + model[2].sum() * 5.0;
      if (final_batch) exchange.overlap();
      loss.backward();
    }
    exchange.finish();
    EXPECT_TRUE((model[0].grad() == 2 * ranks).all().item<bool>());
    EXPECT_TRUE((model[1].grad() == 2 * ranks).all().item<bool>());
    EXPECT_TRUE((model[2].grad() == 10.0).all().item<bool>());
    EXPECT_FALSE(model[3].grad().defined());
    EXPECT_TRUE((model[4].grad() == 2 * ranks).all().item<bool>());
  }
}

// All parameters get their gradients in the last pass: all sums begin in it, the first before the last
// gradient is there.
TEST(GradientExchange, BeginsDuringTheBackwardPass) {
  const Model model({{"language_model.a", {64}}, {"language_model.b", {64}}, {"projector.c", {64}}});
  ParameterSet parameters = model.parameters;
  GradientExchange exchange(parameters, group(), 320);  // a bucket each
  ASSERT_EQ(exchange.buckets(), 3u);
  exchange.begin();
  exchange.overlap();
  (model[0].sum() + model[1].sum() + model[2].sum()).backward();
  exchange.finish();
  EXPECT_EQ(exchange.overlapped_buckets(), 3u);
  exchange.begin();
  exchange.overlap();
  (model[0].sum() + model[1].sum()).backward();  // without sound
  exchange.finish();
  EXPECT_EQ(exchange.overlapped_buckets(), 2u);
  EXPECT_FALSE(model[2].grad().defined());
}

// The same parameters with moments in one place, and divided: the same bits, step by step.
class ShardedAdamW : public testing::Test {
 protected:
  static std::vector<std::pair<std::string, Shape>> shapes() {
    return {{"language_model.a", {40, 3}}, {"language_model.b", {17}}, {"projector.c", {5, 6, 2}}};
  }
  // A gradient for all but the second parameter, now and then.
  static void give_gradients(Model& model, int step) {
    Rng rng(static_cast<uint64_t>(100 + step));
    for (size_t i = 0; i < model.parameters.parameters().size(); ++i) {
      const at::Tensor& value = model[i];
      const Tensor random = test::random_f32(rng, {value.numel()});
      const at::Tensor gradient = torch_of(to_device(random, Device::kTorch)).clone().view(value.sizes());
      value.mutable_grad() = i == 1 && step % 2 == 1 ? at::Tensor() : gradient;
    }
  }
  static void expect_equal(const Model& a, const Model& b) {
    for (size_t i = 0; i < shapes().size(); ++i) EXPECT_TRUE(at::equal(a[i], b[i])) << i;
  }
  static constexpr int64_t kPiece = 16;
};

TEST_F(ShardedAdamW, HasTheBitsOfOneProcess) {
  Model whole(shapes()), divided(shapes());
  AdamW one(whole.parameters, {}, nullptr, kPiece);
  AdamW many(divided.parameters, {}, &group(), kPiece);
  for (int step = 0; step < 4; ++step) {
    give_gradients(whole, step);
    give_gradients(divided, step);
    one.step(1.0 - 0.1 * step);
    many.step(1.0 - 0.1 * step);
    expect_equal(whole, divided);
  }
  const int64_t all = whole.parameters.elements();
  EXPECT_EQ(one.held_elements(), all);
  EXPECT_EQ(sum_of(group(), many.held_elements()), all);
  EXPECT_LE(many.held_elements(), all / group().size() + kPiece + 1);

  const auto moments = one.state(), gathered = many.state();
  ASSERT_EQ(gathered.size(), group().first() ? moments.size() : 0u);
  for (size_t i = 0; i < gathered.size(); ++i) {
    EXPECT_EQ(gathered[i].name, moments[i].name);
    EXPECT_TRUE(test::same_bits(gathered[i].tensor, moments[i].tensor)) << moments[i].name;
  }
}

TEST_F(ShardedAdamW, GoesOnFromAWholeState) {
  Model whole(shapes());
  AdamW one(whole.parameters, {}, nullptr, kPiece);
  give_gradients(whole, 0);
  one.step(1.0);
  TestFolder folder;
  weights::write_safetensors(folder / "moments.safetensors", one.state());
  Model divided(shapes());
  for (size_t i = 0; i < shapes().size(); ++i) divided[i].data().copy_(whole[i].data());
  AdamW many(divided.parameters, {}, &group(), kPiece);
  many.restore(*weights::open_checkpoint(folder / "moments.safetensors"), one.steps());
  for (int step = 1; step < 4; ++step) {
    give_gradients(whole, step);
    give_gradients(divided, step);
    one.step(1.0);
    many.step(1.0);
    expect_equal(whole, divided);
  }
}

}  // namespace
}  // namespace auris::train
