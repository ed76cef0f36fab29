#include "auris/models/audio_llm/audio_llm_config.h"

#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris::models {
namespace {

using nlohmann::json;

json text_config() {
  return {{"model_type", "llama"},   {"vocab_size", 100},      {"hidden_size", 32},
          {"intermediate_size", 64}, {"num_hidden_layers", 2}, {"num_attention_heads", 4},
          {"num_key_value_heads", 2}};
}

json audio_config() {
  return {{"model_type", "whisper"},       {"d_model", 1280},         {"encoder_layers", 32},
          {"encoder_attention_heads", 20}, {"encoder_ffn_dim", 5120}, {"num_mel_bins", 128},
          {"max_source_positions", 1500}};
}

json ultravox() {
  return {{"model_type", "ultravox"},
          {"text_config", text_config()},
          {"audio_config", audio_config()},
          {"hidden_size", 4096},
          {"stack_factor", 8}};
}

AudioLlmConfig read(AudioLlmFamily family, const json& config) {
  return audio_llm_config(family, config, {}, {});
}

// The counts of the published processors: Ultravox ceil(frames / (2 * 8)), Qwen2-Audio ((L - 1) // 2 + 1 - 2)
// // 2 + 1, LLaSO always 1500.
TEST(AudioRows, AsThePublishedProcessorsCount) {
  AudioLlmConfig ultra = read(AudioLlmFamily::kUltravox, ultravox());
  json qwen_json = {
      {"model_type", "qwen2_audio"}, {"text_config", text_config()}, {"audio_config", audio_config()}};
  AudioLlmConfig qwen = read(AudioLlmFamily::kQwen2Audio, qwen_json);
  json llaso_json = text_config();
  llaso_json["model_type"] = "llava_llama";
  llaso_json["audio_config"] = audio_config();
  AudioLlmConfig llaso = read(AudioLlmFamily::kLlaso, llaso_json);
  for (int64_t frames = 3; frames <= 3000; ++frames) {
    ASSERT_EQ(audio_rows(ultra, frames), (frames + 15) / 16) << frames;
    ASSERT_EQ(audio_rows(qwen, frames), ((frames - 1) / 2 + 1 - 2) / 2 + 1) << frames;
    ASSERT_EQ(audio_rows(llaso, frames), 1500);
  }
  EXPECT_EQ(audio_rows(qwen, 1), 0);
}

TEST(AudioLlmConfig, OlderUltravoxNormsBehind) {
  EXPECT_FALSE(read(AudioLlmFamily::kUltravox, ultravox()).projector.norm_mid);
  json newer = ultravox();
  newer["projector_ln_mid"] = true;
  EXPECT_TRUE(read(AudioLlmFamily::kUltravox, newer).projector.norm_mid);
}

json composed() {
  return {{"model_type", "auris_audio_llm"},
          {"encoder", "whisper-base"},
          {"language_model", "smollm2-135m-instruct"},
          {"projector", {{"type", "mlp_gelu"}, {"inner", 64}, {"stack", 5}}}};
}

AudioLlmConfig read_composed(const json& config) {
  WhisperConfig encoder = whisper_config_from_json(audio_config());
  return audio_llm_config(AudioLlmFamily::kComposed, config, encoder, llama_config_from_hf(text_config()));
}

TEST(AudioLlmConfig, ComposedModelsTakeTheirSizesFromTheParts) {
  AudioLlmConfig config = read_composed(composed());
  EXPECT_EQ(config.projector.in, 1280);
  EXPECT_EQ(config.projector.inner, 64);
  EXPECT_EQ(config.projector.out, 32);
  EXPECT_EQ(config.window_rows, WindowRows::kTrimmed);
  EXPECT_EQ(audio_rows(config, 299), 30);  // 150 rows of the encoder
  EXPECT_EQ(audio_rows(config, 301), 31);
  json whole = composed();
  whole["window_rows"] = "whole";
  EXPECT_EQ(audio_rows(read_composed(whole), 299), 300);
  EXPECT_THROW(audio_llm_config(AudioLlmFamily::kComposed, composed(), {}, {}), Error);
}

TEST(AudioLlmConfig, HostileComposedFieldsAreRefused) {
  for (const auto& [key, value] : std::vector<std::pair<const char*, json>>{{"type", "conv"},
                                                                            {"type", nullptr},
                                                                            {"inner", 0},
                                                                            {"inner", 1e12},
                                                                            {"inner", nullptr},
                                                                            {"stack", 0},
                                                                            {"stack", 65}}) {
    json config = composed();
    config["projector"][key] = value;
    EXPECT_THROW(read_composed(config), Error) << key << " " << value.dump();
  }
  json odd = composed();
  odd["projector"] = {{"type", "swiglu"}, {"inner", 7}};
  EXPECT_THROW(read_composed(odd), Error);
  for (const auto& [key, value] :
       std::vector<std::pair<const char*, json>>{{"window_rows", "some"}, {"projector", 3}}) {
    json config = composed();
    config[key] = value;
    EXPECT_THROW(read_composed(config), Error) << key;
  }
}

TEST(AudioLlmConfig, ComposedModelsMayHaveAnAdapterAndANormBehind) {
  EXPECT_FALSE(read_composed(composed()).adapter.has_value());
  EXPECT_FALSE(read_composed(composed()).projector.norm_post);
  json config = composed();
  config["adapter"] = {{"rank", 8}, {"alpha", 16}, {"layers", {"q_proj", "v_proj"}}};
  config["projector"]["norm_post"] = true;
  AudioLlmConfig read = read_composed(config);
  ASSERT_TRUE(read.adapter.has_value());
  EXPECT_EQ(read.adapter->rank, 8);
  EXPECT_EQ(read.adapter->scale(), 2.0f);
  EXPECT_TRUE(read.adapter->covers("layers.0.self_attn.v_proj"));
  EXPECT_TRUE(read.projector.norm_post);
  config["adapter"]["rank"] = 0;
  EXPECT_THROW(read_composed(config), Error);
  config["adapter"] = "q_proj";
  EXPECT_THROW(read_composed(config), Error);
}

TEST(AudioLlmConfig, HostileFieldsAreRefused) {
  for (const auto& [key, value] : std::vector<std::pair<const char*, json>>{{"stack_factor", 0},
                                                                            {"stack_factor", 1 << 20},
                                                                            {"hidden_size", 3},
                                                                            {"projector_act", "gelu"},
                                                                            {"audio_latency_block_size", 100},
                                                                            {"text_config", 3},
                                                                            {"audio_config", json::object()},
                                                                            {"text_config", nullptr},
                                                                            {"audio_config", nullptr},
                                                                            {"audio_token_index", 1e99}}) {
    json config = ultravox();
    config[key] = value;
    EXPECT_THROW(read(AudioLlmFamily::kUltravox, config), Error) << key << " " << value.dump();
  }
  json llaso = text_config();
  llaso["audio_config"] = audio_config();
  llaso["mm_audio_select_layer"] = -2;
  EXPECT_THROW(read(AudioLlmFamily::kLlaso, llaso), Error);
}

}  // namespace
}  // namespace auris::models
