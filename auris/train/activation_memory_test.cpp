// What the activations of a forward and backward pass take, measured by LibTorch's own reports of its memory,
// beside what memory_plan.h says.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include <ATen/TensorOperators.h>
#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "auris/base/rng.h"
#include "auris/base/test_folder.h"
#include "auris/models/encoders/whisper/whisper_encoder.h"
#include "auris/models/encoders/whisper/whisper_hooks.h"
#include "auris/models/language/llama/llama.h"
#include "auris/tensor/backend/torch/recompute.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/tensor/transfer.h"
#include "auris/train/memory_plan.h"
#include "auris/weights/safetensors_writer.h"

namespace auris::train {
namespace {

constexpr int64_t kHidden = 64, kInner = 160, kKeyColumns = 32, kVocab = 96, kLayers = 8, kRows = 1024;

// Bytes that this thread's tensors take, now and at most.
class Meter : public c10::MemoryReportingInfoBase {
 public:
  void reportMemoryUsage(void* /*place*/, int64_t bytes, size_t /*allocated*/, size_t /*reserved*/,
                         c10::Device /*device*/) override {
    now += bytes;
    most = std::max(most, now);
  }
  bool memoryProfilingEnabled() const override { return true; }
  int64_t now = 0, most = 0;
};

template <typename Pass>
int64_t peak_bytes(const Pass& pass) {
  const auto meter = std::make_shared<Meter>();
  const c10::DebugInfoGuard measuring(c10::DebugInfoKind::PROFILER_STATE, meter);
  pass();
  return meter->most;
}

class RandomWeights {
 public:
  Tensor of(const Shape& shape) {
    Tensor tensor = Tensor::empty(shape);
    for (float& value : tensor.span<float>()) value = static_cast<float>(0.1 * rng_.normal());
    return tensor;
  }

 private:
  Rng rng_{3};
};

// A llama of many layers, all of it trained.
std::shared_ptr<const models::Llama> small_llama(const TestFolder& folder) {
  RandomWeights random;
  std::vector<weights::NamedTensor> tensors{{"model.embed_tokens.weight", random.of({kVocab, kHidden})},
                                            {"model.norm.weight", random.of({kHidden})}};
  for (int64_t layer = 0; layer < kLayers; ++layer) {
    const auto add = [&](const char* name, const Shape& shape) {
      tensors.push_back({fmt::format("model.layers.{}.{}.weight", layer, name), random.of(shape)});
    };
    add("input_layernorm", {kHidden});
    add("post_attention_layernorm", {kHidden});
    add("self_attn.q_proj", {kHidden, kHidden});
    add("self_attn.k_proj", {kKeyColumns, kHidden});
    add("self_attn.v_proj", {kKeyColumns, kHidden});
    add("self_attn.o_proj", {kHidden, kHidden});
    add("mlp.gate_proj", {kInner, kHidden});
    add("mlp.up_proj", {kInner, kHidden});
    add("mlp.down_proj", {kHidden, kInner});
  }
  weights::write_safetensors(folder / "model.safetensors", tensors);
  folder.write("config.json", nlohmann::json({{"model_type", "llama"},
                                              {"vocab_size", kVocab},
                                              {"hidden_size", kHidden},
                                              {"intermediate_size", kInner},
                                              {"num_hidden_layers", kLayers},
                                              {"num_attention_heads", 4},
                                              {"num_key_value_heads", 2},
                                              {"tie_word_embeddings", true}})
                                  .dump());
  const nn::Adopt train = [](std::string_view, const Tensor& tensor) {
    torch_of(tensor).requires_grad_(true);
    return tensor;
  };
  return models::load_llama(weights::open_checkpoint(folder.path()),
                            {.device = Device::kTorch, .adopt = train});
}

MemoryPlan plan_of(bool recompute) {
  return plan_memory({.stacks = {{.name = "lm",
                                  .layers = kLayers,
                                  .hidden = kHidden,
                                  .key_columns = kKeyColumns,
                                  .inner = kInner,
                                  .rows = kRows}},
                      .recompute_activations = recompute});
}

TEST(ActivationMemory, FallsWhenActivationsAreComputedAgain) {
  register_torch_backends();
  const TestFolder folder;
  const auto llama = small_llama(folder);
  std::vector<int32_t> ids;
  for (int64_t row = 0; row < kRows; ++row) ids.push_back(static_cast<int32_t>(row % kVocab));
  const auto pass = [&](bool recompute) {
    const torch_backend::Recomputation again(recompute);
    torch_of(llama->forward(llama->embed(ids), RowLayout::single(kRows))).square().sum().backward();
  };
  pass(false);  // gradients have their memory from now on
  const int64_t kept = peak_bytes([&] { pass(false); }), again = peak_bytes([&] { pass(true); });
  RecordProperty("kept_bytes", std::to_string(kept));
  RecordProperty("recomputed_bytes", std::to_string(again));
  fmt::print("measured: kept {} recomputed {}, planned: {} {}\n", kept, again,
             plan_of(false).activation_bytes, plan_of(true).activation_bytes);
  EXPECT_LT(again, 0.5 * static_cast<double>(kept));
}

}  // namespace
}  // namespace auris::train
