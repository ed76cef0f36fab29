#include "auris/data/tasks/wordings.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "auris/data/tasks/check_wording.h"
#include "auris/data/tasks/definitions.h"

namespace auris::data {
namespace {

constexpr const char* kHint = "auris/data/tasks/definitions/README.md describes the fields";
constexpr size_t kLeastInstructions = 3, kLeastCarriers = 3;
constexpr std::string_view kLanguage = "language", kCarriers = "carriers", kEnglish = "en";

const Task* find_task(const std::vector<Task>& tasks, std::string_view id) {
  const auto found = std::ranges::find(tasks, id, &Task::id);
  return found == tasks.end() ? nullptr : &*found;
}

}  // namespace

Wordings parse_wordings(std::string_view toml, const std::string& where, const std::vector<Task>& tasks) {
  const toml::table root = parse_toml(toml, where, ErrorCode::kInput);
  const TomlTable table(root, where, ErrorCode::kInput, kHint);
  Wordings wordings{.language = table.text(kLanguage), .carriers = table.texts(kCarriers), .tasks = {}};
  check_wording(table, wordings.carriers, {}, false, kLeastCarriers);
  for (const auto& [key, node] : root) {
    if (key == kLanguage || key == kCarriers) continue;
    const Task* task = find_task(tasks, key.str());
    if (task == nullptr || !node.is_table())
      table.fail("tables named by the ids of tasks", quoted(key.str()));
    const TomlTable words = table.inner(*node.as_table(), std::string(key.str()));
    words.allow({"instructions", "options"});
    Wording wording{.instructions = words.texts("instructions"), .options = words.texts_or_none("options")};
    check_wording(words, wording.instructions, wording.options, has_labels(*task), kLeastInstructions);
    wordings.tasks[task->id] = std::move(wording);
  }
  const bool english = wordings.language == kEnglish;
  if (english && !wordings.tasks.empty()) table.fail("English tasks in their definitions", "others");
  for (const Task& task : tasks) {
    if (english) wordings.tasks[task.id] = {.instructions = task.instructions, .options = task.options};
    if (!wordings.tasks.contains(task.id)) table.fail("words for every task", "none for " + task.id);
  }
  return wordings;
}

const std::vector<Wordings>& all_wordings() {
  static const std::vector<Wordings> all = [] {
    std::vector<Wordings> parsed;
    for (const auto& [name, text] : builtin_wordings())
      parsed.push_back(parse_wordings(text, std::string(name), all_tasks()));
    std::ranges::sort(parsed, {}, &Wordings::language);
    return parsed;
  }();
  return all;
}

const Wordings* find_wordings(std::string_view language) {
  const auto found = std::ranges::find(all_wordings(), language, &Wordings::language);
  return found == all_wordings().end() ? nullptr : &*found;
}

const Wordings& wordings_in(std::string_view language) {
  if (const Wordings* found = find_wordings(language)) return *found;
  std::vector<std::string_view> known;
  for (const Wordings& wordings : all_wordings()) known.push_back(wordings.language);
  throw Error(ErrorCode::kUsage,
              {.where = "tasks",
               .expected = fmt::format("a language with instructions: {}", fmt::join(known, ", ")),
               .got = quoted(language),
               .hint = ""});
}

}  // namespace auris::data
