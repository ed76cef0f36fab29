#include "auris/data/build/recipe.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/toml_table.h"
#include "auris/data/items/item_builder.h"
#include "auris/data/tasks/wordings.h"

namespace auris::data {
namespace {

constexpr const char* kHint = "auris/data/build/recipe.h shows the fields";
constexpr int64_t kMostItems = 1'000'000'000;
constexpr int64_t kMostExchanges = 100;
constexpr int64_t kMostQuestions = 100;

// Names in a recipe are input: what a lookup calls wrong use is a wrong file here.
template <class Act>
auto known(const TomlTable& table, const Act& act) {
  try {
    return act();
  } catch (const Error& error) {
    table.fail("names that are known", error.what());
  }
}

void take_turns(const TomlTable& table, ItemRule& rule) {
  if (!table.has("turns") && !table.has("exchanges")) return;
  if (rule.task != "dialogue" || !rule.responses.empty())
    table.fail("turns and exchanges of the task dialogue, without responses", quoted(rule.task));
  const std::string turns = table.has("turns") ? table.text("turns") : "all";
  if (turns != "all" && turns != "last") table.fail("turns = 'all' or 'last'", quoted(turns));
  rule.last_turns = turns == "last";
  if (table.has("exchanges")) rule.exchanges = table.integer("exchanges", 1, kMostExchanges);
}

// Answers of a language model fit tasks whose answers are open.
void take_responses(const TomlTable& table, const std::filesystem::path& folder, ItemRule& rule) {
  if (!table.has("responses")) return;
  if (table.has("configurations")) table.fail("either responses or configurations", "both");
  for (const TaskVariant& variant : task_named(rule.task).variants) {
    if (variant.answer != AnswerKind::kOpen)
      table.fail("a task with open answers for responses, such as dialogue", quoted(rule.task));
  }
  for (const std::string& path : table.texts("responses")) rule.responses.push_back(folder / path);
}

void check_language(const TomlTable& table, const ItemRule& rule, const ItemBuilder& builder) {
  // Where the clip's language has no instructions or no voice, English takes its place.
  const std::string language =
      rule.instruction_language == kLanguageOfClip ? "en" : rule.instruction_language;
  known(table, [&] { return wordings_in(language).language; });
  const bool spoken = std::ranges::any_of(rule.configurations, [](Configuration configuration) {
    return configuration != Configuration::kTextAudio;
  });
  if (spoken && !builder.speaks(language))
    table.fail("a voice for instructions in " + quoted(language), "none in voices");
}

ItemRule rule_of(const TomlTable& table, DataKind kind, const std::filesystem::path& folder,
                 const ItemBuilder& builder) {
  table.allow({"task", "configurations", "sources", "languages", "splits", "min_duration_s", "max_duration_s",
               "count", "responses", "turns", "exchanges", "instruction_language"});
  ItemRule rule;
  rule.task = known(table, [&] { return task_named(table.text("task")).id; });
  for (const std::string& name : table.texts_or_none("configurations")) {
    const Configuration configuration = known(table, [&] { return configuration_named(name); });
    if (std::find(rule.configurations.begin(), rule.configurations.end(), configuration) !=
        rule.configurations.end()) {
      table.fail("each configuration once", quoted(name));
    }
    rule.configurations.push_back(configuration);
  }
  take_responses(table, folder, rule);
  take_turns(table, rule);
  if (rule.configurations.empty()) rule.configurations = {Configuration::kTextAudio};
  rule.sources = table.texts_or_none("sources");
  rule.languages = table.texts_or_none("languages");
  rule.splits = table.has("splits") ? table.texts("splits")
                                    : std::vector<std::string>{kind == DataKind::kEval ? "test" : "train"};
  if (table.has("min_duration_s")) rule.min_duration_s = table.number("min_duration_s");
  if (table.has("max_duration_s")) rule.max_duration_s = table.number("max_duration_s");
  if (rule.min_duration_s < 0 || rule.max_duration_s <= rule.min_duration_s) {
    table.fail("durations from 0 on, the shortest below the longest",
               fmt::format("{} and {}", rule.min_duration_s, rule.max_duration_s));
  }
  if (table.has("count")) rule.count = table.integer("count", 1, kMostItems);
  if (table.has("instruction_language")) rule.instruction_language = table.text("instruction_language");
  check_language(table, rule, builder);
  if (kind == DataKind::kAlign && rule.task != "speech_recognition" && rule.responses.empty()) {
    table.fail("speech recognition or responses, which is all that aligning learns", quoted(rule.task));
  }
  return rule;
}

}  // namespace

DataKind data_kind_named(std::string_view name) {
  if (name == "align") return DataKind::kAlign;
  if (name == "instruct") return DataKind::kInstruct;
  if (name == "eval") return DataKind::kEval;
  throw Error(
      ErrorCode::kUsage,
      {.where = "data build", .expected = "align, instruct or eval", .got = quoted(name), .hint = ""});
}

Recipe parse_recipe(std::string_view toml, const std::string& where, const std::filesystem::path& folder,
                    DataKind kind) {
  const toml::table root = parse_toml(toml, where, ErrorCode::kInput);
  const TomlTable table(root, where, ErrorCode::kInput, kHint);
  table.allow({"seed", "questions_together", "voices", "manifests", "items"});
  Recipe recipe;
  if (table.has("seed")) recipe.seed = static_cast<uint64_t>(table.integer("seed", 0, INT64_MAX));
  if (table.has("questions_together")) {
    recipe.questions_together = table.integer("questions_together", 1, kMostQuestions);
    if (kind != DataKind::kInstruct) {
      table.fail("questions_together for instruct only, as no answer but the last is scored",
                 fmt::format("{}", recipe.questions_together));
    }
  }
  recipe.voices = table.has("voices") ? table.texts("voices") : ItemOptions().voices;
  const ItemBuilder builder = known(table, [&] { return ItemBuilder({.seed = 0, .voices = recipe.voices}); });
  for (const std::string& path : table.texts("manifests")) recipe.manifests.push_back(folder / path);
  for (const TomlTable& rule : table.tables("items"))
    recipe.rules.push_back(rule_of(rule, kind, folder, builder));
  return recipe;
}

Recipe read_recipe(const std::filesystem::path& path, DataKind kind) {
  return parse_recipe(read_toml_text(path, ErrorCode::kInput), path.filename().string(), path.parent_path(),
                      kind);
}

}  // namespace auris::data
