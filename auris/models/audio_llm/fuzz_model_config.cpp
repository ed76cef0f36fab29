// config.json and GGUF metadata from a stranger: every reader of model configurations either takes it, with
// all fields in range, or throws kModel.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "auris/base/error.h"
#include "auris/base/json_text.h"
#include "auris/models/audio_llm/audio_llm_config.h"

namespace {

using namespace auris;

template <typename Read>
void expect_model_error(Read&& read) {
  try {
    read();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kModel) std::abort();
  }
}

void use(const models::LlamaConfig& config) {
  for (const models::RopeConfig& rope : {config.rope, config.sliding_rope}) {
    models::inverse_frequencies(rope, config.head_dim);
    models::rope_magnitude(rope);
  }
  if (!std::isfinite(config.attention_scale) || config.heads % config.kv_heads != 0) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  nlohmann::json json;
  try {
    json = parse_json({reinterpret_cast<const char*>(data), size}, "config", ErrorCode::kModel);
  } catch (const Error&) {
    return 0;
  }
  expect_model_error([&] { use(models::llama_config_from_hf(json)); });
  expect_model_error([&] { use(models::llama_config_from_gguf(json, true)); });
  for (auto family : {models::AudioLlmFamily::kLlaso, models::AudioLlmFamily::kUltravox,
                      models::AudioLlmFamily::kQwen2Audio}) {
    expect_model_error([&] {
      models::AudioLlmConfig config = models::audio_llm_config(family, json, {}, {});
      use(config.language);
      if (models::audio_rows(config, config.encoder.max_frames()) < 0) std::abort();
    });
  }
  expect_model_error([&] {
    auto config = models::audio_llm_config(models::AudioLlmFamily::kComposed, json, models::WhisperConfig(),
                                           models::LlamaConfig());
    if (models::audio_rows(config, config.encoder.max_frames()) <= 0) std::abort();
  });
  return 0;
}
