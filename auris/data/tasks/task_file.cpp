#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "auris/base/toml_table.h"
#include "auris/data/tasks/check_wording.h"
#include "auris/data/tasks/names.h"
#include "auris/data/tasks/task.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

constexpr size_t kLeastInstructions = 6;
constexpr const char* kHint = "auris/data/tasks/definitions/README.md describes the fields";

void check_identifier(const TomlTable& table, const std::string& id) {
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!plain) table.fail("an id of small letters, digits and _", quoted(id));
}

// "anger" or { name = "anger", aliases = ["angry"] }.
std::vector<Label> labels_of(const TomlTable& table) {
  std::vector<Label> labels;
  for (const toml::node& node : table.array("labels")) {
    if (const auto name = node.value<std::string>()) {
      labels.push_back({.name = *name, .aliases = {}});
    } else if (node.is_table()) {
      const TomlTable label = table.inner(*node.as_table(), fmt::format("label {}", labels.size() + 1));
      label.allow({"name", "aliases"});
      labels.push_back({.name = label.text("name"), .aliases = label.texts("aliases")});
    } else {
      table.fail("labels that are texts or tables", "another kind of value");
    }
  }
  if (labels.size() < 2) table.fail("at least two labels", fmt::format("{}", labels.size()));
  std::vector<std::string> words;
  for (const Label& label : labels) {
    words.push_back(label.name);
    words.insert(words.end(), label.aliases.begin(), label.aliases.end());
  }
  for (const std::string& word : words) {
    if (text::words_of(word).empty()) table.fail("labels that are not empty", quoted(word));
  }
  check_distinct(table, "labels and aliases", words);
  return labels;
}

TaskVariant variant_of(const TomlTable& table) {
  table.allow({"id", "sources", "answer", "metrics", "labels", "minimum", "maximum", "licence"});
  TaskVariant variant;
  variant.id = table.text("id");
  check_identifier(table, variant.id);
  variant.sources = table.texts_or_none("sources");
  variant.answer = table.choice("answer", kAnswerKinds);
  for (const std::string& name : table.texts("metrics")) {
    variant.metrics.push_back(table.choice_of("metrics", name, kMetrics));
  }
  variant.licence = table.text_or_empty("licence");
  if (has_labels(variant.answer)) variant.labels = labels_of(table);
  if (!has_labels(variant.answer) && table.has("labels")) {
    table.fail("labels only for answers that are labels or tags", std::string(name_of(variant.answer)));
  }
  if (variant.answer == AnswerKind::kNumber) {
    variant.minimum = table.number("minimum");
    variant.maximum = table.number("maximum");
    if (!(variant.minimum < variant.maximum)) {
      table.fail("a minimum below the maximum", fmt::format("{} and {}", variant.minimum, variant.maximum));
    }
  } else if (table.has("minimum") || table.has("maximum")) {
    table.fail("minimum and maximum only for numbers", std::string(name_of(variant.answer)));
  }
  return variant;
}

}  // namespace

Task parse_task(std::string_view toml, const std::string& where) {
  const toml::table root = parse_toml(toml, where, ErrorCode::kInput);
  const TomlTable table(root, where, ErrorCode::kInput, kHint);
  table.allow({"id", "abbreviation", "title", "summary", "group", "version", "text_input", "instructions",
               "options", "variants", "recordings"});
  Task task;
  task.id = table.text("id");
  check_identifier(table, task.id);
  task.abbreviation = table.text("abbreviation");
  task.title = table.text("title");
  task.summary = table.text("summary");
  task.group = table.choice("group", kTaskGroups);
  task.version = table.integer("version", 1, 1'000'000);
  task.text_input = table.choice("text_input", kTextInputs);
  if (table.has("recordings")) task.recordings = table.integer("recordings", 1, 2);
  task.instructions = table.texts("instructions");
  if (table.has("options")) task.options = table.texts("options");
  std::vector<std::string> ids;
  for (const TomlTable& variant : table.tables("variants")) {
    task.variants.push_back(variant_of(variant));
    ids.push_back(task.variants.back().id);
    ids.insert(ids.end(), task.variants.back().sources.begin(), task.variants.back().sources.end());
  }
  check_distinct(table, "variants", ids);
  check_wording(table, task.instructions, task.options, has_labels(task), kLeastInstructions);
  if (task.text_input == TextInput::kOptions && !has_labels(task))
    table.fail("labels for the text input options", "none");
  return task;
}

}  // namespace auris::data
