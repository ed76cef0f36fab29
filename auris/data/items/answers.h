#pragma once
// The answer that a task wants about a clip.

#include <optional>
#include <string>

#include "auris/data/manifest/clip.h"
#include "auris/data/tasks/task.h"

namespace auris::data {

// What `answer` should be and is not, for messages; empty if a variant can have it as a reference.
std::string answer_problem(const std::string& answer, const TaskVariant& variant);

// The label that `name` stands for (a name or an alias, in any case); nullptr if there is none.
const Label* label_named(std::string_view name, const TaskVariant& variant);

// The variant that fits the clip's source, or the task's "any"; nullptr if the task has neither, or compares
// two recordings and the clip has one, or the other way round.
const TaskVariant* variant_for(const Task& task, const Clip& clip);
// Why there is none, for messages.
std::string no_variant_text(const Task& task, const Clip& clip);

// What is known about the clip that answers the task: its text, its translation, its language, its rate or a
// label; nothing if that is not known. May be no possible answer: answer_problem() tells.
std::optional<std::string> answer_for(const Task& task, const TaskVariant& variant, const Clip& clip);

}  // namespace auris::data
