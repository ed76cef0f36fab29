#include "auris/train/model/trained_model.h"

#include <algorithm>
#include <map>
#include <utility>

#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>

#include "auris/nn/adapter.h"
#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/tensor/transfer.h"
#include "auris/train/model/initial_model.h"
#include "auris/train/model/written_model.h"
#include "auris/train/recipe/model_sources.h"

namespace auris::train {
namespace {

constexpr const char* kLanguage = "language_model";
constexpr const char* kEncoder = "encoder";

// A trained adapter of one part: that of an earlier run, or a new one. Others lie in the initial model.
struct TrainedAdapter {
  std::string prefix;  // of the part's names
  nn::AdapterSource source;
};

TrainedAdapter trained_adapter(const TrainRecipe& recipe, Part part, const nn::AdapterConfig& config) {
  const bool encoders = part == Part::kEncoderAdapter;
  const std::string prefix = std::string(encoders ? kEncoder : kLanguage) + ".";
  const auto begin = recipe.model.begin.find(part);
  if (begin == recipe.model.begin.end())
    return {.prefix = prefix, .source = nn::fresh_adapter(config, recipe.seed)};
  const auto stored =
      std::make_shared<nn::StoredAdapter>(weights::open_checkpoint(model_of_run(begin->second)), config,
                                          prefix, std::string(encoders ? kLanguage : kEncoder) + ".");
  return {.prefix = prefix, .source = [stored, prefix](std::string_view name, nn::LinearSize size) {
            return stored->find(name.substr(prefix.size()), size);
          }};
}

nn::AdapterSource adapters_of(const TrainRecipe& recipe) {
  const models::ComposedModel model = composed_model_of(recipe.model);
  std::vector<TrainedAdapter> adapters;
  const auto add = [&](Part part, const std::optional<nn::AdapterConfig>& config) {
    if (config && recipe.find(part) != nullptr) adapters.push_back(trained_adapter(recipe, part, *config));
  };
  add(Part::kLanguageModelAdapter, model.adapter);
  add(Part::kEncoderAdapter, model.encoder_adapter);
  if (adapters.empty()) return {};
  return [adapters](std::string_view name, nn::LinearSize size) {
    for (const TrainedAdapter& adapter : adapters) {
      if (name.starts_with(adapter.prefix)) return adapter.source(name, size);
    }
    return LowRank();
  };
}

// Keeps every tensor of the language model that it sees, by its name there.
using TensorsByName = std::map<std::string, Tensor, std::less<>>;
nn::Adopt keeping(const nn::Adopt& adopt, TensorsByName& kept) {
  return [adopt, &kept](std::string_view name, const Tensor& tensor) {
    Tensor used = adopt(name, tensor);
    const std::string prefix = std::string(kLanguage) + ".";
    if (name.starts_with(prefix) && !torch_of(used).requires_grad())
      kept.emplace(name.substr(prefix.size()), used);
    return used;
  };
}

bool has_guard(const TrainRecipe& recipe) {
  return std::ranges::any_of(recipe.objectives, [](const Objective& objective) {
    return objective.kind == ObjectiveKind::kTextGuard;
  });
}

}  // namespace

TrainedModel::TrainedModel(const TrainRecipe& recipe, const std::filesystem::path& initial, Device device)
    : recipe_(recipe),
      initial_(initial),
      parameters_(std::make_unique<ParameterSet>(recipe.trained, device)) {
  TensorsByName kept;
  nn::Adopt adopt = parameters_->adopt();
  if (has_guard(recipe)) adopt = keeping(adopt, kept);
  model_ = engine::load_language_model(initial, "training",
                                       {.device = device, .adapter = adapters_of(recipe), .adopt = adopt});
  parameters_->require_all_parts();
  const models::AudioLlmParts parts = models::open_audio_llm_parts({.model = initial});
  const bool frozen = recipe.find(Part::kEncoder) == nullptr && recipe.find(Part::kEncoderAdapter) == nullptr;
  if (frozen && !parts.config().hears_words()) frozen_ears_ = models::load_audio_llm(parts);
  if (has_guard(recipe)) {
    const nn::Adopt shared = [&](std::string_view name, const Tensor& tensor) {
      const auto found = kept.find(name);
      return found == kept.end() ? tensor : found->second;
    };
    untrained_ =
        models::load_llama(parts.language, parts.config().language, {.device = device, .adopt = shared});
  }
}

std::vector<weights::NamedTensor> TrainedModel::tensors() const {
  std::vector<weights::NamedTensor> tensors;
  for (const TrainedParameter& parameter : parameters_->parameters())
    tensors.push_back({parameter.name, to_host(tensor_of(parameter.value.detach()))});
  return tensors;
}

void TrainedModel::restore(const weights::Checkpoint& parameters) {
  c10::NoGradGuard no_gradients;
  for (const TrainedParameter& parameter : parameters_->parameters()) {
    const Tensor saved = parameters.tensor(parameter.name);
    const Tensor ours = tensor_of(parameter.value.detach());
    if (saved.shape() != ours.shape() || saved.dtype() != DType::kF32) {
      throw Error(ErrorCode::kModel,
                  {.where = parameters.path().string(),
                   .expected = quoted(parameter.name) + " f32 " + ours.shape().to_string(),
                   .got = std::string(name_of(saved.dtype())) + " " + saved.shape().to_string(),
                   .hint = "the checkpoint belongs to another recipe"});
    }
    at::Tensor value = parameter.value;
    value.copy_(torch_of(to_device(saved, ours.device())));
  }
}

void TrainedModel::write(const std::filesystem::path& folder) const {
  std::map<std::string, Tensor> trained;
  for (weights::NamedTensor& named : tensors()) trained[named.name] = std::move(named.tensor);
  write_trained_model(folder, recipe_, initial_, trained);
}

}  // namespace auris::train
