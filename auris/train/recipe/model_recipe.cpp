#include <algorithm>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "auris/base/nearest.h"
#include "auris/models/encoders/whisper/whisper_linears.h"
#include "auris/models/language/llama/llama_layers.h"
#include "auris/train/recipe/recipe_parts.h"

namespace auris::train {
namespace {

constexpr int kMaxStack = 64;  // as in a composed model's config.json
constexpr int64_t kMaxInner = 1 << 20;
constexpr int64_t kMaxPooled = 1500;  // rows of a window
constexpr int64_t kMaxRank = 4096;

std::vector<std::string_view> or_all(std::span<const std::string_view> linears) {
  std::vector<std::string_view> layers{"all"};
  layers.insert(layers.end(), linears.begin(), linears.end());
  return layers;
}

ProjectorRecipe projector_of(const TomlTable& table) {
  table.allow({"type", "stack", "inner", "pooled"});
  ProjectorRecipe projector;
  projector.type = table.choice("type", kProjectorTypes);
  const bool words = projector.type == models::ProjectorKind::kWords;
  if (words && table.has("stack")) table.fail("stack only for a projector of rows", "type = 'words'");
  if (!words && table.has("pooled")) table.fail("pooled only with type = 'words'", "another type");
  if (table.has("stack")) projector.stack = static_cast<int>(table.integer("stack", 1, kMaxStack));
  if (words) projector.pooled = static_cast<int>(table.integer("pooled", 0, kMaxPooled));
  if (projector.type == models::ProjectorKind::kLinear || words) {
    if (table.has("inner")) table.fail("inner only for mlp_gelu and swiglu", "another projector with inner");
  } else {
    projector.inner = table.integer("inner", 1, kMaxInner);
  }
  const bool halves = projector.type == models::ProjectorKind::kUltravox;
  if (halves && projector.inner % 2 != 0) {
    table.fail("an even inner for swiglu, which halves it", fmt::format("{}", projector.inner));
  }
  return projector;
}

AdapterRecipe adapter_of(const TomlTable& table, std::span<const std::string_view> known) {
  table.allow({"rank", "alpha", "layers"});
  AdapterRecipe adapter;
  adapter.rank = table.integer("rank", 1, kMaxRank);
  adapter.alpha = static_cast<double>(adapter.rank);
  take(table, "alpha", 1e-3, 1e6, adapter.alpha);
  adapter.layers = table.has("layers") ? table.texts("layers") : std::vector<std::string>{"all"};
  for (const std::string& layer : adapter.layers) {
    if (std::find(known.begin(), known.end(), layer) == known.end()) {
      table.fail(fmt::format("layers of {}", fmt::join(known, ", ")), quoted(layer),
                 nearest_hint(layer, known, 1));
    }
    if (std::ranges::count(adapter.layers, layer) > 1) table.fail("each layer once", quoted(layer));
  }
  if (adapter.layers.size() > 1 && std::ranges::count(adapter.layers, "all") > 0)
    table.fail("layers = ['all'] or some of them by name", "both");
  return adapter;
}

std::map<Part, std::filesystem::path> begin_of(const TomlTable& table, const std::filesystem::path& folder) {
  table.allow({"projector", "encoder", "language_model", "encoder_adapter", "language_model_adapter"});
  std::map<Part, std::filesystem::path> begin;
  for (const auto& [part, name] : kParts) {
    if (table.has(name)) begin[part] = folder / table.text(name);
  }
  return begin;
}

// What a LLaSO checkpoint can say.
void check_llaso(const TomlTable& table, const ModelRecipe& model) {
  const ProjectorRecipe& projector = model.projector;
  if (projector.type != models::ProjectorKind::kMlpGelu || projector.stack != 1)
    table.fail("projector.type = 'mlp_gelu' with stack = 1 for layout = 'llaso'", "another projector");
  if (model.window_rows != models::WindowRows::kWhole)
    table.fail("window_rows = 'whole' for layout = 'llaso'", "'trimmed'");
  if (model.encoder_adapter || model.language_model_adapter)
    table.fail("no adapters for layout = 'llaso'", "one",
               "train the whole language_model or encoder, or leave layout out");
}

}  // namespace

ModelRecipe model_of(const TomlTable& table, const std::filesystem::path& folder) {
  table.allow({"encoder", "language_model", "layout", "window_rows", "projector", "encoder_adapter",
               "language_model_adapter", "begin"});
  ModelRecipe model;
  model.encoder = table.text("encoder");
  model.language_model = table.text("language_model");
  take(table, "layout", kModelLayouts, model.layout);
  take(table, "window_rows", kWindowRows, model.window_rows);
  model.projector = projector_of(table.table("projector"));
  if (table.has("encoder_adapter"))
    model.encoder_adapter = adapter_of(table.table("encoder_adapter"), or_all(models::kWhisperLinears));
  if (table.has("language_model_adapter"))
    model.language_model_adapter =
        adapter_of(table.table("language_model_adapter"), or_all(models::kLlamaLinears));
  if (table.has("begin")) model.begin = begin_of(table.table("begin"), folder);
  const auto check_begin = [&](Part part, const std::optional<AdapterRecipe>& adapter) {
    if (model.begin.contains(part) && !adapter)
      table.fail(fmt::format("a table {} for what begins from a run", name_in(kParts, part)), "none");
  };
  check_begin(Part::kEncoderAdapter, model.encoder_adapter);
  check_begin(Part::kLanguageModelAdapter, model.language_model_adapter);
  if (model.layout == ModelLayout::kLlaso) check_llaso(table, model);
  if (model.projector.type == models::ProjectorKind::kWords && model.encoder_adapter)
    table.fail("encoder_adapter with a projector of rows", "projector.type = 'words'");
  return model;
}

}  // namespace auris::train
