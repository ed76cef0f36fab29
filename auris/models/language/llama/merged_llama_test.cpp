#include "auris/models/language/llama/merged_llama.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/json_text.h"
#include "auris/base/test_folder.h"
#include "auris/models/language/llama/llama.h"
#include "auris/models/testing/golden.h"
#include "auris/models/testing/random_adapter.h"
#include "auris/weights/safetensors_writer.h"

namespace auris::models {
namespace {

using testing::Golden;
using testing::golden_folder;
using ::testing::HasSubstr;
using testing::random_adapter;
using testing::relative_error;

const nn::AdapterConfig kAdapter{
    .rank = 3,
    .alpha = 6,
    .layers = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "lm_head"}};

Tensor logits_of(const Llama& llama, const std::string& family) {
  std::vector<int32_t> ids = Golden(family).ids("a.ids");
  return llama.logits(llama.forward(llama.embed(ids), RowLayout::single(static_cast<int64_t>(ids.size()))));
}

std::shared_ptr<const weights::Checkpoint> open(const std::string& file) {
  return weights::open_checkpoint(golden_folder() / file);
}

struct Case {
  std::string family, file;
};

class MergedLlama : public ::testing::TestWithParam<Case> {
 protected:
  Tensor merged_logits(const MergeOptions& options) {
    write_merged_llama(folder_.path(), source_, options);
    return logits_of(*load_llama(weights::open_checkpoint(folder_.path())), GetParam().family);
  }
  TestFolder folder_;
  std::shared_ptr<const weights::Checkpoint> source_ = open(GetParam().family + "/" + GetParam().file);
};

TEST_P(MergedLlama, ComputesWhatTheAdapterDoesApart) {
  nn::AdapterSource adapter = random_adapter(kAdapter, 5);
  Tensor apart = logits_of(*load_llama(source_, {.adapter = adapter}), GetParam().family);
  EXPECT_LE(relative_error(merged_logits({.adapter = adapter, .dtype = DType::kF32}), apart), 1e-4);
  EXPECT_GE(relative_error(apart, Golden(GetParam().family).tensor("a.logits")), 0.05);
}

TEST_P(MergedLlama, WithoutAnAdapterIsTheModelItself) {
  Tensor golden = Golden(GetParam().family).tensor("a.logits");
  EXPECT_LE(relative_error(merged_logits({.adapter = {}, .dtype = DType::kF32}), golden), 1e-5);
  // The files' weights are bf16 numbers, so both short types lose next to nothing.
  EXPECT_LE(relative_error(merged_logits({.adapter = {}, .dtype = DType::kF16}), golden), 1e-2);
  auto merged = weights::open_checkpoint(folder_.path());
  for (const weights::TensorInfo& info : merged->tensors()) EXPECT_EQ(info.dtype, DType::kF16) << info.name;
  EXPECT_EQ(merged->metadata()["torch_dtype"], "float16");
}

INSTANTIATE_TEST_SUITE_P(Family, MergedLlama,
                         ::testing::Values(Case{"llama3.2", ""}, Case{"smollm2", ""}, Case{"qwen2.5", ""},
                                           Case{"qwen3", ""}, Case{"gemma3", ""}, Case{"mistral", ""},
                                           Case{"smollm2", "model.gguf"}, Case{"qwen2.5", "model.gguf"},
                                           Case{"qwen3", "model.gguf"}, Case{"gemma3", "model.gguf"}),
                         [](const auto& test) {
                           std::string name = test.param.family + (test.param.file.empty() ? "_hf" : "_gguf");
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

// Llama 3's stretched frequencies stand in a GGUF file as divisors, from which config.json's four numbers
// cannot be told.
TEST(MergedLlamaFiles, FrequenciesThatConfigJsonCannotSayAreRefused) {
  TestFolder folder;
  EXPECT_THAT(message_of([&] { write_merged_llama(folder.path(), open("llama3.2/model.gguf")); }),
              HasSubstr("rope_freqs"));
  EXPECT_FALSE(std::filesystem::exists(folder / "config.json"));
}

TEST(MergedLlamaFiles, TheTokenizersFilesComeAlong) {
  TestFolder source, folder;
  for (const char* file : {"config.json", "model.safetensors"}) {
    std::filesystem::copy(golden_folder() / "smollm2" / file, source / file);
  }
  source.write("tokenizer.json", "{}");
  source.write("chat_template.jinja", "{{ messages }}");
  source.write("README.md", "not of the tokenizer");
  write_merged_llama(folder.path(), weights::open_checkpoint(source.path()),
                     {.adapter = {}, .dtype = DType::kBF16});
  EXPECT_EQ(folder.read("tokenizer.json"), "{}");
  EXPECT_EQ(folder.read("chat_template.jinja"), "{{ messages }}");
  EXPECT_FALSE(std::filesystem::exists(folder / "README.md"));
  nlohmann::json before = read_json_file(source / "config.json", ErrorCode::kModel);
  nlohmann::json after = read_json_file(folder / "config.json", ErrorCode::kModel);
  EXPECT_EQ(after["torch_dtype"], "bfloat16");
  after.erase("torch_dtype");
  before.erase("torch_dtype");
  EXPECT_EQ(after, before);
}

TEST(MergedLlamaFiles, NumbersTooLargeForF16AreRefused) {
  TestFolder folder;
  nn::AdapterSource large = [](std::string_view name, nn::LinearSize size) -> LowRank {
    if (name != "layers.0.mlp.up_proj") return {};
    LowRank low{.a = Tensor::zeros({1, size.in}), .b = Tensor::zeros({size.out, 1})};
    low.a.data<float>()[0] = low.b.data<float>()[0] = 300.0f;
    return low;
  };
  EXPECT_THAT(message_of([&] { write_merged_llama(folder.path(), open("smollm2"), {.adapter = large}); }),
              HasSubstr("up_proj.weight"));
  write_merged_llama(folder.path(), open("smollm2"), {.adapter = large, .dtype = DType::kBF16});
}

}  // namespace
}  // namespace auris::models
