#include "auris/train/model/initial_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "auris/base/rng.h"
#include "auris/base/stable_hash.h"
#include "auris/models/encoders/whisper/whisper_config.h"
#include "auris/models/language/llama/llama.h"
#include "auris/models/language/llama/llama_layers.h"
#include "auris/weights/catalog.h"

namespace auris::train {
namespace {

using models::ProjectorConfig;
using models::ProjectorKind;

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
    case ProjectorKind::kWords: return {{"sound", config.sound_in, config.out, true}};
    case ProjectorKind::kLinear: return {{"linear", stacked, config.out, true}};
    case ProjectorKind::kMlpGelu:
      return {{"0", stacked, config.inner, true}, {"2", config.inner, config.out, true}};
    case ProjectorKind::kUltravox:
      return {{"linear_1", stacked, config.inner, false}, {"linear_2", config.inner / 2, config.out, false}};
  }
  return {};
}

struct Norm {
  const char* name;
  int64_t size;
  float value;  // all its weights begin with
};

// `embedding_rms`: of the language model's, among which rows of sound stand.
std::vector<Norm> norms_of(const ProjectorConfig& config, float embedding_rms) {
  std::vector<Norm> norms;
  if (config.kind == ProjectorKind::kUltravox) {
    norms = {{"ln_pre", config.in * config.stack, kProjectorNorm},
             {"ln_mid", config.inner / 2, kProjectorNorm}};
  }
  // States of length 1, so that a step of Adam changes a word by about its learning rate times their square
  // root of columns.
  const float unit = 1.0f / std::sqrt(static_cast<float>(config.in));
  if (config.kind == ProjectorKind::kWords)
    norms = {{"states_norm", config.in, unit}, {"sound_norm", config.out, embedding_rms}};
  if (config.norm_post) norms.push_back({"norm_post", config.out, kProjectorNorm});
  return norms;
}

// Root mean square over tokens from the whole vocabulary.
float embedding_rms_of(const models::Llama& language) {
  constexpr int64_t kTokens = 4096;
  const int64_t vocab = language.config().vocab_size, step = std::max<int64_t>(1, vocab / kTokens);
  std::vector<int32_t> ids;
  for (int64_t id = 0; id < vocab; id += step) ids.push_back(static_cast<int32_t>(id));
  double squares = 0;
  const Tensor rows = language.embed(ids);
  for (const float value : rows.span<float>()) squares += static_cast<double>(value) * value;
  return static_cast<float>(std::sqrt(squares / static_cast<double>(rows.elements())));
}

Tensor uniform(const std::string& name, const Shape& shape, int64_t in, uint64_t seed) {
  Tensor tensor = Tensor::empty(shape);
  Rng rng(stable_hash(name, seed));
  const double bound = 1.0 / std::sqrt(static_cast<double>(in));
  for (float& value : tensor.span<float>()) value = static_cast<float>((2.0 * rng.uniform() - 1.0) * bound);
  return tensor;
}

std::map<std::string, Tensor> new_projector(const ProjectorConfig& config, float embedding_rms,
                                            uint64_t seed) {
  std::map<std::string, Tensor> tensors;
  for (const Linear& layer : linears_of(config)) {
    const std::string name = std::string("projector.") + layer.name;
    tensors[name + ".weight"] = uniform(name + ".weight", {layer.out, layer.in}, layer.in, seed);
    if (layer.bias) tensors[name + ".bias"] = uniform(name + ".bias", {layer.out}, layer.in, seed);
  }
  for (const Norm& norm : norms_of(config, embedding_rms)) {
    const std::vector<float> values(static_cast<size_t>(norm.size), norm.value);
    tensors[std::string("projector.") + norm.name + ".weight"] = Tensor::from(values, {norm.size});
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
    if (all) model.adapter->layers.assign(models::kLlamaLinears.begin(), models::kLlamaLinears.end());
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
  const models::WhisperConfig encoder = models::whisper_config_of(*open_named(recipe.encoder));
  model.projector.in = encoder.d_model;
  model.projector.sound_in = int64_t{encoder.d_model} * encoder.stages();
  const auto language = models::load_llama(open_named(recipe.language_model));
  model.projector.out = language->config().hidden;
  write_composed_model(folder, model, new_projector(model.projector, embedding_rms_of(*language), seed));
}

std::filesystem::path initial_model_of(const TrainRecipe& recipe) {
  std::filesystem::path folder = recipe.output / "initial";
  if (!std::filesystem::exists(folder / "config.json"))
    write_initial_model(folder, recipe.model, recipe.seed);
  return folder;
}

}  // namespace auris::train
