#include "auris/nn/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "auris/nn/layers.h"

namespace auris::nn {
namespace {

// A checkpoint in memory.
class MemoryCheckpoint final : public weights::Checkpoint {
 public:
  void add(const std::string& name, const Tensor& tensor) {
    tensors_[name] = tensor;
    infos_.push_back({name, tensor.dtype(), tensor.shape()});
  }
  weights::Format format() const override { return weights::Format::kSafetensors; }
  const std::filesystem::path& path() const override { return path_; }
  const nlohmann::json& metadata() const override { return metadata_; }
  const std::vector<weights::TensorInfo>& tensors() const override { return infos_; }
  const std::vector<weights::UnreadableTensor>& unreadable() const override { return unreadable_; }
  bool contains(std::string_view name) const override { return tensors_.contains(std::string(name)); }
  Tensor tensor(std::string_view name) const override {
    auto found = tensors_.find(std::string(name));
    if (found == tensors_.end()) {
      throw Error(ErrorCode::kModel,
                  {.where = "memory", .expected = std::string(name), .got = "nothing", .hint = ""});
    }
    return found->second;
  }

 private:
  std::map<std::string, Tensor> tensors_;
  std::vector<weights::TensorInfo> infos_;
  std::vector<weights::UnreadableTensor> unreadable_;
  std::filesystem::path path_ = "memory";
  nlohmann::json metadata_;
};

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kModel);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

TEST(Parameters, NameMapAndPrefixFindTheFilesNames) {
  auto file = std::make_shared<MemoryCheckpoint>();
  file->add("blk.0.attn_q.weight", Tensor::zeros({4, 2}));
  Parameters parameters(file, [](std::string_view name) {
    return name == "layers.0.self_attn.q_proj.weight" ? std::string("blk.0.attn_q.weight")
                                                      : std::string(name);
  });
  Parameters layer = parameters.under("layers.0").under("self_attn");
  EXPECT_TRUE(layer.contains("q_proj.weight"));
  EXPECT_FALSE(layer.contains("k_proj.weight"));
  EXPECT_EQ(layer.weight("q_proj.weight", {4, 2}).shape(), Shape({4, 2}));
}

TEST(Parameters, WrongShapeAndTypeNameTheTensorInTheFile) {
  auto file = std::make_shared<MemoryCheckpoint>();
  file->add("norm.weight", Tensor::zeros({32}, DType::kQ8_0));
  file->add("ids.weight", Tensor::zeros({4, 2}, DType::kI32));
  Parameters parameters(file);
  EXPECT_THAT(message_of([&] { parameters.weight("norm.weight", {64}); }),
              testing::AllOf(testing::HasSubstr("norm.weight"), testing::HasSubstr("[64]"),
                             testing::HasSubstr("[32]")));
  EXPECT_THAT(message_of([&] { parameters.plain("norm.weight", {32}); }), testing::HasSubstr("q8_0"));
  EXPECT_THAT(message_of([&] { parameters.weight("ids.weight", {4, 2}); }), testing::HasSubstr("i32"));
}

TEST(LoadLinear, BiasMustBeWhatTheLayerSays) {
  auto file = std::make_shared<MemoryCheckpoint>();
  file->add("a.weight", Tensor::zeros({3, 2}));
  file->add("a.bias", Tensor::zeros({3}));
  file->add("b.weight", Tensor::zeros({3, 2}));
  Parameters parameters(file);
  EXPECT_TRUE(
      load_linear(parameters, "a", {.in = 2, .out = 3, .bias = Bias::kRequired}).weights.bias.defined());
  EXPECT_TRUE(
      load_linear(parameters, "a", {.in = 2, .out = 3, .bias = Bias::kIfPresent}).weights.bias.defined());
  EXPECT_FALSE(
      load_linear(parameters, "b", {.in = 2, .out = 3, .bias = Bias::kIfPresent}).weights.bias.defined());
  EXPECT_THAT(message_of([&] { load_linear(parameters, "a", {.in = 2, .out = 3}); }),
              testing::HasSubstr("a.bias"));
  EXPECT_THAT(message_of([&] { load_linear(parameters, "b", {.in = 2, .out = 3, .bias = Bias::kRequired}); }),
              testing::HasSubstr("b.bias"));
}

TEST(LoadLinear, EightBitWeightsNeedTheirScales) {
  auto file = std::make_shared<MemoryCheckpoint>();
  file->add("a.weight", Tensor::zeros({3, 2}, DType::kI8));
  Parameters without(file);
  EXPECT_THAT(message_of([&] { load_linear(without, "a", {.in = 2, .out = 3}); }),
              testing::HasSubstr("a.weight_scale"));
  file->add("a.weight_scale", Tensor::zeros({3}));
  EXPECT_TRUE(load_linear(Parameters(file), "a", {.in = 2, .out = 3}).weights.row_scale.defined());
}

TEST(Embedding, IdsOfUsersAreChecked) {
  auto file = std::make_shared<MemoryCheckpoint>();
  file->add("embed.weight", Tensor::zeros({4, 2}));
  Embedding embedding = load_embedding(Parameters(file), "embed", 4, 2);
  for (int32_t id : {-1, 4}) {
    try {
      embedding.forward(std::vector<int32_t>{0, id});
      ADD_FAILURE() << id;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
    }
  }
}

}  // namespace
}  // namespace auris::nn
