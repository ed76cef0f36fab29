#include "auris/train/model/trained_model.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>

#include "auris/nn/adapter.h"
#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/tensor/transfer.h"
#include "auris/train/model/initial_model.h"

namespace auris::train {
namespace {

constexpr const char* kLanguage = "language_model";

// The adapter of the language model: that of an earlier run, or a new one.
nn::AdapterSource adapter_of(const TrainRecipe& recipe) {
  if (!recipe.model.language_model_adapter) return {};
  const nn::AdapterConfig config = *composed_model_of(recipe.model).adapter;
  const std::string prefix = std::string(kLanguage) + ".";
  nn::AdapterSource fresh = nn::fresh_adapter(config, recipe.seed), source = fresh;
  const auto begin = recipe.model.begin.find(Part::kLanguageModelAdapter);
  if (begin != recipe.model.begin.end()) {
    const auto earlier = weights::open_checkpoint(begin->second);
    source = nn::source_of(std::make_shared<nn::StoredAdapter>(earlier, config));
  }
  return [source, prefix](std::string_view name, nn::LinearSize size) {
    return name.starts_with(prefix) ? source(name, size) : LowRank();
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
    : recipe_(recipe.model),
      initial_(initial),
      parameters_(std::make_unique<ParameterSet>(recipe.trained, device)) {
  TensorsByName kept;
  nn::Adopt adopt = parameters_->adopt();
  if (has_guard(recipe)) adopt = keeping(adopt, kept);
  model_ = engine::load_language_model(initial, "training",
                                       {.device = device, .adapter = adapter_of(recipe), .adopt = adopt});
  parameters_->require_all_parts();
  const models::AudioLlmParts parts = models::open_audio_llm_parts({.model = initial});
  const bool frozen = recipe.find(Part::kEncoder) == nullptr && recipe.find(Part::kEncoderAdapter) == nullptr;
  if (frozen && !parts.config().hears_words()) frozen_ears_ = models::load_audio_llm(parts);
  if (has_guard(recipe)) {
    const nn::Adopt shared = [&](std::string_view name, const Tensor& tensor) {
      const auto found = kept.find(name);
      return found == kept.end() ? tensor : found->second;
    };
    untrained_ = models::load_llama(parts.language, {.device = device, .adopt = shared});
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
  std::map<std::string, Tensor> tensors;
  const auto initial = weights::open_checkpoint(initial_);  // a projector that is not trained
  for (const weights::TensorInfo& info : initial->tensors()) tensors[info.name] = initial->tensor(info.name);
  for (weights::NamedTensor& named : this->tensors()) tensors[named.name] = std::move(named.tensor);
  write_composed_model(folder, composed_model_of(recipe_), tensors);
}

}  // namespace auris::train
