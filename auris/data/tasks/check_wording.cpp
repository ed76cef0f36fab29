#include "auris/data/tasks/check_wording.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

constexpr std::string_view kLabelsMark = "{labels}";

}  // namespace

void check_distinct(const TomlTable& table, const char* what, const std::vector<std::string>& texts) {
  std::set<std::string> known;
  for (const std::string& text : texts) {
    if (!known.insert(text::lower(text)).second) table.fail(fmt::format("{} once each", what), quoted(text));
  }
}

bool has_labels(AnswerKind answer) { return answer == AnswerKind::kLabel || answer == AnswerKind::kTags; }

bool has_labels(const Task& task) {
  return std::ranges::any_of(task.variants,
                             [](const TaskVariant& variant) { return has_labels(variant.answer); });
}

void check_wording(const TomlTable& table, const std::vector<std::string>& instructions,
                   const std::vector<std::string>& options, bool labelled, size_t least) {
  if (instructions.size() < least) {
    table.fail(fmt::format("at least {} instructions", least), fmt::format("{}", instructions.size()));
  }
  check_distinct(table, "instructions", instructions);
  check_distinct(table, "options", options);
  for (const std::string& text : instructions) {
    if (text.find_first_of("{}<>") != std::string::npos) {
      table.fail("instructions without placeholders or marks", quoted(text));
    }
  }
  for (const std::string& text : options) {
    const size_t at = text.find(kLabelsMark);
    const bool once =
        at != std::string::npos && text.find('{', at + 1) == std::string::npos && text.find('{') == at;
    if (!once) table.fail("options that hold {labels} once", quoted(text));
  }
  if (labelled == options.empty()) {
    table.fail("options if, and only if, answers are labels",
               labelled ? "labels without options" : "options without labels");
  }
}

}  // namespace auris::data
