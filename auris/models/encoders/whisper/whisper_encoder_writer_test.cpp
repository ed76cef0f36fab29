#include "auris/models/encoders/whisper/whisper_encoder_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/cache_folder.h"
#include "auris/base/rng.h"
#include "auris/base/test_folder.h"
#include "auris/models/encoders/whisper/whisper_encoder.h"
#include "auris/models/encoders/whisper/whisper_hooks.h"
#include "auris/models/testing/golden.h"

namespace auris::models {
namespace {

using ::testing::HasSubstr;
using testing::relative_error;

Tensor rows_of(const weights::Checkpoint& checkpoint, const std::string& prefix,
               const nn::Adopt& adopt = {}) {
  const WhisperConfig config = whisper_config_of(checkpoint);
  const WhisperEncoder encoder(
      with_hooks(whisper_encoder_weights(checkpoint, config, prefix), {.adopt = adopt}), config);
  Rng rng(2);
  Tensor mel = Tensor::empty({40, config.n_mels});
  for (float& value : mel.span<float>()) value = static_cast<float>(0.5 * rng.normal());
  return encoder.forward(mel, RowLayout::single(40)).hidden;
}

class WhisperEncoderWriter : public ::testing::Test {
 protected:
  // Of CTranslate2, in f16: its names are others, and its keys have biases.
  std::shared_ptr<const weights::Checkpoint> source_ =
      weights::open_checkpoint(model_folder() / "whisper-tiny.en");
  WhisperConfig config_ = whisper_config_of(*source_);
  TestFolder folder_;
};

TEST_F(WhisperEncoderWriter, WritesWhatItReads) {
  write_whisper_encoder(folder_.path(), *source_, config_, {.dtype = DType::kF16});
  const auto written = weights::open_checkpoint(folder_.path());
  EXPECT_EQ(relative_error(rows_of(*written, "encoder."), rows_of(*source_, "")), 0.0);
  EXPECT_FALSE(written->contains("encoder.layers.0.self_attn.k_proj.bias"));  // as Whisper has it
  EXPECT_TRUE(written->contains("encoder.layers.3.self_attn.v_proj.bias"));
  const WhisperConfig again = whisper_config_of(*written);
  EXPECT_EQ(again.encoder_layers, config_.encoder_layers);
  EXPECT_EQ(again.decoder_layers, 0);
  EXPECT_EQ(again.pooling, 1);
}

TEST_F(WhisperEncoderWriter, PutsTrainedTensorsInTheirPlace) {
  Tensor bias = Tensor::empty({config_.d_model});
  for (float& value : bias.span<float>()) value = 0.25f;
  write_whisper_encoder(folder_.path(), *source_, config_, {.trained = {{"layers.1.fc2.bias", bias}}});
  const auto written = weights::open_checkpoint(folder_.path());
  EXPECT_EQ(written->tensor("encoder.layers.1.fc2.bias").data<float>()[3], 0.25f);
  const auto adopt = [&](std::string_view name, const Tensor& tensor) {
    return name == "layers.1.fc2.bias" ? bias : tensor;
  };
  EXPECT_LE(relative_error(rows_of(*written, "encoder."), rows_of(*source_, "", adopt)), 1e-5);
}

TEST_F(WhisperEncoderWriter, RefusesWhatTheEncoderDoesNotHave) {
  const auto refusal = [&](const char* name, const Shape& shape) -> std::string {
    try {
      write_whisper_encoder(folder_.path(), *source_, config_, {.trained = {{name, Tensor::zeros(shape)}}});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      return error.what();
    }
    return "none";
  };
  EXPECT_THAT(refusal("layers.9.fc2.bias", {config_.d_model}), HasSubstr("layers.9.fc2.bias"));
  EXPECT_THAT(refusal("layers.1.fc2.bias", {3}), HasSubstr("layers.1.fc2.bias"));
}

TEST_F(WhisperEncoderWriter, KeepsThePoolingOfQwen2Audio) {
  WhisperConfig pools = config_;
  pools.pooling = 2;
  EXPECT_EQ(whisper_config_from_json(whisper_encoder_json(pools)).pooling, 2);
}

}  // namespace
}  // namespace auris::models
