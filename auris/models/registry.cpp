#include "auris/models/registry.h"

#include <algorithm>
#include <array>
#include <fstream>

#include <fmt/format.h>

#include "auris/models/audio_llm/audio_llm.h"
#include "auris/models/language/llama/llama_config.h"

namespace auris::models {
namespace {

using weights::Checkpoint;
using weights::Format;

std::string text_at(const nlohmann::json& metadata, std::string_view key) {
  auto found = metadata.find(key);
  return found != metadata.end() && found->is_string() ? found->get<std::string>() : "";
}

// The file's own word for what it is.
std::string declared_type(const Checkpoint& checkpoint) {
  switch (checkpoint.format()) {
    case Format::kGguf: return text_at(checkpoint.metadata(), "general.architecture");
    case Format::kCTranslate2: return text_at(checkpoint.metadata(), "spec");
    case Format::kSafetensors: return text_at(checkpoint.metadata(), "model_type");
  }
  return "";
}

bool is_audio_llm(const Checkpoint& checkpoint) { return audio_llm_family_of(checkpoint).has_value(); }

bool is_whisper(const Checkpoint& checkpoint) {
  std::string type = declared_type(checkpoint);
  return checkpoint.format() == Format::kCTranslate2 ? type == "WhisperSpec" : type == "whisper";
}

bool is_language_model(const Checkpoint& checkpoint) {
  std::string type = declared_type(checkpoint);
  if (checkpoint.format() == Format::kGguf) return is_llama_family_architecture(type);
  return checkpoint.format() == Format::kSafetensors && is_llama_family_type(type);
}

void describe_audio_llm(const Checkpoint& checkpoint, ModelDescription& description) {
  description.family = name_of(*audio_llm_family_of(checkpoint));
  try {
    AudioLlmParts parts = open_audio_llm_parts({.model = checkpoint.path()});
    description.context_length = parts.config().language.context_length;
    if (parts.encoder != parts.model)
      description.parts.push_back({"encoder", parts.encoder->path().string()});
    if (parts.language != parts.model)
      description.parts.push_back({"language model", parts.language->path().string()});
  } catch (const Error& error) {
    description.notes.push_back(error.what());
  }
}

void describe_whisper(const Checkpoint& checkpoint, ModelDescription& description) {
  description.family = "whisper";
  try {
    description.context_length = whisper_config_of(checkpoint).max_target_positions;
  } catch (const Error& error) {
    description.notes.push_back(error.what());
  }
}

void describe_language_model(const Checkpoint& checkpoint, ModelDescription& description) {
  try {
    LlamaConfig config = llama_config_of(checkpoint);
    description.context_length = config.context_length;
    description.family = config.family;
  } catch (const Error& error) {
    description.notes.push_back(error.what());
  }
}

struct Entry {
  ModelKind kind;
  bool (*recognises)(const Checkpoint& checkpoint);
  void (*describes)(const Checkpoint& checkpoint, ModelDescription& description);
  bool hears;
};

// Most specific first: LLaSO's config.json is that of a language model with more fields.
constexpr std::array<Entry, 3> kRegistry{{
    {ModelKind::kAudioLanguage, is_audio_llm, describe_audio_llm, true},
    {ModelKind::kSpeech, is_whisper, describe_whisper, true},
    {ModelKind::kLanguage, is_language_model, describe_language_model, false},
}};

const Entry* entry_of(const Checkpoint& checkpoint) {
  auto found = std::find_if(kRegistry.begin(), kRegistry.end(),
                            [&](const Entry& entry) { return entry.recognises(checkpoint); });
  return found == kRegistry.end() ? nullptr : found;
}

void count_parameters(const Checkpoint& checkpoint, ModelDescription& description) {
  for (const weights::TensorInfo& info : checkpoint.tensors()) {
    if (info.shape.rank() == 0 || info.name.ends_with("weight_scale")) continue;
    auto share = std::find_if(description.dtypes.begin(), description.dtypes.end(),
                              [&](const DTypeShare& other) { return other.dtype == info.dtype; });
    if (share == description.dtypes.end()) share = description.dtypes.insert(share, {.dtype = info.dtype});
    ++share->tensors;
    share->parameters += info.shape.elements();
    description.parameters += info.shape.elements();
  }
  std::stable_sort(description.dtypes.begin(), description.dtypes.end(),
                   [](const DTypeShare& a, const DTypeShare& b) { return a.parameters > b.parameters; });
}

// "license: apache-2.0" in the front matter of a model card.
std::string licence_in_model_card(const std::filesystem::path& folder) {
  constexpr int kMaxLines = 100;
  constexpr std::string_view kKey = "license:";
  std::ifstream file(folder / "README.md");
  std::string line;
  if (!std::getline(file, line) || line != "---") return "";
  for (int i = 0; i < kMaxLines && std::getline(file, line) && line != "---"; ++i) {
    if (!line.starts_with(kKey)) continue;
    size_t begin = line.find_first_not_of(" \t", kKey.size());
    return begin == std::string::npos ? "" : line.substr(begin, 100);
  }
  return "";
}

std::string name_in(const Checkpoint& checkpoint) {
  std::string name = text_at(checkpoint.metadata(), "general.name");
  if (name.empty()) name = text_at(checkpoint.metadata(), "_name_or_path");
  if (!name.empty()) return name;
  std::filesystem::path path = checkpoint.path();
  if (path.filename() == "model.safetensors" || path.filename() == "model.bin") path = path.parent_path();
  path = path.lexically_normal();
  return path.has_filename() ? path.filename().string() : path.parent_path().filename().string();
}

}  // namespace

std::string_view name_of(ModelKind kind) {
  switch (kind) {
    case ModelKind::kLanguage: return "language model";
    case ModelKind::kAudioLanguage: return "audio language model";
    case ModelKind::kSpeech: return "speech recognition model";
    case ModelKind::kUnknown: return "unknown";
  }
  return "unknown";
}

ModelKind kind_of(const weights::Checkpoint& checkpoint) {
  const Entry* entry = entry_of(checkpoint);
  return entry == nullptr ? ModelKind::kUnknown : entry->kind;
}

ModelDescription describe(const weights::Checkpoint& checkpoint) {
  ModelDescription description;
  description.format = checkpoint.format();
  description.family = declared_type(checkpoint);
  description.name = name_in(checkpoint);
  description.licence = text_at(checkpoint.metadata(), "general.license");
  if (description.licence.empty() && checkpoint.format() != Format::kGguf) {
    description.licence = licence_in_model_card(checkpoint.folder());
  }
  count_parameters(checkpoint, description);
  if (const Entry* entry = entry_of(checkpoint)) {
    description.kind = entry->kind;
    description.inputs =
        entry->hears ? std::vector<std::string>{"audio", "text"} : std::vector<std::string>{"text"};
    description.outputs = {"text"};
    entry->describes(checkpoint, description);
  }
  for (const weights::UnreadableTensor& tensor : checkpoint.unreadable()) {
    description.notes.push_back(fmt::format("{}: {}", tensor.name, tensor.reason));
    if (description.notes.size() >= 8) break;  // one is enough to know
  }
  return description;
}

ModelDescription describe(const std::filesystem::path& path) {
  return describe(*weights::open_checkpoint(path));
}

}  // namespace auris::models
