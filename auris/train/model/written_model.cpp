#include "auris/train/model/written_model.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "auris/base/atomic_file.h"
#include "auris/export/language_model_gguf.h"
#include "auris/models/audio_llm/audio_llm.h"
#include "auris/models/audio_llm/audio_llm_names.h"
#include "auris/models/audio_llm/llaso_writer.h"
#include "auris/models/encoders/whisper/whisper_encoder_writer.h"
#include "auris/models/language/llama/merged_llama.h"
#include "auris/nn/adapter.h"
#include "auris/train/model/initial_model.h"
#include "auris/train/parameters/parameter_set.h"
#include "auris/train/recipe/model_sources.h"

namespace auris::train {
namespace {

namespace fs = std::filesystem;
using Tensors = std::map<std::string, Tensor>;
using TrainedTensors = models::TrainedTensors;

// Those of a part, under the part's own names.
TrainedTensors tensors_of(Part part, const Tensors& trained) {
  TrainedTensors own;
  for (const auto& [name, tensor] : trained) {
    if (part_named(name) == part) own[name.substr(name.find('.') + 1)] = tensor;
  }
  return own;
}

// What a whole part is written in: as it was, if nothing changed it.
DType written_type(const TrainRecipe& recipe, Part part, const weights::Checkpoint& source) {
  if (recipe.find(part) != nullptr) return recipe.precision == Precision::kBf16 ? DType::kBF16 : DType::kF32;
  return stored_type(source, part);
}

void write_encoder(const fs::path& folder, const TrainRecipe& recipe, const models::AudioLlmParts& parts,
                   const Tensors& trained) {
  models::EncoderWriteOptions options{.dtype = written_type(recipe, Part::kEncoder, *parts.encoder),
                                      .trained = tensors_of(Part::kEncoder, trained)};
  if (parts.encoder->format() != weights::Format::kCTranslate2)
    options.prefix = models::encoder_prefix(*parts.encoder).value_or("");
  models::write_whisper_encoder(folder, *parts.encoder, parts.config().encoder, options);
}

void write_language_model(const fs::path& folder, const TrainRecipe& recipe,
                          const models::AudioLlmParts& parts, const Tensors& trained) {
  const DType type = written_type(recipe, Part::kLanguageModel, *parts.language);
  TrainedTensors own = tensors_of(Part::kLanguageModel, trained);
  if (parts.language->format() == weights::Format::kGguf) {
    models::export_gguf(parts.language->path(), folder / "model.gguf",
                        {.type = type, .trained = std::move(own)});
    return;
  }
  models::write_merged_llama(folder, parts.language, {.dtype = type, .trained = std::move(own)});
}

void write_composed(const fs::path& folder, const TrainRecipe& recipe, const models::AudioLlmParts& parts,
                    const Tensors& trained) {
  models::ComposedModel model = composed_model_of(recipe.model);
  Tensors own;  // what is not trained is as in the initial model
  for (const weights::TensorInfo& info : parts.model->tensors())
    own[info.name] = parts.model->tensor(info.name);
  for (const auto& [name, tensor] : trained) {
    if (nn::is_adapter_tensor(name) || part_named(name) == Part::kProjector) own[name] = tensor;
  }
  if (is_own(recipe, Part::kEncoder)) {
    model.encoder = "encoder";
    write_encoder(folder / model.encoder, recipe, parts, trained);
  }
  if (is_own(recipe, Part::kLanguageModel)) {
    model.language_model = "language_model";
    write_language_model(folder / model.language_model, recipe, parts, trained);
  }
  models::write_composed_model(folder, model, own);
}

void write_llaso(const fs::path& folder, const TrainRecipe& recipe, const fs::path& initial,
                 const models::AudioLlmParts& parts, const Tensors& trained) {
  models::LlasoModel model{.language = parts.language,
                           .trained = tensors_of(Part::kLanguageModel, trained),
                           .projector = projector_in(initial),
                           .encoder = parts.model->metadata().value("mm_audio_tower", ""),
                           .encoder_width = parts.config().encoder.d_model,
                           .dtype = written_type(recipe, Part::kLanguageModel, *parts.language)};
  for (const auto& [name, tensor] : trained) {
    if (part_named(name) == Part::kProjector) model.projector[name] = tensor;
  }
  if (recipe.find(Part::kEncoder) != nullptr) {
    model.encoder = "encoder";
    write_encoder(folder / model.encoder, recipe, parts, trained);
  } else if (fs::exists(initial / "encoder")) {
    fs::create_directories(folder);
    fs::copy(initial / "encoder", folder / "encoder", fs::copy_options::recursive);
  }
  models::write_llaso_model(folder, model);
}

// `write` is given a folder that takes the place of `folder` when all lies there.
void write_folder(const fs::path& folder, const std::function<void(const fs::path& unfinished)>& write) {
  fs::path unfinished = folder;
  unfinished += ".unfinished";
  try {
    fs::remove_all(unfinished);
    write(unfinished);
    fs::remove_all(folder);
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorCode::kUsage, {.where = folder.string(),
                                    .expected = "a folder that can be written",
                                    .got = error.what(),
                                    .hint = ""});
  }
  replace_file(unfinished, folder, ErrorCode::kUsage);
}

}  // namespace

void write_trained_model(const fs::path& folder, const TrainRecipe& recipe, const fs::path& initial,
                         const Tensors& trained) {
  const auto parts = models::open_audio_llm_parts({.model = initial});
  write_folder(folder, [&](const fs::path& unfinished) {
    if (recipe.model.layout == ModelLayout::kLlaso) {
      write_llaso(unfinished, recipe, initial, parts, trained);
    } else {
      write_composed(unfinished, recipe, parts, trained);
    }
  });
}

void copy_model(const fs::path& from, const fs::path& folder) {
  write_folder(folder,
               [&](const fs::path& unfinished) { fs::copy(from, unfinished, fs::copy_options::recursive); });
}

}  // namespace auris::train
