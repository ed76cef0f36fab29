#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "auris/base/error.h"
#include "auris/data/tasks/names.h"
#include "auris/data/tasks/task.h"
#include "auris/text/text_rules.h"
#include "auris/text/utf8.h"

namespace auris::data {
namespace {

constexpr size_t kMaxFileBytes = 1 << 20;
constexpr std::string_view kLabelsMark = "{labels}";

[[noreturn]] void fail(const std::string& where, std::string expected, std::string got) {
  throw Error(ErrorCode::kInput, {.where = where,
                                  .expected = std::move(expected),
                                  .got = std::move(got),
                                  .hint = "auris/data/tasks/definitions/README.md describes the fields"});
}

// A TOML table, of which every key must be known and every value of its kind.
class Table {
 public:
  Table(const toml::table& table, std::string where) : table_(table), where_(std::move(where)) {}

  const std::string& where() const { return where_; }
  bool has(std::string_view key) const { return table_.contains(key); }

  void allow(std::initializer_list<std::string_view> keys) const {
    for (const auto& [key, node] : table_) {
      if (std::find(keys.begin(), keys.end(), key.str()) == keys.end()) {
        fail(where_, fmt::format("only the fields {}", fmt::join(keys, ", ")), quoted(key.str()));
      }
    }
  }

  std::string text(std::string_view key) const { return text_of(table_.get(key), std::string(key)); }
  std::string text_or_empty(std::string_view key) const { return has(key) ? text(key) : std::string(); }

  double number(std::string_view key) const {
    const auto value = table_[key].value<double>();
    if (!value || !std::isfinite(*value)) fail(where_, fmt::format("a number {}", key), "none");
    return *value;
  }

  int64_t count(std::string_view key) const {
    const auto* value = table_[key].as_integer();
    if (value == nullptr || value->get() < 1)
      fail(where_, fmt::format("a whole number {} from 1 on", key), "none");
    return value->get();
  }

  std::vector<std::string> texts(std::string_view key) const {
    std::vector<std::string> texts;
    for (const toml::node& node : array(key)) texts.push_back(text_of(&node, std::string(key)));
    return texts;
  }

  std::vector<Table> tables(std::string_view key) const {
    std::vector<Table> tables;
    for (const toml::node& node : array(key)) {
      if (!node.is_table()) fail(where_, fmt::format("tables in {}", key), "another kind of value");
      tables.emplace_back(*node.as_table(), fmt::format("{}, {} {}", where_, key, tables.size() + 1));
    }
    return tables;
  }

  template <class Value, size_t kCount>
  Value choice(std::string_view key, const NameTable<Value, kCount>& names) const {
    return chosen(text(key), key, names);
  }
  template <class Value, size_t kCount>
  Value chosen(const std::string& name, std::string_view key, const NameTable<Value, kCount>& names) const {
    const auto value = value_in(names, name);
    if (!value) fail(where_, fmt::format("{} to be one of {}", key, names_in(names)), quoted(name));
    return *value;
  }

  const toml::array& array(std::string_view key) const {
    const toml::array* array = table_[key].as_array();
    if (array == nullptr || array->empty()) fail(where_, fmt::format("a list {}", key), "none");
    return *array;
  }

 private:
  std::string text_of(const toml::node* node, const std::string& key) const {
    const auto value = node != nullptr ? node->value<std::string>() : std::nullopt;
    if (!value) fail(where_, fmt::format("a text {}", key), "none");
    const bool tidy = !value->empty() && value->find_first_of("\n\t") == std::string::npos &&
                      value->front() != ' ' && value->back() != ' ' && text::is_valid_utf8(*value);
    if (!tidy) fail(where_, fmt::format("one line of {} without blanks at its ends", key), quoted(*value));
    return *value;
  }

  const toml::table& table_;
  std::string where_;
};

void check_identifier(const Table& table, const std::string& id) {
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!plain) fail(table.where(), "an id of small letters, digits and _", quoted(id));
}

void check_distinct(const Table& table, const char* what, const std::vector<std::string>& texts) {
  std::set<std::string> known;
  for (const std::string& text : texts) {
    if (!known.insert(text::lower(text)).second)
      fail(table.where(), fmt::format("{} once each", what), quoted(text));
  }
}

// "anger" or { name = "anger", aliases = ["angry"] }.
std::vector<Label> labels_of(const Table& table) {
  std::vector<Label> labels;
  for (const toml::node& node : table.array("labels")) {
    if (const auto name = node.value<std::string>()) {
      labels.push_back({.name = *name, .aliases = {}});
    } else if (node.is_table()) {
      const Table label(*node.as_table(), fmt::format("{}, label {}", table.where(), labels.size() + 1));
      label.allow({"name", "aliases"});
      labels.push_back({.name = label.text("name"), .aliases = label.texts("aliases")});
    } else {
      fail(table.where(), "labels that are texts or tables", "another kind of value");
    }
  }
  if (labels.size() < 2) fail(table.where(), "at least two labels", fmt::format("{}", labels.size()));
  std::vector<std::string> words;
  for (const Label& label : labels) {
    words.push_back(label.name);
    words.insert(words.end(), label.aliases.begin(), label.aliases.end());
  }
  for (const std::string& word : words) {
    if (text::words_of(word).empty()) fail(table.where(), "labels that are not empty", quoted(word));
  }
  check_distinct(table, "labels and aliases", words);
  return labels;
}

bool has_labels(AnswerKind answer) { return answer == AnswerKind::kLabel || answer == AnswerKind::kTags; }

TaskVariant variant_of(const Table& table) {
  table.allow({"id", "answer", "metrics", "labels", "minimum", "maximum", "licence"});
  TaskVariant variant;
  variant.id = table.text("id");
  check_identifier(table, variant.id);
  variant.answer = table.choice("answer", kAnswerKinds);
  for (const std::string& name : table.texts("metrics")) {
    variant.metrics.push_back(table.chosen(name, "metrics", kMetrics));
  }
  variant.licence = table.text_or_empty("licence");
  if (has_labels(variant.answer)) variant.labels = labels_of(table);
  if (!has_labels(variant.answer) && table.has("labels")) {
    fail(table.where(), "labels only for answers that are labels or tags",
         std::string(name_of(variant.answer)));
  }
  if (variant.answer == AnswerKind::kNumber) {
    variant.minimum = table.number("minimum");
    variant.maximum = table.number("maximum");
    if (!(variant.minimum < variant.maximum)) {
      fail(table.where(), "a minimum below the maximum",
           fmt::format("{} and {}", variant.minimum, variant.maximum));
    }
  } else if (table.has("minimum") || table.has("maximum")) {
    fail(table.where(), "minimum and maximum only for numbers", std::string(name_of(variant.answer)));
  }
  return variant;
}

void check_templates(const Table& table, const Task& task) {
  constexpr size_t kLeastInstructions = 6;
  if (task.instructions.size() < kLeastInstructions) {
    fail(table.where(), fmt::format("at least {} instructions", kLeastInstructions),
         fmt::format("{}", task.instructions.size()));
  }
  check_distinct(table, "instructions", task.instructions);
  check_distinct(table, "options", task.options);
  for (const std::string& text : task.instructions) {
    if (text.find_first_of("{}<>") != std::string::npos) {
      fail(table.where(), "instructions without placeholders or marks", quoted(text));
    }
  }
  for (const std::string& text : task.options) {
    const size_t at = text.find(kLabelsMark);
    const bool once =
        at != std::string::npos && text.find('{', at + 1) == std::string::npos && text.find('{') == at;
    if (!once) fail(table.where(), "options that hold {labels} once", quoted(text));
  }
  const bool labelled = std::any_of(task.variants.begin(), task.variants.end(),
                                    [](const TaskVariant& variant) { return has_labels(variant.answer); });
  if (labelled == task.options.empty()) {
    fail(table.where(), "options if, and only if, answers are labels",
         labelled ? "labels without options" : "options without labels");
  }
  if (task.text_input == TextInput::kOptions && !labelled) {
    fail(table.where(), "labels for the text input options", "none");
  }
}

}  // namespace

Task parse_task(std::string_view toml, const std::string& where) {
  if (toml.size() > kMaxFileBytes) fail(where, "at most 1 MiB", fmt::format("{} bytes", toml.size()));
  toml::table root;
  try {
    root = toml::parse(toml, where);
  } catch (const toml::parse_error& error) {
    fail(where, "a TOML file",
         fmt::format("{} in line {}", quoted(error.description()), error.source().begin.line));
  }
  const Table table(root, where);
  table.allow({"id", "abbreviation", "title", "summary", "group", "version", "text_input", "instructions",
               "options", "variants"});
  Task task;
  task.id = table.text("id");
  check_identifier(table, task.id);
  task.abbreviation = table.text("abbreviation");
  task.title = table.text("title");
  task.summary = table.text("summary");
  task.group = table.choice("group", kTaskGroups);
  task.version = table.count("version");
  task.text_input = table.choice("text_input", kTextInputs);
  task.instructions = table.texts("instructions");
  if (table.has("options")) task.options = table.texts("options");
  std::vector<std::string> ids;
  for (const Table& variant : table.tables("variants")) {
    task.variants.push_back(variant_of(variant));
    ids.push_back(task.variants.back().id);
  }
  check_distinct(table, "variants", ids);
  check_templates(table, task);
  return task;
}

}  // namespace auris::data
