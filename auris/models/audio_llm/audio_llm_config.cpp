#include "auris/models/audio_llm/audio_llm_config.h"

#include "auris/base/json_fields.h"

namespace auris::models {
namespace {

constexpr int64_t kMaxPooledRows = 1500;  // the encoder's rows of a window
constexpr const char* kLlasoProjector = "model.mm_audio_aligner.projector";

WhisperConfig encoder_of(const JsonFields& fields, const std::optional<WhisperConfig>& given) {
  if (given) return *given;
  if (!fields.has("audio_config")) {
    fields.fail("audio_config", "the encoder's sizes", "nothing",
                "this checkpoint keeps its encoder elsewhere: name the encoder's folder too");
  }
  return whisper_config_from_json(*fields.find("audio_config"));
}

LlamaConfig language_of(const JsonFields& fields, const std::optional<LlamaConfig>& given) {
  if (given) return *given;
  if (!fields.has("text_config")) {
    fields.fail("text_config", "the language model's sizes", "nothing",
                "this checkpoint keeps its language model elsewhere: name that model too");
  }
  return llama_config_from_hf(fields.json());
}

// LLaSO's config.json is the language model's own, with more fields (as LLaVA does it).
void configure_llaso(const JsonFields& fields, const std::optional<WhisperConfig>& encoder,
                     const std::optional<LlamaConfig>& language, AudioLlmConfig& config) {
  config.window_rows = WindowRows::kWhole;
  config.encoder = encoder_of(fields, encoder);
  if (language) {
    config.language = *language;
  } else {
    nlohmann::json as_llama = fields.json();
    as_llama["model_type"] = "llama";
    config.language = llama_config_from_hf(as_llama);
  }
  std::string type = fields.text("audio_projector_type", "mlp2x_gelu");
  if (type != "mlp2x_gelu") fields.fail("audio_projector_type", "mlp2x_gelu", auris::quoted(type));
  if (fields.integer("mm_audio_select_layer", {-1000, 1000}, -1) != -1) {
    fields.fail("mm_audio_select_layer", "-1, the last layer", "another");
  }
  config.projector = {.kind = ProjectorKind::kMlpGelu,
                      .in = config.encoder.d_model,
                      .inner = config.language.hidden,
                      .out = config.language.hidden,
                      .stack = 1};
  config.projector_prefix = kLlasoProjector;
}

void configure_ultravox(const JsonFields& fields, const std::optional<WhisperConfig>& encoder,
                        const std::optional<LlamaConfig>& language, AudioLlmConfig& config) {
  config.encoder = encoder_of(fields, encoder);
  config.language = language_of(fields, language);
  std::string activation = fields.text("projector_act", "swiglu");
  if (activation != "swiglu") fields.fail("projector_act", "swiglu", auris::quoted(activation));
  if (fields.has("audio_latency_block_size")) {
    fields.fail("audio_latency_block_size", "null", "a value", "streaming encoders are not supported");
  }
  int64_t inner = fields.integer("hidden_size", {2, kMaxIntermediate}, 4096);
  if (inner % 2 != 0) fields.fail("hidden_size", "an even number", std::to_string(inner));
  config.stacks_padding = true;
  config.projector = {.kind = ProjectorKind::kUltravox,
                      .in = config.encoder.d_model,
                      .inner = inner,
                      .out = config.language.hidden,
                      .stack = static_cast<int>(fields.integer("stack_factor", {1, 1024}, 8)),
                      .norm_mid = fields.flag("projector_ln_mid", false)};
  config.projector_prefix = "multi_modal_projector";
}

void configure_qwen2_audio(const JsonFields& fields, const std::optional<WhisperConfig>& encoder,
                           const std::optional<LlamaConfig>& language, AudioLlmConfig& config) {
  config.encoder = encoder_of(fields, encoder);
  config.encoder.pooling = 2;
  config.language = language_of(fields, language);
  config.context_frames = 2;
  config.projector = {.kind = ProjectorKind::kLinear,
                      .in = config.encoder.d_model,
                      .inner = 0,
                      .out = config.language.hidden,
                      .stack = 1};
  config.projector_prefix = "multi_modal_projector";
}

ProjectorConfig composed_projector(const JsonFields& fields, const WhisperConfig& encoder, int64_t out) {
  const int64_t in = encoder.d_model;
  ProjectorConfig projector{.kind = ProjectorKind::kLinear,
                            .in = in,
                            .inner = 0,
                            .out = out,
                            .stack = static_cast<int>(fields.integer("stack", {1, 64}, 1)),
                            .norm_post = fields.flag("norm_post", false)};
  std::string type = fields.text("type");
  if (type == "words") {
    projector.kind = ProjectorKind::kWords;
    projector.pooled = static_cast<int>(fields.integer("pooled", {0, kMaxPooledRows}));
    projector.sound_in = in * encoder.stages();
    if (projector.stack != 1) fields.fail("stack", "1 with type words", std::to_string(projector.stack));
    if (projector.norm_post) fields.fail("norm_post", "false with type words", "true");
    return projector;
  }
  if (type == "linear") return projector;
  if (type != "mlp_gelu" && type != "swiglu")
    fields.fail("type", "linear, mlp_gelu, swiglu or words", auris::quoted(type));
  projector.kind = type == "swiglu" ? ProjectorKind::kUltravox : ProjectorKind::kMlpGelu;
  projector.inner = fields.integer("inner", {2, kMaxIntermediate});
  if (projector.kind == ProjectorKind::kUltravox && projector.inner % 2 != 0) {
    fields.fail("inner", "an even number", std::to_string(projector.inner));
  }
  return projector;
}

// Windows are cut as for Qwen2-Audio: features of 30 s filled up with silence.
void configure_composed(const JsonFields& fields, const std::optional<WhisperConfig>& encoder,
                        const std::optional<LlamaConfig>& language, AudioLlmConfig& config) {
  if (!encoder) fields.fail("encoder", "the encoder that this names", "none");
  if (!language) fields.fail("language_model", "the language model that this names", "none");
  config.encoder = *encoder;
  config.language = *language;
  std::string rows = fields.text("window_rows", "trimmed");
  if (rows != "trimmed" && rows != "whole")
    fields.fail("window_rows", "trimmed or whole", auris::quoted(rows));
  config.window_rows = rows == "whole" ? WindowRows::kWhole : WindowRows::kTrimmed;
  config.context_frames = 2;
  config.projector = composed_projector(fields.object("projector"), config.encoder, config.language.hidden);
  config.projector_prefix = "projector";
  if (fields.has("adapter")) config.adapter = nn::adapter_config_from_json(fields.object("adapter"));
  if (!fields.has("encoder_adapter")) return;
  if (config.hears_words()) fields.fail("encoder_adapter", "none with type words", "one");
  config.encoder_adapter = nn::adapter_config_from_json(fields.object("encoder_adapter"));
}

}  // namespace

std::string_view name_of(AudioLlmFamily family) {
  switch (family) {
    case AudioLlmFamily::kLlaso: return "llaso";
    case AudioLlmFamily::kUltravox: return "ultravox";
    case AudioLlmFamily::kQwen2Audio: return "qwen2_audio";
    case AudioLlmFamily::kComposed: return "auris";
  }
  return "";
}

std::optional<AudioLlmFamily> audio_llm_family_of(const weights::Checkpoint& checkpoint) {
  if (checkpoint.format() != weights::Format::kSafetensors) return std::nullopt;
  const nlohmann::json& metadata = checkpoint.metadata();
  auto type = metadata.find("model_type");
  if (type != metadata.end() && *type == "ultravox") return AudioLlmFamily::kUltravox;
  if (type != metadata.end() && *type == "qwen2_audio") return AudioLlmFamily::kQwen2Audio;
  if (type != metadata.end() && *type == "auris_audio_llm") return AudioLlmFamily::kComposed;
  // The class name in LLaSO's config.json is not fixed; its aligner's name is.
  if (checkpoint.contains(std::string(kLlasoProjector) + ".0.weight")) return AudioLlmFamily::kLlaso;
  return std::nullopt;
}

int64_t audio_rows(const AudioLlmConfig& config, int64_t frames) {
  AURIS_CHECK(frames >= 0 && frames <= config.encoder.max_frames() && !config.hears_words());
  if (config.window_rows == WindowRows::kWhole) frames = config.encoder.max_frames();
  int64_t encoded = (frames + 1) / 2 / config.encoder.pooling;
  return (encoded + config.projector.stack - 1) / config.projector.stack;
}

AudioLlmConfig audio_llm_config(AudioLlmFamily family, const nlohmann::json& json,
                                const std::optional<WhisperConfig>& encoder,
                                const std::optional<LlamaConfig>& language) {
  JsonFields fields(json, "config.json");
  AudioLlmConfig config;
  config.family = family;
  switch (family) {
    case AudioLlmFamily::kLlaso: configure_llaso(fields, encoder, language, config); break;
    case AudioLlmFamily::kUltravox: configure_ultravox(fields, encoder, language, config); break;
    case AudioLlmFamily::kQwen2Audio: configure_qwen2_audio(fields, encoder, language, config); break;
    case AudioLlmFamily::kComposed: configure_composed(fields, encoder, language, config); break;
  }
  for (const char* key : {"audio_token_index", "audio_token_id"}) {
    if (fields.has(key)) config.audio_token = static_cast<int32_t>(fields.integer(key, {-1000, kMaxVocab}));
  }
  return config;
}

}  // namespace auris::models
