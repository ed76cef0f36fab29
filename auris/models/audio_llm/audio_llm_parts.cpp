// Finds and opens the checkpoints of an audio language model's parts.

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/json_fields.h"
#include "auris/models/audio_llm/audio_llm.h"
#include "auris/models/audio_llm/audio_llm_names.h"
#include "auris/weights/catalog.h"
#include "auris/weights/hub.h"

namespace auris::models {
namespace {

namespace fs = std::filesystem;
using CheckpointPtr = std::shared_ptr<const weights::Checkpoint>;

// One part that may lie elsewhere.
struct Part {
  const char* what;
  const char* folder;     // below the model's
  const char* reference;  // the field of config.json that names it
};

Part encoder_part(AudioLlmFamily family) {
  const char* field = family == AudioLlmFamily::kLlaso      ? "mm_audio_tower"
                      : family == AudioLlmFamily::kComposed ? "encoder"
                                                            : "audio_model_id";
  return {"a Whisper encoder", "encoder", field};
}

Part language_part(AudioLlmFamily family) {
  return {"a language model", "language_model",
          family == AudioLlmFamily::kComposed ? "language_model" : "text_model_id"};
}

// Published configs name repositories of the hub; LLaSO leaves out the owner of Whisper's.
fs::path cached_repository(const std::string& name) {
  bool owned = std::count(name.begin(), name.end(), '/') == 1;
  if (!owned && name.find_first_of("/:@") != std::string::npos) return {};
  try {
    return weights::cached_hub_path(weights::HubReference::parse("hf:" + (owned ? name : "openai/" + name)));
  } catch (const Error&) {  // no name of a repository: a path on the machine of its makers, say
    return {};
  }
}

[[noreturn]] void fail_missing(const fs::path& model, const Part& part, const std::string& name) {
  std::string hint = fmt::format("put its folder there, or name it with the field {}", part.reference);
  if (!name.empty()) hint = "put its folder there, or pull it from the hub";
  throw Error(
      ErrorCode::kModel,
      {.where = model.string(),
       .expected = fmt::format("{} in {}/", part.what, (model / part.folder).string()),
       .got = name.empty() ? "none" : fmt::format("none; {} is not on this machine either", quoted(name)),
       .hint = hint});
}

fs::path find_part(const weights::Checkpoint& model, AudioLlmFamily family, const Part& part) {
  std::error_code ignored;
  fs::path folder = model.folder();
  if (fs::exists(folder / part.folder, ignored)) return folder / part.folder;
  std::string name = JsonFields(model.metadata(), "config.json").text(part.reference, "");
  if (name.empty()) fail_missing(folder, part, name);
  weights::Catalog catalog = weights::Catalog::load();
  if (family == AudioLlmFamily::kComposed) {
    if (fs::exists(folder / name, ignored)) return folder / name;
    return catalog.resolve(name);
  }
  if (const weights::CatalogEntry* entry = catalog.find(name); entry != nullptr && entry->is_present()) {
    return entry->folder();
  }
  fs::path cached = cached_repository(name);
  if (cached.empty()) fail_missing(folder, part, name);
  return cached;
}

bool has_language_model(const weights::Checkpoint& checkpoint) {
  if (checkpoint.format() == weights::Format::kGguf) return true;
  return std::any_of(
      checkpoint.tensors().begin(), checkpoint.tensors().end(),
      [](const weights::TensorInfo& info) { return info.name.ends_with("embed_tokens.weight"); });
}

}  // namespace

std::optional<std::string> encoder_prefix(const weights::Checkpoint& checkpoint) {
  constexpr std::string_view kFirst = "conv1.weight";
  for (const weights::TensorInfo& info : checkpoint.tensors()) {
    if (!info.name.ends_with(kFirst)) continue;
    std::string prefix = info.name.substr(0, info.name.size() - kFirst.size());
    if (checkpoint.contains(prefix + "layers.0.self_attn.q_proj.weight")) return prefix;
  }
  return std::nullopt;
}

AudioLlmConfig AudioLlmParts::config() const {
  std::optional<WhisperConfig> encoder_config;
  std::optional<LlamaConfig> llama_config;
  if (encoder != model) encoder_config = whisper_config_of(*encoder);
  if (language != model) llama_config = llama_config_of(*language);
  return audio_llm_config(family, model->metadata(), encoder_config, llama_config);
}

AudioLlmParts open_audio_llm_parts(const AudioLlmSources& sources) {
  AudioLlmParts parts;
  parts.model = weights::open_checkpoint(sources.model);
  std::optional<AudioLlmFamily> family = audio_llm_family_of(*parts.model);
  if (!family) {
    throw Error(ErrorCode::kModel,
                {.where = parts.model->path().string(),
                 .expected = "an audio language model (LLaSO, Ultravox, Qwen2-Audio or composed)",
                 .got = "none",
                 .hint = "`auris inspect` says what the checkpoint is"});
  }
  parts.family = *family;
  bool apart = *family == AudioLlmFamily::kComposed;  // its own tensors are the projector's
  auto open = [&](const std::optional<fs::path>& given, bool inside, const Part& part) -> CheckpointPtr {
    if (given) return weights::open_checkpoint(*given);
    if (inside) return parts.model;
    return weights::open_checkpoint(find_part(*parts.model, *family, part));
  };
  parts.encoder =
      open(sources.encoder, !apart && encoder_prefix(*parts.model).has_value(), encoder_part(*family));
  parts.language = open(sources.language, !apart && has_language_model(*parts.model), language_part(*family));
  if (!has_language_model(*parts.language)) {
    throw Error(ErrorCode::kModel, {.where = parts.language->path().string(),
                                    .expected = "a language model",
                                    .got = "none",
                                    .hint = "name the folder or file of the model it was trained with"});
  }
  return parts;
}

}  // namespace auris::models
