// The real models of the cache, against what the reference readers saw (tools/reference/dump_checkpoints.py).

#include <filesystem>

#include <gtest/gtest.h>

#include "auris/base/cache_folder.h"
#include "auris/base/json_text.h"
#include "auris/base/sha256.h"
#include "auris/weights/checkpoint.h"
#include "tests/source_folder.h"

namespace auris::weights {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  return value.dump();
}

// Arrays are compared by length, first elements and a hash of all elements joined by NUL.
void expect_same_array(const std::string& key, const json& got, const json& golden) {
  ASSERT_TRUE(got.is_array()) << key;
  EXPECT_EQ(got.size(), golden.at("length")) << key;
  std::string joined;
  for (size_t i = 0; i < got.size(); ++i) {
    if (i > 0) joined += '\0';
    joined += text_of(got[i]);
    if (i < golden.at("first").size()) {
      EXPECT_EQ(got[i], golden.at("first")[i]) << key;
    }
  }
  EXPECT_EQ(sha256_hex(std::as_bytes(std::span(joined))), golden.at("sha256")) << key;
}

void expect_same_metadata(const json& got, const json& golden) {
  for (const auto& [key, value] : golden.items()) {
    ASSERT_TRUE(got.contains(key)) << key;
    if (value.is_object() && value.contains("sha256")) {
      expect_same_array(key, got[key], value);
    } else if (value.is_number_float()) {
      EXPECT_FLOAT_EQ(got[key].get<float>(), value.get<float>()) << key;
    } else {
      EXPECT_EQ(got[key], value) << key;
    }
  }
}

// CTranslate2 keeps its i16 numbers without dimensions as attributes, not as tensors.
bool is_attribute_only(const json& tensor) {
  return tensor.at("dtype") == "i16" && tensor.at("shape").empty();
}

class RealModel : public testing::TestWithParam<const char*> {};

TEST_P(RealModel, AgreesWithTheReferenceReader) {
  json golden = read_json_file(
      fs::path(AURIS_SOURCE_DIR) / "tests/golden/weights" / (std::string(GetParam()) + ".json"),
      ErrorCode::kInput);
  auto checkpoint = open_checkpoint(model_folder() / GetParam());
  if (golden.contains("metadata")) expect_same_metadata(checkpoint->metadata(), golden["metadata"]);
  EXPECT_TRUE(checkpoint->unreadable().empty());
  size_t index = 0;
  for (const json& expected : golden.at("tensors")) {
    if (is_attribute_only(expected)) continue;
    auto name = expected.at("name").get<std::string>();
    ASSERT_LT(index, checkpoint->tensors().size());
    const TensorInfo& info = checkpoint->tensors()[index++];
    EXPECT_EQ(info.name, name);
    Tensor tensor = checkpoint->tensor(name);
    EXPECT_EQ(auris::name_of(tensor.dtype()), expected.at("dtype")) << name;
    EXPECT_EQ(json::parse(tensor.shape().to_string()), expected.at("shape")) << name;
    EXPECT_TRUE(info.shape == tensor.shape() && info.dtype == tensor.dtype()) << name;
    EXPECT_EQ(sha256_hex({tensor.data<std::byte>(), tensor.bytes()}), expected.at("sha256")) << name;
  }
  EXPECT_EQ(index, checkpoint->tensors().size());
}

INSTANTIATE_TEST_SUITE_P(All, RealModel,
                         testing::Values("smollm2-135m-instruct", "whisper-base", "whisper-tiny.en",
                                         "silero-vad"),
                         [](const auto& parameter) {
                           std::string name = parameter.param;
                           std::ranges::replace_if(
                               name, [](char c) { return std::isalnum(c) == 0; }, '_');
                           return name;
                         });

TEST(RealModels, WhisperConfigAndAlias) {
  auto checkpoint = open_checkpoint(model_folder() / "whisper-base" / "model.bin");
  EXPECT_EQ(checkpoint->format(), Format::kCTranslate2);
  EXPECT_EQ(checkpoint->metadata().at("alignment_heads").at(0), json::parse("[3, 1]"));  // from config.json
  Tensor alias = checkpoint->tensor("decoder/projection/weight");
  EXPECT_EQ(alias.data<std::byte>(), checkpoint->tensor("decoder/embeddings/weight").data<std::byte>());
  EXPECT_FALSE(checkpoint->find("decoder/projection/bias").defined());
}

TEST(RealModels, TensorsOutliveTheCheckpoint) {
  auto checkpoint = open_checkpoint(model_folder() / "silero-vad");
  Tensor bias = checkpoint->tensor("final_conv.bias");
  float before = bias.data<float>()[0];
  checkpoint.reset();
  EXPECT_EQ(bias.data<float>()[0], before);
}

TEST(RealModels, UnknownTensorNamesTheNearest) {
  auto checkpoint = open_checkpoint(model_folder() / "smollm2-135m-instruct");
  try {
    checkpoint->tensor("token_embedding.weight");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kModel);
    EXPECT_NE(error.hint().find("'token_embd.weight'"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace auris::weights
