#include "auris/train/model/initial_model.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "auris/base/rng.h"
#include "auris/base/stable_hash.h"
#include "auris/models/audio_llm/audio_llm.h"
#include "auris/models/audio_llm/audio_llm_names.h"
#include "auris/models/audio_llm/llaso_writer.h"
#include "auris/models/encoders/whisper/whisper_encoder_writer.h"
#include "auris/models/encoders/whisper/whisper_linears.h"
#include "auris/models/language/llama/llama_layers.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/train/parameters/parameter_set.h"
#include "auris/train/recipe/model_sources.h"
#include "auris/weights/catalog.h"

namespace auris::train {
namespace {

using models::ProjectorConfig;
using models::ProjectorKind;

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

// What a whole part of an earlier run is named by: its place.
std::string name_of_part(const ModelRecipe& recipe, Part part) {
  const bool encoder = part == Part::kEncoder;
  if (!recipe.begin.contains(part)) return encoder ? recipe.encoder : recipe.language_model;
  return std::filesystem::absolute(encoder ? encoder_source(recipe) : language_model_source(recipe)).string();
}

std::optional<nn::AdapterConfig> adapter_config(const std::optional<AdapterRecipe>& adapter,
                                                std::span<const std::string_view> linears) {
  if (!adapter) return std::nullopt;
  nn::AdapterConfig config{.rank = adapter->rank, .alpha = adapter->alpha, .layers = adapter->layers};
  const bool all = std::ranges::count(adapter->layers, "all") > 0;
  if (all) config.layers.assign(linears.begin(), linears.end());
  return config;
}

// An adapter that an earlier run left and this one does not train.
void add_frozen_adapter(const TrainRecipe& recipe, Part part, std::optional<nn::AdapterConfig>& config,
                        std::map<std::string, Tensor>& tensors) {
  const auto begin = recipe.model.begin.find(part);
  if (recipe.find(part) != nullptr || begin == recipe.model.begin.end()) {
    config.reset();
    return;
  }
  const auto earlier = weights::open_checkpoint(model_of_run(begin->second));
  for (const weights::TensorInfo& info : earlier->tensors()) {
    if (part_named(info.name) == part) tensors[info.name] = earlier->tensor(info.name);
  }
}

void write_composed(const std::filesystem::path& folder, const TrainRecipe& recipe) {
  models::ComposedModel model = composed_model_of(recipe.model);
  std::map<std::string, Tensor> tensors;
  if (recipe.model.begin.contains(Part::kProjector)) {
    tensors = projector_in(recipe.model.begin.at(Part::kProjector));
  } else {
    const auto encoder = weights::open_checkpoint(encoder_source(recipe.model));
    const models::WhisperConfig heard = models::whisper_config_of(*encoder);
    model.projector.in = heard.d_model;
    model.projector.sound_in = int64_t{heard.d_model} * heard.stages();
    const auto language = models::load_llama(weights::open_checkpoint(language_model_source(recipe.model)));
    model.projector.out = language->config().hidden;
    tensors = new_projector(model.projector, embedding_rms_of(*language), recipe.seed);
  }
  add_frozen_adapter(recipe, Part::kLanguageModelAdapter, model.adapter, tensors);
  add_frozen_adapter(recipe, Part::kEncoderAdapter, model.encoder_adapter, tensors);
  write_composed_model(folder, model, tensors);
}

// How LLaSO's config.json names a published encoder; nothing for one that it cannot.
std::optional<std::string> tower_name(const ModelRecipe& recipe) {
  constexpr std::string_view kHub = "hf:";
  if (recipe.begin.contains(Part::kEncoder)) return std::nullopt;
  if (weights::Catalog::load().find(recipe.encoder) != nullptr) return recipe.encoder;
  if (!recipe.encoder.starts_with(kHub)) return std::nullopt;
  const std::string name = recipe.encoder.substr(kHub.size());
  return name.find_first_of("@:") == std::string::npos ? std::optional(name) : std::nullopt;
}

void write_llaso(const std::filesystem::path& folder, const TrainRecipe& recipe) {
  const auto encoder = weights::open_checkpoint(encoder_source(recipe.model));
  const models::WhisperConfig config = models::whisper_config_of(*encoder);
  const std::optional<std::string> tower = tower_name(recipe.model);
  if (!tower) {
    models::EncoderWriteOptions options{.dtype = stored_type(*encoder, Part::kEncoder)};
    if (encoder->format() != weights::Format::kCTranslate2)
      options.prefix = models::encoder_prefix(*encoder).value_or("");
    write_whisper_encoder(folder / "encoder", *encoder, config, options);
  }
  const auto language = weights::open_checkpoint(language_model_source(recipe.model));
  models::LlasoModel model{.language = language,
                           .encoder = tower.value_or("encoder"),
                           .encoder_width = config.d_model,
                           .dtype = stored_type(*language, Part::kLanguageModel)};
  const auto begin = recipe.model.begin.find(Part::kProjector);
  if (begin != recipe.model.begin.end()) {
    model.projector = projector_in(begin->second);
  } else {
    ProjectorConfig projector = composed_model_of(recipe.model).projector;
    projector.in = config.d_model;
    projector.out = projector.inner;  // as many as the language model has; the writer compares
    model.projector = new_projector(projector, 0, recipe.seed);
  }
  write_llaso_model(folder, model);
}

}  // namespace

std::map<std::string, Tensor> projector_in(const std::filesystem::path& run) {
  const auto parts = models::open_audio_llm_parts({.model = model_of_run(run)});
  const std::string prefix = parts.config().projector_prefix + ".";
  std::map<std::string, Tensor> tensors;
  for (const weights::TensorInfo& info : parts.model->tensors()) {
    if (info.name.starts_with(prefix))
      tensors["projector." + info.name.substr(prefix.size())] = ops::to_f32(parts.model->tensor(info.name));
  }
  return tensors;
}

models::ComposedModel composed_model_of(const ModelRecipe& recipe) {
  return {.encoder = name_of_part(recipe, Part::kEncoder),
          .language_model = name_of_part(recipe, Part::kLanguageModel),
          .projector = {.kind = recipe.projector.type,
                        .inner = recipe.projector.inner,
                        .stack = recipe.projector.stack,
                        .pooled = recipe.projector.pooled},
          .window_rows = recipe.window_rows,
          .adapter = adapter_config(recipe.language_model_adapter, models::kLlamaLinears),
          .encoder_adapter = adapter_config(recipe.encoder_adapter, models::kWhisperLinears)};
}

void write_initial_model(const std::filesystem::path& folder, const TrainRecipe& recipe) {
  if (recipe.model.layout == ModelLayout::kLlaso) {
    write_llaso(folder, recipe);
  } else {
    write_composed(folder, recipe);
  }
}

std::filesystem::path initial_model_of(const TrainRecipe& recipe) {
  std::filesystem::path folder = recipe.output / "initial";
  if (!std::filesystem::exists(folder / "config.json")) write_initial_model(folder, recipe);
  return folder;
}

}  // namespace auris::train
