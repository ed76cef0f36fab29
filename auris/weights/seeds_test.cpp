// The tiny files of tests/fuzz/corpus, written by the reference writers
// (tools/reference/make_fuzz_seeds_weights.py).

#include <cmath>
#include <cstring>
#include <filesystem>

#include <gtest/gtest.h>

#include "auris/weights/checkpoint.h"
#include "tests/source_folder.h"

namespace auris::weights {
namespace {

using nlohmann::json;

std::shared_ptr<const Checkpoint> seed(const std::string& name) {
  return open_checkpoint(std::filesystem::path(AURIS_SOURCE_DIR) / "tests/fuzz/corpus" / name);
}

void expect_tensor(const Checkpoint& checkpoint, const std::string& name, DType dtype, const Shape& shape) {
  Tensor tensor = checkpoint.tensor(name);
  EXPECT_EQ(tensor.dtype(), dtype) << name;
  EXPECT_EQ(tensor.shape(), shape) << name << " " << tensor.shape().to_string();
}

// Tensors in mapped files lie where they lie: not at multiples of their element.
template <typename T>
T value_at(const Tensor& tensor, int64_t index) {
  T value;
  std::memcpy(&value, tensor.data<std::byte>() + index * static_cast<int64_t>(sizeof(T)), sizeof(T));
  return value;
}

float f16_at(const Tensor& tensor, int64_t index) {
  const auto bits = value_at<uint16_t>(tensor, index);
  return std::ldexp(static_cast<float>((bits & 0x3ff) + 1024), ((bits >> 10) & 31) - 25) *
         ((bits & 0x8000) != 0 ? -1.0f : 1.0f);
}

class GgufSeed : public testing::TestWithParam<const char*> {};

TEST_P(GgufSeed, AllTypes) {
  auto checkpoint = seed(GetParam());
  EXPECT_EQ(checkpoint->format(), Format::kGguf);
  EXPECT_EQ(checkpoint->tensors().size(), 12u);
  const std::pair<const char*, DType> kTypes[] = {
      {"f32", DType::kF32},   {"f16", DType::kF16},   {"bf16", DType::kBF16}, {"q8_0", DType::kQ8_0},
      {"q4_0", DType::kQ4_0}, {"q4_1", DType::kQ4_1}, {"q5_0", DType::kQ5_0}, {"q5_1", DType::kQ5_1},
      {"q4_k", DType::kQ4_K}, {"q5_k", DType::kQ5_K}, {"q6_k", DType::kQ6_K}};
  for (const auto& [name, dtype] : kTypes) expect_tensor(*checkpoint, name, dtype, {2, 256});
  expect_tensor(*checkpoint, "i32", DType::kI32, {1, 2, 3});
  for (int i = 0; i < 512; ++i) {
    float value = static_cast<float>(i - 256) / 64;
    EXPECT_EQ(value_at<float>(checkpoint->tensor("f32"), i), value);
    if (value != 0) {
      EXPECT_EQ(f16_at(checkpoint->tensor("f16"), i), value);
    }
  }
  for (int i = 0; i < 6; ++i) EXPECT_EQ(value_at<int32_t>(checkpoint->tensor("i32"), i), i);
}

TEST_P(GgufSeed, AllMetadataTypes) {
  auto checkpoint = seed(GetParam());
  json expected = json::parse(R"({
    "general.architecture": "llama", "test.u8": 200, "test.i8": -100, "test.u16": 60000, "test.i16": -30000,
    "test.u32": 4000000000, "test.i32": -2000000000, "test.u64": 9223372036854775809, "test.i64": -4611686018427387904,
    "test.f32": 0.5, "test.f64": 0.1, "test.bool": true, "test.string": "Grüße", "test.strings": ["a", "", "Ġthe"],
    "test.ints": [1, -2, 3], "test.floats": [0.25, -1.5], "test.bools": [true, false]})");
  EXPECT_EQ(checkpoint->metadata(), expected);
}

INSTANTIATE_TEST_SUITE_P(Versions, GgufSeed, testing::Values("gguf/all_types.gguf", "gguf/version_2.gguf"));

TEST(Seeds, GgufAlignment) {
  auto checkpoint = seed("gguf/aligned_64.gguf");
  EXPECT_EQ(checkpoint->metadata().at("general.alignment"), 64);
  for (float value : checkpoint->tensor("x").span<float>()) EXPECT_EQ(value, 1.0f);
}

void expect_unreadable(const Checkpoint& checkpoint, const std::string& name, const std::string& reason) {
  EXPECT_TRUE(checkpoint.contains(name)) << name;
  try {
    checkpoint.tensor(name);
    ADD_FAILURE() << name;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kModel);
    EXPECT_NE(std::string(error.what()).find(reason), std::string::npos) << error.what();
  }
}

TEST(Seeds, TypesWithoutKernelsAreNamed) {
  auto gguf = seed("gguf/unreadable.gguf");
  EXPECT_EQ(gguf->tensors().size(), 1u);
  EXPECT_EQ(gguf->unreadable().size(), 2u);
  expect_unreadable(*gguf, "q2_k", "type Q2_K");
  expect_unreadable(*gguf, "f64", "type F64");
  auto safetensors = seed("safetensors/unreadable.safetensors");
  EXPECT_EQ(safetensors->tensors().size(), 1u);
  EXPECT_EQ(safetensors->unreadable().size(), 4u);
  expect_unreadable(*safetensors, "i64", "type I64");
  expect_unreadable(*safetensors, "bool", "type BOOL");
  expect_unreadable(*safetensors, "five", "5 dimensions");
  expect_unreadable(*safetensors, "empty", "no elements");
  auto ctranslate2 = seed("ctranslate2/whisper_int16.bin");
  expect_unreadable(*ctranslate2, "encoder/conv1/weight", "type i16");
}

TEST(Seeds, SafetensorsTypes) {
  auto checkpoint = seed("safetensors/mixed.safetensors");
  EXPECT_EQ(checkpoint->format(), Format::kSafetensors);
  EXPECT_EQ(checkpoint->metadata(),
            json::parse(R"({"__metadata__": {"made by": "the reference \"writer\""}})"));
  expect_tensor(*checkpoint, "b.f32", DType::kF32, {3, 4});
  expect_tensor(*checkpoint, "a.f32", DType::kF32, {2, 2, 3});
  expect_tensor(*checkpoint, "f16", DType::kF16, {12});
  expect_tensor(*checkpoint, "bf16", DType::kBF16, {12});
  expect_tensor(*checkpoint, "i32", DType::kI32, {12, 1});
  expect_tensor(*checkpoint, "i8", DType::kI8, {3});
  expect_tensor(*checkpoint, "scalar", DType::kF32, {});
  EXPECT_EQ(value_at<float>(checkpoint->tensor("scalar"), 0), 2.5f);
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(value_at<float>(checkpoint->tensor("b.f32"), i), static_cast<float>(i - 6) / 4);
    EXPECT_EQ(value_at<int32_t>(checkpoint->tensor("i32"), i), i - 6);
  }
  EXPECT_EQ(value_at<int8_t>(checkpoint->tensor("i8"), 0), -6);
}

// CTranslate2 rounds value * scale to i8, so that i8 / scale is within half a step of the f32 weights.
TEST(Seeds, CTranslate2Int8RowsScale) {
  auto exact = seed("ctranslate2/whisper_float32.bin");
  auto rounded = seed("ctranslate2/whisper_int8.bin");
  int compared = 0;
  for (const TensorInfo& info : rounded->tensors()) {
    if (info.dtype != DType::kI8 || info.shape.rank() == 0) continue;
    Tensor weight = rounded->tensor(info.name);
    Tensor scale = rounded->tensor(info.name + "_scale");
    Tensor golden = exact->tensor(info.name);
    int64_t row = info.shape.elements() / info.shape[0];
    for (int64_t i = 0; i < info.shape.elements(); ++i) {
      float step = 1.0f / value_at<float>(scale, i / row);
      EXPECT_NEAR(static_cast<float>(value_at<int8_t>(weight, i)) * step, value_at<float>(golden, i),
                  0.5001f * step)
          << info.name;
    }
    ++compared;
  }
  EXPECT_EQ(compared, 14);  // embeddings, 2 convolutions, 11 linear layers
}

TEST(Seeds, CTranslate2Attributes) {
  auto checkpoint = seed("ctranslate2/whisper_int8.bin");
  const json& metadata = checkpoint->metadata();
  EXPECT_EQ(metadata.at("spec"), "WhisperSpec");
  EXPECT_EQ(metadata.at("binary_version"), 6);
  EXPECT_EQ(metadata.at("attributes").at("decoder/num_heads"), 1);
  EXPECT_EQ(metadata.at("attributes").at("decoder/alignment_layer"), -1);
  EXPECT_EQ(metadata.at("aliases").at("decoder/projection/weight"), "decoder/embeddings/weight");
  EXPECT_EQ(checkpoint->tensor("decoder/projection/weight_scale").data<float>(),
            checkpoint->tensor("decoder/embeddings/weight_scale").data<float>());
  EXPECT_EQ(seed("ctranslate2/whisper_float16.bin")->tensor("decoder/embeddings/weight").dtype(),
            DType::kF16);
  EXPECT_EQ(seed("ctranslate2/whisper_bfloat16.bin")->tensor("decoder/embeddings/weight").dtype(),
            DType::kBF16);
}

}  // namespace
}  // namespace auris::weights
