#include "auris/models/encoders/whisper/whisper_config.h"

#include <string>

#include <fmt/format.h>

namespace auris::models {
namespace {

[[noreturn]] void bad_config(const std::string& expected, const std::string& got) {
  throw Error(ErrorCode::kModel, {.where = "whisper config", .expected = expected, .got = got, .hint = ""});
}

int positive(const nlohmann::json& config, const char* key, int fallback = 0) {
  auto found = config.find(key);
  if (found == config.end() && fallback > 0) return fallback;
  if (found == config.end()) bad_config(fmt::format("the key {}", key), "none");
  constexpr int64_t kLimit = 10'000'000;
  if (!found->is_number_integer() || *found < 1 || *found > kLimit) {
    bad_config(fmt::format("{} between 1 and {}", key, kLimit), auris::quoted(found->dump()));
  }
  return found->get<int>();
}

void check(const WhisperConfig& config) {
  if (config.d_model % config.encoder_heads != 0 || config.d_model % config.decoder_heads != 0) {
    bad_config("a number of heads that divides d_model",
               fmt::format("d_model {} with {} and {} heads", config.d_model, config.encoder_heads,
                           config.decoder_heads));
  }
  if (config.encoder_layers > 1000 || config.decoder_layers > 1000) {
    bad_config("at most 1000 layers", fmt::format("{} and {}", config.encoder_layers, config.decoder_layers));
  }
}

int count_layers(const weights::Checkpoint& checkpoint, std::string_view side) {
  int layers = 0;
  while (checkpoint.contains(fmt::format("{}/layer_{}/ffn/linear_0/weight", side, layers))) ++layers;
  return layers;
}

int extent(const weights::Checkpoint& checkpoint, const std::string& name, int rank, int axis) {
  Shape shape = checkpoint.tensor(name).shape();
  if (shape.rank() != rank || shape[axis] < 1 || shape[axis] > 10'000'000) {
    bad_config(fmt::format("{} with {} extents", name, rank), shape.to_string());
  }
  return static_cast<int>(shape[axis]);
}

// Head counts are scalars in the file, which older converters left out: every published Whisper has 64-wide
// heads.
int heads_of(const weights::Checkpoint& checkpoint, const std::string& side, int d_model) {
  nlohmann::json attributes = checkpoint.metadata().value("attributes", nlohmann::json::object());
  auto found = attributes.find(side + "/num_heads");
  if (found != attributes.end() && found->is_number_integer() && *found > 0 && *found <= d_model) {
    return found->get<int>();
  }
  return std::max(1, d_model / 64);
}

WhisperConfig config_of_ctranslate2(const weights::Checkpoint& checkpoint) {
  WhisperConfig config;
  config.d_model = extent(checkpoint, "encoder/conv1/weight", 3, 0);
  config.n_mels = extent(checkpoint, "encoder/conv1/weight", 3, 1);
  config.encoder_layers = count_layers(checkpoint, "encoder");
  config.decoder_layers = count_layers(checkpoint, "decoder");
  if (config.encoder_layers == 0) bad_config("encoder layers", "none");
  config.encoder_ffn = extent(checkpoint, "encoder/layer_0/ffn/linear_0/weight", 2, 0);
  config.max_source_positions = extent(checkpoint, "encoder/position_encodings/encodings", 2, 0);
  config.encoder_heads = heads_of(checkpoint, "encoder", config.d_model);
  config.decoder_heads = heads_of(checkpoint, "decoder", config.d_model);
  if (config.decoder_layers > 0) {
    config.decoder_ffn = extent(checkpoint, "decoder/layer_0/ffn/linear_0/weight", 2, 0);
    config.max_target_positions = extent(checkpoint, "decoder/position_encodings/encodings", 2, 0);
    config.vocab_size = extent(checkpoint, "decoder/embeddings/weight", 2, 0);
  }
  check(config);
  return config;
}

}  // namespace

WhisperConfig whisper_config_from_json(const nlohmann::json& json) {
  if (!json.is_object()) bad_config("a JSON object", auris::quoted(json.dump()));
  WhisperConfig config;
  config.n_mels = positive(json, "num_mel_bins", 80);
  config.d_model = positive(json, "d_model");
  config.encoder_layers = positive(json, "encoder_layers");
  config.encoder_heads = positive(json, "encoder_attention_heads");
  config.encoder_ffn = positive(json, "encoder_ffn_dim");
  config.max_source_positions = positive(json, "max_source_positions", 1500);
  config.decoder_heads = config.encoder_heads;
  if (json.value("model_type", "") == "qwen2_audio_encoder") {
    config.pooling = 2;
  } else if (json.contains("decoder_layers")) {
    config.decoder_layers = positive(json, "decoder_layers");
    config.decoder_heads = positive(json, "decoder_attention_heads");
    config.decoder_ffn = positive(json, "decoder_ffn_dim");
    config.max_target_positions = positive(json, "max_target_positions", 448);
    config.vocab_size = positive(json, "vocab_size");
  }
  check(config);
  return config;
}

WhisperConfig whisper_config_of(const weights::Checkpoint& checkpoint) {
  if (checkpoint.format() == weights::Format::kCTranslate2) return config_of_ctranslate2(checkpoint);
  return whisper_config_from_json(checkpoint.metadata());
}

}  // namespace auris::models
