#pragma once
// What holds for the ways to ask, in every language.

#include <string>
#include <vector>

#include "auris/base/toml_table.h"
#include "auris/data/tasks/task.h"

namespace auris::data {

// Throws if a text is there twice, in any case.
void check_distinct(const TomlTable& table, const char* what, const std::vector<std::string>& texts);

// Whether an answer of the task is one or some of its labels.
bool has_labels(AnswerKind answer);
bool has_labels(const Task& task);

// Throws unless there are `least` instructions without placeholders, and options that hold {labels} once if
// the task is `labelled`.
void check_wording(const TomlTable& table, const std::vector<std::string>& instructions,
                   const std::vector<std::string>& options, bool labelled, size_t least);

}  // namespace auris::data
