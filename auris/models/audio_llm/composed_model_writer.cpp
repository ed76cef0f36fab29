#include "auris/models/audio_llm/composed_model_writer.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "auris/base/atomic_file.h"
#include "auris/base/mapped_file.h"
#include "auris/weights/parsed_file.h"
#include "auris/weights/safetensors_writer.h"

namespace auris::models {
namespace {

constexpr std::string_view kProjector = "projector.", kLanguage = "language_model.", kEncoder = "encoder.";

[[noreturn]] void fail(std::string expected, std::string got) {
  throw Error(
      ErrorCode::kUsage,
      {.where = "composed model", .expected = std::move(expected), .got = std::move(got), .hint = ""});
}

nlohmann::ordered_json projector_json(const ProjectorConfig& projector) {
  nlohmann::ordered_json json;
  switch (projector.kind) {
    case ProjectorKind::kLinear: json["type"] = "linear"; break;
    case ProjectorKind::kMlpGelu: json["type"] = "mlp_gelu"; break;
    case ProjectorKind::kUltravox: json["type"] = "swiglu"; break;
    case ProjectorKind::kWords: return {{"type", "words"}, {"pooled", projector.pooled}};
  }
  if (projector.kind == ProjectorKind::kUltravox && !projector.norm_mid) {
    fail("a swiglu projector with its norm in the middle", "one behind it");
  }
  if (projector.kind != ProjectorKind::kLinear) json["inner"] = projector.inner;
  json["stack"] = projector.stack;
  if (projector.norm_post) json["norm_post"] = true;
  return json;
}

void check_adapter_tensor(const ComposedModel& model, const std::string& name, const Tensor& tensor) {
  const bool encoders = name.starts_with(kEncoder);
  if (!encoders && !name.starts_with(kLanguage))
    fail("an adapter of the language model or the encoder", quoted(name));
  const std::optional<nn::AdapterConfig>& adapter = encoders ? model.encoder_adapter : model.adapter;
  if (!adapter) fail("no adapter's tensors without a config for it", quoted(name));
  bool first = name.ends_with(".lora_a");
  const size_t prefix = (encoders ? kEncoder : kLanguage).size();
  std::string layer = name.substr(prefix, name.rfind('.') - prefix);
  if (!adapter->covers(layer)) fail("tensors of the layers that the adapter's config names", quoted(name));
  int64_t rank = first ? tensor.rows() : tensor.cols();
  if (rank != adapter->rank) {
    fail("a low rank of " + std::to_string(adapter->rank), quoted(name) + " of " + std::to_string(rank));
  }
}

void check(const ComposedModel& model, const std::map<std::string, Tensor>& tensors) {
  if (model.encoder.empty() || model.language_model.empty()) {
    fail("the names of an encoder and a language model", "none");
  }
  for (const std::string& name : {model.encoder, model.language_model}) {
    if (!weights::is_utf8(name)) fail("names of models in UTF-8", quoted(name));
  }
  for (const auto& [name, tensor] : tensors) {
    if (nn::is_adapter_tensor(name)) {
      check_adapter_tensor(model, name, tensor);
      const char* other = name.ends_with(".lora_a") ? "b" : "a";
      std::string pair = name.substr(0, name.size() - 1) + other;
      if (!tensors.contains(pair)) fail("a tensor " + quoted(pair) + " beside " + quoted(name), "none");
    } else if (!name.starts_with(kProjector)) {
      fail("tensors of a projector or an adapter", quoted(name));
    }
  }
}

bool holds(const std::filesystem::path& path, const std::string& text) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  auto file = MappedFile::open(path, ErrorCode::kUsage);
  return std::ranges::equal(file->bytes(), std::as_bytes(std::span(text)));
}

}  // namespace

nlohmann::ordered_json composed_model_json(const ComposedModel& model) {
  nlohmann::ordered_json json = {
      {"model_type", "auris_audio_llm"},
      {"encoder", model.encoder},
      {"language_model", model.language_model},
      {"projector", projector_json(model.projector)},
      {"window_rows", model.window_rows == WindowRows::kWhole ? "whole" : "trimmed"}};
  if (model.adapter) json["adapter"] = nn::adapter_config_to_json(*model.adapter);
  if (model.encoder_adapter) json["encoder_adapter"] = nn::adapter_config_to_json(*model.encoder_adapter);
  return json;
}

void write_composed_model(const std::filesystem::path& folder, const ComposedModel& model,
                          const std::map<std::string, Tensor>& tensors) {
  check(model, tensors);
  std::string config = composed_model_json(model).dump(2) + "\n";
  std::vector<weights::NamedTensor> named;
  named.reserve(tensors.size());
  for (const auto& [name, tensor] : tensors) named.push_back({name, tensor});
  const std::filesystem::path config_path = folder / "config.json";
  bool same = holds(config_path, config);  // then the weights alone change, at once
  std::error_code ignored;
  if (!same) std::filesystem::remove(config_path, ignored);
  weights::write_safetensors(folder / "model.safetensors", named, {{"format", "pt"}});
  if (!same) write_whole(config_path, config, ErrorCode::kUsage);
}

}  // namespace auris::models
