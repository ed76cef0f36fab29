// Builds an audio language model from the opened checkpoints of its parts.

#include <set>

#include "auris/base/nearest.h"
#include "auris/models/audio_llm/audio_llm.h"
#include "auris/models/audio_llm/audio_llm_names.h"
#include "auris/models/encoders/whisper/whisper_hooks.h"

namespace auris::models {
namespace {

constexpr const char* kEncoder = "encoder";
constexpr const char* kProjector = "projector";
constexpr const char* kLanguage = "language_model";

// The adapter of `part` in a composed checkpoint, which may have one for `other` too.
std::shared_ptr<nn::StoredAdapter> stored_adapter(const AudioLlmParts& parts,
                                                  const std::optional<nn::AdapterConfig>& config,
                                                  const std::string& part, const std::string& other) {
  if (!config) return nullptr;
  return std::make_shared<nn::StoredAdapter>(parts.model, *config, part + ".", other + ".");
}
std::shared_ptr<nn::StoredAdapter> language_adapter(const AudioLlmParts& parts,
                                                    const AudioLlmConfig& config) {
  return stored_adapter(parts, config.adapter, kLanguage, kEncoder);
}

nn::AdapterSource first_of(const nn::AdapterSource& first, const nn::AdapterSource& second) {
  if (!first || !second) return first ? first : second;
  return [first, second](std::string_view name, nn::LinearSize size) {
    LowRank low = first(name, size);
    return low.defined() ? low : second(name, size);
  };
}

WhisperEncoder load_encoder(const AudioLlmParts& parts, const AudioLlmConfig& config,
                            const nn::LoadOptions& options) {
  std::string prefix;
  if (parts.encoder->format() != weights::Format::kCTranslate2) {
    std::optional<std::string> found = encoder_prefix(*parts.encoder);
    if (!found) {
      throw Error(ErrorCode::kModel, {.where = parts.encoder->path().string(),
                                      .expected = "a Whisper encoder",
                                      .got = "none",
                                      .hint = "name the encoder's folder too"});
    }
    prefix = *found;
  }
  WhisperEncoderWeights all = whisper_encoder_weights(*parts.encoder, config.encoder, prefix, options.device);
  const auto stored = stored_adapter(parts, config.encoder_adapter, kEncoder, kLanguage);
  nn::LoadOptions hooks = options;
  if (stored) hooks.adapter = first_of(nn::source_of(stored), options.adapter);
  all = with_hooks(std::move(all), hooks);
  if (stored) stored->expect_all_used();
  return {std::move(all), config.encoder};
}

// What the model hears by, and the names of its projector's tensors.
Ears load_ears(const AudioLlmParts& parts, const AudioLlmConfig& config, const nn::LoadOptions& options,
               std::set<std::string, std::less<>>& names) {
  nn::NameMap in_file = [&names, &config](std::string_view name) {
    std::string behind(name.substr(std::string_view(kProjector).size()));
    return *names.insert(config.projector_prefix + behind).first;
  };
  nn::Parameters parameters(parts.model, in_file, options.device);
  parameters = parameters.with_adapter(options.adapter).adopting(options.adopt).under(kProjector);
  if (config.hears_words()) return WordProjector(config.projector, parameters);
  return RowEars{.encoder = load_encoder(parts, config, options.of_part(kEncoder)),
                 .projector = Projector(config.projector, parameters)};
}

// Whether an adapter that config.json describes is where this tensor belongs.
bool is_described(const AudioLlmConfig& config, std::string_view lora) {
  if (lora.starts_with(std::string(kEncoder) + ".")) return config.encoder_adapter.has_value();
  return config.adapter && lora.starts_with(std::string(kLanguage) + ".");
}

// A composed checkpoint holds a projector and adapters, nothing that would be silently left aside.
void expect_known(const weights::Checkpoint& checkpoint, const std::set<std::string, std::less<>>& names,
                  const AudioLlmConfig& config) {
  for (const weights::TensorInfo& info : checkpoint.tensors()) {
    if (names.contains(info.name)) continue;
    bool lora = nn::is_adapter_tensor(info.name);
    if (lora && is_described(config, info.name)) continue;  // StoredAdapter looks at these
    std::vector<std::string_view> known(names.begin(), names.end());
    throw Error(ErrorCode::kModel,
                {.where = checkpoint.path().string(),
                 .expected = "tensors of the parts that config.json describes",
                 .got = quoted(info.name),
                 .hint = lora ? "config.json has no adapter for it" : nearest_hint(info.name, known)});
  }
}

}  // namespace

nn::AdapterSource language_adapter(const AudioLlmParts& parts) {
  auto stored = language_adapter(parts, parts.config());
  return stored ? nn::source_of(stored) : nn::AdapterSource();
}

std::shared_ptr<const AudioLlm> load_audio_llm(const AudioLlmParts& parts, const AudioLlmOptions& options) {
  AudioLlmConfig config = parts.config();
  std::set<std::string, std::less<>> names;
  Ears ears = load_ears(parts, config, options, names);
  auto stored = language_adapter(parts, config);
  LlamaOptions language = options.of_part(kLanguage);
  if (stored) language.adapter = first_of(nn::source_of(stored), language.adapter);
  std::shared_ptr<const Llama> llama = load_llama(parts.language, config.language, language);
  if (stored) stored->expect_all_used();
  if (config.family == AudioLlmFamily::kComposed) expect_known(*parts.model, names, config);
  return std::make_shared<const AudioLlm>(config, std::move(ears), std::move(llama), options.device);
}

std::shared_ptr<const AudioLlm> load_audio_llm(const AudioLlmSources& sources,
                                               const AudioLlmOptions& options) {
  return load_audio_llm(open_audio_llm_parts(sources), options);
}

}  // namespace auris::models
