#include "auris/train/recipe/model_sources.h"

#include "auris/models/audio_llm/audio_llm.h"
#include "auris/weights/catalog.h"
#include "auris/weights/fingerprint.h"

namespace auris::train {
namespace {

namespace fs = std::filesystem;

// The encoder or the language model of the run that a part begins from.
fs::path part_of_run(const fs::path& run, Part part, ModelLayout layout) {
  const fs::path folder = model_of_run(run);
  const auto parts = models::open_audio_llm_parts({.model = folder});
  const auto& found = part == Part::kEncoder ? parts.encoder : parts.language;
  if (found != parts.model) return found->folder();
  // A LLaSO checkpoint is its language model, with more tensors.
  const bool both = parts.family == models::AudioLlmFamily::kLlaso && layout == ModelLayout::kLlaso;
  if (both && part == Part::kLanguageModel) return found->folder();
  throw Error(ErrorCode::kUsage,
              {.where = folder.string(),
               .expected = "a model whose " + std::string(name_in(kParts, part)) + " lies by itself",
               .got = "one with it inside",
               .hint = "layout = 'llaso' takes the language model of a LLaSO checkpoint"});
}

fs::path source_of(const ModelRecipe& model, Part part, const std::string& name) {
  const auto begin = model.begin.find(part);
  if (begin != model.begin.end()) return part_of_run(begin->second, part, model.layout);
  return weights::Catalog::load().resolve(name);
}

}  // namespace

fs::path model_of_run(const fs::path& folder) {
  return fs::exists(folder / "model" / "config.json") ? folder / "model" : folder;
}

bool is_own(const TrainRecipe& recipe, Part part) {
  return recipe.find(part) != nullptr || recipe.model.begin.contains(part);
}

fs::path encoder_source(const ModelRecipe& model) { return source_of(model, Part::kEncoder, model.encoder); }

fs::path language_model_source(const ModelRecipe& model) {
  return source_of(model, Part::kLanguageModel, model.language_model);
}

DType stored_type(const weights::Checkpoint& source, Part part) {
  for (const weights::TensorInfo& info : source.tensors()) {
    const bool first = part == Part::kEncoder
                           ? info.name.ends_with("conv1.weight") || info.name.ends_with("conv1/weight")
                           : info.name.ends_with("embed_tokens.weight");
    if (first && (info.dtype == DType::kBF16 || info.dtype == DType::kF16)) return info.dtype;
  }
  return DType::kF32;
}

std::string encoder_identity(const ModelRecipe& model) {
  std::string identity = weights::model_fingerprint(encoder_source(model));
  const auto adapter = model.begin.find(Part::kEncoderAdapter);
  if (adapter != model.begin.end())
    identity +=
        " " + weights::model_fingerprint(weights::open_checkpoint(model_of_run(adapter->second))->path());
  return identity;
}

}  // namespace auris::train
