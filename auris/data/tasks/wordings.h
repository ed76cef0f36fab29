#pragma once
// Ways to ask in one language: for every task, and sentences that are read beside a recording that says
// everything itself. English tasks are worded in their definitions, those of other languages in
// wordings/LANGUAGE.toml; labels stay as they are in all of them.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "auris/data/tasks/task.h"

namespace auris::data {

struct Wording {                          // of a task
  std::vector<std::string> instructions;  // as in Task
  std::vector<std::string> options;
};

struct Wordings {
  std::string language;                  // ISO 639-1
  std::vector<std::string> carriers;     // they ask for nothing in particular
  std::map<std::string, Wording> tasks;  // by id, each of `tasks`
};

// kInput, with the place and the reason, unless the file words each of `tasks` (of English: none, and they
// are taken as they are) in at least three ways, under the rules for definitions.
Wordings parse_wordings(std::string_view toml, const std::string& where, const std::vector<Task>& tasks);

// All that are built in, by language.
const std::vector<Wordings>& all_wordings();
const Wordings* find_wordings(std::string_view language);  // nullptr if there are none
// kUsage with the languages there are.
const Wordings& wordings_in(std::string_view language);

}  // namespace auris::data
