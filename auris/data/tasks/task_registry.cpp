#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "auris/base/error.h"
#include "auris/base/nearest.h"
#include "auris/data/tasks/definitions.h"
#include "auris/data/tasks/task.h"
#include "auris/text/text_rules.h"

namespace auris::data {

const TaskVariant& Task::variant(std::string_view wanted) const {
  std::vector<std::string_view> names;
  for (const TaskVariant& variant : variants) {
    if (variant.id == wanted) return variant;
    names.push_back(variant.id);
  }
  throw Error(ErrorCode::kUsage, {.where = "task " + id,
                                  .expected = fmt::format("a variant: {}", fmt::join(names, ", ")),
                                  .got = quoted(wanted),
                                  .hint = ""});
}

const std::vector<Task>& all_tasks() {
  static const std::vector<Task> tasks = [] {
    std::vector<Task> parsed;
    for (const auto& [name, text] : builtin_task_definitions())
      parsed.push_back(parse_task(text, std::string(name)));
    std::sort(parsed.begin(), parsed.end(), [](const Task& a, const Task& b) { return a.id < b.id; });
    return parsed;
  }();
  return tasks;
}

const Task& task_named(std::string_view name) {
  for (const Task& task : all_tasks()) {  // once for every item
    if (task.id == name) return task;
  }
  const std::string wanted = text::lower(name);
  std::vector<std::string_view> known;
  for (const Task& task : all_tasks()) {
    if (task.id == wanted || text::lower(task.abbreviation) == wanted) return task;
    known.insert(known.end(), {task.id, task.abbreviation});
  }
  throw Error(ErrorCode::kUsage, {.where = "tasks",
                                  .expected = "a task's id or abbreviation",
                                  .got = quoted(name),
                                  .hint = nearest_hint(name, known)});
}

}  // namespace auris::data
