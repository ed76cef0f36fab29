#pragma once
// What several systems answered to the items of one data set.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/data/shards/shard_reader.h"
#include "auris/eval/judge/judge_run.h"
#include "auris/eval/score/scorer.h"

namespace auris::eval {

struct SystemAnswers {
  std::string name;  // no two are equal
  nlohmann::ordered_json settings = {};
  std::vector<AnsweredItem> items;  // of the data set, in its order
  // One for each item.
  std::vector<std::string> heard = {};     // empty if the system does not write that down
  std::vector<std::string> errors = {};    // why there is no answer
  std::optional<FoundGrades> grades = {};  // a judge's, where there are any: AnsweredItem::judged
};

struct AnswersOfSystems {
  std::string data_set;                // its name
  std::vector<SystemAnswers> systems;  // with the same items
  // A sound file by its item's place in `items` and its name in the sample: "wav", or recording_name() of an
  // earlier turn. Empty if there is none.
  std::function<std::string(size_t, const std::string&)> recording = {};
  int64_t damaged = 0;        // items of the data set that cannot be read: in no figure
  int64_t damaged_lines = 0;  // of the predictions
};

// Grades of auris eval judge in any number of files, each for the answers that it knows: one file for each
// system or one for all. kUsage if one is of pairs, two are of different judges, or grade_alike() says so;
// kInput if one cannot be read.
void add_grades(AnswersOfSystems& answers, const std::vector<std::filesystem::path>& judgements);

// Predictions as auris eval run writes them, one file for each system; a system is called by its settings,
// and by its file where two would be called the same. kUsage without a file; `progress` as in RunOptions.
AnswersOfSystems read_answers_of_systems(const std::filesystem::path& data_set,
                                         const std::vector<std::filesystem::path>& predictions,
                                         const std::function<bool(int64_t, int64_t)>& progress = {});

}  // namespace auris::eval
