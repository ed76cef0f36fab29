#include "auris/models/encoders/whisper/whisper_config.h"

#include <gtest/gtest.h>

#include "auris/base/cache_folder.h"

namespace auris::models {
namespace {

using nlohmann::json;

json large_v3() {
  return {{"model_type", "whisper"},       {"d_model", 1280},
          {"encoder_layers", 32},          {"encoder_attention_heads", 20},
          {"encoder_ffn_dim", 5120},       {"num_mel_bins", 128},
          {"max_source_positions", 1500},  {"decoder_layers", 32},
          {"decoder_attention_heads", 20}, {"decoder_ffn_dim", 5120},
          {"max_target_positions", 448},   {"vocab_size", 51866}};
}

TEST(WhisperConfig, ReadsHuggingFaceSizes) {
  WhisperConfig config = whisper_config_from_json(large_v3());
  EXPECT_EQ(config.n_mels, 128);
  EXPECT_EQ(config.encoder_layers, 32);
  EXPECT_EQ(config.head_dim(), 64);
  EXPECT_EQ(config.max_frames(), 3000);
  EXPECT_EQ(config.vocab_size, 51866);
  EXPECT_EQ(config.pooling, 1);
}

TEST(WhisperConfig, Qwen2AudioEncoderPoolsAndHasNoDecoder) {
  json qwen = large_v3();
  qwen["model_type"] = "qwen2_audio_encoder";
  WhisperConfig config = whisper_config_from_json(qwen);
  EXPECT_EQ(config.pooling, 2);
  EXPECT_EQ(config.decoder_layers, 0);
}

TEST(WhisperConfig, RefusesNonsense) {
  for (const char* change :
       {R"({"d_model": 0})", R"({"d_model": -5})", R"({"d_model": "many"})", R"({"d_model": 1281})",
        R"({"encoder_layers": 1e9})", R"({"encoder_layers": 99999999999})",
        R"({"encoder_attention_heads": null})", R"({"vocab_size": 2.5})"}) {
    json config = large_v3();
    config.update(json::parse(change));
    EXPECT_THROW(whisper_config_from_json(config), Error) << change;
  }
  EXPECT_THROW(whisper_config_from_json(json::array()), Error);
  json missing = large_v3();
  missing.erase("d_model");
  EXPECT_THROW(whisper_config_from_json(missing), Error);
}

TEST(WhisperConfig, DerivesSizesOfCTranslate2Models) {
  WhisperConfig base = whisper_config_of(*weights::open_checkpoint(model_folder() / "whisper-base"));
  EXPECT_EQ(base.n_mels, 80);
  EXPECT_EQ(base.d_model, 512);
  EXPECT_EQ(base.encoder_layers, 6);
  EXPECT_EQ(base.decoder_layers, 6);
  EXPECT_EQ(base.encoder_heads, 8);
  EXPECT_EQ(base.decoder_ffn, 2048);
  EXPECT_EQ(base.vocab_size, 51865);
  WhisperConfig tiny = whisper_config_of(*weights::open_checkpoint(model_folder() / "whisper-tiny.en"));
  EXPECT_EQ(tiny.d_model, 384);
  EXPECT_EQ(tiny.decoder_layers, 4);
  EXPECT_EQ(tiny.encoder_heads, 6);
  EXPECT_EQ(tiny.vocab_size, 51864);
}

}  // namespace
}  // namespace auris::models
