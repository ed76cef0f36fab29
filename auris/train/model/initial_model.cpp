#include "auris/train/model/initial_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "auris/base/rng.h"
#include "auris/base/stable_hash.h"
#include "auris/models/encoders/whisper/whisper_config.h"
#include "auris/models/language/llama/llama_config.h"
#include "auris/weights/catalog.h"

namespace auris::train {
namespace {

using models::ProjectorConfig;
using models::ProjectorKind;

// "all" in a recipe: the linear layers of a block of the llama family.
constexpr std::array<const char*, 7> kAllLayers = {"q_proj",    "k_proj",  "v_proj",   "o_proj",
                                                   "gate_proj", "up_proj", "down_proj"};

std::shared_ptr<const weights::Checkpoint> open_named(const std::string& name) {
  return weights::open_checkpoint(weights::Catalog::load().resolve(name));
}

struct Linear {
  const char* name;
  int64_t in, out;
  bool bias;
};

std::vector<Linear> linears_of(const ProjectorConfig& config) {
  const int64_t stacked = config.in * config.stack;
  switch (config.kind) {
    case ProjectorKind::kWords: return {{"sound", config.in, config.out, true}};
    case ProjectorKind::kLinear: return {{"linear", stacked, config.out, true}};
    case ProjectorKind::kMlpGelu:
      return {{"0", stacked, config.inner, true}, {"2", config.inner, config.out, true}};
    case ProjectorKind::kUltravox:
      return {{"linear_1", stacked, config.inner, false}, {"linear_2", config.inner / 2, config.out, false}};
  }
  return {};
}

std::vector<std::pair<const char*, int64_t>> norms_of(const ProjectorConfig& config) {
  std::vector<std::pair<const char*, int64_t>> norms;
  if (config.kind == ProjectorKind::kUltravox)
    norms = {{"ln_pre", config.in * config.stack}, {"ln_mid", config.inner / 2}};
  if (config.norm_post) norms.emplace_back("norm_post", config.out);
  return norms;
}

Tensor uniform(const std::string& name, const Shape& shape, int64_t in, uint64_t seed) {
  Tensor tensor = Tensor::empty(shape);
  Rng rng(stable_hash(name, seed));
  const double bound = 1.0 / std::sqrt(static_cast<double>(in));
  for (float& value : tensor.span<float>()) value = static_cast<float>((2.0 * rng.uniform() - 1.0) * bound);
  return tensor;
}

std::map<std::string, Tensor> new_projector(const ProjectorConfig& config, uint64_t seed) {
  std::map<std::string, Tensor> tensors;
  for (const Linear& layer : linears_of(config)) {
    const std::string name = std::string("projector.") + layer.name;
    tensors[name + ".weight"] = uniform(name + ".weight", {layer.out, layer.in}, layer.in, seed);
    if (layer.bias) tensors[name + ".bias"] = uniform(name + ".bias", {layer.out}, layer.in, seed);
  }
  for (const auto& [name, size] : norms_of(config)) {
    const std::vector<float> values(static_cast<size_t>(size), kProjectorNorm);
    tensors[std::string("projector.") + name + ".weight"] = Tensor::from(values, {size});
  }
  if (config.kind == ProjectorKind::kWords)
    tensors["projector.words.weight"] = Tensor::zeros({config.out, config.in});
  return tensors;
}

std::map<std::string, Tensor> projector_in(const std::filesystem::path& folder) {
  const auto earlier = weights::open_checkpoint(folder);
  std::map<std::string, Tensor> tensors;
  for (const weights::TensorInfo& info : earlier->tensors()) {
    if (info.name.starts_with("projector.")) tensors[info.name] = earlier->tensor(info.name);
  }
  return tensors;
}

}  // namespace

models::ComposedModel composed_model_of(const ModelRecipe& recipe) {
  models::ComposedModel model{.encoder = recipe.encoder,
                              .language_model = recipe.language_model,
                              .projector = {.kind = recipe.projector.type,
                                            .inner = recipe.projector.inner,
                                            .stack = recipe.projector.stack,
                                            .pooled = recipe.projector.pooled},
                              .window_rows = recipe.window_rows};
  if (const auto& adapter = recipe.language_model_adapter) {
    model.adapter =
        nn::AdapterConfig{.rank = adapter->rank, .alpha = adapter->alpha, .layers = adapter->layers};
    const bool all = std::ranges::count(adapter->layers, "all") > 0;
    if (all) model.adapter->layers.assign(kAllLayers.begin(), kAllLayers.end());
  }
  return model;
}

void write_initial_model(const std::filesystem::path& folder, const ModelRecipe& recipe, uint64_t seed) {
  models::ComposedModel model = composed_model_of(recipe);
  model.adapter.reset();
  const auto begin = recipe.begin.find(Part::kProjector);
  if (begin != recipe.begin.end()) {
    write_composed_model(folder, model, projector_in(begin->second));
    return;
  }
  model.projector.in = models::whisper_config_of(*open_named(recipe.encoder)).d_model;
  model.projector.out = models::llama_config_of(*open_named(recipe.language_model)).hidden;
  write_composed_model(folder, model, new_projector(model.projector, seed));
}

}  // namespace auris::train
