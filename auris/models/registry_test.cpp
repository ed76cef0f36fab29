#include "auris/models/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/cache_folder.h"
#include "auris/base/test_folder.h"
#include "auris/models/testing/golden.h"

namespace auris::models {
namespace {

using testing::golden_folder;

TEST(Registry, SmolLm2) {
  ModelDescription it =
      describe(model_folder() / "smollm2-135m-instruct" / "SmolLM2-135M-Instruct.Q4_1.gguf");
  EXPECT_EQ(it.kind, ModelKind::kLanguage);
  EXPECT_EQ(it.family, "llama");
  EXPECT_EQ(it.parameters, 134'515'008);  // transformers' count for the model
  ASSERT_EQ(it.dtypes.size(), 3u);
  EXPECT_EQ(it.dtypes[0].dtype, DType::kQ4_1);
  EXPECT_EQ(it.dtypes[0].tensors, 210);
  EXPECT_EQ(it.dtypes[1].dtype, DType::kQ8_0);
  EXPECT_EQ(it.dtypes[2].tensors, 61);
  EXPECT_EQ(it.context_length, 8192);
  EXPECT_EQ(it.licence, "apache-2.0");
  EXPECT_THAT(it.inputs, ::testing::ElementsAre("text"));
  EXPECT_THAT(it.notes, ::testing::IsEmpty());
}

TEST(Registry, WhisperBase) {
  ModelDescription it = describe(model_folder() / "whisper-base");
  EXPECT_EQ(it.kind, ModelKind::kSpeech);
  EXPECT_EQ(it.family, "whisper");
  EXPECT_EQ(it.context_length, 448);
  EXPECT_EQ(it.dtypes[0].dtype, DType::kF16);
  EXPECT_NEAR(static_cast<double>(it.parameters), 72.6e6, 0.5e6);
  EXPECT_THAT(it.inputs, ::testing::Contains("audio"));
}

TEST(Registry, EveryFamilyIsRecognised) {
  struct Expected {
    const char* path;
    ModelKind kind;
    const char* family;
  };
  for (const Expected& expected :
       std::vector<Expected>{{"llama3.2", ModelKind::kLanguage, "llama"},
                             {"llama3.2/model.gguf", ModelKind::kLanguage, "llama"},
                             {"qwen2.5", ModelKind::kLanguage, "qwen2"},
                             {"qwen3/model.gguf", ModelKind::kLanguage, "qwen3"},
                             {"gemma3", ModelKind::kLanguage, "gemma3"},
                             {"gemma3/model.gguf", ModelKind::kLanguage, "gemma3"},
                             {"mistral", ModelKind::kLanguage, "mistral"},
                             {"llaso", ModelKind::kAudioLanguage, "llaso"},
                             {"llaso/encoder", ModelKind::kSpeech, "whisper"},
                             {"ultravox", ModelKind::kAudioLanguage, "ultravox"},
                             {"qwen2-audio", ModelKind::kAudioLanguage, "qwen2_audio"}}) {
    ModelDescription it = describe(golden_folder() / expected.path);
    EXPECT_EQ(it.kind, expected.kind) << expected.path;
    EXPECT_EQ(it.family, expected.family) << expected.path;
    EXPECT_GT(it.parameters, 1000) << expected.path;
  }
}

// A published LLaSO folder has no encoder in it: the description says so, instead of failing.
TEST(Registry, MissingPartsAreNotes) {
  TestFolder bare;
  for (const char* file : {"config.json", "model.safetensors"}) {
    std::filesystem::copy(golden_folder() / "llaso" / file, bare / file);
  }
  ModelDescription it = describe(bare.path());
  EXPECT_EQ(it.kind, ModelKind::kAudioLanguage);
  ASSERT_EQ(it.notes.size(), 1u);
  EXPECT_THAT(it.notes[0], ::testing::HasSubstr("encoder"));
}

TEST(Registry, PartsOfAudioLanguageModelsAreNamed) {
  ModelDescription it = describe(golden_folder() / "llaso");
  EXPECT_EQ(it.name, "llaso");
  EXPECT_EQ(it.context_length, 4096);
  ASSERT_EQ(it.parts.size(), 1u);
  EXPECT_EQ(it.parts[0].what, "encoder");
  EXPECT_THAT(it.parts[0].path, ::testing::HasSubstr("llaso/encoder"));
  EXPECT_THAT(it.notes, ::testing::IsEmpty());
}

TEST(Registry, OtherTensorsAreUnknown) {
  ModelDescription it = describe(model_folder() / "silero-vad" / "silero_vad_16k.safetensors");
  EXPECT_EQ(it.kind, ModelKind::kUnknown);
  EXPECT_GT(it.parameters, 100'000);
  EXPECT_THAT(it.inputs, ::testing::IsEmpty());
}

}  // namespace
}  // namespace auris::models
