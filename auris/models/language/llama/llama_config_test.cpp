#include "auris/models/language/llama/llama_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "auris/base/error.h"
#include "auris/models/language/llama/llama_names.h"
#include "tests/source_folder.h"

namespace auris::models {
namespace {

using nlohmann::json;

std::string refusal(const json& config) {
  try {
    llama_config_from_hf(config);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kModel);
    return error.what();
  }
  return "";
}

std::string gguf_refusal(const json& metadata) {
  try {
    llama_config_from_gguf(metadata, true);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kModel);
    return error.what();
  }
  return "";
}

json small() {
  return {{"model_type", "llama"},   {"vocab_size", 100},      {"hidden_size", 32},
          {"intermediate_size", 64}, {"num_hidden_layers", 2}, {"num_attention_heads", 4},
          {"num_key_value_heads", 2}};
}

json small_gguf() {
  return {{"general.architecture", "llama"},
          {"llama.vocab_size", 100},
          {"llama.embedding_length", 32},
          {"llama.feed_forward_length", 64},
          {"llama.block_count", 2},
          {"llama.attention.head_count", 4},
          {"llama.attention.head_count_kv", 2},
          {"llama.context_length", 128},
          {"llama.attention.layer_norm_rms_epsilon", 1e-5}};
}

TEST(RopeFrequencies, AgreeWithTheReference) {
  std::ifstream file(std::string(AURIS_SOURCE_DIR) + "/tests/golden/models/rope_frequencies.json");
  json cases = json::parse(file);
  ASSERT_EQ(cases.size(), 9u);
  for (const json& test : cases) {
    RopeConfig rope = llama_config_from_hf(test["config"]).rope;
    std::vector<float> ours = inverse_frequencies(rope, 64);
    ASSERT_EQ(ours.size(), test["inverse_frequencies"].size());
    for (size_t i = 0; i < ours.size(); ++i) {
      double expected = test["inverse_frequencies"][i];
      EXPECT_NEAR(ours[i] / expected, 1.0, 2e-6) << test["config"].dump() << " at " << i;
    }
    EXPECT_NEAR(rope_magnitude(rope), test["magnitude"].get<double>(), 1e-6);
  }
}

TEST(LlamaConfig, LeftOutFieldsTakeTheDefaultsOfTheModelType) {
  // The text_config of Qwen2-Audio-7B-Instruct as published: no hidden size, no heads.
  json qwen2_audio = {{"model_type", "qwen2_audio"},
                      {"text_config",
                       {{"model_type", "qwen2"},
                        {"intermediate_size", 11008},
                        {"vocab_size", 156032},
                        {"max_position_embeddings", 8192},
                        {"rms_norm_eps", 1e-5}}}};
  LlamaConfig config = llama_config_from_hf(qwen2_audio);
  EXPECT_EQ(config.hidden, 4096);
  EXPECT_EQ(config.layers, 32);
  EXPECT_EQ(config.kv_heads, 32);
  EXPECT_EQ(config.head_dim, 128);
  EXPECT_EQ(config.qkv_bias, nn::Bias::kRequired);
  EXPECT_FALSE(config.tied_embeddings);

  // gemma-3-4b-it as published.
  json gemma = {{"model_type", "gemma3"},
                {"text_config",
                 {{"hidden_size", 2560},
                  {"intermediate_size", 10240},
                  {"model_type", "gemma3_text"},
                  {"num_hidden_layers", 34},
                  {"sliding_window", 1024},
                  {"rope_scaling", {{"factor", 8.0}, {"rope_type", "linear"}}}}}};
  config = llama_config_from_hf(gemma);
  EXPECT_EQ(config.heads, 8);
  EXPECT_EQ(config.head_dim, 256);
  EXPECT_TRUE(config.tied_embeddings);
  EXPECT_EQ(config.rope.theta, 1e6);
  EXPECT_EQ(config.rope.scaling, RopeScalingKind::kLinear);
  EXPECT_EQ(config.sliding_rope.theta, 1e4);
  EXPECT_EQ(config.sliding_rope.scaling, RopeScalingKind::kNone);
  EXPECT_TRUE(config.sliding_layers[4]);
  EXPECT_FALSE(config.sliding_layers[5]);
  EXPECT_FLOAT_EQ(config.attention_scale, 1.0f / 16.0f);
}

TEST(LlamaConfig, BothSpellingsOfRope) {
  json config = small();
  config["rope_theta"] = 5e5;
  EXPECT_EQ(llama_config_from_hf(config).rope.theta, 5e5);
  config = small();
  config["rope_parameters"] = {{"rope_theta", 5e5}, {"rope_type", "default"}};
  EXPECT_EQ(llama_config_from_hf(config).rope.theta, 5e5);
}

TEST(LlamaConfig, HostileFieldsAreRefusedByName) {
  EXPECT_EQ(refusal(small()), "");
  struct Wrong {
    const char* key;
    json value;
  };
  for (const Wrong& wrong : std::vector<Wrong>{{"hidden_size", 0},
                                               {"hidden_size", -1},
                                               {"hidden_size", 1e30},
                                               {"hidden_size", "x"},
                                               {"hidden_size", 33},
                                               {"num_hidden_layers", 1 << 30},
                                               {"num_attention_heads", 0},
                                               {"num_key_value_heads", 0},
                                               {"vocab_size", 9999999999999},
                                               {"rms_norm_eps", -1},
                                               {"rope_theta", 0},
                                               {"head_dim", 5000},
                                               {"intermediate_size", json::array({1})},
                                               {"max_position_embeddings", 0},
                                               {"hidden_act", "tanh"},
                                               {"rope_scaling", {{"rope_type", "dynamic"}, {"factor", 2}}},
                                               {"mlp_bias", true},
                                               {"rope_scaling", {{"rope_type", "llama3"}}},
                                               {"model_type", "mamba"}}) {
    json config = small();
    config[wrong.key] = wrong.value;
    EXPECT_NE(refusal(config), "") << wrong.key << " = " << wrong.value.dump();
  }
  json config = small();
  config["num_key_value_heads"] = 3;
  EXPECT_THAT(refusal(config), ::testing::HasSubstr("multiple"));
  config = small();
  config["head_dim"] = 9;
  EXPECT_THAT(refusal(config), ::testing::HasSubstr("even"));
  config = small();
  config["model_type"] = "gemma3_text";
  config["layer_types"] = json::array({"full_attention"});
  EXPECT_THAT(refusal(config), ::testing::HasSubstr("layer_types"));
  EXPECT_NE(refusal(json::array()), "");
}

TEST(LlamaConfig, HostileGgufKeysAreRefusedByName) {
  EXPECT_EQ(gguf_refusal(small_gguf()), "");
  json whole = small_gguf();
  for (const auto& [key, value] : whole.items()) {
    for (const json& wrong :
         {json(0), json(-3), json("x"), json(1e300), json::array({1, 2}), json(UINT64_MAX)}) {
      json metadata = small_gguf();
      metadata[key] = wrong;
      if (key == "llama.attention.layer_norm_rms_epsilon" && wrong == 0) continue;  // odd, but harmless
      EXPECT_THAT(gguf_refusal(metadata), ::testing::HasSubstr(key)) << wrong.dump();
    }
  }
  json metadata = small_gguf();
  metadata["llama.expert_count"] = 8;
  EXPECT_THAT(gguf_refusal(metadata), ::testing::HasSubstr("expert"));
  metadata = small_gguf();
  metadata["llama.rope.dimension_count"] = 4;
  EXPECT_THAT(gguf_refusal(metadata), ::testing::HasSubstr("dimension_count"));
}

TEST(LlamaNames, GgufNames) {
  EXPECT_EQ(llama_name_in_gguf("layers.12.self_attn.q_proj.bias", false), "blk.12.attn_q.bias");
  EXPECT_EQ(llama_name_in_gguf("layers.0.post_attention_layernorm.weight", false), "blk.0.ffn_norm.weight");
  EXPECT_EQ(llama_name_in_gguf("layers.0.post_attention_layernorm.weight", true),
            "blk.0.post_attention_norm.weight");
  EXPECT_EQ(llama_name_in_gguf("layers.0.pre_feedforward_layernorm.weight", true), "blk.0.ffn_norm.weight");
  EXPECT_EQ(llama_name_in_gguf("lm_head.weight", false), "output.weight");
}

}  // namespace
}  // namespace auris::models
