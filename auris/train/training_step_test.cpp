// Gradients and losses of training steps on the small LLaSO checkpoint against torch and transformers. Golden
// values: tools/reference/dump_training.py.

#include <gtest/gtest.h>

#include <ATen/core/Tensor.h>

#include "auris/models/testing/golden.h"
#include "auris/tensor/backend/torch/recompute.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/train/objectives/batch_loss.h"
#include "auris/train/optimizer/adamw.h"
#include "auris/train/parameters/parameter_set.h"
#include "auris/train/schedule.h"

namespace auris::train {
namespace {

using models::testing::golden_folder;
using models::testing::relative_error;

struct Stage {
  const char* name;
  std::vector<TrainedPart> trained;
};

class TrainingStep : public testing::TestWithParam<Stage> {
 protected:
  TrainingStep()
      : golden_(weights::open_checkpoint(golden_folder().parent_path() / "train" /
                                         (std::string(GetParam().name) + ".safetensors"))),
        parameters_(GetParam().trained, Device::kTorch) {
    register_torch_backends();
    model_ = models::load_audio_llm(models::AudioLlmSources{.model = golden_folder() / "llaso"},
                                    {.device = Device::kTorch, .adopt = parameters_.adopt()});
    parameters_.require_all_parts();
    std::vector<std::shared_ptr<const PreparedExample>> examples;
    const Tensor begins = golden_->tensor("answer_begin");
    for (int64_t n = 0; n < begins.elements(); ++n) {
      PreparedExample example{.id = std::to_string(n)};
      const Tensor mel = golden_->tensor("windows." + std::to_string(n) + ".mel");
      const std::span<int32_t> ids = golden_->tensor("ids." + std::to_string(n)).span<int32_t>();
      example.input.ids.assign(ids.begin(), ids.end());
      example.input.windows.push_back({.mel = mel, .frames = mel.rows()});
      example.answer_begin = begins.data<int32_t>()[n];
      examples.push_back(std::make_shared<PreparedExample>(std::move(example)));
    }
    // Together, packed without padding, and one by one: a step's loss does not depend on how it is cut.
    together_ = {pack(examples)};
    for (const auto& example : examples) apart_.push_back(pack(std::span(&example, 1)));
  }

  // The step's loss, with the gradients in the parameters.
  double backward(const std::vector<Batch>& batches) {
    StepCounts counts;
    for (const Batch& batch : batches) counts += counts_of(batch);
    double loss = 0.0;
    parameters_.clear_gradients();
    for (const Batch& batch : batches) {
      const std::vector<Objective> objectives(1);
      const BatchLoss part = batch_loss(*model_, batch, model_->encode(batch.windows), objectives, counts);
      loss += part.loss.item<double>();
      part.loss.backward();
    }
    return loss;
  }

  std::shared_ptr<const weights::Checkpoint> golden_;
  ParameterSet parameters_;
  std::shared_ptr<const models::AudioLlm> model_;
  std::vector<Batch> together_, apart_;
};

TEST_P(TrainingStep, GradientsAgree) {
  for (const auto* batches : {&together_, &apart_}) {
    const double loss = backward(*batches);
    EXPECT_NEAR(loss, golden_->tensor("losses").data<float>()[0], 1e-4);
    int64_t compared = 0;
    for (const TrainedParameter& parameter : parameters_.parameters()) {
      ASSERT_TRUE(golden_->contains("gradient." + parameter.name)) << parameter.name;
      const Tensor expected = golden_->tensor("gradient." + parameter.name);
      EXPECT_LE(relative_error(tensor_of(parameter.value.grad().contiguous()), expected), 1e-4)
          << parameter.name;
      ++compared;
    }
    const auto& infos = golden_->tensors();
    EXPECT_EQ(compared, std::ranges::count_if(infos, [](const weights::TensorInfo& info) {
                return info.name.starts_with("gradient.");
              }));
  }
}

// Kept or computed again, layer by layer: the same bits.
TEST_P(TrainingStep, ActivationsCanBeComputedAgain) {
  const double kept = backward(together_);
  std::vector<at::Tensor> gradients;
  for (const TrainedParameter& parameter : parameters_.parameters())
    gradients.push_back(parameter.value.grad().clone());
  const torch_backend::Recomputation again;
  EXPECT_EQ(backward(together_), kept);
  for (size_t i = 0; i < gradients.size(); ++i) {
    const TrainedParameter& parameter = parameters_.parameters()[i];
    EXPECT_TRUE(parameter.value.grad().equal(gradients[i])) << parameter.name;
  }
}

TEST_P(TrainingStep, TenStepsHaveTheSameLosses) {
  const Tensor losses = golden_->tensor("losses"), norms = golden_->tensor("gradient_norms");
  AdamW optimizer(parameters_, {});
  const ScheduleOptions schedule{
      .shape = ScheduleShape::kCosine, .steps = losses.elements(), .warmup_steps = 2};
  for (int64_t step = 0; step < losses.elements(); ++step) {
    EXPECT_NEAR(backward(together_), losses.data<float>()[step], 2e-4) << step;
    const double norm = norms.data<float>()[step];
    EXPECT_NEAR(parameters_.clip_gradients(1.0), norm, 1e-3 * norm) << step;
    optimizer.step(learning_rate_share(schedule, step));
  }
}

INSTANTIATE_TEST_SUITE_P(Llaso, TrainingStep,
                         testing::Values(Stage{"align", {{.part = Part::kProjector, .learning_rate = 1e-2}}},
                                         Stage{"instruct",
                                               {{.part = Part::kProjector, .learning_rate = 3e-3},
                                                {.part = Part::kLanguageModel, .learning_rate = 3e-3}}},
                                         Stage{"everything",
                                               {{.part = Part::kProjector, .learning_rate = 3e-3},
                                                {.part = Part::kLanguageModel, .learning_rate = 3e-3},
                                                {.part = Part::kEncoder, .learning_rate = 3e-3}}}),
                         [](const auto& stage) { return std::string(stage.param.name); });

}  // namespace
}  // namespace auris::train
